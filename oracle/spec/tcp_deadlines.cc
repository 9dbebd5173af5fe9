// What must have happened by the end of a step, and what is owed by the end of a settle. RFC 9293
// 3.8.1-3.8.3, 3.8.6.3; RFC 6298 5.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
namespace {

constexpr std::uint32_t delayed_ack_ms = 500;
// A settle lasts 256 ticks, and a timeout that was measured may be twice the one that is
// configured.
constexpr std::uint64_t surely_settled_ticks = 128;
constexpr std::uint64_t syn_fallback_ms = 3'000;
// What fits into a settle with the tolerance of surely_gave_up().
constexpr std::uint64_t attempt_in_settle_ticks = 216;

}  // namespace

void TcpEngine::step_deadlines(Connection& c, Hypothesis& h) {
  if (h.ack_due) {
    check(h.ack_rule, false, h, "an ACK within the step");
    return;
  }
  if (h.syn_due) {
    check(
        h.syn_rule, false, h,
        h.state == TcpState::syn_received ? "a SYN|ACK within the step" : "a SYN within the step");
    return;
  }
  if (h.fast_due) {
    check(Rule::tcp_fast_retransmit, false, h,
          [&] { return "seq=" + std::to_string(wrap(h.una, h.iss)) + " again within the step"; });
    return;
  }
  for (const DueReset& due : h.resets) {
    judgement_->apply(due.rule);
    if (due.must && !due.sent) check(due.rule, false, h, "a RST within the step");
  }
  if (!exact_clock() || !ticked_ || refuted_) return;
  if (h.synchronized() && h.rcv_nxt > h.ack_shown) {
    const std::uint32_t delay = delayed_ack_ms / std::max(1u, host_->config().tick_ms) + 2;
    check(Rule::tcp_ack_is_timely, h.ack_waited <= delay, h, "an ACK within 500 ms");
  }
  if (h.doubtful) return;
  if (stalled(c, h) && h.probes < host_->config().retransmit_max) {
    const bool in_time = h.stalled_for <= latest_retransmission(c, h, h.stalled_probes + 1);
    // Where it may have been given up meanwhile, that is what happened.
    if (!in_time && user_timeout_ms(c) > 0 && may_give_up(c, h)) return time_out(c, h);
    check(Rule::tcp_window_is_probed, in_time, h,
          [&] { return "probe " + std::to_string(h.stalled_probes + 1) + " of the window"; });
  }
  if (!outstanding(c, h)) return;
  const bool window_open = h.wnd_right_low > h.una || h.una == 0;
  if (!window_open || h.retries >= host_->config().retransmit_max) return;
  const std::uint32_t number = std::max(h.retries, h.doublings) + 1;
  const bool in_time = h.waited <= latest_retransmission(c, h, number);
  if (!in_time && user_timeout_ms(c) > 0 && may_give_up(c, h)) return time_out(c, h);
  check(Rule::tcp_retransmits_in_time, in_time, h,
        [&] { return "retransmission " + std::to_string(number); });
}

// About how long the retransmission timer runs by now. Into a closed window the timeout grows with
// each probe and does not fall when the window opens (RFC 6298 5.5, 5.7).
std::uint64_t TcpEngine::next_timeout_ticks(const Connection& c, const Hypothesis& h) const {
  return first_timeout_ticks(c, h) << std::min(h.doublings, 16u);
}

// RFC 6298 2.2, 2.3: SRTT + 4 * RTTVAR is at most five times the longest round trip; 5.7: three
// seconds after a SYN that was sent again, until a round trip is measured.
std::uint64_t TcpEngine::first_timeout_ticks(const Connection& c, const Hypothesis& h) const {
  const std::uint64_t measured = 5 * std::uint64_t{c.longest_round_trip};
  const std::uint64_t least = host_->config().retransmit_threshold_ticks;
  std::uint64_t fallback = 0;
  if (c.syn_was_repeated && (h.una == 1 || (h.una == 0 && !exact_clock()))) {
    // The kernel's seconds are not scaled as its least timeout is.
    fallback = exact_clock() ? syn_fallback_ms / std::max(1u, host_->config().tick_ms)
                             : surely_settled_ticks + 1;
  }
  return std::max({least, measured, fallback});
}

// How long TIME_WAIT, or an orphan's FIN_WAIT_2, lasts. tcp(7): TCP_LINGER2 is the latter's
// seconds; up to which number they are taken is the stack's (Linux: 120).
TcpEngine::Term TcpEngine::waiting_term(const Connection& c, const Hypothesis& h) const {
  const HostConfig& config = host_->config();
  if (h.state == TcpState::time_wait) return {config.time_wait_ticks, config.time_wait_ticks};
  constexpr std::int64_t surely_taken_seconds = 60;
  Term term{config.fin_wait_2_ticks, config.fin_wait_2_ticks};
  const auto ticks = [&](std::int64_t seconds) {
    return static_cast<std::uint64_t>(seconds) * 1000 / std::max(1u, config.tick_ms);
  };
  if (c.linger2_seconds > surely_taken_seconds) {
    term.least = std::min(term.least, ticks(surely_taken_seconds));
    term.most = std::max(term.most, ticks(c.linger2_seconds));
  } else if (c.linger2_seconds > 0) {
    term.least = term.most = ticks(c.linger2_seconds);
  }
  // Linux waits no shorter than for the peer's FIN to be sent a second time (tcp_fin_time).
  term.most = std::max(term.most, 4 * next_timeout_ticks(c, h));
  return term;
}

