// Ticks, and what they may end. Bounds are lenient: a retransmission may come at twice the time at
// which RFC 6298 would send it. RFC 9293 3.8.1-3.8.3; RFC 6298 5.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
namespace {

constexpr std::uint32_t slack_ticks = 8;
constexpr std::uint64_t longest_timeout_ms = 60'000;
constexpr std::uint64_t challenge_span_ms = 5'000;  // RFC 5961 7.

}  // namespace

void TcpEngine::on_tick(std::uint32_t ticks) {
  if (done()) return;
  ++events_;
  ticked_ = true;
  step_ticks_ = std::min(step_ticks_ + ticks, std::uint32_t{1} << 30);
  if (challenges_ > 0) count_challenge_time(ticks);
  for (std::size_t i = 0; i < used_; ++i) {
    Connection& c = connections_[i];
    if (!c.in_use) continue;
    if (c.socket != 0 && c.surely_alive() && !host_->socket(c.socket).keepalive) {
      judgement_->apply(Rule::tcp_keepalive_only_if_asked);
    }
    if (exact_clock() && time_changes_nothing(c)) {
      if (c.hypotheses.front().alive()) visit(c, c.hypotheses.front(), 0);
      c.blocked = false;
      c.writable = false;
      continue;
    }
    touch(c);
    for (Hypothesis& h : c.hypotheses) {
      if (!h.alive()) continue;
      visit(c, h, 0);
      const auto add = [ticks](std::uint32_t& counter) {
        counter = std::min(counter + ticks, std::uint32_t{1} << 30);
      };
      if (outstanding(c, h)) add(h.waited);
      if (stalled(c, h)) {
        add(h.stalled_for);
      } else {
        h.stalled_for = h.stalled_probes = 0;
      }
      if (h.synchronized() && h.rcv_nxt > h.ack_shown) add(h.ack_waited);
      if (h.state == TcpState::time_wait || h.state == TcpState::fin_wait_2) add(h.state_age);
    }
    // What a long tick ends may answer what arrives, over loopback, before the step is over.
    if (std::ranges::any_of(c.hypotheses, [&](Hypothesis& h) { return timers_due(c, h); })) {
      branch(c, [&](Hypothesis& h) { step_timers(c, h, StepPart::amid); });
    }
  }
}

void TcpEngine::count_challenge_time(std::uint32_t ticks) {
  challenge_ticks_ = std::min(challenge_ticks_ + ticks, std::uint32_t{1} << 30);
  if (std::uint64_t{challenge_ticks_} * host_->config().tick_ms < challenge_span_ms) return;
  challenges_ = 0;
  challenge_ticks_ = 0;
}

// Time passed on another host. Where clocks elapse it is this one's time as well.
void TcpEngine::on_tick_elsewhere(std::uint32_t ticks) {
  if (done() || exact_clock()) return;
  for (std::size_t i = 0; i < used_; ++i) {
    Connection& c = connections_[i];
    if (!c.in_use) continue;
    for (Hypothesis& h : c.hypotheses) {
      if (!outstanding(c, h)) continue;
      h.waited_more = std::min(h.waited_more + ticks, std::uint32_t{1} << 30);
    }
  }
}

// Whether no timer of the connection runs, so that the end of the step need not look at it. One of
// a closed socket may be gone by then, and several hypotheses may have become equal.
bool TcpEngine::time_changes_nothing(const Connection& c) const {
  if (c.hypotheses.size() != 1 || c.socket == 0 || c.orphan) return false;
  if (c.listener != 0 && !c.accepted) return false;
  const Hypothesis& h = c.hypotheses.front();
  if (!h.alive()) return true;
  if (h.state == TcpState::time_wait || h.state == TcpState::fin_wait_2) return false;
  return !outstanding(c, h) && !stalled(c, h) && h.probes == 0 && h.rcv_nxt <= h.ack_shown;
}

// One past the last number that the application gave us to send.
Offset TcpEngine::end_of_send(const Connection& c, const Hypothesis&) const {
  return c.end + (c.wants_fin ? 1 : 0);
}

// Whether something sent waits for its acknowledgment, so that the retransmission timer runs.
bool TcpEngine::outstanding(const Connection&, const Hypothesis& h) const {
  return h.alive() && h.state != TcpState::time_wait && h.iss_known && h.una < h.nxt;
}

