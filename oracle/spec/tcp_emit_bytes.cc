// Segments that leave, continued: the bytes that they carry, where those stand and how they are
// cut. RFC 9293 3.7, 3.8.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
namespace {

constexpr Offset mss_least = 88;  // Linux takes no smaller one to heart (TCP_MIN_MSS).

}  // namespace

bool TcpEngine::payload_was_sent(const Connection& c, Offset begin,
                                 std::span<const std::byte> bytes) const {
  for (const Run& run : c.runs) {
    if (bytes.empty()) return true;
    if (begin < run.begin || begin >= run.end) continue;
    const auto count = std::min(bytes.size(), static_cast<std::size_t>(run.end - begin));
    const PayloadTag tag{run.tag.key,
                         run.tag.offset + static_cast<std::uint64_t>(begin - run.begin)};
    if (!payload_matches(tag, bytes.first(count))) return false;
    bytes = bytes.subspan(count);
    begin += static_cast<Offset>(count);
  }
  return bytes.empty();
}

// Whether SND.NXT may have been set back there: to what waits for its acknowledgment, to the end of
// a segment sent again since, or to the edge of a window taken back (Linux, tcp_acceptable_seq).
bool TcpEngine::may_stand_at(const Connection& c, const Hypothesis& h, Offset seq) const {
  if (seq < std::min(h.una_before, h.una) || seq > h.nxt) return false;
  return seq == h.una || seq == h.una_before || seq == h.wnd_right || seq == h.wnd_right_low ||
         seq == h.wnd_right_step || seq == h.wnd_right_last ||
         std::ranges::find(c.piece_ends, seq) != c.piece_ends.end();
}

// Where the segment stands in our sequence, and what it says is in it.
void TcpEngine::emit_sequence(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq) {
  const auto size = static_cast<Offset>(seg.payload.size());
  const bool fin = seg.has(tcp_fin);
  const bool unsent = h.nxt < end_of_send(c, h);
  const SocketId owner = c.socket != 0 ? c.socket : c.listener;
  const bool keepalive = owner != 0 && host_->socket(owner).keepalive;
  if (size == 0 && !fin) {
    const bool probe = seq == h.una - 1 || (seq == h.una_before - 1);
    const bool timed = ticked_ || !exact_clock();
    if (probe && timed && (keepalive || (unsent && h.una == h.nxt))) {
      ++h.stalled_probes;
      count_probe(c, h);
      return;
    }
    const bool idle = !keepalive && h.una == h.nxt && !unsent && h.synchronized();
    if (probe &&
        !check(Rule::tcp_keepalive_only_if_asked, !idle || h.una_before < h.una, h, "no segment")) {
      return;
    }
    const Offset least = std::min(h.wnd_right_low, h.wnd_right);
    const bool rewound = h.retries > 0 || h.duplicate_acks > 0 || least < h.nxt;
    const bool next = seq >= h.nxt_before && seq <= h.nxt;
    const bool past_dropped = drops_itself() && seq > h.nxt && seq <= end_of_send(c, h);
    check(Rule::tcp_ack_has_next_number,
          next || past_dropped || (rewound && may_stand_at(c, h, seq)), h,
          [&] { return "seq=" + std::to_string(wrap(h.nxt, h.iss)); });
    return;
  }
  if (keepalive && size <= 1 && seq == h.una - 1) {
    count_probe(c, h);
    return;
  }
  if (!check(Rule::tcp_sends_accepted_bytes,
             seq >= std::min(h.una_before, h.una) && seq >= 1 && seq + size <= c.end, h, [&] {
               return "bytes of seq " + std::to_string(wrap(h.una, h.iss)) + ".." +
                      std::to_string(wrap(c.end, h.iss));
             })) {
    return;
  }
  if (fin && !check(c.wants_fin ? Rule::tcp_fin_follows_data : Rule::tcp_fin_needs_close,
                    c.wants_fin && seq + size == c.fin_offset(), h,
                    c.wants_fin ? "a FIN after the last byte" : "no FIN")) {
    return;
  }
  if (fin) judgement_->apply(Rule::tcp_fin_needs_close);
  emit_payload(c, h, seg, seq);
}

