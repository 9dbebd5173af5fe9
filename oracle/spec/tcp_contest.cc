// A SYN for a listener from the peer of a connection that may be over: either that connection is
// there and answers, or the listener opens a new one between the same ends. Both are kept for the
// step; what leaves tells which. RFC 9293 3.10.7.2, 3.10.7.4; RFC 5961 4.2.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

Connection* TcpEngine::contest_of(const FourTuple& tuple) {
  if (contests_ == 0) return nullptr;
  for (std::size_t i = 0; i < used_; ++i) {
    Connection& c = connections_[i];
    if (c.in_use && c.contested && c.tuple == tuple) return &c;
  }
  return nullptr;
}

// Whether a listener may get the SYN, since the connection may be over. A child that nobody
// accepted or queued is opened anew by itself.
bool TcpEngine::may_be_over(const Connection& c) {
  if (find_listeners(c.tuple.local).first == nullptr) return false;
  const bool child = c.listener != 0 && !c.accepted;
  return std::ranges::any_of(
      c.hypotheses, [&](const Hypothesis& h) { return !h.alive() && (!child || h.queued); });
}

void TcpEngine::open_contest(const FourTuple& tuple, const TcpSegment& seg) {
  Connection& fresh = make_connection_for(tuple, true);
  fresh.contested = true;
  ++contests_;
  ++fresh.arrivals;
  note_child_buffer(fresh);
  branch(fresh, [&](Hypothesis& h) { arrive_listen(fresh, h, seg); });
}

// Whose segment it is decides. Gives its connection, or nullptr where there is no contest.
Connection* TcpEngine::judge_contest(const FourTuple& tuple, const TcpSegment& seg) {
  Connection* fresh = contest_of(tuple);
  if (fresh == nullptr) return nullptr;
  Connection* former = find_for_tuple(tuple, true);
  if (former == nullptr) return fresh;
  const bool repeats = std::ranges::any_of(former->hypotheses, [&](const Hypothesis& h) {
    return h.alive() && h.iss_known && h.iss == seg.seq;
  });
  if (seg.has(tcp_syn) && !repeats) {
    std::erase_if(former->hypotheses, &Hypothesis::alive);
    if (former->hypotheses.empty()) {
      judgement_->give_up("two connections between the same ends");
      former->hypotheses.resize(1);
    }
    fresh->contested = false;
    --contests_;
    return fresh;
  }
  // A RST may be that of a connection which the SYN ended, and is told by its numbers.
  if (!seg.has(tcp_rst)) keep_former(*former, *fresh);
  return former;
}

// The former connection is there: the hypotheses in which it was over already are wrong.
void TcpEngine::keep_former(Connection& former, Connection& contested) {
  std::erase_if(former.hypotheses, [](const Hypothesis& h) {
    return !h.alive() && h.state_before == TcpState::closed;
  });
  free_connection(contested);
  if (former.hypotheses.empty()) {
    judgement_->give_up("two connections between the same ends");
    former.hypotheses.resize(1);
  }
}

// Silence tells that the former is there, unless the listener may be silent.
void TcpEngine::end_contests() {
  for (std::size_t i = 0; i < used_ && contests_ > 0; ++i) {
    Connection& fresh = connections_[i];
    if (!fresh.in_use || !fresh.contested) continue;
    Connection* former = find_for_tuple(fresh.tuple, true);
    const bool must_answer = std::ranges::all_of(fresh.hypotheses, &Hypothesis::syn_due);
    if (former != nullptr && must_answer) {
      keep_former(*former, fresh);
    } else {
      free_connection(fresh);
    }
  }
}

}  // namespace lockstep::oracle
