#include "oracle/view/capture.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "stack/wire/codec.h"
#include "stack/wire/pcapng.h"

namespace lockstep::view {
namespace {

using judge::Trace;
using judge::TraceEvent;
using Kind = TraceEvent::Kind;

// Packets of one tick are a microsecond apart, so that their order shows.
constexpr std::uint64_t nanoseconds_apart = 1000;

class Capture {
 public:
  explicit Capture(const Trace& trace) : trace_(trace) {}

  std::string bytes() && {
    std::vector<const TraceEvent*> shown;
    for (const TraceEvent& event : trace_.events) {
      if (event.kind == Kind::step) step_texts_.emplace_back(event.step, event.text);
      if (is_shown(event)) shown.push_back(&event);
    }
    for (const TraceEvent* event : shown) add(*event, event == shown.back());
    return writer_.bytes();
  }

 private:
  // A packet that was in flight is shown by its departure; a replayed one arrives a second time.
  bool is_shown(const TraceEvent& event) {
    switch (event.kind) {
      case Kind::left:
      case Kind::looped_left:
      case Kind::damaged:
        return true;
      case Kind::arrived:
        return event.flight == 0 || !arrived_.insert(event.flight).second;
      case Kind::step:
      case Kind::no_op:
      case Kind::call:
      case Kind::lost:
      case Kind::looped_arrived:
      case Kind::tick:
      case Kind::reboot:
      case Kind::verdict:
        return false;
    }
    return false;
  }

  void add(const TraceEvent& event, bool last) {
    const std::string comment = comment_of(event, last);
    if (event.kind != Kind::damaged) {
      // A packet without an encoding cannot have been on a wire; nothing is added for it.
      static_cast<void>(writer_.add(event.packet, time_of(event), comment));
      return;
    }
    std::vector<std::byte> bytes;
    if (!encode_packet(event.packet, bytes).has_value() || bytes.empty()) return;
    const std::size_t bit = event.amount % (bytes.size() * 8);
    bytes[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
    writer_.add_bytes(bytes, time_of(event), comment);
  }

  std::uint64_t time_of(const TraceEvent& event) {
    const auto& hosts = trace_.scenario.hosts;
    const std::uint32_t tick_ms =
        event.host < hosts.size() ? hosts[event.host].config.tick_ms : HostConfig().tick_ms;
    now_ = std::max(next_, nanoseconds_of_ticks(event.ticks, tick_ms));
    next_ = now_ + nanoseconds_apart;
    return now_;
  }

  std::string comment_of(const TraceEvent& event, bool last) const {
    std::string text = "step " + std::to_string(event.step);
    for (const auto& [label, step] : step_texts_) {
      if (label == event.step) text += ": " + std::string(step);
    }
    if (event.kind == Kind::damaged) text += "\nbit " + std::to_string(event.amount) + " flipped";
    if (event.kind == Kind::arrived) text += event.flight == 0 ? "\nforged" : "\nreplayed";
    if (const auto why = loss_of(event)) text += "\nlost: " + std::string(*why);
    const bool fails = trace_.verdict.outcome != judge::Outcome::allowed;
    if (last && fails) text += "\n" + judge::explain(trace_.verdict);
    return text;
  }

  std::optional<std::string_view> loss_of(const TraceEvent& event) const {
    if (event.kind != Kind::left) return std::nullopt;
    const auto found = std::ranges::find_if(trace_.events, [&](const TraceEvent& other) {
      return other.kind == Kind::lost && other.flight == event.flight;
    });
    if (found == trace_.events.end()) return std::nullopt;
    return found->text;
  }

  const Trace& trace_;
  PcapngWriter writer_;
  std::vector<std::pair<scenario::Label, std::string_view>> step_texts_;
  std::set<std::uint64_t> arrived_;
  std::uint64_t now_ = 0;   // Of the packet added last.
  std::uint64_t next_ = 0;  // The earliest for the next one.
};

}  // namespace

std::string to_pcapng(const Trace& trace) { return Capture(trace).bytes(); }

}  // namespace lockstep::view
