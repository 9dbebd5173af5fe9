// The corpus on the live kernel: the oracle allows what it does, and one scenario leaves nothing
// behind that another could see.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "gtest/gtest.h"
#include "oracle/judge/normaliser.h"
#include "oracle/judge/run.h"
#include "oracle/scenario/text.h"
#include "stack/ports/linux/linux_port.h"

namespace lockstep::judge {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// A scenario that takes less than this gives no timer of the kernel time to fire.
constexpr std::chrono::milliseconds shortest_timer{8};

// Scenarios in which the linux dialect does not say yet what the kernel does.
constexpr std::string_view not_yet_described[] = {
    "tcp.close.syn_received_speaks.scn",    // The window scale of a simultaneous open
    "tcp.syn.received_resets_bad_ack.scn",  // with a peer that offers none.
};

// Scenarios that show names which the kernel draws at random.
constexpr std::string_view draws_names[] = {"autobind_gives_a_name.scn"};

// Scenarios in which segments overtake each other: RACK (RFC 8985) then sends again or not by
// measured microseconds, and from Linux 6.17 on it cannot be turned off.
constexpr std::string_view recovers_by_clock[] = {
    "an_urgent_byte_may_be_announced_before_it_comes.scn",
    "an_urgent_byte_that_was_lost_may_be_one_of_a_header.scn",
    "out_of_order_data_is_put_in_order.scn",
    "three_duplicates_send_the_segment_again.scn",
};

template <std::size_t size>
bool is_among(const std::string_view (&names)[size], const fs::path& file) {
  return std::ranges::find(names, file.filename().string()) != std::end(names);
}

struct Loaded {
  fs::path file;
  scenario::Scenario scenario;
};

std::vector<Loaded> load_corpus() {
  std::vector<Loaded> all;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / "corpus/scenarios")) {
    if (entry.path().extension() != ".scn") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    auto parsed = scenario::parse(text.str(), entry.path().string());
    if (parsed) all.push_back({entry.path(), *std::move(parsed)});
  }
  std::ranges::sort(all, {}, &Loaded::file);
  return all;
}

struct LiveKernel : ::testing::Test {
  std::vector<Loaded> corpus;

  void SetUp() override {
    if (const std::string reason = linux_port_unavailable(); !reason.empty()) {
      GTEST_SKIP() << "the linux port cannot run here: " << reason;
    }
    corpus = load_corpus();
    ASSERT_GE(corpus.size(), 100u);
  }
  static Runner make_runner() {
    return Runner([](scenario::HostIndex) { return *make_linux_port(); }, oracle::linux_dialect());
  }
};

TEST_F(LiveKernel, does_nothing_that_the_oracle_forbids) {
  Runner runner = make_runner();
  for (const Loaded& loaded : corpus) {
    if (is_among(not_yet_described, loaded.file)) continue;
    Trace trace;
    // A timer that fires while this process is kept from running can belie an author's expectation.
    for (int attempt = 0; attempt < 3; ++attempt) {
      run(runner, loaded.scenario, &trace);
      if (trace.verdict.outcome != Outcome::expectation_failed) break;
    }
    EXPECT_EQ(trace.verdict.outcome, Outcome::allowed) << loaded.file << "\n"
                                                       << explain(trace.verdict) << to_text(trace);
  }
}

// A trace without what the kernel picks at random. Ports that it picked have the numbers of the
// order in which they appear; sequence numbers that belong to no SYN of the connection, as where a
// forged one came between, are only called far.
class TraceText {
 public:
  std::string text(const TraceEvent& event) {
    std::string line = std::to_string(static_cast<int>(event.kind)) + " " + event.text;
    if (!event.packet.source.is_unspecified()) line += " " + to_string(normalise_(event.packet));
    return with_numbers_replaced(line);
  }

 private:
  // More than any scenario sends; that a random number is below it is rare.
  static constexpr std::uint64_t near = 1'500'000;

  std::string with_numbers_replaced(const std::string& line) {
    std::string result;
    for (std::size_t at = 0; at < line.size();) {
      std::size_t end = at;
      while (end < line.size() && line[end] >= '0' && line[end] <= '9') ++end;
      if (end == at) {
        result += line[at++];
        continue;
      }
      const std::string digits = line.substr(at, end - at);
      const std::uint64_t number = std::stoull(digits);
      const char before = at == 0 ? ' ' : line[at - 1];
      if (before == ':' && number >= HostConfig().ephemeral_first) {
        result += "p" + std::to_string(ports_.try_emplace(number, ports_.size()).first->second);
      } else {
        // What an ICMP error quotes is as it was on the wire.
        const bool quoted = line.rfind("quotes", at) != std::string::npos;
        result += before == '=' && (number >= near || quoted) ? "far" : digits;
      }
      at = end;
    }
    return result;
  }

  Normaliser normalise_;
  std::map<std::uint64_t, std::size_t> ports_;
};

std::string normalised(const Trace& trace) {
  TraceText lines;
  std::string text;
  for (const TraceEvent& event : trace.events) {
    if (event.kind != TraceEvent::Kind::verdict) text += lines.text(event) + "\n";
  }
  return text;
}

// The trace of a run; empty when it took so long that a timer may have fired.
std::string quick_trace(Runner& runner, const scenario::Scenario& scenario) {
  Trace trace;
  const Clock::time_point begun = Clock::now();
  run(runner, scenario, &trace);
  return Clock::now() - begun < shortest_timer ? normalised(trace) : std::string();
}

TEST_F(LiveKernel, keeps_nothing_from_one_scenario_to_the_next) {
  constexpr std::size_t runs = 1000;
  Runner runner = make_runner();
  std::vector<std::string> first(corpus.size());
  std::vector<std::size_t> quick;  // Those that wait for no timer.
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    if (is_among(recovers_by_clock, corpus[i].file)) continue;
    if (is_among(draws_names, corpus[i].file)) continue;
    const Clock::time_point begun = Clock::now();
    while (first[i].empty() && Clock::now() - begun < 2 * shortest_timer) {
      first[i] = quick_trace(runner, corpus[i].scenario);
    }
    if (!first[i].empty()) quick.push_back(i);
  }
  ASSERT_GE(quick.size(), corpus.size() / 2);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < runs; ++i) order.push_back(quick[i % quick.size()]);
  std::size_t compared = 0;
  std::mt19937 shuffler(1);
  for (int pass = 0; pass < 2; ++pass) {
    for (const std::size_t at : order) {
      const std::string text = quick_trace(runner, corpus[at].scenario);
      if (text.empty()) continue;
      ASSERT_EQ(text, first[at]) << corpus[at].file;
      ++compared;
    }
    std::shuffle(order.begin(), order.end(), shuffler);
  }
  std::printf("%zu of %zu runs of %zu scenarios compared; in the others a timer may have fired\n",
              compared, 2 * runs, quick.size());
  EXPECT_GE(compared, runs);
}

}  // namespace
}  // namespace lockstep::judge
