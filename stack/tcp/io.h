// TcpIo: what one transition of a connection may read of its host, and what it produces. It lives
// for the duration of one call; a Tcb never keeps a reference to it.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/api/error_number.h"
#include "stack/api/host_config.h"
#include "stack/api/socket_types.h"
#include "stack/wire/packet.h"

namespace lockstep {

// How many ACKs a host sends per tick in answer to segments that carry nothing acceptable
// (RFC 5961 7). Without a bound two desynchronised ends would answer each other for ever.
inline constexpr std::uint32_t challenge_acks_per_tick = 100;

struct TcpIo {
  const HostConfig& config;
  std::uint64_t now_ticks;
  std::vector<Packet>& outbound;
  std::uint32_t& challenge_acks_left;

  // The connection was opened by a listener and is not accepted yet.
  bool passive = false;
  // False while the accept queue has no room: the handshake's last ACK is then ignored.
  bool may_establish = true;
  // The application will read no more: data that arrives after our FIN resets the connection.
  bool reader_gone = false;
  // The application will send no more: a connection that leaves SYN-RECEIVED sends its FIN.
  bool writer_gone = false;
  // No descriptor refers to the connection.
  bool orphan = false;

  // The connection left SYN-RECEIVED for a synchronized state, whatever became of it since.
  bool established = false;
  // What became ready, as poll bits; why the connection ended; the peer's FIN came in turn.
  PollEvents events = 0;
  Errno error = Errno::ok;
  bool peer_finished = false;
};

}  // namespace lockstep
