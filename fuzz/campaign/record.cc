#include "fuzz/campaign/record.h"

#include <cstdio>
#include <fstream>

#include "oracle/scenario/text.h"
#include "stack/api/hash.h"

namespace lockstep::campaign {

Record::Record(judge::Runner& runner)
    : runner_(runner), keeps_trace_(runner.port_of(0).traits().clock == PortClock::elapsing) {}

void Record::start(std::vector<scenario::HostLine> hosts) {
  scenario_.hosts = std::move(hosts);
  scenario_.steps.clear();
  scenario_.socket_names.clear();
  if (keeps_trace_) {
    trace_.events.clear();
    runner_.set_trace(&trace_);
  }
  runner_.start(scenario_.hosts);
}

judge::Effect Record::apply(const scenario::Step& step) {
  const judge::Effect effect = runner_.apply(step);
  scenario_.steps.push_back(runner_.resolved_step());
  return effect;
}

std::string Record::write(const std::string& folder) const {
  const std::string text = scenario::print(scenario_);
  const std::uint64_t hash = hash_bytes(0, std::as_bytes(std::span(text.data(), text.size())));
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  const std::string path =
      folder + "/" + std::string(runner_.verdict().cause()) + "-" + digits + ".scn";
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (keeps_trace_) {
    judge::Trace whole = trace_;
    whole.scenario = scenario_;
    whole.verdict = runner_.verdict();
    std::ofstream(path + ".txt", std::ios::binary) << judge::to_text(whole);
  }
  return out ? path : "";
}

}  // namespace lockstep::campaign
