// Segments that leave, continued: the bytes that they carry, where those stand and how they are
// cut. RFC 9293 3.7, 3.8.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
namespace {

constexpr Offset mss_least = 88;  // Linux takes no smaller one to heart (TCP_MIN_MSS).

// Bytes of the options whose number depends on what is being told (RFC 7323 3.2, RFC 2018 3).
Offset options_size(const TcpSegment& seg) {
  const Offset timestamps = seg.options.timestamps ? 12 : 0;
  const Offset sack = seg.options.sack_count > 0 ? 4 + 8 * Offset{seg.options.sack_count} : 0;
  return timestamps + sack;
}

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

// Where the segment stands in our sequence, and what it says is in it.
void TcpEngine::emit_sequence(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq) {
  const auto size = static_cast<Offset>(seg.payload.size());
  const bool fin = seg.has(tcp_fin);
  const bool unsent = h.nxt < end_of_send(c, h);
  const SocketId owner = c.socket != 0 ? c.socket : c.listener;
  const bool keepalive = owner != 0 && host_->socket(owner).keepalive;
  if (size == 0 && !fin) {
    const bool probe = seq == h.una - 1 || (seq == h.una_before - 1);
    if (probe && (keepalive || (unsent && h.una == h.nxt))) {
      count_retry(c, h, h.probes);
      return;
    }
    const bool rewound = h.retries > 0 || h.duplicate_acks > 0 || h.wnd_right_low < h.nxt;
    const Offset least = rewound ? std::min(h.una_before, h.una) : h.nxt_before;
    check(Rule::tcp_ack_has_next_number, seq >= least && seq <= h.nxt, h,
          [&] { return "seq=" + std::to_string(wrap(h.nxt, h.iss)); });
    return;
  }
  if (keepalive && size <= 1 && seq == h.una - 1) {
    count_retry(c, h, h.probes);
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
// the headers (RFC 9293 3.7.1).
Offset TcpEngine::room_in_packet(const Connection& c, const Hypothesis& h,
                                 const TcpSegment& seg) const {
  constexpr Offset tcp_header = 20;
  const Offset peer = std::max<Offset>(h.peer_mss, mss_least);
  if (host_->is_local(c.tuple.peer.ip)) return peer;
  const Offset ip_header = c.tuple.peer.ip.is_v4() ? 20 : 40;
  const Offset link = Offset{host_->config().mtu} - ip_header - tcp_header - options_size(seg);
  return std::min(peer, std::max(link, mss_least));
}

// Whether it is known where the pieces end that the queue is cut into: TCP_MAXSEG and ICMP errors
// change their size while they wait, and what loops back may have moved the window meanwhile.
bool TcpEngine::pieces_are_known(const Connection& c) const {
  const SocketId owner = c.socket != 0 ? c.socket : c.listener;
  if (owner == 0 || host_->socket(owner).max_segment != 0) return false;
  if (least_path_mtu_ < host_->config().mtu) return false;
  return !host_->is_local(c.tuple.peer.ip) || (c.arrivals == 0 && exact_clock());
}

// Whether a segment of new bytes that end there is a full one, or carries all that a send accepted
// (RFC 9293 3.8.6.2.1). Linux counts half the largest window seen as full, too
// (tcp_bound_to_half_wnd).
bool TcpEngine::is_piece(const Connection& c, const Hypothesis& h, const TcpSegment& seg,
                         Offset end) const {
  const auto size = static_cast<Offset>(seg.payload.size());
  const Offset full = std::min(room_in_packet(c, h, seg), h.wnd_first / 2);
  return size >= full ||
         std::ranges::any_of(c.runs, [&](const Run& run) { return run.end == end; });
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
  if (!check(Rule::tcp_stays_in_window, fits || probe || again, h,
             [&] { return "nothing past seq " + std::to_string(wrap(h.wnd_right, h.iss)); })) {
    return;
  }
  const bool local = host_->is_local(c.tuple.peer.ip) && !exact_clock();
  const Offset mss = room_in_packet(c, h, seg);
  if (!local && !check(Rule::tcp_stays_in_mss, size <= mss, h,
                       [&] { return "at most " + std::to_string(mss) + " bytes"; })) {
    return;
  }
  if (!check(Rule::tcp_no_gap_in_sending, seq <= h.nxt, h,
             [&] { return "seq=" + std::to_string(wrap(h.nxt, h.iss)); })) {
    return;
  }
  if (end > h.nxt && size > 0) {
    const bool known = !c.uneven && seq == h.nxt && pieces_are_known(c);
    const bool piece = is_piece(c, h, seg, seq + size);
    const bool at_edge = seq + size >= std::min(h.wnd_right_low, h.wnd_right);
    if (known && !check(Rule::tcp_no_silly_segment, piece || at_edge, h, [&] {
          return std::to_string(mss) + " bytes, or all that a send accepted";
        })) {
      return;
    }
    c.uneven |= !piece;
  }
  const bool retransmits = seq <= h.una && h.una < h.nxt && end <= h.nxt;
  if (retransmits) {
    count_retry(c, h, h.retries);
    h.duplicate_acks = 0;
    if (!check(Rule::tcp_retry_limit, h.retries <= host_->config().retransmit_max + 4, h,
               "no more retransmissions")) {
      return;
    }
  }
  if (h.una == h.nxt) begin_wait(h);
  h.nxt = std::max(h.nxt, end);
}

// RFC 7323 2.2, 3.2; RFC 2018 2: what both SYNs offered, and nothing else.
void TcpEngine::emit_options(Connection&, Hypothesis& h, const TcpSegment& seg) {
  check(Rule::tcp_options_need_both, h.timestamps || !seg.options.timestamps, h, "no timestamps");
  check(Rule::tcp_options_need_both, h.sack || seg.options.sack_count == 0, h, "no SACK blocks");
}

}  // namespace lockstep::oracle
