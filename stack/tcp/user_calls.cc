#include "stack/tcp/user_calls.h"

#include <algorithm>

#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/transmit.h"

namespace lockstep {
namespace {

void open(Tcb& tcb, const FourTuple& tuple, SequenceNumber iss, std::uint16_t mss) {
  tcb.tuple = tuple;
  tcb.iss = tcb.snd_una = tcb.recover = iss;
  tcb.snd_nxt = iss + 1;
  tcb.rcv_mss = tcb.snd_mss = mss;
  tcb.send_buffer.start_at(iss + 1);
}

}  // namespace

std::uint16_t effective_mss(const TcpSegment& syn, IpFamily family, std::uint16_t link_mss) {
  const std::uint16_t fallback = family == IpFamily::v4 ? default_mss_v4 : default_mss_v6;
  const std::uint16_t peer = syn.options.mss.value_or(fallback);
  return std::max<std::uint16_t>(1, std::min(peer, link_mss));
}

void active_open(Tcb& tcb, TcpIo& io, const FourTuple& tuple, SequenceNumber iss,
                 std::uint16_t mss) {
  open(tcb, tuple, iss, mss);
  tcb.state = TcpState::syn_sent;
  send_syn(tcb, io);
  arm_retransmission(tcb, io);
}

void passive_open(Tcb& tcb, TcpIo& io, const FourTuple& tuple, SequenceNumber iss,
                  std::uint16_t mss, const TcpSegment& syn) {
  open(tcb, tuple, iss, mss);
  tcb.snd_mss = effective_mss(syn, tuple.local.ip.family, mss);
  tcb.irs = SequenceNumber(syn.seq);
  tcb.rcv_nxt = tcb.rcv_adv = tcb.irs + 1;
  tcb.snd_wnd = tcb.snd_wnd_max = syn.window;
  tcb.snd_wl1 = tcb.irs;
  tcb.snd_wl2 = iss;
  tcb.state = TcpState::syn_received;
  send_syn_ack(tcb, io);
  arm_retransmission(tcb, io);
}

std::uint32_t send_space(const Tcb& tcb) {
  const std::uint32_t used = tcb.send_buffer.size();
  return used < tcb.send_capacity ? tcb.send_capacity - used : 0;
}

std::uint32_t write(Tcb& tcb, TcpIo& io, std::span<const std::byte> bytes) {
  const auto taken =
      static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), send_space(tcb)));
  if (taken == 0) return 0;
  tcb.send_buffer.append(Slice::copy_of(bytes.first(taken)));
  send_pending(tcb, io);
  return taken;
}

void consume(Tcb& tcb, TcpIo& io, std::size_t count) {
  tcb.received.consume(count);
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

void become_orphan(Tcb& tcb, const TcpIo& io) {
  if (tcb.state == TcpState::fin_wait_2) {
    tcb.expire_at = io.now_ticks + std::max(io.config.fin_wait_2_ticks, 1u);
  }
}

void abort_connection(Tcb& tcb, TcpIo& io, Errno error) {
  const bool peer_expects_more = tcb.state != TcpState::closed && tcb.state != TcpState::listen &&
                                 tcb.state != TcpState::syn_sent &&
                                 tcb.state != TcpState::time_wait;
  if (peer_expects_more) send_active_reset(tcb, io);
  end_connection(tcb, io, error);
}

}  // namespace lockstep
