// recv and recvfrom on a socket with a connection. Sources: recv(2), tcp(7); RFC 9293 3.10.3.
#include <algorithm>
#include <cstring>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

// How many of `bytes`, from the first on, can be what the stream holds from offset `from` on: for
// each offset any copy that may have been kept may win.
std::size_t TcpEngine::bytes_that_may_be(const Hypothesis& h, Offset from,
                                         std::span<const std::byte> bytes) const {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const Offset here = from + static_cast<Offset>(at);
    std::size_t best = 0;
    for (const Copy& copy : h.copies) {
      if (copy.begin > here || copy.end() <= here) continue;
      const auto skip = static_cast<std::size_t>(here - copy.begin);
      const std::span<const std::byte> have = copy.bytes.bytes().subspan(skip);
      const std::size_t count = std::min(have.size(), bytes.size() - at);
      if (std::memcmp(have.data(), bytes.data() + at, count) == 0) {
        best = std::max(best, count);
        continue;
      }
      const auto differs =
          std::mismatch(have.begin(), have.begin() + static_cast<std::ptrdiff_t>(count),
                        bytes.begin() + static_cast<std::ptrdiff_t>(at));
      best = std::max(best, static_cast<std::size_t>(differs.first - have.begin()));
    }
    if (best == 0) break;
    at += best;
  }
  return at;
}

// "byte 3 (offset 12) 5f, not 07": the first byte that no copy has.
std::string TcpEngine::expected_bytes(const Hypothesis& h, Offset from, std::size_t at,
                                      std::span<const std::byte> bytes) const {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto hex = [&](std::byte b) {
    const auto value = static_cast<unsigned>(b);
    return std::string{digits[value / 16], digits[value % 16]};
  };
  const Offset here = from + static_cast<Offset>(at);
  std::string out = "byte " + std::to_string(at) + " (offset " + std::to_string(here - 1) + ") ";
  bool first = true;
  for (const Copy& copy : h.copies) {
    if (copy.begin > here || copy.end() <= here) continue;
    if (!first) out += " or ";
    first = false;
    out += hex(copy.bytes.bytes()[static_cast<std::size_t>(here - copy.begin)]);
  }
  return out + ", not " + hex(bytes[at]);
}

void TcpEngine::on_receive(Connection& c) {
  if ((call_->flags & msg_oob) != 0) {
    receive_urgent(c);
    return;
  }
  branch(c, [&](Hypothesis& h) {
    if (result_->ok() && result_->value > 0) {
      receive_bytes(c, h);
    } else if (call_->buffer.empty()) {
      receive_nothing(c, h);
    } else {
      receive_error(c, h);
    }
  });
}

void TcpEngine::receive_bytes(const Connection& c, Hypothesis& h) {
  const auto count = static_cast<Offset>(result_->value);
  const auto room = static_cast<Offset>(call_->buffer.size());
  const Offset from = h.read + (at_urgent_hole(c, h) ? 1 : 0);
  Offset queued = h.read + h.readable() - from;
  Offset most = queued;
  Offset point = h.rcv_nxt;
  bool by_fin = false;
  while (!h.peer_fin && next_point(h, point, point, by_fin)) most = point - from;
  const bool stops = h.urgent != Urgent::none && h.urgent_at > h.read;
  if (stops) {
    queued = std::min(queued, h.urgent_at - from);
    most = std::min(most, h.urgent_at - from);
  }
  const bool marked = from > h.read || (stops && h.urgent_at < h.rcv_nxt);
  const auto rule_of = [&](Rule rule) { return marked ? Rule::tcp_urgent_stream_stops : rule; };
  most = std::max<Offset>(0, std::min(most, room));
  if (!check(rule_of(h.spurned ? h.spurn_rule : Rule::tcp_recv_at_most_available), count <= most, h,
             [&] {
               return most == 0 ? std::string("nothing")
                                : "at most " + std::to_string(most) + " bytes";
             })) {
    return;
  }
  const Offset least = std::min(queued, room);
  if (!h.stream_unknown && !check(rule_of(Rule::tcp_recv_returns_queued), count >= least, h,
                                  [&] { return "at least " + std::to_string(least) + " bytes"; })) {
    return;
  }
  const bool discards = (call_->flags & msg_trunc) != 0;
  const auto bytes = call_->buffer.first(static_cast<std::size_t>(count));
  if (!discards && !h.stream_unknown) {
    const std::size_t right = bytes_that_may_be(h, from, bytes);
    if (!check(rule_of(Rule::tcp_recv_in_order), right == bytes.size(), h,
               [&] { return expected_bytes(h, from, right, bytes); })) {
      return;
    }
  }
  if ((call_->flags & msg_peek) != 0) return;
  h.read = from + count;
  if (h.read > h.urgent_at) h.urgent = Urgent::none;
  drop_read_copies(h);
}

// recv of length 0: Linux finds the bytes that wait before it looks at anything else, and otherwise
// answers as for any other length.
void TcpEngine::receive_nothing(const Connection& c, Hypothesis& h) {
  if (h.stream_unknown && result_->ok()) return;
  if (!h.stream_unknown && h.readable() > 0) {
    check(Rule::tcp_recv_of_nothing, result_->ok(), h, [] { return std::string("0"); });
    return;
  }
  if (result_->ok() && unresolved(c, h)) return;  // Bytes or a FIN past the gap may have been kept.
  receive_error(c, h);
}

// What a receive that gave no byte must have answered.
void TcpEngine::receive_error(const Connection& c, Hypothesis& h) {
  if (at_urgent_hole(c, h) && h.readable() > 0) {
    // The urgent byte is passed over, though nothing follows it (Linux).
    judgement_->apply(Rule::tcp_urgent_stream_stops);
    Hypothesis past = h;
    ++past.read;
    past.urgent = Urgent::none;
    drop_read_copies(past);
    if ((call_->flags & msg_peek) == 0) {
      h = past;
    }
    receive_end(h, past.readable());
    return;
  }
  receive_end(h, h.readable());
}

// `readable`: how many bytes the application could have got.
void TcpEngine::receive_end(Hypothesis& h, Offset readable) {
  const bool opening = h.state == TcpState::syn_sent || h.state == TcpState::syn_received;
  if (!h.stream_unknown &&
      !check(h.alive() ? Rule::tcp_recv_returns_queued : Rule::tcp_recv_data_before_error,
             readable <= 0, h, [&] { return "1.." + std::to_string(readable) + " bytes"; })) {
    return;
  }
  if (h.peer_fin && h.state != TcpState::syn_received) {
    // A FIN ends the stream for ever; an error that came later waits for another call.
    check(Rule::tcp_recv_end_after_fin, result_->ok() && result_->value == 0, h, "0");
    return;
  }
  if (h.error != Errno::ok) {
    if (check(error_rule(h), result_->error == h.error, h,
              [&] { return std::string(errno_name(h.error)); })) {
      judgement_->apply(Rule::tcp_error_reported_once);
      h.error = Errno::ok;
    }
    return;
  }
  if (h.read_shut) {
    const bool ended = result_->ok() && result_->value == 0;
    check(h.alive() ? Rule::tcp_shutdown_read_ends : Rule::tcp_recv_end_after_reset,
          ended || (opening && result_->error == Errno::eagain), h, "0");
    return;
  }
  const Rule open = h.spurned ? h.spurn_rule : Rule::tcp_recv_empty_is_eagain;
  check(opening ? Rule::tcp_connecting_calls : open, result_->error == Errno::eagain, h, "EAGAIN");
}

}  // namespace lockstep::oracle
