#include "stack/ports/linux/sock_diag.h"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstring>

#include "stack/api/check.h"

namespace lockstep::live {
namespace {

// idiag_timer (sock_diag(7)).
constexpr std::uint8_t timer_retransmission = 1;
constexpr std::uint8_t timer_probe = 4;

constexpr std::uint32_t bit(int state) { return std::uint32_t{1} << state; }

constexpr std::uint32_t with_timers = bit(TCP_ESTABLISHED) | bit(TCP_SYN_SENT) | bit(TCP_SYN_RECV) |
                                      bit(TCP_FIN_WAIT1) | bit(TCP_CLOSE_WAIT) | bit(TCP_LAST_ACK) |
                                      bit(TCP_CLOSING);
// SYN_RECV here means the requests that a listener leaves behind, too, when it is closed.
constexpr std::uint32_t with_connection = with_timers | bit(TCP_FIN_WAIT2) | bit(TCP_TIME_WAIT);

}  // namespace

absl::StatusOr<SockDiag> SockDiag::open() {
  absl::StatusOr<NetlinkSocket> socket = NetlinkSocket::open(NETLINK_SOCK_DIAG);
  if (!socket.ok()) return socket.status();
  SockDiag made;
  made.socket_ = *std::move(socket);
  return made;
}

template <typename Visit>
void SockDiag::visit(std::uint8_t family, std::uint32_t states, Visit&& visit) {
  NetlinkRequest request(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
  inet_diag_req_v2 query{};
  query.sdiag_family = family;
  query.sdiag_protocol = IPPROTO_TCP;
  query.idiag_states = states;
  request.header(query);
  socket_.dump(request, [&](std::span<const std::byte> payload) {
    LOCKSTEP_CHECK(payload.size() >= sizeof(inet_diag_msg));
    inet_diag_msg socket;
    std::memcpy(&socket, payload.data(), sizeof(socket));
    visit(socket);
  });
}

TcpTimers SockDiag::timers(bool with_v6) {
  TcpTimers timers;
  const auto note = [&](const inet_diag_msg& socket) {
    timers.retransmission |= socket.idiag_timer == timer_retransmission;
    timers.probe |= socket.idiag_timer == timer_probe;
  };
  visit(AF_INET, with_timers, note);
  if (with_v6) visit(AF_INET6, with_timers, note);
  return timers;
}

std::size_t SockDiag::destroy_all(bool with_v6) {
  found_.clear();
  const auto keep = [&](const inet_diag_msg& socket) { found_.push_back(socket); };
  visit(AF_INET, with_connection, keep);
  if (with_v6) visit(AF_INET6, with_connection, keep);
  for (const inet_diag_msg& socket : found_) {
    NetlinkRequest request(SOCK_DESTROY, NLM_F_ACK);
    inet_diag_req_v2 which{};
    which.sdiag_family = socket.idiag_family;
    which.sdiag_protocol = IPPROTO_TCP;
    which.id = socket.id;
    request.header(which);
    // It may be gone by now: one socket's end can be another's.
    socket_.acknowledged(request);
  }
  return found_.size();
}

}  // namespace lockstep::live
