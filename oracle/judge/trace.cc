#include "oracle/judge/trace.h"

#include <algorithm>

namespace lockstep::judge {
namespace {

std::string host_name(const Trace& trace, scenario::HostIndex host) {
  if (host < trace.scenario.hosts.size()) return trace.scenario.hosts[host].name;
  return "?";
}

std::string indented(const std::string& text) {
  std::string result;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    result += "    " + text.substr(from, end - from) + "\n";
    from = end + 1;
  }
  return result;
}

std::string line_of(const Trace& trace, const TraceEvent& event) {
  const std::string host = host_name(trace, event.host);
  const std::string peer = host_name(trace, event.peer);
  const auto wire = [&](const char* verb, const std::string& from, const std::string& to) {
    return "    " + from + " > " + to + "  " + verb + "  " + to_string(event.packet) + "\n";
  };
  switch (event.kind) {
    case TraceEvent::Kind::step:
      return "[" + std::to_string(event.step) + "] " + event.text + "\n";
    case TraceEvent::Kind::no_op:
      return "    no-op: " + event.text + "\n";
    case TraceEvent::Kind::call:
      return "    " + host + " returns " + event.text + "\n";
    case TraceEvent::Kind::left:
      return wire("leaves", host, peer);
    case TraceEvent::Kind::lost:
      return wire("LOST", host, peer).insert(4, "(" + event.text + ") ");
    case TraceEvent::Kind::arrived:
      return wire("arrives", peer, host);
    case TraceEvent::Kind::damaged:
      return wire(("arrives with bit " + std::to_string(event.amount) + " flipped").c_str(), peer,
                  host);
    case TraceEvent::Kind::looped_left:
      return wire("leaves", host, host);
    case TraceEvent::Kind::looped_arrived:
      return wire("arrives", host, host);
    case TraceEvent::Kind::tick:
      return "    " + host + " ticks " + std::to_string(event.amount) + ", now " +
             std::to_string(event.ticks) + "\n";
    case TraceEvent::Kind::reboot:
      return "    " + host + " reboots\n";
    case TraceEvent::Kind::verdict:
      return indented(event.text);
  }
  return "";
}

}  // namespace

std::string to_text(const Trace& trace) {
  std::string text;
  for (const TraceEvent& event : trace.events) text += line_of(trace, event);
  return text;
}

}  // namespace lockstep::judge
