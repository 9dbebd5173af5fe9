#include "oracle/judge/diff.h"

#include <string_view>

#include "oracle/judge/chosen_ports.h"
#include "oracle/judge/normaliser.h"
#include "stack/wire/packet_kind.h"

namespace lockstep::judge {
namespace {

bool shows_something(const TraceEvent& event, Compared compared) {
  switch (event.kind) {
    case TraceEvent::Kind::step:
    case TraceEvent::Kind::no_op:
    case TraceEvent::Kind::call:
      return true;
    case TraceEvent::Kind::verdict:
      return false;  // Of what was seen, not seen itself.
    case TraceEvent::Kind::left:
    case TraceEvent::Kind::lost:
    case TraceEvent::Kind::arrived:
    case TraceEvent::Kind::damaged:
    case TraceEvent::Kind::looped_left:
    case TraceEvent::Kind::looped_arrived:
    case TraceEvent::Kind::tick:
    case TraceEvent::Kind::reboot:
      return compared == Compared::all;
  }
  return true;
}

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

bool has_ports(const Packet& packet) { return packet.tcp() != nullptr || packet.udp() != nullptr; }

// Fields of packets, as a list for a person.
class Fields {
 public:
  void add(bool differ, std::string_view name) {
    if (differ) text_ += (text_.empty() ? "" : ", ") + std::string(name);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The fields in which two packets differ that each stack may choose for itself.
std::string chosen_fields_of(const Packet& a, const Packet& b) {
  const TcpSegment* left = a.tcp();
  const TcpSegment* right = b.tcp();
  Fields fields;
  if (left == nullptr || right == nullptr) return fields.text();
  fields.add(left->window != right->window, "window");
  fields.add(left->options.mss != right->options.mss, "mss");
  fields.add(left->options.window_scale != right->options.window_scale, "window scale");
  fields.add(left->options.sack_permitted != right->options.sack_permitted, "SACK-permitted");
  fields.add(left->options.timestamps != right->options.timestamps, "timestamps");
  return fields.text();
}

// The packet without them.
Packet without_choices(Packet packet) {
  if (TcpSegment* segment = packet.tcp()) {
    segment->window = 0;
    segment->options.mss.reset();
    segment->options.window_scale.reset();
    segment->options.sack_permitted = false;
    segment->options.timestamps.reset();
  }
  return packet;
}

// The fields in which two packets of one kind differ, those that a stack may choose left out.
std::string fields_of(const Packet& a, const Packet& b) {
  Fields fields;
  const auto add = [&fields](bool differ, std::string_view name) { fields.add(differ, name); };
  add(a.source != b.source || a.destination != b.destination, "addresses");
  add(a.ttl != b.ttl, "ttl");
  if (!has_ports(a) || !has_ports(b)) return fields.text();
  const FourTuple ends_a = sender_tuple(a);
  const FourTuple ends_b = sender_tuple(b);
  add(ends_a.local.port != ends_b.local.port || ends_a.peer.port != ends_b.peer.port, "ports");
  const TcpSegment* left = a.tcp();
  const TcpSegment* right = b.tcp();
  if (left == nullptr || right == nullptr) return fields.text();
  add(left->seq != right->seq, "seq");
  add(left->ack != right->ack, "ack");
  add(left->flags != right->flags, "flags");
  add(left->urgent != right->urgent, "urgent");
  add(left->options != right->options, "options");
  add(left->payload.size() != right->payload.size(), "length");
  return fields.text();
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

bool leaves(const TraceEvent& event) {
  return event.kind == TraceEvent::Kind::left || event.kind == TraceEvent::Kind::looped_left;
}

// One trace's events, one after the other, without what the stack chose at random.
class Reader {
 public:
  Reader(const Trace& trace, Compared compared)
      : trace_(trace), compared_(compared), ports_(trace) {}

  // The next event to compare, until next() is called again; nullptr at the end.
  const TraceEvent* next() {
    for (; at_ < trace_.events.size(); ++at_) {
      if (!shows_something(trace_.events[at_], compared_)) continue;
      event_ = trace_.events[at_++];
      if (event_.kind == TraceEvent::Kind::call) event_.text = ports_.renamed(event_.text);
      event_.packet = ports_.renamed(normalise_(event_.packet));
      return &event_;
    }
    event_.packet = Packet();
    return nullptr;
  }
  const Packet& packet() const { return event_.packet; }

 private:
  const Trace& trace_;
  Compared compared_;
  ChosenPorts ports_;
  Normaliser normalise_;
  std::size_t at_ = 0;
  TraceEvent event_;
};

std::string judged(const Trace& trace) {
  if (trace.verdict.outcome == Outcome::allowed) return "allowed";
  return std::string(trace.verdict.cause()) + " at step " + std::to_string(trace.verdict.step);
}

}  // namespace

Difference compare(const Trace& a, const Trace& b, Compared compared) {
  Reader first(a, compared);
  Reader second(b, compared);
  std::string step;
  Difference difference;
  while (true) {
    const TraceEvent* left = first.next();
    const TraceEvent* right = second.next();
    if (left == nullptr && right == nullptr) break;
    const Packet& packet_a = first.packet();
    const Packet& packet_b = second.packet();
    const bool beside = left != nullptr && right != nullptr && left->kind == right->kind &&
                        left->host == right->host;
    if (beside && left->kind == TraceEvent::Kind::step) step = left->text;
    if (beside && leaves(*left)) {
      const std::string chosen = chosen_fields_of(packet_a, packet_b);
      if (!chosen.empty()) difference.notes.insert(kind_of(left, packet_a) + ": " + chosen);
    }
    if (beside && left->text == right->text &&
        without_choices(packet_a) == without_choices(packet_b)) {
      continue;
    }
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
