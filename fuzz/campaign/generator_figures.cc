#include "fuzz/campaign/generator_figures.h"

#include <array>
#include <cstdio>

#include "fuzz/campaign/generated.h"
#include "oracle/spec/tcp_connection.h"

namespace lockstep::campaign {
namespace {

using oracle::TcpState;

constexpr std::size_t events_per_state = 32;

// How often a state was visited with any event.
std::uint32_t visits(const std::vector<std::uint8_t>& visited, TcpState state) {
  std::uint32_t sum = 0;
  for (std::size_t event = 0; event < events_per_state; ++event) {
    sum += visited[static_cast<std::size_t>(state) * events_per_state + event];
  }
  return sum;
}

struct Share {
  const char* name;
  double percent;
  double least;
};

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::array<Share, 6> shares(const GeneratorFigures& f) {
  return {{{"steps with an effect", percent(f.effective, f.steps), 70},
           {"stream scenarios: data delivered", percent(f.data_arrived, f.stream_scenarios), 30},
           {"stream scenarios: retransmission", percent(f.retransmitted, f.stream_scenarios), 10},
           {"stream scenarios: CLOSING", percent(f.closing, f.stream_scenarios), 2},
           {"stream scenarios: LAST_ACK", percent(f.last_ack, f.stream_scenarios), 2},
           {"stream scenarios: TIME_WAIT", percent(f.time_wait, f.stream_scenarios), 2}}};
}

}  // namespace

GeneratorFigures measure_generator(judge::Runner& runner, std::uint64_t seed, std::uint64_t count) {
  GeneratorFigures figures;
  Record record(runner);
  for (std::uint64_t number = 0; number < count; ++number) {
    runner.oracle().judgement().clear_counts();
    const GeneratedRun run = run_generated(record, runner, seed, number, {});
    ++figures.scenarios;
    figures.steps += run.steps;
    figures.effective += run.effective;
    if (runner.verdict().outcome == judge::Outcome::inconclusive) ++figures.inconclusive;
    if (!runner.facts().stream_socket) continue;
    ++figures.stream_scenarios;
    figures.data_arrived += runner.facts().data_arrived ? 1 : 0;
    figures.retransmitted += runner.facts().retransmitted ? 1 : 0;
    const std::vector<std::uint8_t>& visited = runner.oracle().judgement().visited();
    figures.closing += visits(visited, TcpState::closing) != 0 ? 1 : 0;
    figures.last_ack += visits(visited, TcpState::last_ack) != 0 ? 1 : 0;
    figures.time_wait += visits(visited, TcpState::time_wait) != 0 ? 1 : 0;
  }
  return figures;
}

std::string to_text(const GeneratorFigures& figures) {
  std::string text = std::to_string(figures.scenarios) + " scenarios, " +
                     std::to_string(figures.stream_scenarios) + " with a TCP socket, " +
                     std::to_string(figures.steps) + " steps, " +
                     std::to_string(figures.inconclusive) + " inconclusive\n";
  for (const Share& share : shares(figures)) {
    char line[128];
    std::snprintf(line, sizeof line, "  %-36s %6.2f %%   at least %.0f %%\n", share.name,
                  share.percent, share.least);
    text += line;
  }
  return text;
}

std::string shortfall(const GeneratorFigures& figures) {
  for (const Share& share : shares(figures)) {
    if (share.percent < share.least) {
      return std::string(share.name) + ": " + std::to_string(share.percent) + " %";
    }
  }
  return "";
}

}  // namespace lockstep::campaign
