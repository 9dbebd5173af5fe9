// What follows from a connection's transitions, and the timers.
#include <algorithm>
#include <utility>

#include "stack/api/hash.h"
#include "stack/kernel/kernel.h"
#include "stack/kernel/packet_size.h"
#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/timers.h"
#include "stack/tcp/user_calls.h"

namespace lockstep {
namespace {

// Room between the initial sequence numbers of two connections, more than a window.
constexpr std::uint32_t iss_step = 0x00010000 + 64000;
// Between two boots: 2^32 divided by the golden ratio, so that any few of them lie far apart.
constexpr std::uint32_t iss_boot_step = 0x9e37'79b1;
constexpr std::uint32_t iss_per_ms = 250;

}  // namespace

// RFC 6528 3, or counted.
SequenceNumber Kernel::next_iss(const FourTuple& tuple) {
  std::uint32_t iss = config_.boot_count * iss_boot_step;
  if (config_.isn_secret != 0) {
    const auto clock = static_cast<std::uint32_t>(now_ticks_ * config_.tick_ms * iss_per_ms);
    iss += clock +
           static_cast<std::uint32_t>(hash_mix(config_.isn_secret, lockstep::stable_hash(tuple)));
  } else {
    iss += next_iss_;
    next_iss_ += iss_step;
  }
  return SequenceNumber(iss);
}

TcpIo Kernel::io_for(Socket& socket) {
  if (!path_mtus_.empty()) {
    // What was learnt of the path, be it by another connection, holds from the next segment on.
    const std::uint16_t mss = mss_for_mtu(path_mtus_.mtu(socket.tcb.tuple.peer.ip, largest_packet),
                                          socket.tcb.tuple.peer.ip.family);
    socket.tcb.snd_mss = std::min(socket.tcb.snd_mss, mss);
  }
  return TcpIo{.config = config_,
               .now_ticks = now_ticks_,
               .outbound = outbound_,
               .challenge_acks_left = challenge_acks_left_,
               .reader_gone = socket.shut_read,
               .writer_gone = socket.shut_write,
               .orphan = is_orphan(socket)};
}

void Kernel::after_transition(Slot slot, const TcpIo& io, TcpState before) {
  Socket& socket = sockets_[slot];
  if (io.peer_finished) socket.shut_read = socket.end_of_stream = true;
  const TcpState state = socket.tcb.state;
  if (state != before) {
    // One that what came with the last ACK ended is accepted all the same.
    const bool queued = io.established && socket.listener != no_slot;
    if (queued) child_established(slot);
    if (state == TcpState::closed) {
      return connection_closed(slot, io.error, queued ? TcpState::established : before);
    }
    if (state == TcpState::time_wait && !io.orphan) split_time_wait(slot);
  }
  schedule(slot);
  if (io.events != 0) notify(slot);
}

// A listener's child waits for accept from now on.
void Kernel::child_established(Slot slot) {
  const Slot listener = sockets_[slot].listener;
  sockets_[listener].handshakes.remove(slot);
  sockets_[listener].accept_queue.push_back(slot);
  notify(listener);
}

void Kernel::connection_closed(Slot slot, Errno error, TcpState before) {
  Socket& socket = sockets_[slot];
  if (socket.listener != no_slot && before == TcpState::syn_received) {
    sockets_[socket.listener].handshakes.remove(slot);
    return destroy(slot);
  }
  if (is_orphan(socket)) return destroy(slot);
  if (is_synchronized(before)) socket.last_segment_size = socket.tcb.snd_mss;
  leave_connections(slot);
  if (!socket.port_locked) release_port(slot);
  // What the network last said explains a silence better (RFC 1122 4.2.3.5, Linux's tcp_write_err).
  if (error == Errno::etimedout && socket.soft_error != Errno::ok) error = socket.soft_error;
  socket.pending_error = error == Errno::ok ? socket.pending_error : error;
  socket.shut_read = socket.shut_write = true;
  notify(slot);
}

// The application's socket is done; a socket of its own waits out 2 MSL and keeps the port, unless
// too many do.
void Kernel::split_time_wait(Slot slot) {
  if (orphans_ >= orphans_max) {
    TcpIo io = io_for(sockets_[slot]);
    end_connection(sockets_[slot].tcb, io, Errno::ok);
    return connection_closed(slot, Errno::ok, TcpState::time_wait);
  }
  ++orphans_;
  const Slot waiting = sockets_.create(sockets_[slot].domain, Type::stream);
  Socket& socket = sockets_[slot];
  Socket& rest = sockets_[waiting];
  rest.options = socket.options;
  rest.phase = ConnectPhase::connected;
  rest.peer = socket.peer;
  rest.shut_read = rest.shut_write = rest.end_of_stream = true;
  const PortClaim claim = socket.claim;
  leave_connections(slot);
  rest.local = socket.local;
  rest.claim = claim;
  rest.claim.listening = false;
  rest.claim.held = true;
  ports_.hold(key_of(rest), rest.local.ip, rest.claim);
  // The unread bytes stay with the application; the rest of the block goes.
  std::swap(rest.tcb, socket.tcb);
  std::swap(rest.tcb.received, socket.tcb.received);
  socket.tcb.settings = rest.tcb.settings;
  socket.tcb.snd_mss = rest.tcb.snd_mss;
  socket.tcb.copied = rest.tcb.copied;
  socket.tcb.urgent = std::exchange(rest.tcb.urgent, UrgentByte{});
  join_connections(waiting, rest.tcb.tuple);
  schedule(waiting);

  connection_closed(slot, Errno::ok, TcpState::time_wait);
}

void Kernel::schedule(Slot slot) {
  Socket& socket = sockets_[slot];
  const std::uint64_t deadline = next_deadline(socket.tcb);
  if (deadline == 0) return;
  if (socket.timer_queued_at != 0 && socket.timer_queued_at <= deadline) return;
  socket.timer_queued_at = deadline;
  timers_.push({deadline, slot, socket.generation}, [this](const TimerQueue::Entry& entry) {
    return sockets_.is_live(entry.slot, entry.generation) &&
           sockets_[entry.slot].timer_queued_at == entry.at;
  });
}

void Kernel::tick(std::uint32_t ticks) {
  if (ticks == 0) return;
  challenge_acks_left_ = challenge_acks_per_tick;
  const std::uint64_t target = now_ticks_ + ticks;
  for (;;) {
    const bool due = !timers_.empty() && timers_.top().at <= target;
    // What was sent at one deadline arrives, over loopback, before the next one.
    if ((!due || timers_.top().at > now_ticks_) && announced_ < outbound_.size()) {
      fold_loopback(happened_);
      continue;
    }
    if (!due) break;
    const TimerQueue::Entry entry = timers_.pop();
    if (!sockets_.is_live(entry.slot, entry.generation)) continue;
    Socket& socket = sockets_[entry.slot];
    if (socket.timer_queued_at != entry.at) continue;  // Superseded by an earlier entry.
    socket.timer_queued_at = 0;
    const std::uint64_t deadline = next_deadline(socket.tcb);
    if (deadline == 0) continue;
    if (deadline > entry.at) {
      schedule(entry.slot);
      continue;
    }
    now_ticks_ = entry.at;
    TcpIo io = io_for(socket);
    const TcpState before = socket.tcb.state;
    fire_timers(socket.tcb, io);
    after_transition(entry.slot, io, before);
  }
  now_ticks_ = target;
  path_mtus_.expire(now_ticks_);
}

}  // namespace lockstep
