// The TCP of one host as a value: its copy, and what tells it from others.
#include <algorithm>

#include "oracle/spec/slots.h"
#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

void TcpEngine::copy_world(const TcpEngine& other) {
  const auto& [host, judgement, connections, used, contests, touched, streams, streams_used,
               stream_by_id, events, forks, refuted, current, call, result, packet, forged, ticked,
               step_ticks, challenged, queue_times, challenges, least_path_mtu, challenge_ticks] =
      other;
  // Those of the event at hand are scratch: there is none.
  for (std::size_t i = 0; i < used_; ++i) {
    const bool stays = i < used && connections[i].in_use;
    if (!stays && connections_[i].in_use) free_connection(connections_[i]);
  }
  if (connections_.size() < used) connections_.resize(used);
  for (std::size_t i = 0; i < used; ++i) {
    if (connections[i].in_use) connections_[i] = connections[i];
  }
  used_ = used;
  contests_ = contests;
  touched_ = touched;
  copy_used(streams_, streams, streams_used);
  streams_used_ = streams_used;
  stream_by_id_ = stream_by_id;
  events_ = events;
  ticked_ = ticked;
  step_ticks_ = step_ticks;
  challenges_ = challenges;
  least_path_mtu_ = least_path_mtu;
  challenge_ticks_ = challenge_ticks;
}

void TcpEngine::note_sockets(SocketRanks& ranks) const {
  for (std::size_t i = 0; i < used_; ++i) {
    const Connection& c = connections_[i];
    if (!c.in_use) continue;
    ranks.note(c.socket);
    ranks.note(c.listener);
    ranks.note(c.rival);
  }
}

// Left out: what serves one event alone; touched_, which the connections tell themselves, and
// contests_, which counts them; and events_, which orders what happened: that is told by ranks.
void TcpEngine::digest(Digest& out, const SocketRanks& ranks) const {
  const auto& [host, judgement, connections, used, contests, touched, streams, streams_used,
               stream_by_id, events, forks, refuted, current, call, result, packet, forged, ticked,
               step_ticks, challenged, queue_times, challenges, least_path_mtu, challenge_ticks] =
      *this;
  note_queue_times();
  out.add_packed(least_path_mtu, std::min(challenges, challenges_surely_answered), step_ticks,
                 challenge_ticks, ticked);
  for (std::size_t i = 0; i < used; ++i) {
    if (!connections[i].in_use) continue;
    // Which slots are free decides where the next one stands.
    out.add(i + 1);
    digest_connection(out, connections[i], ranks);
  }
  out.add(0);
  for (std::size_t i = 0; i < streams_used; ++i) {
    const std::uint32_t rank = ranks.of(streams[i].id);
    if (rank == 0) continue;
    out.add(rank);
    digest_stream(out, streams[i]);
  }
  out.add(0);
}

// When children were queued, of all that are.
void TcpEngine::note_queue_times() const {
  queue_times_.clear();
  for (std::size_t i = 0; i < used_; ++i) {
    if (!connections_[i].in_use) continue;
    for (const Hypothesis& h : connections_[i].hypotheses) {
      if (h.queued) queue_times_.push_back(h.queued_at);
    }
  }
}

void TcpEngine::digest_stream(Digest& out, const StreamSocket& s) {
  const auto& [id, phase, listening, backlog, backlog_least, read_shut, write_shut, error,
               connection, errors_queued, had_connection] = s;
  out.add_packed(phase, listening, read_shut, write_shut, errors_queued, had_connection,
                 connection);
  out.add_packed(backlog, backlog_least);
  error.digest(out);
}

namespace {

void digest_run(Digest& out, const Run& run) {
  const auto& [begin, end, tag] = run;
  const auto& [key, offset] = tag;
  out.add(begin);
  out.add(end);
  out.add(key);
  out.add(offset);
}

void digest_reset(Digest& out, const DueReset& due) {
  const auto& [rule, must, sent, answers_ack, from_connection, seq, ack] = due;
  out.add_packed(rule, must, sent, answers_ack, from_connection, seq, ack);
}

// Where a segment ended matters past what every hypothesis has had acknowledged.
void digest_piece_ends(Digest& out, const Connection& c) {
  Offset least = c.end;
  for (const Hypothesis& h : c.hypotheses) least = std::min({least, h.una, h.una_before});
  const auto matters = [least](Offset end) { return end > least; };
  out.add(std::ranges::count_if(c.piece_ends, matters));
  for (const Offset end : c.piece_ends) {
    if (matters(end)) out.add(end);
  }
}

}  // namespace

