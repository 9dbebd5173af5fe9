#include "stack/tcp/timers.h"

#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/transmit.h"

namespace lockstep {
namespace {

std::uint32_t most_retries(const Tcb& tcb, const TcpIo& io) {
  const HostConfig& config = io.config;
  const bool opening = tcb.state == TcpState::syn_sent || tcb.state == TcpState::syn_received;
  if (opening && config.syn_retransmit_max != 0) return config.syn_retransmit_max;
  if (io.orphan && config.orphan_retransmit_max != 0) return config.orphan_retransmit_max;
  return config.retransmit_max;
}

// RFC 9293 3.8.3: R2 in retransmissions or, for the application that asked, in time.
bool is_given_up(const Tcb& tcb, const TcpIo& io) {
  const std::uint32_t user_timeout = tcb.settings.user_timeout;
  // Of a closed window, too, whose probes are answered (tcp(7)).
  const bool too_long =
      user_timeout != 0 && tcb.backoff > 0 && io.now_ticks + 1 >= tcb.stalled_at + user_timeout;
  const bool counted = user_timeout == 0 || !is_synchronized(tcb.state);
  return too_long || (counted && tcb.unanswered >= most_retries(tcb, io));
}

void retransmission_timeout(Tcb& tcb, TcpIo& io) {
  const bool held = tcb.in_flight() == 0 && unsent_bytes(tcb) > 0;
  if (held && send_pending(tcb, io, Hold::nothing)) return;  // TCP_CORK holds for so long.
  if (is_given_up(tcb, io)) return end_connection(tcb, io, Errno::etimedout);
  if (tcb.unanswered < 255) ++tcb.unanswered;
  if (tcb.backoff < 255) ++tcb.backoff;
  if (tcb.state == TcpState::syn_sent) {
    tcb.round_trip.abandon();
    send_syn(tcb, io);
  } else if (tcb.state == TcpState::syn_received) {
    tcb.round_trip.abandon();
    send_syn_ack(tcb, io);
  } else if (tcb.in_flight() > 0) {
    tcb.recover = tcb.snd_nxt;
    tcb.duplicate_acks = 0;
    retransmit_head(tcb, io);
  } else {
    send_window_probe(tcb, io);
  }
  arm_retransmission(tcb, io);
}

// RFC 9293 3.8.4.
void keepalive_timeout(Tcb& tcb, TcpIo& io) {
  // What waits for an acknowledgment finds out by itself.
  if (tcb.retransmit_at != 0) return start_keepalive(tcb, io.now_ticks);
  const TcpSettings& settings = tcb.settings;
  const std::uint64_t silent = std::uint64_t{settings.keepalive_idle} +
                               std::uint64_t{settings.keepalive_interval} * tcb.keepalive_probes;
  const bool given_up = settings.user_timeout != 0
                            ? tcb.keepalive_probes > 0 && silent >= settings.user_timeout
                            : tcb.keepalive_probes >= settings.keepalive_count;
  if (given_up) {
    send_active_reset(tcb, io);
    return end_connection(tcb, io, Errno::etimedout);
  }
  ++tcb.keepalive_probes;
  send_window_probe(tcb, io);
  tcb.keepalive_at = io.now_ticks + settings.keepalive_interval;
}

}  // namespace

std::uint64_t next_deadline(const Tcb& tcb) {
  std::uint64_t next = 0;
  for (std::uint64_t at : {tcb.retransmit_at, tcb.expire_at, tcb.ack_at, tcb.keepalive_at}) {
    if (at != 0 && (next == 0 || at < next)) next = at;
  }
  return next;
}

void start_keepalive(Tcb& tcb, std::uint64_t now_ticks) {
  tcb.keepalive_probes = 0;
  tcb.keepalive_at = tcb.settings.keepalive ? now_ticks + tcb.settings.keepalive_idle : 0;
}

void fire_timers(Tcb& tcb, TcpIo& io) {
  const auto due = [&](std::uint64_t at) { return at != 0 && at <= io.now_ticks; };
  if (due(tcb.expire_at)) return end_connection(tcb, io, Errno::ok);
  if (due(tcb.retransmit_at)) retransmission_timeout(tcb, io);
  if (due(tcb.keepalive_at)) keepalive_timeout(tcb, io);
  if (due(tcb.ack_at)) send_ack(tcb, io);
}

}  // namespace lockstep
