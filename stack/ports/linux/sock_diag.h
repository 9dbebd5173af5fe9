// SockDiag: the TCP sockets of one namespace, those that no descriptor names any more included,
// with their timers; and their end (sock_diag(7)).
#pragma once

#include <linux/inet_diag.h>

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "stack/ports/linux/netlink.h"

namespace lockstep::live {

struct TcpTimers {
  bool retransmission = false;  // Something sent waits for its acknowledgment.
  bool probe = false;           // Something waits for the peer's window to open.
};

class SockDiag {
 public:
  SockDiag() = default;
  // Of the current namespace.
  static absl::StatusOr<SockDiag> open();

  // The timers that run. Of IPv6 sockets too if `with_v6`.
  TcpTimers timers(bool with_v6);

  // Ends every TCP connection, begun ones and TIME_WAIT included, as SOCK_DESTROY does: the peer
  // may be told. Listeners are left to their close(). Gives how many there were.
  std::size_t destroy_all(bool with_v6);

 private:
  template <typename Visit>
  void visit(std::uint8_t family, std::uint32_t states, Visit&& visit);

  NetlinkSocket socket_;
  std::vector<inet_diag_msg> found_;
};

}  // namespace lockstep::live
