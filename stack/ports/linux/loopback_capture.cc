#include "stack/ports/linux/loopback_capture.h"

#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "stack/api/check.h"
#include "stack/ports/linux/links.h"
#include "stack/ports/linux/system_error.h"
#include "stack/wire/ip_header.h"
#include "stack/wire/protocol.h"

namespace lockstep::live {
namespace {

constexpr int queue_bytes = 32 * 1024 * 1024;

absl::Status turn_off(int socket, std::uint32_t command, const char* what) {
  ethtool_value value{};
  value.cmd = command;
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", sizeof(request.ifr_name) - 1);
  request.ifr_data = reinterpret_cast<char*>(&value);
  if (::ioctl(socket, SIOCETHTOOL, &request) != 0) return system_error(what);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoopbackCapture> LoopbackCapture::open() {
  LoopbackCapture made;
  made.fd_ = UniqueFd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!made.fd_.valid()) return system_error("open a packet socket");
  const int fd = made.fd_.get();
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof(queue_bytes)) != 0) {
    return system_error("enlarge a packet socket's buffer");
  }
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = Links::loopback_index;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return system_error("bind a packet socket to lo");
  }
  absl::Status status = turn_off(fd, ETHTOOL_STSO, "turn off segmentation offload on lo");
  if (status.ok()) status = turn_off(fd, ETHTOOL_SGSO, "turn off generic segmentation on lo");
  if (!status.ok()) return status;
  return made;
}

LoopbackCapture::Event LoopbackCapture::read(std::span<std::byte> buffer) {
  sockaddr_ll from{};
  socklen_t from_size = sizeof(from);
  const ssize_t size = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &from_size);
  if (size < 0) {
    LOCKSTEP_CHECK(errno == EAGAIN || errno == EINTR);
    return {};
  }
  Event event;
  event.packet = buffer.first(static_cast<std::size_t>(size));
  event.arrived = from.sll_pkttype != PACKET_OUTGOING;
  fill_checksum(event.packet);
  return event;
}

void fill_checksum(std::span<std::byte> packet) {
  const auto view = decode_ip(packet);
  if (!view.has_value()) return;
  std::size_t at = 0;
  if (view->header.protocol == protocol_tcp) at = 16;
  if (view->header.protocol == protocol_udp) at = 6;
  if (at == 0 || view->payload.size() < at + 2) return;
  const auto offset = static_cast<std::size_t>(view->payload.data() - packet.data());
  const std::span<std::byte> payload = packet.subspan(offset, view->payload.size());
  payload[at] = payload[at + 1] = std::byte{0};
  std::uint16_t checksum =
      checksum_of(pseudo_header_sum(view->header, payload.size()) + checksum_sum(payload));
  // RFC 768: a sum of zero is sent as all ones.
  if (checksum == 0 && view->header.protocol == protocol_udp) checksum = 0xffff;
  payload[at] = static_cast<std::byte>(checksum >> 8);
  payload[at + 1] = static_cast<std::byte>(checksum & 0xff);
}

}  // namespace lockstep::live
