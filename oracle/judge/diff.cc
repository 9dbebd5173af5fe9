#include "oracle/judge/diff.h"

#include <algorithm>

#include "oracle/judge/normaliser.h"

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

const TraceEvent* at(const Trace& trace, std::size_t index) {
  return index < trace.events.size() && shows_something(trace.events[index]) ? &trace.events[index]
                                                                             : nullptr;
}

std::string judged(const Trace& trace) {
  if (trace.verdict.outcome == Outcome::allowed) return "allowed";
  return std::string(trace.verdict.cause()) + " at step " + std::to_string(trace.verdict.step);
}

}  // namespace

std::string first_difference(const Trace& a, const Trace& b) {
  Normaliser normalise_a;
  Normaliser normalise_b;
  std::string step;
  for (std::size_t i = 0; i < std::max(a.events.size(), b.events.size()); ++i) {
    const TraceEvent* left = at(a, i);
    const TraceEvent* right = at(b, i);
    if (left == nullptr && right == nullptr) break;
    const Packet packet_a = left == nullptr ? Packet() : normalise_a(left->packet);
    const Packet packet_b = right == nullptr ? Packet() : normalise_b(right->packet);
    const bool same = left != nullptr && right != nullptr && left->kind == right->kind &&
                      left->host == right->host && left->text == right->text &&
                      packet_a == packet_b;
    if (same) {
      if (left->kind == TraceEvent::Kind::step) step = left->text;
      continue;
    }
    return "  after  " + step + "\n  first  " + shown(left, packet_a) + "\n  second " +
           shown(right, packet_b) + "\n  oracle: first " + judged(a) + ", second " + judged(b) +
           "\n";
  }
  return "";
}

}  // namespace lockstep::judge
