#include "stack/tcp/tcb.h"

#include <utility>

#include "stack/api/check.h"
#include "stack/api/hash.h"

namespace lockstep {

std::string_view tcp_state_name(TcpState state) {
  switch (state) {
    case TcpState::closed:
      return "CLOSED";
    case TcpState::listen:
      return "LISTEN";
    case TcpState::syn_sent:
      return "SYN-SENT";
    case TcpState::syn_received:
      return "SYN-RECEIVED";
    case TcpState::established:
      return "ESTABLISHED";
    case TcpState::fin_wait_1:
      return "FIN-WAIT-1";
    case TcpState::fin_wait_2:
      return "FIN-WAIT-2";
    case TcpState::close_wait:
      return "CLOSE-WAIT";
    case TcpState::closing:
      return "CLOSING";
    case TcpState::last_ack:
      return "LAST-ACK";
    case TcpState::time_wait:
      return "TIME-WAIT";
  }
  return "?";
}

namespace {

std::uint64_t hash_of(const TcpSettings& s) {
  const auto wide = [](std::uint32_t high, std::uint32_t low) {
    return (std::uint64_t{high} << 32) | low;
  };
  const std::uint32_t flags = (s.no_delay ? 1u : 0u) | (s.cork ? 2u : 0u) |
                              (s.urgent_inline ? 4u : 0u) | (s.keepalive ? 8u : 0u);
  return hash_words(
      0, {wide((flags << 8) | s.ttl, (std::uint32_t{s.keepalive_count} << 16) | s.max_segment),
          wide(s.send_capacity, s.receive_capacity), wide(s.keepalive_idle, s.keepalive_interval),
          wide(s.user_timeout, static_cast<std::uint32_t>(s.linger2))});
}

}  // namespace

std::uint64_t Tcb::hash(std::uint64_t seed, std::uint64_t now_ticks) const {
  const auto wide = [](std::uint32_t high, std::uint32_t low) {
    return (std::uint64_t{high} << 32) | low;
  };
  const auto left = [now_ticks](std::uint64_t at) { return at == 0 ? 0 : at - now_ticks + 1; };
  seed = hash_words(seed, {static_cast<std::uint32_t>(state), hash_of(settings)});
  if (state == TcpState::closed && received.empty()) return seed;
  seed = hash_words(
      seed, {stable_hash(tuple),
             wide(iss.value(), snd_una.value()),
             wide(snd_nxt.value(), snd_wl1.value()),
             wide(snd_wl2.value(), snd_wnd),
             wide(snd_wnd_max, small_end.value()),
             wide((std::uint32_t{snd_mss} << 16) | rcv_mss, irs.value()),
             wide(rcv_nxt.value(), rcv_adv.value()),
             wide(urgent_end.value(), recover.value()),
             wide(rcv_acked.value(), urgent.position.value()),
             wide(copied.value(), (std::uint32_t{rcv_full} << 16) | quick_acks),
             wide((static_cast<std::uint32_t>(urgent.state) << 16) |
                      std::to_integer<std::uint32_t>(urgent.value),
                  (std::uint32_t{snd_scale} << 16) | (std::uint32_t{rcv_scale} << 8) |
                      (scaling ? 1u : 0u)),
             wide((std::uint32_t{keepalive_probes} << 8) | duplicate_acks,
                  (std::uint32_t{backoff} << 8) | unanswered),
             left(retransmit_at),
             left(expire_at),
             left(ack_at),
             left(keepalive_at),
             round_trip.packed(),
             round_trip.age(now_ticks),
             round_trip.timed_end().value(),
             settings.user_timeout == 0 || stalled_at == 0 ? 0 : now_ticks + 2 - stalled_at});
  return out_of_order.hash(received.hash(send_buffer.hash(seed)));
}

void clear(Tcb& tcb) {
  Tcb fresh;
  tcb.send_buffer.start_at(SequenceNumber());
  tcb.received.clear();
  tcb.out_of_order.clear();
  fresh.send_buffer = std::move(tcb.send_buffer);
  fresh.received = std::move(tcb.received);
  fresh.out_of_order = std::move(tcb.out_of_order);
  tcb = std::move(fresh);
}

namespace {

void check_timers(const Tcb& tcb) {
  const bool may_expire = tcb.state == TcpState::time_wait || tcb.state == TcpState::fin_wait_2;
  LOCKSTEP_CHECK(tcb.expire_at == 0 || may_expire);
  LOCKSTEP_CHECK(tcb.state != TcpState::time_wait || tcb.expire_at != 0);
  // Nothing that awaits an acknowledgment is ever without a timer.
  LOCKSTEP_CHECK(tcb.in_flight() == 0 || tcb.retransmit_at != 0);
  // What was received is acknowledged, or will be.
  LOCKSTEP_CHECK(tcb.rcv_acked == tcb.rcv_nxt || tcb.ack_at != 0 ||
                 tcb.state == TcpState::syn_sent);
}

}  // namespace

void check_invariants(const Tcb& tcb) {
  if (tcb.state == TcpState::closed || tcb.state == TcpState::listen) {
    LOCKSTEP_CHECK(tcb.retransmit_at == 0 && tcb.expire_at == 0 && tcb.ack_at == 0 &&
                   tcb.keepalive_at == 0);
    return;
  }
  LOCKSTEP_CHECK(tcb.snd_una.at_or_before(tcb.snd_nxt));
  const SequenceNumber last = tcb.send_buffer.end() + (fin_is_queued(tcb.state) ? 1 : 0);
  LOCKSTEP_CHECK(tcb.snd_nxt.at_or_before(last));
  LOCKSTEP_CHECK(tcb.send_buffer.first() == tcb.iss + 1 ||
                 tcb.send_buffer.first().at_or_before(tcb.snd_una));
  LOCKSTEP_CHECK(tcb.snd_mss > 0);
  check_timers(tcb);
  if (tcb.state == TcpState::syn_sent) return;
  LOCKSTEP_CHECK(tcb.rcv_nxt.at_or_before(tcb.rcv_adv));
  const bool fin_acked = fin_was_acknowledged(tcb);
  LOCKSTEP_CHECK(tcb.state != TcpState::fin_wait_2 || fin_acked);
  LOCKSTEP_CHECK(tcb.state != TcpState::time_wait || fin_acked);
  LOCKSTEP_CHECK(tcb.state != TcpState::fin_wait_1 || !fin_acked);
  LOCKSTEP_CHECK(tcb.state != TcpState::closing || !fin_acked);
  LOCKSTEP_CHECK(tcb.state != TcpState::last_ack || !fin_acked);
}

}  // namespace lockstep
