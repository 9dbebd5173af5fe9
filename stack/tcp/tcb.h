// The transmission control block: the whole state of one TCP connection at one end (RFC 9293 3.3.1,
// 3.3.2). A plain value. Whether a FIN was queued is told by the state, whether it was sent by
// SND.NXT, whether it was acknowledged by SND.UNA.
#pragma once

#include <cstdint>
#include <string_view>

#include "stack/api/address.h"
#include "stack/tcp/reassembly.h"
#include "stack/tcp/receive_buffer.h"
#include "stack/tcp/round_trip.h"
#include "stack/tcp/send_buffer.h"
#include "stack/tcp/seq.h"
#include "stack/tcp/settings.h"
#include "stack/tcp/urgent.h"

namespace lockstep {

enum class TcpState : std::uint8_t {
  closed,
  listen,
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
};

// "ESTABLISHED", "FIN-WAIT-1", ... as RFC 9293 3.3.2 spells them.
std::string_view tcp_state_name(TcpState state);

// The MSS assumed of a peer that names none (RFC 9293 3.7.1).
inline constexpr std::uint16_t default_mss_v4 = 536;
inline constexpr std::uint16_t default_mss_v6 = 1220;
// What the window field holds (RFC 9293 3.1), and the greatest shift of it (RFC 7323 2.3).
inline constexpr std::uint32_t max_window = 65535;
inline constexpr std::uint8_t max_window_scale = 14;

struct Tcb {
  TcpState state = TcpState::closed;
  FourTuple tuple;
  TcpSettings settings;

  // Send sequence variables.
  SequenceNumber iss;
  SequenceNumber snd_una;
  SequenceNumber snd_nxt;
  SequenceNumber snd_wl1;
  SequenceNumber snd_wl2;
  std::uint32_t snd_wnd = 0;
  std::uint32_t snd_wnd_max = 0;
  std::uint16_t snd_mss = default_mss_v4;  // The smaller of the peer's and what the link carries.
  SendBuffer send_buffer;
  SequenceNumber small_end;   // Where the last segment shorter than SND.MSS ended (Nagle).
  SequenceNumber urgent_end;  // SND.UP: one past the last byte sent with MSG_OOB.

  // Receive sequence variables. RCV.WND is rcv_adv - rcv_nxt: the right edge never moves back.
  SequenceNumber irs;
  SequenceNumber rcv_nxt;
  SequenceNumber rcv_adv;
  std::uint16_t rcv_mss = default_mss_v4;  // The MSS this end announces.
  ReceiveBuffer received;
  Reassembly out_of_order;
  SequenceNumber copied;  // The oldest byte that recv has not returned.
  UrgentByte urgent;
  SequenceNumber rcv_acked;     // RCV.NXT as the last segment that left told it.
  std::uint16_t rcv_full = 1;   // The longest text that came in one segment.
  std::uint8_t quick_acks = 0;  // Segments still to be acknowledged without delay.

  // Window scale: whether our SYN offers it, and the shifts, which are 0 where the peer does not.
  bool scaling = false;
  std::uint8_t snd_scale = 0;
  std::uint8_t rcv_scale = 0;

  // Loss recovery: up to `recover` each partial acknowledgment sends the next hole again.
  SequenceNumber recover;
  std::uint8_t duplicate_acks = 0;

  // Timers: the tick at which each fires, 0 when off.
  std::uint64_t retransmit_at = 0;  // Sends SYN, data, FIN or a window probe again.
  std::uint64_t expire_at = 0;      // Ends TIME-WAIT and an orphan's FIN-WAIT-2.
  std::uint64_t ack_at = 0;         // Sends the ACK that was delayed.
  std::uint64_t keepalive_at = 0;   // Probes a silent peer.

  RoundTrip round_trip;
  std::uint8_t backoff = 0;           // Doublings of the timeout.
  std::uint8_t unanswered = 0;        // Retransmissions or probes since the peer last answered.
  std::uint8_t keepalive_probes = 0;  // Without an answer.
  std::uint64_t stalled_at = 0;       // Since when something waits for the peer, a tick + 1, or 0.

  std::uint32_t rcv_wnd() const { return rcv_adv.distance_from(rcv_nxt); }
  std::uint32_t in_flight() const { return snd_nxt.distance_from(snd_una); }

  // Without a user timeout it leaves out for how long the peer has been waited for, which only one
  // that is set later could ask for: else no host that probes a closed window would be as before.
  std::uint64_t hash(std::uint64_t seed, std::uint64_t now_ticks) const;
  friend bool operator==(const Tcb&, const Tcb&) = default;
};

// The application has closed its sending side: a FIN stands at the end of the send buffer.
constexpr bool fin_is_queued(TcpState state) {
  return state == TcpState::fin_wait_1 || state == TcpState::fin_wait_2 ||
         state == TcpState::closing || state == TcpState::last_ack || state == TcpState::time_wait;
}

// The peer's FIN was received, and everything before it.
constexpr bool fin_was_received(TcpState state) {
  return state == TcpState::close_wait || state == TcpState::closing ||
         state == TcpState::last_ack || state == TcpState::time_wait;
}

// Both ends know each other's sequence numbers (RFC 9293 3.5.2, group 3).
constexpr bool is_synchronized(TcpState state) {
  return state != TcpState::closed && state != TcpState::listen && state != TcpState::syn_sent &&
         state != TcpState::syn_received;
}

inline bool fin_was_sent(const Tcb& tcb) {
  return fin_is_queued(tcb.state) && tcb.snd_nxt.after(tcb.send_buffer.end());
}
inline bool fin_was_acknowledged(const Tcb& tcb) {
  return fin_is_queued(tcb.state) && tcb.snd_una.after(tcb.send_buffer.end());
}
// Bytes written and never sent.
inline std::uint32_t unsent_bytes(const Tcb& tcb) {
  const SequenceNumber end = tcb.send_buffer.end();
  return tcb.snd_nxt.before(end) ? end.distance_from(tcb.snd_nxt) : 0;
}

// Makes `tcb` as new, but keeps the storage of its buffers.
void clear(Tcb& tcb);

// CHECKs what must hold between any two transitions.
void check_invariants(const Tcb& tcb);

}  // namespace lockstep
