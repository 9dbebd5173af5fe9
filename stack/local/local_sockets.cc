// Coming into being and going, options, readiness, and the whole as a value.
#include "stack/local/local_sockets.h"

#include <algorithm>

#include "stack/api/check.h"
#include "stack/api/hash.h"

namespace lockstep {
namespace {

constexpr PollEvents poll_all = poll_in | poll_out | poll_err | poll_hup | poll_rdhup;

SyscallResult name_result(const UnixPath& name) {
  SyscallResult result;
  result.address = name;
  return result;
}

bool has_bytes(const Ring<LocalPiece>& queue) {
  for (std::size_t i = 0; i < queue.size(); ++i) {
    if (!queue[i].bytes.empty()) return true;
  }
  return false;
}

}  // namespace

void LocalSockets::reset() {
  for (LocalId id = 0; id < used_; ++id) clear(at(id));
  free_.clear();
  used_ = live_ = 0;
  names_.reset();
}

LocalId LocalSockets::create(Type type) {
  LocalId id = used_;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else if (used_++ == sockets_.size()) {
    sockets_.emplace_back();
  }
  ++live_;
  at(id).type = type;
  at(id).state = LocalState::idle;
  return id;
}

void LocalSockets::free_if_unused(LocalId id) {
  if (!at(id).is_gone() || at(id).references != 0) return;
  clear(at(id));
  --live_;
  free_.push_back(id);
}

void LocalSockets::unrefer(LocalId id) {
  LOCKSTEP_CHECK(at(id).references > 0);
  --at(id).references;
  free_if_unused(id);
}

void LocalSockets::tell(LocalId id, PollEvents events, LocalEvents& out) const {
  if (at(id).has_user) out.push_back({at(id).user, events});
}

LocalId LocalSockets::open(Type type, std::uint32_t user, const Settings& settings) {
  const LocalId id = create(type);
  adopt(id, user, settings);
  return id;
}

void LocalSockets::adopt(LocalId id, std::uint32_t user, const Settings& settings) {
  LOCKSTEP_CHECK(!at(id).has_user);
  at(id).user = user;
  at(id).has_user = true;
  configure(id, settings);
}

void LocalSockets::configure(LocalId id, const Settings& settings) {
  at(id).send_buffer = settings.send_buffer;
  at(id).receive_low_water = settings.receive_low_water;
  at(id).out_of_band_inline = settings.out_of_band_inline;
}

void LocalSockets::close(LocalId id, LocalEvents& events) {
  at(id).has_user = false;
  if (at(id).holds_name) names_.remove(at(id).type, at(id).name, id);
  at(id).holds_name = false;
  // Who waits for accept learns that nobody will.
  while (!at(id).pending.empty()) {
    const LocalId child = at(id).pending.front();
    at(id).pending.pop_front();
    close_connection(child, true, events);
  }
  // Data that nobody will read is an error of its sender (unix(7)); records of no bytes are none.
  close_connection(id, has_bytes(at(id).queue), events);
}

void LocalSockets::close_connection(LocalId id, bool reset, LocalEvents& events) {
  // It may be its own peer, and the sender of what it has not read: it goes at the end.
  refer(id);
  at(id).state = LocalState::closed;
  at(id).shut_read = at(id).shut_write = true;
  const LocalId peer = at(id).peer;
  if (peer != no_local && at(id).is_dgram()) {
    leave_peer(id, events);
  } else if (peer != no_local) {
    at(id).peer = no_local;
    at(peer).shut_read = at(peer).shut_write = true;
    if (reset) at(peer).error = Errno::econnreset;
    tell(peer, poll_all, events);
    unrefer(peer);
  }
  drop_all(id, events);
  // A send to it is refused at once from now on, which no full queue delays.
  tell_followers(id, events);
  unrefer(id);
}

SyscallResult LocalSockets::shutdown(LocalId id, ShutdownHow how, LocalEvents& events) {
  if (how == ShutdownHow::invalid) return SyscallResult::failure(Errno::einval);
  const bool read = how != ShutdownHow::write;
  const bool write = how != ShutdownHow::read;
  LocalSocket& socket = at(id);
  socket.shut_read |= read;
  socket.shut_write |= write;
  tell(id, poll_all, events);
  if (socket.is_dgram() || socket.peer == no_local) return SyscallResult::success();
  LocalSocket& peer = at(socket.peer);
  peer.shut_write |= read;
  peer.shut_read |= write;
  tell(socket.peer, poll_all, events);
  return SyscallResult::success();
}

Errno LocalSockets::take_error(LocalId id) {
  const Errno error = at(id).error;
  at(id).error = Errno::ok;
  return error;
}

SyscallResult LocalSockets::name(LocalId id) const { return name_result(at(id).name); }

// A peer that is closed keeps its name for those who are connected to it.
SyscallResult LocalSockets::peer_name(LocalId id) const {
  if (at(id).peer == no_local) return SyscallResult::failure(Errno::enotconn);
  return name_result(at(at(id).peer).name);
}

SyscallResult LocalSockets::queue_size(LocalId id, bool incoming) const {
  const LocalSocket& socket = at(id);
  if (!incoming) return SyscallResult::success(socket.charged);
  if (socket.state == LocalState::listening) return SyscallResult::failure(Errno::einval);
  // Of datagrams the first one counts, of records and streams all bytes.
  const std::size_t counted =
      socket.is_dgram() ? std::min<std::size_t>(socket.queue.size(), 1) : socket.queue.size();
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < counted; ++i) bytes += socket.queue[i].bytes.size();
  return SyscallResult::success(static_cast<std::int64_t>(bytes));
}