// What a segment can carry: the peer's MSS, and what fits into a packet of this host's link beside
// the headers (RFC 9293 3.7.1), options aside.
Offset TcpEngine::room_in_segment(const Connection& c, const Hypothesis& h) const {
  const Offset peer = std::max<Offset>(h.peer_mss, mss_least);
  if (host_->is_local(c.tuple.peer.ip)) return peer;
  const Offset headers = c.tuple.peer.ip.is_v4() ? 40 : 60;
  return std::min(peer, Offset{host_->config().mtu} - headers);
}

// What an ICMP error said that a packet may carry. No smaller packet is made than every link of the
// family carries: of IPv4 Linux asks for 552 bytes (min_pmtu).
Offset TcpEngine::room_on_path(const Connection& c) const {
  const bool v4 = c.tuple.peer.ip.is_v4();
  return std::max<Offset>(c.path_mtu, v4 ? 552 : 1280) - (v4 ? 40 : 60);
}

// Whether it is known where the pieces end that the queue is cut into: TCP_MAXSEG and ICMP errors
// change their size while they wait, and what loops back may have moved the window meanwhile.
bool TcpEngine::pieces_are_known(const Connection& c) const {
  const SocketId owner = c.socket != 0 ? c.socket : c.listener;
  if (owner == 0 || host_->socket(owner).max_segment != 0) return false;
  if (least_path_mtu_ < host_->config().mtu) return false;
  return !host_->is_local(c.tuple.peer.ip) || (c.arrivals == 0 && exact_clock());
}

// What no longer fits the path is counted as sent, dropped by the host itself, and sent again in
// smaller pieces.
bool TcpEngine::drops_itself() const {
  return !exact_clock() && least_path_mtu_ < host_->config().mtu;
}

// How the queue is cut into segments: each is a full one, or carries all that a send accepted or
// all that the window allows (RFC 9293 3.8.6.2.1); what is sent again ends as before or so. Linux
// counts half the largest window seen as full, too (tcp_bound_to_half_wnd). A peer that announces
// less than mss_least may be taken at its word.
bool TcpEngine::emit_piece(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq) {
  const auto size = static_cast<Offset>(seg.payload.size());
  const Offset end = seq + size;
  const Offset room = std::min<Offset>(room_in_segment(c, h), h.peer_mss);
  const Offset full = std::min(room - (h.timestamps ? 12 : 0), h.wnd_first / 2);
  const auto ends_send = [&](const Run& run) { return run.end == end; };
  const bool apart = size < full && std::ranges::none_of(c.runs, ends_send) &&
                     std::ranges::find(c.piece_ends, end) == c.piece_ends.end();
  const bool at_edge = end >= std::min(h.wnd_right_low, h.wnd_right);
  // New bytes that leave with old ones may start anywhere.
  const bool known = !c.uneven && (seq == h.nxt || end <= h.nxt) && pieces_are_known(c);
  if (known && !check(Rule::tcp_no_silly_segment, !apart || at_edge, h, [&] {
        return std::to_string(full) + " bytes, or all that a send accepted";
      })) {
    return false;
  }
  c.uneven |= apart;
  return true;
}

// Those that no segment can end at any more are forgotten.
void TcpEngine::note_piece(Connection& c, const Hypothesis& h, Offset end) {
  if (!c.piece_ends.empty() && c.piece_ends.back() == end) return;
  if (c.piece_ends.size() % 64 == 63) {
    const Offset least = std::min(h.una_before, h.una);
    std::erase_if(c.piece_ends, [&](Offset at) { return at < least; });
  }
  c.piece_ends.push_back(end);
}

