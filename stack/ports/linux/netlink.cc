#include "stack/ports/linux/netlink.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "stack/api/check.h"
#include "stack/ports/linux/system_error.h"

namespace lockstep::live {
namespace {

constexpr std::size_t align(std::size_t size) {
  return (size + NLMSG_ALIGNTO - 1) & ~std::size_t{NLMSG_ALIGNTO - 1};
}
static_assert(sizeof(nlmsghdr) == 16 && sizeof(nlattr) == 4);

constexpr std::size_t answer_size = 32 * 1024;  // The kernel fills at most this much at once.

// Shows each message of one answer. False when the last one was among them.
template <typename Visit>
bool visit_messages(std::span<const std::byte> answer, Visit&& visit) {
  while (answer.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header;
    std::memcpy(&header, answer.data(), sizeof(header));
    LOCKSTEP_CHECK(header.nlmsg_len >= sizeof(header) && header.nlmsg_len <= answer.size());
    const auto payload = answer.subspan(sizeof(header), header.nlmsg_len - sizeof(header));
    if (!visit(header, payload)) return false;
    answer = answer.subspan(std::min<std::size_t>(align(header.nlmsg_len), answer.size()));
  }
  return true;
}

}  // namespace

NetlinkRequest::NetlinkRequest(std::uint16_t type, std::uint16_t flags) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
  std::memcpy(buffer_.data(), &header, sizeof(header));
}

void NetlinkRequest::append(std::span<const std::byte> bytes) {
  LOCKSTEP_CHECK(align(size_ + bytes.size()) <= capacity);
  std::ranges::copy(bytes, buffer_.data() + size_);
  size_ = align(size_ + bytes.size());
}

NetlinkRequest& NetlinkRequest::attribute_bytes(std::uint16_t type,
                                                std::span<const std::byte> payload) {
  nlattr head{};
  head.nla_len = static_cast<std::uint16_t>(sizeof(head) + payload.size());
  head.nla_type = type;
  append(std::as_bytes(std::span(&head, 1)));
  append(payload);
  return *this;
}

std::size_t NetlinkRequest::begin(std::uint16_t type) {
  const std::size_t begun = size_;
  attribute_bytes(type, {});
  return begun;
}

void NetlinkRequest::end(std::size_t begun) {
  const auto length = static_cast<std::uint16_t>(size_ - begun);
  std::memcpy(buffer_.data() + begun, &length, sizeof(length));
}

std::span<const std::byte> NetlinkRequest::bytes() {
  const auto length = static_cast<std::uint32_t>(size_);
  std::memcpy(buffer_.data(), &length, sizeof(length));
  return std::span(buffer_).first(size_);
}

absl::StatusOr<NetlinkSocket> NetlinkSocket::open(int protocol) {
  NetlinkSocket made;
  made.socket_ = UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!made.socket_.valid()) return system_error("open a netlink socket");
  return made;
}

void NetlinkSocket::send(NetlinkRequest& request) {
  const std::span<const std::byte> bytes = request.bytes();
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const ssize_t sent = ::sendto(socket_.get(), bytes.data(), bytes.size(), 0,
                                reinterpret_cast<const sockaddr*>(&kernel), sizeof(kernel));
  LOCKSTEP_CHECK(sent == static_cast<ssize_t>(bytes.size()));
}

int NetlinkSocket::acknowledged(NetlinkRequest& request) {
  send(request);
  std::array<std::byte, 4096> answer;
  const ssize_t size = ::recv(socket_.get(), answer.data(), answer.size(), 0);
  LOCKSTEP_CHECK(size >= static_cast<ssize_t>(sizeof(nlmsghdr) + sizeof(int)));
  nlmsghdr header;
  std::memcpy(&header, answer.data(), sizeof(header));
  LOCKSTEP_CHECK(header.nlmsg_type == NLMSG_ERROR);
  int error = 0;
  std::memcpy(&error, answer.data() + sizeof(header), sizeof(error));
  return -error;
}

void NetlinkSocket::dump(NetlinkRequest& request,
                         const std::function<void(std::span<const std::byte>)>& visit) {
  send(request);
  thread_local std::vector<std::byte> answer(answer_size);
  bool more = true;
  while (more) {
    const ssize_t size = ::recv(socket_.get(), answer.data(), answer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    LOCKSTEP_CHECK(size > 0);
    more = visit_messages(std::span(answer).first(static_cast<std::size_t>(size)),
                          [&](const nlmsghdr& header, std::span<const std::byte> payload) {
                            if (header.nlmsg_type == NLMSG_DONE) return false;
                            LOCKSTEP_CHECK(header.nlmsg_type != NLMSG_ERROR);
                            visit(payload);
                            return true;
                          });
  }
}

}  // namespace lockstep::live
