// The transmission control block: the whole state of one TCP connection at one end (RFC 9293 3.3.1,
// 3.3.2). A plain value. Whether a FIN was queued is told by the state, whether it was sent by
// SND.NXT, whether it was acknowledged by SND.UNA.
#pragma once

#include <cstdint>
#include <string_view>

#include "stack/api/address.h"
#include "stack/tcp/reassembly.h"
#include "stack/tcp/receive_buffer.h"
#include "stack/tcp/send_buffer.h"
#include "stack/tcp/seq.h"

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
// A window without scaling (RFC 9293 3.1).
inline constexpr std::uint32_t max_window = 65535;

struct Tcb {
  TcpState state = TcpState::closed;
  std::uint8_t ttl = 64;
  FourTuple tuple;

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
  std::uint32_t send_capacity = 0;  // Bytes.

  // Receive sequence variables. RCV.WND is rcv_adv - rcv_nxt: the right edge never moves back.
  SequenceNumber irs;
  SequenceNumber rcv_nxt;
  SequenceNumber rcv_adv;
  std::uint16_t rcv_mss = default_mss_v4;  // The MSS this end announces.
  ReceiveBuffer received;
  Reassembly out_of_order;
  std::uint32_t receive_capacity = 0;  // Bytes.

  // Loss recovery: up to `recover` each partial acknowledgment sends the next hole again.
  SequenceNumber recover;
  std::uint8_t duplicate_acks = 0;

  // Timers: the tick at which each fires, 0 when off. The first sends SYN, data, FIN or a window
  // probe again; the second ends TIME-WAIT and an orphan's FIN-WAIT-2.
  std::uint64_t retransmit_at = 0;
  std::uint64_t expire_at = 0;
  std::uint8_t backoff = 0;     // Doublings of the timeout.
  std::uint8_t unanswered = 0;  // Retransmissions or probes since the peer last answered.

  std::uint32_t rcv_wnd() const { return rcv_adv.distance_from(rcv_nxt); }
  std::uint32_t in_flight() const { return snd_nxt.distance_from(snd_una); }

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