// Whether there is something to send, nothing in flight, and surely no window for any of it.
bool TcpEngine::stalled(const Connection& c, const Hypothesis& h) const {
  return h.synchronized() && h.state != TcpState::time_wait && h.una == h.nxt &&
         h.nxt < end_of_send(c, h) && h.wnd_right <= h.nxt;
}

// The tick, counted from the first transmission, by which retransmission `number` must have left.
std::uint64_t TcpEngine::latest_retransmission(const Connection& c, const Hypothesis& h,
                                               std::uint32_t number) const {
  const std::uint64_t first = first_timeout_ticks(c, h);
  if (!host_->dialect().timeouts_double) return 2 * first * number + slack_ticks;
  return 2 * first * ((1u << std::min(number, 16u)) - 1) + slack_ticks;
}

// How long an attempt takes at least until it is given up: the intervals double, and may stop at
// 60 s (RFC 6298 2.5).
std::uint64_t TcpEngine::least_attempt_ticks() const {
  return attempt_ticks(host_->config().retransmit_threshold_ticks);
}

// How long it takes with the first interval `interval`.
std::uint64_t TcpEngine::attempt_ticks(std::uint64_t interval) const {
  const std::uint64_t cap = longest_timeout_ms / std::max(1u, host_->config().tick_ms);
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i <= host_->config().retransmit_max; ++i) {
    sum += interval;
    if (!host_->dialect().timeouts_double) continue;
    interval = std::max(interval, std::min(2 * interval, cap));
  }
  return sum;
}

bool TcpEngine::may_give_up(const Connection& c, const Hypothesis& h) const {
  const bool waits = outstanding(c, h);
  const bool stalls = h.stalled_for > 0 && user_timeout_ms(c) > 0;
  if (!h.alive() || (!waits && h.probes == 0 && !stalls)) return false;
  const bool timers_ran = ticked_ || !exact_clock();
  if (!timers_ran) return false;
  const std::uint32_t most = host_->config().retransmit_max;
  if (waits && h.retries >= most) {
    // The last interval must have passed too, or most of it.
    const std::uint64_t term = least_attempt_ticks();
    if (h.waited + h.waited_more >= term - term / 4) return true;
  }
  // RFC 9293 3.8.3 lets R2 be a time. Linux gives up after the time that so many retransmissions
  // take at the least timeout, and fewer of them fit into it when the timeout was measured longer;
  // another host's ticks are its time, too. What it sent into a window that was closed counts, once
  // the window is open; an orphan is given up even though its probes are answered.
  const bool probes = h.wnd_right <= h.una && !c.orphan && c.socket != 0;
  const std::uint32_t tries = probes ? h.retries : std::max(h.retries, h.doublings);
  if (waits && !exact_clock() && (tries > 0 || tries >= most)) return true;
  // How many probes may go unanswered is nowhere said to be R2: Linux counts probes up to
  // tcp_retries2, but measures retransmissions against the time that many would take.
  if (h.probes > 0 && (h.probes >= most || !exact_clock())) return true;
  if (c.socket != 0 && h.probes > 0 && host_->socket(c.socket).keepalive) return true;
  const std::uint64_t user_timeout = user_timeout_ms(c);
  if (user_timeout == 0) return false;
  // Bytes that a closed window holds back count as those that nobody acknowledges (tcp(7)).
  const std::uint64_t stalled =
      std::max(std::uint64_t{h.waited} + h.waited_more, std::uint64_t{h.stalled_for});
  return !exact_clock() || (stalled + 1) * host_->config().tick_ms >= user_timeout;
}

// TCP_USER_TIMEOUT of the socket, of the one that closed the connection, or of the listener whose
// options a child has.
std::uint64_t TcpEngine::user_timeout_ms(const Connection& c) const {
  const SocketId source = c.socket != 0 ? c.socket : c.listener;
  const bool closed = c.orphan || source == 0;
  const std::int32_t value = closed ? c.user_timeout_ms : host_->socket(source).user_timeout_ms;
  return value > 0 ? static_cast<std::uint64_t>(value) : 0;
}

// Something is sent for the first time, or the peer took a part of it. Within a long tick, over
// loopback, the ticks of the step may have come before or after.
void TcpEngine::begin_wait(Hypothesis& h) const {
  h.waited = 0;
  h.waited_more = step_ticks_;
}

