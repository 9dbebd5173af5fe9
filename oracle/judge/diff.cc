#include "oracle/judge/diff.h"

#include <algorithm>
#include <string_view>

#include "oracle/judge/normaliser.h"
#include "stack/wire/packet_kind.h"

namespace lockstep::judge {
namespace {

bool shows_something(const TraceEvent& event) { return event.kind != TraceEvent::Kind::verdict; }

std::string shown(const TraceEvent* event, const Packet& packet) {
  if (event == nullptr) return "nothing more";
  switch (event->kind) {
    case TraceEvent::Kind::call:
      return "returns " + event->text;
    case TraceEvent::Kind::no_op:
      return "no-op";
    case TraceEvent::Kind::step:
      return "the next step: " + event->text;
    case TraceEvent::Kind::left:
    case TraceEvent::Kind::looped_left:
      return "leaves  " + to_string(packet);
    case TraceEvent::Kind::arrived:
    case TraceEvent::Kind::looped_arrived:
    case TraceEvent::Kind::damaged:
      return "arrives " + to_string(packet);
    case TraceEvent::Kind::lost:
      return "lost    " + to_string(packet);
    case TraceEvent::Kind::tick:
      return "tick";
    case TraceEvent::Kind::reboot:
      return "reboot";
    case TraceEvent::Kind::verdict:
      return event->text;
  }
  return "";
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

// Of a result its errno, and of a packet its kind: what differences are counted by.
std::string kind_of(const TraceEvent* event, const Packet& packet) {
  if (event == nullptr) return "nothing more";
  switch (event->kind) {
    case TraceEvent::Kind::call: {
      const std::string_view word = first_word(event->text);
      const bool error = word.starts_with('E') || word == "OK";
      return "returns " + (error ? std::string(word) : "a value");
    }
    case TraceEvent::Kind::step:
      return "the next step";
    case TraceEvent::Kind::left:
    case TraceEvent::Kind::looped_left:
      return "leaves " + std::string(packet_kind_name(packet_kind(packet)));
    default:
      return std::string(first_word(shown(event, packet)));
  }
}

// The fields in which two packets of one kind differ.
std::string fields_of(const Packet& a, const Packet& b) {
  std::string fields;
  const auto add = [&fields](bool differ, std::string_view name) {
    if (differ) fields += (fields.empty() ? "" : ", ") + std::string(name);
  };
  add(a.source != b.source || a.destination != b.destination, "addresses");
  add(a.ttl != b.ttl, "ttl");
  if (a.icmp() != nullptr || b.icmp() != nullptr) return fields;
  const FourTuple ends_a = sender_tuple(a);
  const FourTuple ends_b = sender_tuple(b);
  add(ends_a.local.port != ends_b.local.port || ends_a.peer.port != ends_b.peer.port, "ports");
  const TcpSegment* left = a.tcp();
  const TcpSegment* right = b.tcp();
  if (left == nullptr || right == nullptr) return fields;
  add(left->seq != right->seq, "seq");
  add(left->ack != right->ack, "ack");
  add(left->flags != right->flags, "flags");
  add(left->window != right->window, "window");
  add(left->options != right->options, "options");
  add(left->payload.size() != right->payload.size(), "length");
  return fields;
}

std::string kind_of(const TraceEvent* left, const Packet& a, const TraceEvent* right,
                    const Packet& b) {
  const std::string one = kind_of(left, a);
  const std::string other = kind_of(right, b);
  if (one != other) return one + " / " + other;
  const std::string fields =
      left != nullptr && left->kind != TraceEvent::Kind::call ? fields_of(a, b) : std::string();
  return fields.empty() ? one + " otherwise" : one + ": " + fields;
}

const TraceEvent* at(const Trace& trace, std::size_t index) {
  return index < trace.events.size() && shows_something(trace.events[index]) ? &trace.events[index]
                                                                             : nullptr;
}

std::string judged(const Trace& trace) {
  if (trace.verdict.outcome == Outcome::allowed) return "allowed";
  return std::string(trace.verdict.cause()) + " at step " + std::to_string(trace.verdict.step);
}

}  // namespace

Difference compare(const Trace& a, const Trace& b) {
  Normaliser normalise_a;
  Normaliser normalise_b;
  std::string step;
  Difference difference;
  for (std::size_t i = 0; i < std::max(a.events.size(), b.events.size()); ++i) {
    const TraceEvent* left = at(a, i);
    const TraceEvent* right = at(b, i);
    if (left == nullptr && right == nullptr) break;
    const Packet packet_a = left == nullptr ? Packet() : normalise_a(left->packet);
    const Packet packet_b = right == nullptr ? Packet() : normalise_b(right->packet);
    const bool beside = left != nullptr && right != nullptr && left->kind == right->kind &&
                        left->host == right->host;
    if (beside && left->kind == TraceEvent::Kind::step) step = left->text;
    if (beside && left->text == right->text && packet_a == packet_b) continue;
    difference.kinds.insert(kind_of(left, packet_a, right, packet_b));
    if (difference.text.empty()) {
      difference.text = "  after  " + step + "\n  first  " + shown(left, packet_a) + "\n  second " +
                        shown(right, packet_b) + "\n  oracle: first " + judged(a) + ", second " +
                        judged(b) + "\n";
    }
    if (!beside) break;
  }
  return difference;
}

}  // namespace lockstep::judge
