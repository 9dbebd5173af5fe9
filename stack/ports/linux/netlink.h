// Netlink (netlink(7)): requests built in place, and a socket that sends them and reads answers.
//
//   nlmsghdr | the family's header | attribute: [ length, type | payload | padding to 4 ] ...
#pragma once

#include <linux/netlink.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stack/ports/linux/unique_fd.h"

namespace lockstep::live {

// One request. At most `capacity` bytes.
class NetlinkRequest {
 public:
  NetlinkRequest(std::uint16_t type, std::uint16_t flags);

  // The family's header, once, before any attribute.
  template <typename Header>
  NetlinkRequest& header(const Header& value) {
    append(std::as_bytes(std::span(&value, 1)));
    return *this;
  }
  template <typename Value>
  NetlinkRequest& attribute(std::uint16_t type, const Value& value) {
    return attribute_bytes(type, std::as_bytes(std::span(&value, 1)));
  }
  NetlinkRequest& attribute_bytes(std::uint16_t type, std::span<const std::byte> payload);
  // Attributes up to the matching end() stand inside this one.
  std::size_t begin(std::uint16_t type);
  void end(std::size_t begun);

  // The whole message; its length field is filled in.
  std::span<const std::byte> bytes();

 private:
  static constexpr std::size_t capacity = 512;

  void append(std::span<const std::byte> bytes);

  alignas(NLMSG_ALIGNTO) std::array<std::byte, capacity> buffer_{};
  std::size_t size_ = sizeof(nlmsghdr);
};

// A netlink socket of the network namespace in which it was opened.
class NetlinkSocket {
 public:
  NetlinkSocket() = default;
  // `protocol`: NETLINK_ROUTE, NETLINK_SOCK_DIAG.
  static absl::StatusOr<NetlinkSocket> open(int protocol);

  // Sends the request, which asks for an acknowledgment, and gives the kernel's answer: 0 or an
  // errno's number.
  int acknowledged(NetlinkRequest& request);

  // Sends a dump request and shows the payload of each message of the answer.
  void dump(NetlinkRequest& request, const std::function<void(std::span<const std::byte>)>& visit);

 private:
  void send(NetlinkRequest& request);

  UniqueFd socket_;
};

}  // namespace lockstep::live
