#include "stack/tcp/user_calls.h"

#include <algorithm>

#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/timers.h"
#include "stack/tcp/transmit.h"

namespace lockstep {
namespace {

// Linux's tcp_min_snd_mss. A peer that asks for less would have a buffer cut into as many packets
// as it has bytes.
constexpr std::uint16_t min_send_mss = 48;
// As Linux's TCP_MAX_QUICKACKS.
constexpr std::uint8_t quick_acks_at_first = 16;

void open(Tcb& tcb, const FourTuple& tuple, SequenceNumber iss, std::uint16_t mss) {
  tcb.tuple = tuple;
  tcb.iss = tcb.snd_una = tcb.recover = iss;
  tcb.snd_nxt = iss + 1;
  const std::uint16_t asked = tcb.settings.max_segment;
  tcb.rcv_mss = tcb.snd_mss = asked == 0 ? mss : std::min(mss, asked);
  tcb.small_end = tcb.urgent_end = iss;
  tcb.quick_acks = quick_acks_at_first;
  tcb.send_buffer.start_at(iss + 1);
}

// The least shift with which the window field can tell the whole buffer.
std::uint8_t scale_for(std::uint32_t capacity) {
  std::uint8_t scale = 0;
  while (scale < max_window_scale && (max_window << scale) + 1 < capacity) ++scale;
  return scale;
}

}  // namespace

std::uint16_t effective_mss(const TcpSegment& syn, IpFamily family, std::uint16_t link_mss) {
  const std::uint16_t fallback = family == IpFamily::v4 ? default_mss_v4 : default_mss_v6;
  const std::uint16_t peer = syn.options.mss.value_or(fallback);
  const std::uint16_t least = std::min(min_send_mss, link_mss);
  return std::max<std::uint16_t>({1, least, std::min(peer, link_mss)});
}

void active_open(Tcb& tcb, TcpIo& io, const FourTuple& tuple, SequenceNumber iss,
                 std::uint16_t mss) {
  open(tcb, tuple, iss, mss);
  tcb.state = TcpState::syn_sent;
  tcb.scaling = true;
  tcb.rcv_scale = scale_for(tcb.settings.receive_capacity);
  tcb.round_trip.start(tcb.snd_nxt, io.now_ticks);
  send_syn(tcb, io);
  arm_retransmission(tcb, io);
}

void passive_open(Tcb& tcb, TcpIo& io, const FourTuple& tuple, SequenceNumber iss,
                  std::uint16_t mss, const TcpSegment& syn) {
  open(tcb, tuple, iss, mss);
  tcb.snd_mss = effective_mss(syn, tuple.local.ip.family, tcb.rcv_mss);
  tcb.irs = SequenceNumber(syn.seq);
  tcb.rcv_nxt = tcb.rcv_adv = tcb.copied = tcb.irs + 1;
  tcb.scaling = true;
  tcb.rcv_scale = scale_for(tcb.settings.receive_capacity);
  accept_scale(tcb, syn);
  tcb.round_trip.start(tcb.snd_nxt, io.now_ticks);
  tcb.snd_wnd = tcb.snd_wnd_max = syn.window;
  tcb.snd_wl1 = tcb.irs;
  tcb.snd_wl2 = iss;
  tcb.state = TcpState::syn_received;
  send_syn_ack(tcb, io);
  arm_retransmission(tcb, io);
}

void accept_scale(Tcb& tcb, const TcpSegment& syn) {
  const auto offered = syn.options.window_scale;
  tcb.scaling = tcb.scaling && offered.has_value();
  tcb.snd_scale = tcb.scaling ? std::min(*offered, max_window_scale) : std::uint8_t{0};
  if (!tcb.scaling) tcb.rcv_scale = 0;
}

std::uint32_t send_space(const Tcb& tcb) {
  const std::uint32_t used = tcb.send_buffer.size();
  const std::uint32_t capacity = tcb.settings.send_capacity;
  return used < capacity ? capacity - used : 0;
}

std::uint32_t write(Tcb& tcb, TcpIo& io, std::span<const std::byte> bytes, MsgFlags flags) {
  const auto taken =
      static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), send_space(tcb)));
  if (taken == 0) return 0;
  tcb.send_buffer.append(Slice::copy_of(bytes.first(taken)));
  if ((flags & msg_oob) != 0) tcb.urgent_end = tcb.send_buffer.end();
  send_pending(tcb, io);
  return taken;
}

void consume(Tcb& tcb, TcpIo& io, std::size_t count) {
  tcb.received.consume(count);
  tcb.copied = tcb.copied + static_cast<std::uint32_t>(count);
  forget_passed_mark(tcb);
  send_window_update(tcb, io);
}

void close_sending(Tcb& tcb, TcpIo& io) {
  if (tcb.state == TcpState::established || tcb.state == TcpState::syn_received) {
    tcb.state = TcpState::fin_wait_1;
  } else if (tcb.state == TcpState::close_wait) {
    tcb.state = TcpState::last_ack;
  } else {
    return;
  }
  send_pending(tcb, io);
}

bool wait_as_orphan(Tcb& tcb, TcpIo& io) {
  // Nobody is left whom a probe could tell.
  tcb.settings.keepalive = false;
  tcb.keepalive_at = 0;
  if (tcb.state != TcpState::fin_wait_2) return true;
  const std::int32_t linger2 = tcb.settings.linger2;
  if (linger2 < 0) {
    abort_connection(tcb, io, Errno::ok);
    return false;
  }
  const std::uint32_t ticks =
      linger2 == 0 ? io.config.fin_wait_2_ticks : static_cast<std::uint32_t>(linger2);
  tcb.expire_at = io.now_ticks + std::max(ticks, 1u);
  return true;
}

void change_settings(Tcb& tcb, TcpIo& io, const TcpSettings& settings) {
  const TcpSettings before = tcb.settings;
  tcb.settings = settings;
  if (!is_synchronized(tcb.state) || tcb.state == TcpState::time_wait) return;
  if (!settings.keepalive) {
    tcb.keepalive_at = 0;
  } else if (!before.keepalive || before.keepalive_idle != settings.keepalive_idle) {
    start_keepalive(tcb, io.now_ticks);
  }
  const bool let_go = (before.cork && !settings.cork) || (!before.no_delay && settings.no_delay);
  if (let_go) send_pending(tcb, io);
}

void abort_connection(Tcb& tcb, TcpIo& io, Errno error) {
  const bool peer_expects_more = tcb.state != TcpState::closed && tcb.state != TcpState::listen &&
                                 tcb.state != TcpState::syn_sent &&
                                 tcb.state != TcpState::time_wait;
  if (peer_expects_more) send_active_reset(tcb, io);
  end_connection(tcb, io, error);
}

}  // namespace lockstep