// Whether the attempts that are left may take longer than a settle, because a timeout was measured.
bool TcpEngine::attempt_may_outlast_settle(const Connection& c, const Hypothesis& h) const {
  return exact_clock() && h.retries > 0 &&
         attempt_ticks(first_timeout_ticks(c, h)) > attempt_in_settle_ticks;
}

// Whether the host may cut what waits into segments that its own link does not carry (dialect).
bool TcpEngine::may_exceed_link(const Connection& c, const Hypothesis& h) const {
  constexpr Offset headers = 40;  // Of IPv4; every link of IPv6 carries 1280 bytes.
  if (!c.tuple.peer.ip.is_v4() || host_->is_local(c.tuple.peer.ip)) return false;
  const Offset room = Offset{host_->config().mtu} - headers;
  return room < host_->dialect().least_segment_bytes && c.end - std::max<Offset>(h.una, 1) > room;
}

TcpEngine::Debt TcpEngine::debt_of(const Connection& c, const Hypothesis& h) const {
  if (h.doubtful || !h.alive() || h.state == TcpState::time_wait) return {};
  if (h.state == TcpState::syn_sent) {
    return {true, Rule::tcp_syn_is_answered, "an answer to the SYN, or ETIMEDOUT"};
  }
  if (h.state == TcpState::syn_received) {
    return {true, Rule::tcp_syn_is_answered, "an answer to the SYN|ACK, or the end of its retries"};
  }
  if (h.rcv_nxt > h.ack_shown) return {true, Rule::tcp_ack_is_timely, "an ACK of what arrived"};
  if (may_exceed_link(c, h)) return {};
  const bool room = h.wnd_right_low > h.nxt;
  if (h.una < h.nxt && h.wnd_right_low > h.una) {
    return {true, h.una >= c.end ? Rule::tcp_fin_is_retransmitted : Rule::tcp_delivers_at_last,
            "everything sent is acknowledged, or the connection given up",
            next_timeout_ticks(c, h) > surely_settled_ticks || attempt_may_outlast_settle(c, h)};
  }
  if (h.nxt < end_of_send(c, h) && room && h.una == h.nxt) {
    // A window smaller than what waits may be left alone until a timer overrides that (RFC 9293
    // 3.8.6.2.1).
    return {true, h.nxt >= c.end ? Rule::tcp_fin_is_sent : Rule::tcp_delivers_at_last,
            h.nxt >= c.end ? "a FIN" : "the bytes that send accepted",
            next_timeout_ticks(c, h) > surely_settled_ticks};
  }
  return {};
}

// Whether every way to see the connection owes something. One in which it just gave up does not
// speak against one in which it is about to.
bool TcpEngine::owes(const Connection& c) const {
  bool any = false;
  for (const Hypothesis& h : c.hypotheses) {
    const bool owed = debt_of(c, h).owed;
    if (!owed && !(h.timed_out && exact_clock())) return false;
    any |= owed;
  }
  return any;
}

bool TcpEngine::quiet() const {
  for (std::size_t i = 0; i < used_; ++i) {
    if (connections_[i].in_use && owes(connections_[i])) return false;
  }
  return true;
}

bool TcpEngine::awaits_long_timer() const {
  for (std::size_t i = 0; i < used_; ++i) {
    const Connection& c = connections_[i];
    const auto waits = [&](const Hypothesis& h) { return debt_of(c, h).may_outlast_settle; };
    if (c.in_use && std::ranges::any_of(c.hypotheses, waits)) return true;
  }
  return false;
}

// The rules of what is owed by the settle were applied, and kept.
void TcpEngine::count_paid(const Connection& c) {
  const Hypothesis& h = c.hypotheses.front();
  if (!h.synchronized() || h.doubtful) return;
  judgement_->apply(Rule::tcp_syn_is_answered);
  if (may_exceed_link(c, h)) return;
  if (c.end > 1) judgement_->apply(Rule::tcp_delivers_at_last);
  if (!c.wants_fin) return;
  judgement_->apply(Rule::tcp_fin_is_sent);
  judgement_->apply(Rule::tcp_fin_is_retransmitted);
}

void TcpEngine::on_settled() {
  if (done()) return;
  packet_ = nullptr;
  for (std::size_t i = 0; i < used_ && !done(); ++i) {
    Connection& c = connections_[i];
    if (!c.in_use) continue;
    const bool owed = std::ranges::all_of(c.hypotheses, [&](const Hypothesis& h) {
      const Debt debt = debt_of(c, h);
      return debt.owed && !debt.may_outlast_settle;
    });
    if (!owed) {
      count_paid(c);
      continue;
    }
    branch(c, [&](Hypothesis& h) {
      const Debt debt = debt_of(c, h);
      check(debt.rule, false, h, debt.allowed);
    });
  }
}

}  // namespace lockstep::oracle