void TcpEngine::emit_payload(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq) {
  const auto size = static_cast<Offset>(seg.payload.size());
  const Offset end = seq + size + (seg.has(tcp_fin) ? 1 : 0);
  if (!check(seq < h.nxt ? Rule::tcp_same_bytes_again : Rule::tcp_sends_accepted_bytes,
             payload_was_sent(c, seq, seg.payload.bytes()), h, "the bytes that send accepted")) {
    return;
  }
  // A probe of a closed window carries one byte past it; a FIN takes no room in Linux's count.
  const bool fits = seq + size <= std::max(h.wnd_right_step, h.wnd_right);
  const bool probe = size == 1 && seq >= h.wnd_right_low;
  const bool again = end <= h.nxt;
  const bool refused = seq + size <= h.wnd_refused;
  const Rule window_rule =
      refused ? Rule::tcp_window_old_update_is_ignored : Rule::tcp_stays_in_window;
  if (!check(window_rule, fits || probe || again, h,
             [&] { return "nothing past seq " + std::to_string(wrap(h.wnd_right, h.iss)); })) {
    return;
  }
  const bool local = host_->is_local(c.tuple.peer.ip) && !exact_clock();
  const Offset mss = room_in_segment(c, h);
  if (!local && !check(Rule::tcp_stays_in_mss, size <= mss, h,
                       [&] { return "at most " + std::to_string(mss) + " bytes"; })) {
    return;
  }
  if (c.path_mtu != 0 && !local) {
    const Offset path = room_on_path(c);
    if (!check(Rule::tcp_packet_too_big_lowers_segments, size <= path, h,
               [&] { return "at most " + std::to_string(path) + " bytes"; })) {
      return;
    }
  }
  const bool dropped = drops_itself() && seq <= c.end;
  if (!check(Rule::tcp_no_gap_in_sending, seq <= h.nxt || dropped, h,
             [&] { return "seq=" + std::to_string(wrap(h.nxt, h.iss)); })) {
    return;
  }
  const bool earliest = seq <= h.una || h.resent || !ticked_ || c.arrivals > 0 || !exact_clock();
  if (again && !check(Rule::tcp_retransmits_earliest, earliest, h,
                      [&] { return "seq=" + std::to_string(wrap(h.una, h.iss)); })) {
    return;
  }
  // Only time, an arrival, or an ICMP error that asks for smaller segments makes a host send again;
  // once it does, what is left of it may leave with any later event.
  const bool rewound = h.retries > 0 || h.duplicate_acks > 0 || h.wnd_right_low < h.nxt;
  const bool caused = ticked_ || c.arrivals > 0 || rewound || !exact_clock() ||
                      least_path_mtu_ < host_->config().mtu;
  if (again && !check(Rule::tcp_retransmits_in_time, caused, h, "nothing before its time-out")) {
    return;
  }
  h.resent |= again;
  if (again) h.recover = std::max(h.recover, h.nxt);
  if (again && seq <= h.una && seq + size > h.una) h.fast_due = false;
  if (size > 0 && !emit_piece(c, h, seg, seq)) return;
  note_piece(c, h, end);
  const bool retransmits = seq <= h.una && h.una < h.nxt && end <= h.nxt;
  if (retransmits) {
    ++h.doublings;
    h.resent_to = std::max(h.resent_to, end);
    count_retry(c, h, h.retries);
    h.duplicate_acks = 0;
    if (!check(Rule::tcp_retry_limit, h.retries <= host_->config().retransmit_max + 4, h,
               "no more retransmissions")) {
      return;
    }
  }
  if (h.una == h.nxt) {
    begin_wait(h);
    h.stalled_for = h.stalled_probes = 0;
  }
  h.nxt = std::max(h.nxt, end);
}

// RFC 7323 2.2, 3.2; RFC 2018 2: what both SYNs offered, and nothing else.
void TcpEngine::emit_options(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  // While there are blocks to show, less fits beside them (RFC 6691), and not only into this one.
  if (seg.options.sack_count > 0) c.uneven = true;
  check(Rule::tcp_options_need_both, h.timestamps || !seg.options.timestamps, h, "no timestamps");
  check(Rule::tcp_options_need_both, h.sack || seg.options.sack_count == 0, h, "no SACK blocks");
}

}  // namespace lockstep::oracle
