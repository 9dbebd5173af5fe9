// What arrives as bytes and FINs. Bytes that are certainly taken move rcv_nxt; bytes that may have
// been kept wait as copies past rcv_nxt, and an acknowledgment then shows how far the peer's
// sequence is closed. RFC 9293 3.10.7.4, seventh and eighth check; 3.8.6.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

// Whether the bytes queued, with their per-segment overhead, may exceed the receive buffer: the
// premise of semantics 108 and 115 fails.
bool TcpEngine::memory_may_be_short(const Connection& c, const Hypothesis& h) const {
  std::size_t buffer = host_->config().receive_buffer;
  const SocketId owner = c.socket != 0 ? c.socket : c.listener;
  if (owner != 0 && host_->socket(owner).receive_buffer > 0) {
    buffer = static_cast<std::size_t>(host_->socket(owner).receive_buffer);
  }
  if (c.child_buffer > 0) buffer = std::min(buffer, static_cast<std::size_t>(c.child_buffer));
  return h.copies.charge() > buffer;
}

void TcpEngine::keep_copy(Connection& c, Hypothesis& h, Offset begin, const Slice& bytes) {
  if (bytes.empty()) return;
  c.text_end = std::max(c.text_end, begin + static_cast<Offset>(bytes.size()));
  for (const Copy& copy : h.copies.past(h.rcv_nxt)) {
    if (copy.begin == begin && copy.bytes == bytes) return;
  }
  h.copies.add(begin, bytes);
}

// Bytes and FIN of an acceptable segment, in a state that takes text.
void TcpEngine::arrive_text(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq) {
  const bool fin = seg.has(tcp_fin);
  const auto size = static_cast<Offset>(seg.payload.size());
  if (size == 0 && !fin) return;
  h.text_in_step = true;
  Offset begin = std::max(seq, h.rcv_nxt);
  const Offset end = seq + size;
  const bool in_order = seq <= h.rcv_nxt;
  if (end + (fin ? 1 : 0) <= h.rcv_nxt) {
    owe_ack(h, Rule::tcp_old_duplicate_is_acked);
    return;
  }
  if (!in_order && !host_->dialect().keeps_text_past_gap) {
    owe_ack(h, Rule::tcp_out_of_order_is_acked);
    return;
  }
  const bool short_of_memory = memory_may_be_short(c, h);
  const bool sure =
      in_order && !short_of_memory && !unresolved(c, h) && end <= h.edge && h.rcv_nxt < h.edge;
  // Cut at the edge: what lies past it may be refused by itself.
  if (end > begin) {
    const Slice& payload = seg.payload;
    const auto at = static_cast<std::size_t>(begin - seq);
    if (begin < h.edge && end > h.edge) {
      const auto cut = static_cast<std::size_t>(h.edge - seq);
      keep_copy(c, h, begin, payload.sub(at, cut - at));
      keep_copy(c, h, h.edge, payload.sub(cut, payload.size() - cut));
    } else {
      keep_copy(c, h, begin, at == 0 ? payload : payload.sub(at, payload.size() - at));
    }
  }
  const bool in_window = end <= h.edge && h.rcv_nxt < h.edge;
  if (sure) h.rcv_nxt = std::max(h.rcv_nxt, end);
  if (fin && sure && end < h.edge) {
    peer_fin_taken(c, h);
    owe_ack(h, Rule::tcp_fin_is_acked);
    return;
  }
  if (fin && std::ranges::find(h.fins, end) == h.fins.end()) h.fins.push_back(end);
  if (!in_order && in_window && !short_of_memory) {
    owe_ack(h, Rule::tcp_out_of_order_is_acked);
  } else if (sure && unresolved(c, h)) {
    owe_ack(h, Rule::tcp_filled_gap_is_acked);
  } else {
    h.ack_allowed = true;
  }
}

// The next place past `from` at which the received sequence may end, if anything may lie there.
bool TcpEngine::next_point(const Hypothesis& h, Offset from, Offset& to, bool& by_fin) const {
  by_fin = std::ranges::find(h.fins, from) != h.fins.end();
  bool found = false;
  for (const Copy& copy : h.copies.past(h.rcv_nxt)) {
    if (copy.begin > from || copy.end() <= from) continue;
    if (!found || copy.end() < to) to = copy.end();
    found = true;
  }
  return found;
}

bool TcpEngine::is_closure(const Hypothesis& h, Offset ack) const {
  Offset point = h.rcv_nxt;
  if (ack == point) return true;
  if (h.peer_fin) return false;
  while (point <= ack) {
    if (point == ack) return true;
    bool by_fin = false;
    Offset next = 0;
    const bool more = next_point(h, point, next, by_fin);
    if (by_fin && ack == point + 1) return true;
    if (!more) return false;
    point = next;
  }
  return false;
}

// Whether the end of a piece of text, taken whole, lies at `ack`.
bool TcpEngine::text_reaches(const Hypothesis& h, Offset ack) const {
  bool by_fin = false;
  Offset point = h.rcv_nxt;
  while (point < ack) {
    Offset next = 0;
    if (!next_point(h, point, next, by_fin)) return false;
    point = next;
  }
  return point == ack;
}

// Whether more than rcv_nxt may have been taken.
bool TcpEngine::unresolved(const Connection& c, const Hypothesis& h) const {
  if (h.peer_fin || ((h.copies.empty() || h.rcv_nxt >= c.text_end) && h.fins.empty())) return false;
  Offset next = 0;
  bool by_fin = false;
  return next_point(h, h.rcv_nxt, next, by_fin) || by_fin;
}

// The received sequence is closed at `ack`, exactly. Requires: is_closure(h, ack).
void TcpEngine::resolve(Connection& c, Hypothesis& h, Offset ack) {
  if (ack == h.rcv_nxt && !unresolved(c, h)) return;
  const bool by_fin = ack > h.rcv_nxt && std::ranges::find(h.fins, ack - 1) != h.fins.end() &&
                      !text_reaches(h, ack);
  if (by_fin) {
    h.rcv_nxt = ack - 1;
    peer_fin_taken(c, h);
    return;
  }
  h.rcv_nxt = ack;
  h.copies.erase_past(ack, [&](const Copy& copy) { return copy.begin <= ack && copy.end() > ack; });
  std::erase(h.fins, ack);
  std::erase_if(h.fins, [&](Offset fin) { return fin < ack; });
}

// The FIN at rcv_nxt is taken: nothing past it ever is (semantics 109).
void TcpEngine::peer_fin_taken(Connection& c, Hypothesis& h) {
  h.copies.cut(h.rcv_nxt);
  h.fins.clear();
  ++h.rcv_nxt;
  h.peer_fin = true;
  h.read_shut = true;
  h.state_age = 0;
  switch (h.state) {
    case TcpState::syn_received:
    case TcpState::established:
      h.state = TcpState::close_wait;
      break;
    case TcpState::fin_wait_1:
      h.state = TcpState::closing;
      break;
    case TcpState::fin_wait_2:
      enter_time_wait(h);
      break;
    case TcpState::closed:
    case TcpState::syn_sent:
    case TcpState::close_wait:
    case TcpState::closing:
    case TcpState::last_ack:
    case TcpState::time_wait:
      break;
  }
  visit(c, h, 1);
}

void TcpEngine::drop_read_copies(Hypothesis& h) {
  h.copies.erase_if([&](const Copy& copy) { return copy.end() <= h.read; });
}

}  // namespace lockstep::oracle
