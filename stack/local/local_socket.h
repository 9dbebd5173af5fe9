// LocalSocket: one AF_UNIX socket of a host (unix(7)), or what is left of a closed one that others
// still refer to: as their peer, or as the sender of what they have not read. A plain value;
// `LocalId`s name sockets, never pointers.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/api/address.h"
#include "stack/api/error_number.h"
#include "stack/api/ring.h"
#include "stack/api/slice.h"
#include "stack/api/socket_types.h"

namespace lockstep {

// The number of a local socket inside its host; reused after nothing refers to the socket.
using LocalId = std::uint32_t;
inline constexpr LocalId no_local = 0xffffffff;

// One send. Of a stream that is long, one part of it; `bytes` is what of it was not received yet.
// An urgent byte that was received leaves a piece without bytes where reading stops.
struct LocalPiece {
  Slice bytes;
  LocalId sender = no_local;
  std::uint32_t charge = 0;  // What it counts in its sender's buffer until it is gone.
  bool urgent = false;       // The byte that a receive with MSG_OOB gets.

  friend bool operator==(const LocalPiece&, const LocalPiece&) = default;
};

// `idle` is also a datagram socket with a peer: being connected is a state of the other types.
enum class LocalState : std::uint8_t { free, idle, listening, connected, closed };

struct LocalSocket {
  Type type = Type::stream;
  LocalState state = LocalState::free;
  bool holds_name = false;  // Found by `name`; a child of a listener only shows the name.
  bool shut_read = false;
  bool shut_write = false;
  bool out_of_band_inline = false;
  bool urgent_waits = false;  // A piece of the queue is urgent; never more than one.
  Errno error = Errno::ok;    // Pending (SO_ERROR).
  UnixPath name;              // Empty when there is none.
  std::uint32_t user = 0;     // The caller's number for it, told with each event.
  bool has_user = false;      // False for a connection not yet accepted, and when closed.
  LocalId peer = no_local;
  std::uint32_t references = 0;   // Sockets whose peer it is, and unread pieces that it sent.
  std::uint32_t send_buffer = 0;  // SO_SNDBUF as getsockopt shows it.
  std::uint32_t charged = 0;      // Of the send buffer, by pieces that were not received.
  std::int32_t receive_low_water = 1;
  Ring<LocalPiece> queue;

  // Of a listener: connections that wait for accept. More than `backlog` never wait for one more.
  std::uint32_t backlog = 0;
  Ring<LocalId> pending;
  // Of a datagram socket: those connected to it, the one that connected last at the back.
  std::vector<LocalId> followers;

  bool is_dgram() const { return type == Type::dgram; }
  bool is_stream() const { return type == Type::stream; }
  bool is_gone() const { return state == LocalState::closed; }

  friend bool operator==(const LocalSocket&, const LocalSocket&) = default;

  std::uint64_t hash(std::uint64_t seed) const;
};

// Makes `socket` as new, but keeps the storage of its queues.
void clear(LocalSocket& socket);

}  // namespace lockstep