// An acknowledgment came: a stack that measures round trips may take this one for its timeout.
void TcpEngine::note_round_trip(Connection& c, const Hypothesis& h) {
  c.longest_round_trip = std::max(c.longest_round_trip, h.waited + h.waited_more);
}

void TcpEngine::time_out(Connection& c, Hypothesis& h) {
  judgement_->apply(Rule::tcp_retry_limit);
  const Errno error = h.soft_error == Errno::ok ? host_->dialect().given_up : h.soft_error;
  reset_connection(c, h, error, Rule::tcp_retry_limit);
  h.timed_out = true;
  h.retries = 0;
  h.probes = 0;
  h.stalled_for = h.stalled_probes = 0;
  h.doublings = 0;
  h.resent_to = 0;
  h.waited = h.waited_more = 0;
  h.ack_waited = 0;
  h.state_age = 0;
  // One that may be accepted keeps the error for who accepts it.
  const bool nobody = c.listener != 0 && !c.accepted && !h.queued;
  if (c.orphan || nobody) h.error = Errno::ok;
}

void TcpEngine::on_step_end() {
  if (done()) return;
  packet_ = nullptr;
  call_ = nullptr;
  end_contests();
  if (exact_clock()) {
    // In the order of their slots, whatever touched them first.
    if (touched_.size() > 1) std::ranges::sort(touched_);
    for (std::size_t i = 0; i < touched_.size() && !done(); ++i) {
      Connection& c = connections_[touched_[i]];
      if (c.in_use && c.touched) end_step(c);
    }
  } else {
    for (std::size_t i = 0; i < used_ && !done(); ++i) {
      Connection& c = connections_[i];
      if (c.in_use && (c.touched || c.may_be_alive())) end_step(c);
    }
  }
  touched_.clear();
  ticked_ = false;
  step_ticks_ = 0;
  while (used_ > 0 && !connections_[used_ - 1].in_use) --used_;
}

void TcpEngine::end_step(Connection& c) {
  branch(c, [&](Hypothesis& h) {
    step_deadlines(c, h);
    if (refuted_) return;
    resolve_step(c, h);
    step_timers(c, h, StepPart::end);
  });
  if (done()) return;
  Offset una = c.end;
  for (Hypothesis& h : c.hypotheses) {
    if (h.state == TcpState::time_wait && !c.reached_time_wait) note_time_wait(c);
    begin_step(h);
    if (h.alive()) una = std::min(una, h.una);
  }
  if (!c.runs.empty() && c.runs.front().end <= una) {
    std::erase_if(c.runs, [&](const Run& run) { return run.end <= una; });
  }
  if (c.arrivals > 0 || ticked_) {
    c.blocked = false;
    c.writable = false;
  }
  c.arrivals = 0;
  c.refusal.reset();
  c.urgent_end_before = c.urgent_end;
  c.touched = false;
  const bool child = c.listener != 0 && !c.accepted;
  if (c.socket != 0 && !c.orphan && !child) return;
  for (const Hypothesis& h : c.hypotheses) {
    if (h.alive() || (child && h.queued)) return;
  }
  free_connection(c);
}

void TcpEngine::note_time_wait(Connection& c) {
  c.reached_time_wait = true;
  if (c.socket == 0 || c.orphan) return;  // Closed: noted then.
  c.was_dual = is_dual(host_->socket(c.socket), c.tuple.local);
  c.reuse_address = host_->socket(c.socket).reuse_address;
  c.reuse_port = host_->socket(c.socket).reuse_port;
}

void TcpEngine::begin_step(Hypothesis& h) {
  h.resets.clear();
  h.hushed = false;
  h.ended_by_text = false;
  h.ack_due = false;
  h.ack_allowed = false;
  h.shown_in_step = false;
  h.text_in_step = false;
  h.resent = false;
  h.state_before = h.state;
  h.una_before = h.una;
  h.nxt_before = h.nxt;
  h.rcv_before = h.rcv_nxt;
  h.wnd_right_step = h.wnd_right;
}

