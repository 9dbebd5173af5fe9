// LocalSockets: the AF_UNIX sockets of one host (unix(7)): their names, connections, queues and
// errors. There are no packets: a call changes what later calls answer, at once. A value; nothing
// in it points outside. Descriptors, options and readiness registrations are the caller's. Not
// here: descriptors and credentials in messages.
//
// Every queue is bounded. A send is charged to its sender until it was received, and refused where
// SO_SNDBUF is used up; a datagram socket keeps at most max_dgram_queue + 1 datagrams of those it
// is not connected to; a listener keeps at most backlog + 1 connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "stack/api/syscall.h"
#include "stack/local/local_names.h"
#include "stack/local/local_socket.h"

namespace lockstep {

// An effect: one of these poll bits of the caller's socket `user` may be new.
struct LocalEvent {
  std::uint32_t user = 0;
  PollEvents events = 0;

  friend bool operator==(const LocalEvent&, const LocalEvent&) = default;
};
using LocalEvents = std::vector<LocalEvent>;

class LocalSockets {
 public:
  static constexpr std::size_t max_dgram_queue = 10;    // net.unix.max_dgram_qlen.
  static constexpr std::uint32_t piece_overhead = 768;  // What a send is charged beside its bytes.
  static constexpr std::uint32_t stream_piece_max = 32 * 1024;

  // What setsockopt changes of a socket.
  struct Settings {
    std::uint32_t send_buffer = 0;  // As getsockopt shows it. Requires: at least 4,608.
    std::int32_t receive_low_water = 1;
    bool out_of_band_inline = false;
  };

  // As new; storage is kept.
  void reset();
  // No socket, no name, no file.
  bool empty() const { return live_ == 0 && names_.empty(); }
  // Requires: a number that was given out, and whose socket is not gone.
  const LocalSocket& operator[](LocalId id) const { return sockets_[id]; }

  // ---- Calls. `id` names a socket that was opened or accepted and is not closed. What happened to
  // others, and to the socket itself, is appended to `events`. ----

  LocalId open(Type type, std::uint32_t user, const Settings& settings);
  void close(LocalId id, LocalEvents& events);
  void configure(LocalId id, const Settings& settings);
  SyscallResult bind(LocalId id, const SocketAddress& address);
  SyscallResult listen(LocalId id, std::uint32_t backlog);
  SyscallResult connect(LocalId id, const SocketAddress& address, LocalEvents& events);
  // The connection that waits longest, which the caller then has to `adopt`. EOPNOTSUPP,
  // EINVAL, EAGAIN.
  std::expected<LocalId, Errno> accept(LocalId id);
  // Makes a socket that has no user the caller's socket `user`.
  void adopt(LocalId id, std::uint32_t user, const Settings& settings);
  // Makes two new sockets of one type each other's peers (socketpair(2)).
  void join(LocalId one, LocalId other);
  SyscallResult send(LocalId id, std::span<const std::byte> data, MsgFlags flags,
                     const SocketAddress& address, LocalEvents& events);
  SyscallResult receive(LocalId id, std::span<std::byte> buffer, MsgFlags flags, bool with_source,
                        LocalEvents& events);
  SyscallResult shutdown(LocalId id, ShutdownHow how, LocalEvents& events);
  SyscallResult queue_size(LocalId id, bool incoming) const;
  // The pending error, taken.
  Errno take_error(LocalId id);

  SyscallResult name(LocalId id) const;
  SyscallResult peer_name(LocalId id) const;
  bool is_listening(LocalId id) const { return sockets_[id].state == LocalState::listening; }
  PollEvents ready(LocalId id) const;

  // unlink(2) of a file that bind made.
  Errno unlink(const UnixPath& path) { return names_.unlink(path); }

  std::uint64_t hash(std::uint64_t seed) const;
  friend bool operator==(const LocalSockets& a, const LocalSockets& b);
  void check_invariants() const;

 private:
  // What stands at a place of a stream's queue for a reader.
  enum class Reading : std::uint8_t { bytes, nothing, mark };

  LocalSocket& at(LocalId id) { return sockets_[id]; }
  const LocalSocket& at(LocalId id) const { return sockets_[id]; }

  // local_sockets.cc
  LocalId create(Type type);
  void refer(LocalId id) { ++at(id).references; }
  void unrefer(LocalId id);
  void free_if_unused(LocalId id);
  void tell(LocalId id, PollEvents events, LocalEvents& out) const;
  void close_connection(LocalId id, bool reset, LocalEvents& events);
  bool is_full(LocalId id) const;
  bool is_writable(LocalId id) const;

  // local_connect.cc
  std::expected<LocalId, Errno> look_up(Type type, const SocketAddress& address) const;
  SyscallResult connect_stream(LocalId id, const SocketAddress& address, LocalEvents& events);
  SyscallResult connect_dgram(LocalId id, const SocketAddress& address, LocalEvents& events);
  bool may_send(LocalId from, LocalId to) const;
  void follow(LocalId id, LocalId peer);
  void leave_peer(LocalId id, LocalEvents& events);
  void lose_queue(LocalId id, LocalId former_peer, LocalEvents& events);

  // local_send.cc
  Errno may_charge(LocalId id);
  void put(LocalId from, LocalId to, std::span<const std::byte> data, LocalEvents& events);
  SyscallResult send_stream(LocalId id, std::span<const std::byte> data, MsgFlags flags,
                            const SocketAddress& address, LocalEvents& events);
  SyscallResult send_record(LocalId id, std::span<const std::byte> data, MsgFlags flags,
                            const SocketAddress& address, LocalEvents& events);
  std::expected<LocalId, Errno> receiver_of(LocalId id, const SocketAddress& address,
                                            LocalEvents& events);
  Errno send_piece(LocalId id, std::span<const std::byte> data, bool urgent, LocalEvents& events);

  // local_receive.cc
  void drop_first(LocalId id, LocalEvents& events);
  void drop_all(LocalId id, LocalEvents& events);
  void tell_followers(LocalId id, LocalEvents& events) const;
  Reading next_bytes(LocalId id, std::size_t& index, bool started, bool peek, LocalEvents& events);
  SyscallResult receive_stream(LocalId id, std::span<std::byte> buffer, MsgFlags flags,
                               bool with_source, LocalEvents& events);
  SyscallResult receive_urgent(LocalId id, std::span<std::byte> buffer, MsgFlags flags);
  SyscallResult receive_record(LocalId id, std::span<std::byte> buffer, MsgFlags flags,
                               bool with_source, LocalEvents& events);
  SocketAddress source_of(const LocalPiece& piece) const;

  std::vector<LocalSocket> sockets_;
  std::vector<LocalId> free_;
  std::uint32_t used_ = 0;  // Numbers ever given out since the reset.
  std::uint32_t live_ = 0;  // Sockets that are not free.
  LocalNames names_;
};

}  // namespace lockstep
