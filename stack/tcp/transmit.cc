#include "stack/tcp/transmit.h"

#include <algorithm>
#include <utility>

#include "stack/tcp/send_buffer.h"
#include "stack/tcp/urgent.h"

namespace lockstep {
namespace {

// RFC 6298 2.5 allows an upper bound of the timeout; Linux's TCP_RTO_MAX is 120 s.
constexpr std::uint64_t rto_max_ms = 120'000;

TcpSegment& new_segment(const Tcb& tcb, TcpIo& io, TcpFlags flags, SequenceNumber seq) {
  Packet& packet = io.outbound.emplace_back();
  packet.source = tcb.tuple.local.ip;
  packet.destination = tcb.tuple.peer.ip;
  packet.ttl = tcb.settings.ttl;
  auto& segment = std::get<TcpSegment>(packet.body);  // The variant's first alternative.
  segment.source_port = tcb.tuple.local.port;
  segment.destination_port = tcb.tuple.peer.port;
  segment.seq = seq.value();
  segment.flags = flags;
  return segment;
}

void send_with_ack(Tcb& tcb, TcpIo& io, TcpFlags flags, SequenceNumber seq, Slice payload) {
  TcpSegment& segment = new_segment(tcb, io, static_cast<TcpFlags>(flags | tcp_ack), seq);
  segment.ack = tcb.rcv_nxt.value();
  segment.window = announce_window(tcb, tcb.rcv_scale);
  segment.payload = std::move(payload);
  if (announces_urgent(tcb, seq)) {
    segment.flags = static_cast<TcpFlags>(segment.flags | tcp_urg);
    segment.urgent = urgent_pointer(tcb, seq);
  }
  if (tcb.quick_acks > 0 && tcb.rcv_acked != tcb.rcv_nxt) --tcb.quick_acks;
  tcb.rcv_acked = tcb.rcv_nxt;
  tcb.ack_at = 0;
}

std::uint32_t usable_window(const Tcb& tcb) {
  const SequenceNumber edge = tcb.snd_una + tcb.snd_wnd;
  return edge.after(tcb.snd_nxt) ? edge.distance_from(tcb.snd_nxt) : 0;
}

// Whether a piece that is not full waits for more bytes or for an acknowledgment.
bool waits_for_more(const Tcb& tcb, std::uint32_t length, std::uint32_t unsent, bool with_fin) {
  if (length >= tcb.snd_mss) return false;
  // Sender's silly window avoidance (RFC 9293 3.8.6.2.1): cut short by the window, while an
  // acknowledgment, which may open it, is under way.
  if (length < unsent) return tcb.in_flight() > 0 && length < tcb.snd_wnd_max / 2;
  if (with_fin || tcb.urgent_end.after(tcb.snd_una)) return false;
  if (tcb.settings.cork) return true;
  // Nagle's algorithm (RFC 9293 3.7.4), which minds only what was small itself (Minshall).
  return !tcb.settings.no_delay && tcb.small_end.after(tcb.snd_una);
}

bool may_send_data(TcpState state) {
  return state == TcpState::established || state == TcpState::close_wait ||
         state == TcpState::fin_wait_1 || state == TcpState::closing || state == TcpState::last_ack;
}

}  // namespace

namespace {

void add_syn_options(const Tcb& tcb, TcpSegment& segment) {
  segment.options.mss = tcb.rcv_mss;
  if (tcb.scaling) segment.options.window_scale = tcb.rcv_scale;
}

}  // namespace

void send_syn(Tcb& tcb, TcpIo& io) {
  TcpSegment& segment = new_segment(tcb, io, tcp_syn, tcb.iss);
  // Nothing was received: RCV.NXT is 0, and the edge keeps what the first SYN offered.
  if (tcb.rcv_wnd() == 0) {
    tcb.rcv_adv = tcb.rcv_nxt + std::min(tcb.settings.receive_capacity, max_window);
  }
  segment.window = static_cast<std::uint16_t>(tcb.rcv_wnd());
  add_syn_options(tcb, segment);
}

void send_syn_ack(Tcb& tcb, TcpIo& io) {
  TcpSegment& segment = new_segment(tcb, io, tcp_syn | tcp_ack, tcb.iss);
  segment.ack = tcb.rcv_nxt.value();
  segment.window = announce_window(tcb, 0);  // Never scaled beside a SYN (RFC 7323 2.2).
  add_syn_options(tcb, segment);
  tcb.rcv_acked = tcb.rcv_nxt;
  tcb.ack_at = 0;
}

void send_ack(Tcb& tcb, TcpIo& io) { send_with_ack(tcb, io, 0, tcb.snd_nxt, Slice()); }

void send_challenge_ack(Tcb& tcb, TcpIo& io) {
  if (io.challenge_acks_left == 0) return;
  --io.challenge_acks_left;
  send_ack(tcb, io);
}

void send_active_reset(Tcb& tcb, TcpIo& io) {
  send_with_ack(tcb, io, tcp_rst, tcb.snd_nxt, Slice());
}

void send_reset_for_ack(const Tcb& tcb, TcpIo& io, std::uint32_t seg_ack) {
  new_segment(tcb, io, tcp_rst, SequenceNumber(seg_ack));
}

bool send_pending(Tcb& tcb, TcpIo& io, Hold hold) {
  if (!may_send_data(tcb.state)) return false;
  bool sent = false;
  while (true) {
    const std::uint32_t unsent = unsent_bytes(tcb);
    const bool fin_due = fin_is_queued(tcb.state) && !fin_was_sent(tcb);
    if (unsent == 0 && !fin_due) break;
    const std::uint32_t usable = usable_window(tcb);
    const std::uint32_t length = std::min({unsent, usable, std::uint32_t{tcb.snd_mss}});
    // The FIN occupies one number of the window.
    const bool with_fin = fin_due && length == unsent && usable > length;
    if (length == 0 && !with_fin) break;
    if (hold == Hold::small && waits_for_more(tcb, length, unsent, with_fin)) break;
    const bool push = length > 0 && length == unsent;
    const auto flags = static_cast<TcpFlags>((with_fin ? tcp_fin : 0) | (push ? tcp_psh : 0));
    send_with_ack(tcb, io, flags, tcb.snd_nxt, tcb.send_buffer.gather(tcb.snd_nxt, length));
    if (tcb.in_flight() == 0) arm_retransmission(tcb, io);
    tcb.snd_nxt = tcb.snd_nxt + length + (with_fin ? 1 : 0);
    if (length < tcb.snd_mss) tcb.small_end = tcb.snd_nxt;
    tcb.round_trip.start(tcb.snd_nxt, io.now_ticks);
    sent = true;
  }
  const bool waiting = unsent_bytes(tcb) > 0 || (fin_is_queued(tcb.state) && !fin_was_sent(tcb));
  if (waiting && tcb.retransmit_at == 0) arm_retransmission(tcb, io);
  return sent;
}

void retransmit_head(Tcb& tcb, TcpIo& io) {
  tcb.round_trip.abandon();
  if (tcb.snd_una == tcb.iss) {
    // Closed before the SYN of a simultaneous open was acknowledged.
    send_syn_ack(tcb, io);
    if (tcb.in_flight() == 1) return;
  }
  const SequenceNumber from = later_of(tcb.snd_una, tcb.send_buffer.first());
  const SequenceNumber data_end = tcb.send_buffer.end();
  const SequenceNumber sent_end = tcb.snd_nxt.before(data_end) ? tcb.snd_nxt : data_end;
  // A window that the peer took back leaves room for one byte, which then probes it.
  const std::uint32_t allowed =
      std::clamp(tcb.snd_wnd, std::uint32_t{1}, std::uint32_t{tcb.snd_mss});
  std::uint32_t length = 0;
  if (from.before(sent_end)) length = std::min(sent_end.distance_from(from), allowed);
  const bool with_fin = fin_was_sent(tcb) && from + length == data_end;
  const bool push = length > 0 && from + length == data_end;
  const auto flags = static_cast<TcpFlags>((with_fin ? tcp_fin : 0) | (push ? tcp_psh : 0));
  if (length == 0 && !with_fin) return;
  send_with_ack(tcb, io, flags, from, tcb.send_buffer.gather(from, length));
}

void send_window_probe(Tcb& tcb, TcpIo& io) { send_with_ack(tcb, io, 0, tcb.snd_una - 1, Slice()); }

void arm_retransmission(Tcb& tcb, const TcpIo& io) {
  const std::uint64_t least = std::max(io.config.retransmit_threshold_ticks, 1u);
  const std::uint64_t base = std::max(least, tcb.round_trip.timeout());
  const std::uint64_t limit = std::max(base, rto_max_ms / std::max(io.config.tick_ms, 1u));
  // Doublings past the longest timeout are not counted, so that a host that probes a closed window
  // comes back to where it was.
  while (tcb.backoff > 1 && (base << std::min(tcb.backoff - 1, 20)) >= limit) --tcb.backoff;
  const unsigned shift = std::min<unsigned>(tcb.backoff, 20);
  tcb.retransmit_at = io.now_ticks + std::min(base << shift, limit);
  if (tcb.stalled_at == 0) tcb.stalled_at = io.now_ticks + 1;
  if (tcb.settings.user_timeout == 0 || tcb.backoff == 0) return;
  // Not later than the moment at which the application wants to hear of it (RFC 5482).
  const std::uint64_t last = tcb.stalled_at - 1 + tcb.settings.user_timeout;
  tcb.retransmit_at = std::max(io.now_ticks + 1, std::min(tcb.retransmit_at, last));
}

void delay_ack(Tcb& tcb, TcpIo& io) {
  // RFC 9293 3.8.6.3: at least every second full segment. The first segments of a connection are
  // acknowledged at once, for a sender that starts slowly waits for them.
  const std::uint32_t pending = tcb.rcv_nxt.distance_from(tcb.rcv_acked);
  const bool second_full = pending >= 2u * tcb.rcv_full;
  if (io.config.delayed_ack_ticks == 0 || tcb.quick_acks > 0 || second_full) {
    return send_ack(tcb, io);
  }
  if (tcb.ack_at == 0) tcb.ack_at = io.now_ticks + io.config.delayed_ack_ticks;
}

std::uint16_t announce_window(Tcb& tcb, std::uint8_t scale) {
  const std::uint32_t capacity = tcb.settings.receive_capacity;
  const std::uint32_t queued = tcb.received.size();
  const std::uint32_t free = capacity > queued ? capacity - queued : 0;
  const std::uint32_t unit = 1u << scale;
  const SequenceNumber edge = tcb.rcv_nxt + std::min(free, max_window << scale) / unit * unit;
  if (edge.after(tcb.rcv_adv)) {
    const std::uint32_t worth = std::min(std::uint32_t{tcb.rcv_mss}, capacity / 2);
    if (edge.distance_from(tcb.rcv_adv) >= worth) tcb.rcv_adv = edge;
  }
  // An edge that cannot be told exactly is rounded up, lest it seem to move back (RFC 7323 2.4);
  // but where that were to go on past the buffer, the last bytes are not told.
  const std::uint32_t rounded = (tcb.rcv_wnd() + unit - 1) / unit * unit;
  if (rounded != tcb.rcv_wnd() && queued + rounded <= capacity + unit) {
    tcb.rcv_adv = tcb.rcv_nxt + rounded;
  }
  return static_cast<std::uint16_t>(std::min(tcb.rcv_wnd() >> scale, max_window));
}

void send_window_update(Tcb& tcb, TcpIo& io) {
  if (!is_synchronized(tcb.state) || fin_was_received(tcb.state)) return;
  const std::uint32_t before = tcb.rcv_wnd();
  const SequenceNumber edge = tcb.rcv_adv;
  announce_window(tcb, tcb.rcv_scale);
  const std::uint32_t opened = tcb.rcv_adv.distance_from(edge);
  if (opened == 0) return;
  // Without an ACK of its own the edge is told by the next segment that leaves anyway; it must go
  // out alone when the peer may be waiting for it.
  const bool was_tight = before < tcb.rcv_mss;
  const bool matters = opened >= 2u * tcb.rcv_mss || opened >= tcb.settings.receive_capacity / 2;
  if (was_tight || matters) {
    send_ack(tcb, io);
  } else {
    tcb.rcv_adv = edge;
  }
}

}  // namespace lockstep