// How far the peer's sequence was closed: the last acknowledgment tells; else each point may be it.
void TcpEngine::resolve_step(Connection& c, Hypothesis& h) {
  if (!h.synchronized() || !unresolved(c, h)) return;
  const bool shown = h.shown_in_step && h.ack_shown >= h.rcv_nxt;
  if (shown && !h.text_in_step) {
    resolve(c, h, h.ack_shown);
    return;
  }
  // Whether what left came before or after the last text is not seen: of that nothing was told.
  const Offset least = shown ? h.ack_shown : h.rcv_nxt;
  bool first = true;
  Offset point = h.rcv_nxt;
  bool by_fin = false;
  Offset next = 0;
  const Hypothesis start = h;
  const auto admit = [&](const Hypothesis& closed) {
    if (first) {
      h = closed;
    } else {
      fork(closed);
    }
    first = false;
  };
  for (bool more = true; more && !done(); point = next) {
    more = next_point(start, point, next, by_fin);
    if (point >= least) {
      Hypothesis here = start;
      resolve(c, here, point);
      admit(here);
    }
    if (by_fin && point + 1 >= least) {
      Hypothesis ended = start;
      resolve(c, ended, point + 1);
      admit(ended);
    }
  }
}

// Whether the last retransmission is so long past that the connection is over, though nothing on
// the wire tells.
bool TcpEngine::surely_gave_up(const Connection& c, const Hypothesis& h) const {
  if (!exact_clock() || !ticked_ || h.doubtful || !outstanding(c, h)) return false;
  const bool window_open = h.wnd_right_low > h.una || h.una == 0;
  if (!window_open || h.retries < host_->config().retransmit_max) return false;
  // A timeout that was measured is longer than the least one (RFC 6298 2.3).
  const std::uint64_t term =
      h.una == 0 ? least_attempt_ticks() : attempt_ticks(first_timeout_ticks(c, h));
  if (h.waited * std::uint64_t{host_->config().tick_ms} <= user_timeout_ms(c)) return false;
  return h.waited > term + term / 8 + slack_ticks;
}

bool TcpEngine::timers_due(const Connection& c, const Hypothesis& h) const {
  if (may_give_up(c, h)) return true;
  const bool waits =
      h.state == TcpState::time_wait || (h.state == TcpState::fin_wait_2 && c.orphan);
  return waits && h.state_age + 1 >= waiting_term(c, h).least;
}

void TcpEngine::step_timers(Connection& c, Hypothesis& h, StepPart part) {
  if (!h.alive()) return;
  const bool over = part == StepPart::end;
  const bool embryonic = c.listener != 0 && !c.accepted && h.state == TcpState::syn_received;
  if (may_give_up(c, h)) {
    Hypothesis dead = h;
    time_out(c, dead);
    if (embryonic) dead.error = Errno::ok;
    if (over && surely_gave_up(c, h)) {
      if (dead.resets.empty()) begin_step(dead);  // As in fork_over().
      h = dead;
      return;
    }
    fork_over(c, dead);
  }
  const bool waiting = h.state == TcpState::time_wait;
  if (!waiting && !(h.state == TcpState::fin_wait_2 && c.orphan)) return;
  const Term term = waiting_term(c, h);
  if (exact_clock() && h.state_age + 1 < term.least) return;
  if (over && exact_clock() && h.state_age > 2 * term.most + slack_ticks) {
    h.state = TcpState::closed;
    return;
  }
  Hypothesis dead = h;
  expire(dead);
  fork_over(c, dead);
}

// TIME_WAIT or an orphan's FIN_WAIT_2 ends in silence.
void TcpEngine::expire(Hypothesis& h) {
  h.state = TcpState::closed;
  h.state_age = 0;
  h.write_shut = true;
  h.read_shut = true;
}

// Whether that may happen between two packets of a long tick, over loopback.
bool TcpEngine::expires_amid_step(const Connection& c, const Hypothesis& h) const {
  if (!exact_clock() || !ticked_) return false;
  if (h.state != TcpState::time_wait && !(h.state == TcpState::fin_wait_2 && c.orphan)) {
    return false;
  }
  return timers_due(c, h);
}

// Another successor, in which the connection is over. While it may last or not, each tick makes the
// same one again: it is told from those that are there already by what it has between two steps,
// which is all that a closed one that owes no RST is ever asked for.
void TcpEngine::fork_over(const Connection& c, Hypothesis& over) {
  if (over.resets.empty()) begin_step(over);
  if (std::ranges::find(c.hypotheses, over) == c.hypotheses.end()) fork(over);
}

}  // namespace lockstep::oracle
