#include "oracle/view/json.h"

#include <nlohmann/json.hpp>

#include "oracle/scenario/text.h"
#include "oracle/spec/rule.h"

namespace lockstep::view {
namespace {

using judge::TraceEvent;
using nlohmann::ordered_json;
using Kind = TraceEvent::Kind;

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::step:
      return "step";
    case Kind::no_op:
      return "no_op";
    case Kind::call:
      return "call";
    case Kind::left:
      return "left";
    case Kind::lost:
      return "lost";
    case Kind::arrived:
      return "arrived";
    case Kind::damaged:
      return "damaged";
    case Kind::looped_left:
      return "looped_left";
    case Kind::looped_arrived:
      return "looped_arrived";
    case Kind::tick:
      return "tick";
    case Kind::reboot:
      return "reboot";
    case Kind::verdict:
      return "verdict";
  }
  return "?";
}

bool has_packet(Kind kind) {
  return kind == Kind::left || kind == Kind::lost || kind == Kind::arrived ||
         kind == Kind::damaged || kind == Kind::looped_left || kind == Kind::looped_arrived;
}

bool is_of_a_host(Kind kind) {
  return kind != Kind::step && kind != Kind::no_op && kind != Kind::verdict;
}

ordered_json json_of(const judge::Trace& trace, const TraceEvent& event) {
  const auto host_name = [&](scenario::HostIndex host) -> ordered_json {
    if (host >= trace.scenario.hosts.size()) return nullptr;
    return trace.scenario.hosts[host].name;
  };
  ordered_json json;
  json["kind"] = kind_name(event.kind);
  json["step"] = event.step;
  if (is_of_a_host(event.kind)) {
    json["host"] = host_name(event.host);
    json["ticks"] = event.ticks;
  }
  if (has_packet(event.kind)) {
    json["peer"] = host_name(event.peer);
    json["flight"] = event.flight;
    json["packet"] = to_string(event.packet);
  }
  if (event.amount != 0) json["amount"] = event.amount;
  if (!event.text.empty()) json["text"] = event.text;
  return json;
}

}  // namespace

ordered_json json_of(const judge::Verdict& verdict) {
  ordered_json json;
  json["outcome"] = judge::outcome_name(verdict.outcome);
  json["cause"] = verdict.cause();
  json["step"] = verdict.step;
  if (verdict.line != 0) json["line"] = verdict.line;
  if (verdict.outcome == judge::Outcome::violation) {
    const oracle::RuleRow& row = oracle::rule_row(verdict.violation.rule);
    json["rule"] = {{"name", row.name},
                    {"sentence", row.sentence},
                    {"source", row.source},
                    {"sections", row.sections}};
    json["allowed"] = verdict.violation.allowed;
    json["observed"] = verdict.violation.observed;
    json["state"] = verdict.violation.state;
  } else if (!verdict.message.empty()) {
    json["message"] = verdict.message;
  }
  return json;
}

ordered_json json_of(const judge::Trace& trace) {
  ordered_json json;
  json["scenario"] = scenario::print(trace.scenario);
  json["verdict"] = json_of(trace.verdict);
  json["events"] = ordered_json::array();
  for (const TraceEvent& event : trace.events) json["events"].push_back(json_of(trace, event));
  return json;
}

std::string to_json(const judge::Trace& trace) {
  return json_of(trace).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace lockstep::view