void TcpEngine::digest_connection(Digest& out, const Connection& c,
                                  const SocketRanks& ranks) const {
  const auto& [tuple, tuple_known, socket, listener, rival, maybe_listener, accepted, orphan,
               user_timeout_ms, in_use, contested, former_ends, wants_fin, reached_time_wait,
               was_dual, reuse_address, reuse_port, syn_was_sent, syn_was_repeated, end, urgent_end,
               urgent_end_before, text_end, runs, piece_ends, own_scale, own_timestamps, own_sack,
               path_mtu, iss_floor, own_window, uneven, blocked, linger2_seconds, child_buffer,
               writable_buffer, send_buffer_most, writable, touched, longest_round_trip, arrivals,
               refusal, hypotheses] = c;
  // Left out: in_use, of those that are, and text_end, a bound of copies that are told themselves.
  const bool in_step =
      touched || arrivals > 0 || refusal.has_value() || urgent_end != urgent_end_before;
  out.add(tuple);
  out.add_packed(ranks.of(socket), ranks.of(listener), ranks.of(rival), user_timeout_ms);
  out.add_packed(tuple_known, maybe_listener, accepted, orphan, contested, former_ends, wants_fin,
                 reached_time_wait, was_dual, reuse_address, reuse_port, syn_was_sent,
                 syn_was_repeated, own_timestamps, own_sack, uneven, blocked, writable, in_step,
                 own_scale.has_value(), own_scale.value_or(0), iss_floor.has_value(), own_window);
  out.add_packed(path_mtu, iss_floor.value_or(0), linger2_seconds, child_buffer, writable_buffer,
                 longest_round_trip);
  out.add(end);
  out.add(urgent_end);
  out.add(send_buffer_most);
  out.add(runs.size());
  for (const Run& run : runs) digest_run(out, run);
  digest_piece_ends(out, c);
  if (in_step) {
    out.add_packed(touched, refusal.has_value(), arrivals);
    out.add(urgent_end_before);
    if (refusal) digest_reset(out, *refusal);
  }
  out.add(hypotheses.size());
  for (const Hypothesis& h : hypotheses) digest_hypothesis(out, h);
}

void TcpEngine::digest_hypothesis(Digest& out, const Hypothesis& h) const {
  const auto& [state, iss, iss_known, una, nxt, wnd_right, wnd_right_low, wnd_right_last, wnd_max,
               wnd_first, wnd_refused, wl1, wl1_least, wl2, state_before, una_before, nxt_before,
               wnd_right_step, peer_mss, peer_scale, scaled, timestamps, sack, irs, rcv_nxt,
               rcv_before, read, edge, edge_is_capped, read_at_edge, ack_shown, keeps_scale,
               peer_fin, second_fin, stream_unknown, urgent, urgent_byte, urgent_unknown, urgent_at,
               copies, fins, error, error_rule, soft_error, read_shut, write_shut, queued,
               queued_at, spurned, spurn_rule, ack_due, ack_rule, ack_allowed, hushed, hush_rule,
               ended_by_text, syn_due, syn_rule, resets, waited, waited_more, retries, doublings,
               resent_to, ack_waited, state_age, probes, stalled_for, stalled_probes,
               duplicate_acks, duplicates_in_row, recover, fast_due, shown_in_step, text_in_step,
               resent, timed_out, doubtful] = h;
  // Between steps these are what the next one sets them to, and are told by one bit.
  const bool in_step = state_before != state || una_before != una || nxt_before != nxt ||
                       rcv_before != rcv_nxt || wnd_right_step != wnd_right || ack_due ||
                       ack_allowed || hushed || ended_by_text || syn_due || !resets.empty() ||
                       fast_due || shown_in_step || text_in_step || resent;
  // A rule to blame allows nothing, unless breaking it is excused.
  const bool blame = judgement_->excuses_some();
  // Of duplicate_acks it matters whether there are any, of those in a row which is the third.
  const auto in_row = static_cast<std::uint8_t>(std::min(duplicates_in_row, duplicates_that_tell));
  out.add_packed(state, urgent, urgent_byte, peer_scale, peer_mss, error, soft_error, iss_known,
                 scaled, timestamps, sack, edge_is_capped, keeps_scale, peer_fin, second_fin,
                 stream_unknown, urgent_unknown, read_shut, write_shut, queued, timed_out, doubtful,
                 in_step, duplicate_acks > 0, in_row);
  out.add_packed(iss, irs, waited, waited_more, retries, doublings, ack_waited, state_age, probes,
                 stalled_for, stalled_probes,
                 // It is read of those in the queue alone.
                 queued ? count_below(queue_times_, queued_at) : 0u);
  for (const Offset value : {una, nxt, wnd_right, wnd_right_low, wnd_right_last, wnd_max, wnd_first,
                             wnd_refused, wl1, wl1_least, wl2, rcv_nxt, read, edge, read_at_edge,
                             ack_shown, urgent_at, resent_to, recover}) {
    out.add(value);
  }
  copies.digest(out);
  out.add(fins.size());
  for (const Offset fin : fins) out.add(fin);
  if (blame) out.add_packed(error_rule, spurned, spurned ? spurn_rule : Rule{});
  if (!in_step) return;
  out.add_packed(state_before, ack_due, ack_allowed, hushed, ended_by_text, syn_due, fast_due,
                 shown_in_step, text_in_step, resent);
  // Rules of former steps are not looked at.
  const auto of = [](bool due, Rule rule) { return due ? rule : Rule{}; };
  out.add_packed(of(ack_due, ack_rule), of(hushed, hush_rule), of(syn_due, syn_rule));
  for (const Offset value : {una_before, nxt_before, rcv_before, wnd_right_step}) out.add(value);
  out.add(resets.size());
  for (const DueReset& due : resets) digest_reset(out, due);
}

}  // namespace lockstep::oracle