bool LocalSockets::is_full(LocalId id) const { return at(id).queue.size() > max_dgram_queue; }

// Past a quarter of its buffer a socket is not writable, so that who waits is not told of every
// byte. Where the peer is full a datagram socket waits for that, unless they are connected to each
// other: then the buffer alone is the limit.
bool LocalSockets::is_writable(LocalId id) const {
  const LocalSocket& socket = at(id);
  if (socket.state == LocalState::listening) return false;
  if (std::uint64_t{socket.charged} * 4 > socket.send_buffer) return false;
  if (socket.is_stream() || socket.peer == no_local) return true;
  return at(socket.peer).peer == id || !is_full(socket.peer);
}

// In the order of Linux's unix_poll and unix_dgram_poll.
PollEvents LocalSockets::ready(LocalId id) const {
  const LocalSocket& socket = at(id);
  PollEvents events = 0;
  if (socket.error != Errno::ok) events |= poll_err;
  if (socket.shut_read && socket.shut_write) events |= poll_hup;
  if (socket.shut_read) events |= poll_in | poll_rdhup;
  if (!socket.queue.empty() || !socket.pending.empty()) events |= poll_in;
  if (socket.urgent_waits) events |= poll_pri;
  if (!socket.is_dgram() && socket.state == LocalState::idle) events |= poll_hup;
  if (is_writable(id)) events |= poll_out;
  return events;
}

std::uint64_t LocalSockets::hash(std::uint64_t seed) const {
  for (LocalId id = 0; id < used_; ++id) {
    if (at(id).state != LocalState::free) seed = at(id).hash(hash_mix(seed, id));
  }
  return names_.hash(hash_mix(seed, live_));
}

// Which numbers are free, and how many were ever used, decides nothing that can be seen.
bool operator==(const LocalSockets& a, const LocalSockets& b) {
  const std::uint32_t most = std::max(a.used_, b.used_);
  static const LocalSocket none;
  for (LocalId id = 0; id < most; ++id) {
    const LocalSocket& left = id < a.used_ ? a.at(id) : none;
    const LocalSocket& right = id < b.used_ ? b.at(id) : none;
    if (!(left == right)) return false;
  }
  return a.names_ == b.names_;
}

void LocalSockets::check_invariants() const {
  std::vector<std::uint32_t> charged(used_);
  std::vector<std::uint32_t> references(used_);
  std::uint32_t live = 0;
  for (LocalId id = 0; id < used_; ++id) {
    const LocalSocket& socket = at(id);
    if (socket.state == LocalState::free) {
      LOCKSTEP_CHECK(socket == LocalSocket());
      continue;
    }
    ++live;
    if (socket.peer != no_local) ++references[socket.peer];
    std::uint32_t urgent = 0;
    for (std::size_t i = 0; i < socket.queue.size(); ++i) {
      const LocalPiece& piece = socket.queue[i];
      ++references[piece.sender];
      charged[piece.sender] += piece.charge;
      urgent += piece.urgent ? 1 : 0;
    }
    LOCKSTEP_CHECK(urgent == (socket.urgent_waits ? 1u : 0u));
    LOCKSTEP_CHECK(socket.pending.empty() || socket.state == LocalState::listening);
    LOCKSTEP_CHECK(!socket.holds_name || socket.name.size > 0);
    LOCKSTEP_CHECK((socket.state == LocalState::connected) ==
                   (!socket.is_dgram() && socket.peer != no_local));
    for (const LocalId follower : socket.followers) LOCKSTEP_CHECK(at(follower).peer == id);
    if (socket.is_gone()) LOCKSTEP_CHECK(socket.queue.empty() && socket.peer == no_local);
  }
  LOCKSTEP_CHECK(live == live_ && live + free_.size() == used_);
  for (LocalId id = 0; id < used_; ++id) {
    LOCKSTEP_CHECK(at(id).charged == charged[id] && at(id).references == references[id]);
    LOCKSTEP_CHECK(!at(id).is_gone() || references[id] > 0);
  }
}

}  // namespace lockstep
