// Urgent data: the byte that the peer's urgent pointer marks, how MSG_OOB and the stream deliver
// it, and what this host says of its own. RFC 9293 3.8.5, RFC 6093 (the pointer is one past the
// byte), tcp(7); what newer pointers do to older ones is that of Linux (tcp_check_urg).
#include <algorithm>
#include <string>

#include "oracle/spec/tcp_engine.h"
#include "stack/wire/codec.h"

namespace lockstep::oracle {
namespace {

constexpr Offset pointer_most = 0xffff;

}  // namespace

bool TcpEngine::urgent_inline(const Connection& c) const {
  return c.socket != 0 && host_->socket(c.socket).oob_inline;
}

bool TcpEngine::at_urgent_hole(const Connection& c, const Hypothesis& h) const {
  return h.urgent != Urgent::none && h.urgent_at == h.read && !urgent_inline(c);
}

// Of a segment whose text is looked at, before it is.
void TcpEngine::arrive_urgent(const Connection& c, Hypothesis& h, const TcpSegment& seg,
                              Offset seq) {
  // Who does not know urgent data takes it for any other.
  if (!host_->traits().features.has(Feature::urgent_data)) return;
  if (h.stream_unknown) return;
  const auto size = static_cast<Offset>(seg.payload.size());
  if (seg.has(tcp_urg)) {
    const Offset at = seq + (seg.urgent == 0 ? 0 : seg.urgent - 1);
    // Whether it lies behind RCV.NXT cannot be told.
    const bool hidden = unresolved(c, h) && (at < c.text_end || at_urgent_hole(c, h));
    if (h.peer_fin || hidden) {
      h.stream_unknown = true;
      h.urgent = Urgent::none;
      return;
    }
    const bool known = h.urgent != Urgent::none && at <= h.urgent_at;
    if (at >= h.read && at >= h.rcv_nxt && !known) {
      // An older urgent byte becomes one of the stream, unless the stream stands at it.
      if (at_urgent_hole(c, h) && h.read != h.rcv_nxt) ++h.read;
      h.urgent = Urgent::awaited;
      h.urgent_at = at;
    }
  }
  if (h.urgent == Urgent::awaited && seq <= h.urgent_at && h.urgent_at < seq + size) {
    h.urgent = Urgent::arrived;
    h.urgent_unknown = false;
    h.urgent_byte = seg.payload.bytes()[static_cast<std::size_t>(h.urgent_at - seq)];
  }
}

// Whether Linux takes a byte of this segment's header for the awaited one, since the segment stands
// no further past that than its header is long (dialect).
bool TcpEngine::header_passes_for_urgent(const Hypothesis& h, const TcpSegment& seg,
                                         Offset seq) const {
  if (h.urgent != Urgent::awaited || !host_->dialect().urgent_byte_may_be_of_header) return false;
  const std::size_t ip_header = packet_->source.is_v4() ? 20 : 40;
  const std::size_t size = encoded_size(*packet_).value_or(0);
  const auto header = static_cast<Offset>(size - std::min(size, ip_header + seg.payload.size()));
  return seq > h.urgent_at && seq - h.urgent_at <= header;
}

void TcpEngine::receive_urgent(Connection& c) {
  branch(c, [&](Hypothesis& h) { judge_urgent(c, h); });
}

void TcpEngine::judge_urgent(const Connection& c, Hypothesis& h) {
  if (h.stream_unknown) return;
  if (h.urgent == Urgent::none || h.urgent == Urgent::taken || urgent_inline(c)) {
    check(Rule::tcp_urgent_none_is_einval, result_->error == Errno::einval, h, "EINVAL");
    return;
  }
  if (h.state == TcpState::closed && !h.peer_fin) {
    check(Rule::tcp_urgent_none_is_einval, result_->error == Errno::enotconn, h, "ENOTCONN");
    return;
  }
  if (h.urgent == Urgent::awaited) {
    const bool ended = h.read_shut || h.state == TcpState::closed;
    const bool right =
        ended ? result_->ok() && result_->value == 0 : result_->error == Errno::eagain;
    check(Rule::tcp_urgent_awaited_is_eagain, right, h, ended ? "0" : "EAGAIN");
    return;
  }
  const bool asked = !call_->buffer.empty();
  const bool seen = result_->ok() && result_->value == (asked ? 1 : 0);
  const bool shown = asked && (call_->flags & msg_trunc) == 0;
  check(Rule::tcp_urgent_byte_is_returned,
        seen && (!shown || h.urgent_unknown || call_->buffer.front() == h.urgent_byte), h, [&] {
          return "the byte of offset " + std::to_string(h.urgent_at - 1) + ", which is " +
                 std::to_string(static_cast<int>(h.urgent_byte));
        });
  if ((call_->flags & msg_peek) == 0) h.urgent = Urgent::taken;
}

// What leaves in a step may have been made before the call or the arrival in it.
void TcpEngine::emit_urgent(const Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq) {
  if (h.state == TcpState::time_wait) return;
  const bool urgent = seg.has(tcp_urg);
  if (c.urgent_end == 0 && !urgent) return;
  const auto points_past = [&](Offset end) {
    if (end <= seq || end <= std::min(h.una, h.una_before)) return false;
    return seg.urgent == std::min(end - seq, pointer_most);
  };
  const auto end = seq + static_cast<Offset>(seg.payload.size());
  const bool settled = c.urgent_end == c.urgent_end_before || end >= c.urgent_end;
  const bool must =
      settled && seq < c.urgent_end && h.una < c.urgent_end && c.urgent_end - seq <= pointer_most;
  const bool right = urgent ? points_past(c.urgent_end) || points_past(c.urgent_end_before) : !must;
  check(Rule::tcp_urgent_is_announced, right, h, [&]() -> std::string {
    if (c.urgent_end <= seq || c.urgent_end <= h.una) return "no URG";
    return "URG with a pointer of " + std::to_string(std::min(c.urgent_end - seq, pointer_most));
  });
}

}  // namespace lockstep::oracle
