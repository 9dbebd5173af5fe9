// A scenario means the same each time: run twice, the same trace; run with every packet as encoded
// bytes, the same trace; run again from its printed text, the same trace.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "oracle/scenario/text.h"
#include "oracle/spec/dialect.h"
#include "properties/generators/generated_run.h"
#include "properties/generators/harness.h"
#include "properties/generators/lossy_pair.h"

namespace lockstep::properties {
namespace {

constexpr std::uint32_t steps_max = 80;

enum class Path : std::uint8_t { values, bytes };

std::string trace_of(judge::Runner& runner, const scenario::Scenario& scenario, Path path) {
  judge::Trace trace;
  runner.set_byte_path(path == Path::bytes);
  judge::run(runner, scenario, &trace);
  runner.set_byte_path(false);
  return judge::to_text(trace);
}

// The first line in which two traces differ, of each.
std::string first_difference(const std::string& a, const std::string& b) {
  const auto [at, in_b] = std::ranges::mismatch(a, b);
  const auto line_of = [](const std::string& text, std::size_t place) {
    const std::size_t before = text.rfind('\n', place == 0 ? 0 : place - 1);
    const std::size_t from = before == std::string::npos ? 0 : before + 1;
    return text.substr(from, text.find('\n', place) - from);
  };
  const auto place = static_cast<std::size_t>(at - a.begin());
  return "  " + line_of(a, place) + "\n  " + line_of(b, place) + "\n";
}

// A failing scenario goes to FILE_NAME.scn, if there is one.
Outcome repeats_itself(judge::Runner& runner, judge::Runner& other, const Draws& draws,
                       const std::string& file_name) {
  const GeneratedRun run = run_generated(runner, draws, steps_max);
  const std::string trace = trace_of(runner, run.scenario, Path::values);
  auto parsed = scenario::parse(scenario::print(run.scenario), "printed.scn");
  if (!parsed) return {"the text cannot be read: " + to_string(parsed.error()), {}};
  // Where a step stood in the text is told by a verdict, and is no part of what happened.
  for (scenario::Step& step : parsed->steps) step.line = 0;
  Outcome outcome{"", {trace.size() > 4000 ? "long" : "short"}};
  const auto compare = [&](const char* what, const std::string& again) {
    if (again == trace || !outcome.holds()) return;
    outcome.wrong = std::string(what) + " differs:\n" + first_difference(trace, again) +
                    write_scenario(run.scenario, file_name);
  };
  compare("a second run", trace_of(runner, run.scenario, Path::values));
  compare("a run on other ports", trace_of(other, run.scenario, Path::values));
  compare("a run over encoded bytes", trace_of(runner, run.scenario, Path::bytes));
  compare("a run of the printed text", trace_of(runner, *parsed, Path::values));
  return outcome;
}

// A port that is different each time it is made as new, for the test of the test.
class ForgetfulPort final : public Port {
 public:
  const PortTraits& traits() const override { return port_->traits(); }
  void reset(const HostConfig& config) override {
    HostConfig changed = config;
    changed.initial_sequence += ++resets_;
    port_->reset(changed);
  }
  SyscallResult call(const Syscall& call) override { return port_->call(call); }
  void deliver(const Packet& packet) override { port_->deliver(packet); }
  void deliver_bytes(std::span<const std::byte> bytes) override { port_->deliver_bytes(bytes); }
  void tick(std::uint32_t ticks) override { port_->tick(ticks); }
  void egress(std::vector<WireEvent>& out) override { port_->egress(out); }

 private:
  std::unique_ptr<Port> port_ = make_honest_port();
  std::uint32_t resets_ = 0;
};

int run() {
  Harness harness("max_success=300");
  const auto make = [](scenario::HostIndex) { return make_honest_port(); };
  judge::Runner runner(make, oracle::linux_dialect());
  judge::Runner other(make, oracle::linux_dialect());
  harness.holds("a scenario gives the same trace each time, by value and over bytes",
                [&](const Draws& draws) {
                  return repeats_itself(runner, other, draws, "property_determinism");
                },
                {.draws_per_size = 6, .sometimes = {"long", "short"}});
  const auto forget = [](scenario::HostIndex) { return std::make_unique<ForgetfulPort>(); };
  judge::Runner forgetful(forget, oracle::linux_dialect());
  harness.is_refuted(
      "a port that changes gives the same trace each time",
      [&](const Draws& draws) { return repeats_itself(forgetful, other, draws, ""); }, 50, 400);
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
