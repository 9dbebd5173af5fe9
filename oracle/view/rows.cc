#include "oracle/view/rows.h"

#include <algorithm>
#include <map>
#include <utility>

#include "oracle/view/packet_label.h"

namespace lockstep::view {
namespace {

using judge::Trace;
using judge::TraceEvent;
using Kind = TraceEvent::Kind;

// Whether two events belong to one movement of a packet, so that nothing need be drawn between.
bool crosses_at_once(const TraceEvent& left, const TraceEvent& next) {
  return left.kind == Kind::left && next.kind == Kind::arrived && left.flight == next.flight;
}

// Of the step's text, what its call is: without the host's name and what the author expected.
std::string call_text(const std::string& step) {
  const std::size_t colon = step.find(": ");
  const std::size_t begin = colon == std::string::npos ? 0 : colon + 2;
  const std::size_t arrow = step.find(" -> ", begin);
  std::string text = step.substr(begin, arrow == std::string::npos ? arrow : arrow - begin);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

class Builder {
 public:
  explicit Builder(const Trace& trace) : trace_(trace) {}

  std::vector<Row> build() && {
    for (std::size_t i = 0; i < trace_.events.size(); ++i) {
      const TraceEvent& event = trace_.events[i];
      if (event.kind != Kind::tick) flush_time();
      const bool has_next = i + 1 < trace_.events.size();
      if (has_next && crosses_at_once(event, trace_.events[i + 1])) {
        labels_.note(event.packet);
        packet_row(Row::Kind::crossing, event, event.host, event.peer);
        ++i;
      } else {
        add(event);
      }
    }
    flush_step();
    flush_time();
    return std::move(rows_);
  }

 private:
  Row& row(Row::Kind kind, const TraceEvent& event, std::string text) {
    if (kind != Row::Kind::call) flush_step();
    Row& made = rows_.emplace_back();
    made.kind = kind;
    made.step = std::exchange(unshown_, 0);
    made.failing = event.step != 0 && event.step == trace_.verdict.step;
    made.host = event.host;
    made.peer = event.peer;
    made.text = std::move(text);
    return made;
  }

  void packet_row(Row::Kind kind, const TraceEvent& event, scenario::HostIndex from,
                  scenario::HostIndex to, const std::string& remark = "") {
    Row& made = row(kind, event, remark + labels_.label(event.packet));
    made.host = from;
    made.peer = to;
    made.flight = event.flight;
  }

  // A step that made no call is shown as a note of its own.
  void flush_step() {
    if (step_ == nullptr) return;
    const TraceEvent& event = *std::exchange(step_, nullptr);
    row(Row::Kind::note, event, event.text);
  }

  // Ticks are many in a settle: one row for all between two other events.
  void flush_time() {
    if (passed_.empty()) return;
    std::string text = "time passes:";
    for (const auto& [host, event] : passed_) {
      text += " " + name(host) + " +" + std::to_string(event.amount) + " (now " +
              std::to_string(event.ticks) + ")";
    }
    const TraceEvent last = passed_.rbegin()->second;
    passed_.clear();
    row(Row::Kind::note, last, std::move(text));
  }

  void add(const TraceEvent& event) {
    switch (event.kind) {
      case Kind::step:
        flush_step();
        step_ = &event;
        unshown_ = event.step;
        break;
      case Kind::no_op: {
        const std::string text = step_ != nullptr ? step_->text : "";
        step_ = nullptr;
        row(Row::Kind::note, event, text + "  (no-op: " + event.text + ")");
        break;
      }
      case Kind::call: {
        const std::string text = step_ != nullptr ? call_text(step_->text) : "";
        step_ = nullptr;
        row(Row::Kind::call, event, text + " -> " + event.text);
        break;
      }
      case Kind::left:
        labels_.note(event.packet);
        packet_row(Row::Kind::departs, event, event.host, event.peer);
        break;
      case Kind::lost:
        packet_row(Row::Kind::lost, event, event.host, event.peer, event.text + ": ");
        break;
      case Kind::arrived:
        if (event.flight == 0) {
          packet_row(Row::Kind::forged, event, host_of(event.packet.source), event.host);
        } else {
          packet_row(Row::Kind::arrives, event, event.peer, event.host);
        }
        break;
      case Kind::damaged:
        packet_row(Row::Kind::arrives, event, event.peer, event.host, "damaged: ");
        break;
      case Kind::looped_left:
        labels_.note(event.packet);
        row(Row::Kind::call, event, "loops: " + labels_.label(event.packet));
        break;
      case Kind::looped_arrived:
        break;
      case Kind::tick: {
        TraceEvent& passed = passed_[event.host];
        const std::uint64_t amount = passed.amount + event.amount;
        passed = event;
        passed.amount = amount;
        break;
      }
      case Kind::reboot:
        row(Row::Kind::call, event, "reboots");
        break;
      case Kind::verdict:
        break;
    }
  }

  // Whose address this is: in whose name a packet was forged.
  scenario::HostIndex host_of(const IpAddress& address) const {
    const auto& hosts = trace_.scenario.hosts;
    for (std::size_t host = 0; host < hosts.size(); ++host) {
      const auto& own = hosts[host].config.addresses;
      if (std::ranges::find(own, address) != own.end()) {
        return static_cast<scenario::HostIndex>(host);
      }
    }
    return TraceEvent::none_host;
  }

  std::string name(scenario::HostIndex host) const {
    return host < trace_.scenario.hosts.size() ? trace_.scenario.hosts[host].name : "?";
  }

  const Trace& trace_;
  PacketLabels labels_;
  std::vector<Row> rows_;
  const TraceEvent* step_ = nullptr;  // Not yet shown.
  scenario::Label unshown_ = 0;
  std::map<scenario::HostIndex, TraceEvent> passed_;
};

}  // namespace

std::vector<Row> rows_of(const Trace& trace) { return Builder(trace).build(); }

std::string flight_name(std::uint64_t flight) { return "p" + std::to_string(flight); }

}  // namespace lockstep::view
