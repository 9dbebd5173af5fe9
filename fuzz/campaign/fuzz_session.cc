#include "fuzz/campaign/fuzz_session.h"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

#include "fuzz/campaign/child.h"
#include "fuzz/campaign/progress.h"
#include "fuzz/campaign/worker.h"
#include "fuzz/campaign/worker_report.h"
#include "oracle/judge/run.h"
#include "oracle/scenario/text.h"
#include "oracle/shrink/shrink.h"
#include "oracle/view/finding.h"

namespace lockstep::campaign {
namespace fs = std::filesystem;
namespace {

constexpr double silence_allowed_seconds = 30;
constexpr double grace_seconds = 2;
constexpr std::size_t shrinks_per_cause_max = 24;

struct Worker {
  Child child;
  bool generator = true;
  std::uint64_t index = 0;
  WorkerReport last;
  double heard_at = 0;
  bool ended = false;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Session {
 public:
  explicit Session(const FuzzOptions& options)
      : options_(options), start_(std::chrono::steady_clock::now()) {
    fs::create_directories(options.out);
    raw_ = options.out / ".raw";
    fs::remove_all(raw_);
    fs::create_directories(raw_ / "corpus");
  }

  FuzzSummary run() {
    start_workers();
    while (!done()) {
      wait_for_lines();
      collect();
      progress_.show(elapsed(), progress_text());
    }
    stop_workers();
    summarise();
    workers_.clear();
    fs::remove_all(raw_);
    return summary_;
  }

 private:
  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  bool done() const {
    if (!options_.keep_going && !summary_.findings.empty()) return true;
    if (options_.seconds > 0 && elapsed() >= options_.seconds) return true;
    return std::all_of(workers_.begin(), workers_.end(),
                       [](const Worker& worker) { return worker.ended; });
  }

  void start_workers() {
    const bool instrumented =
        !options_.instrumented.empty() && fs::exists(options_.instrumented) && options_.runs == 0;
    const unsigned jobs = std::max(1u, options_.jobs);
    const unsigned fuzzers = instrumented ? jobs / 2 : 0;
    const unsigned generators = jobs - fuzzers;
    for (unsigned i = 0; i < generators; ++i) start(generator_argv(i, generators), true, i);
    for (unsigned i = 0; i < fuzzers; ++i) start(fuzzer_argv(i), false, i);
    progress_.say("lockstep fuzz: port " + options_.choice.port +
                  (options_.choice.lie.empty() ? "" : " with lie " + options_.choice.lie) +
                  ", dialect " + options_.dialect + ", seed " + std::to_string(options_.seed) +
                  ", " + std::to_string(generators) + " generator worker(s), " +
                  std::to_string(fuzzers) + " libFuzzer worker(s); feedback: " +
                  (fuzzers > 0 ? "edges, rules, state-event pairs"
                               : "none (no instrumented worker in this build)"));
  }

  std::vector<std::string> generator_argv(unsigned index, unsigned count) const {
    std::vector<std::string> argv = {options_.command.string(),
                                     "worker",
                                     "--port",
                                     options_.choice.port,
                                     "--dialect",
                                     options_.dialect,
                                     "--seed",
                                     std::to_string(options_.seed),
                                     "--index",
                                     std::to_string(index),
                                     "--workers",
                                     std::to_string(count),
                                     "--raw",
                                     raw_.string()};
    if (!options_.choice.lie.empty()) {
      argv.insert(argv.end(), {"--lie", options_.choice.lie});
    }
    if (options_.runs > 0) {
      const std::uint64_t share = options_.runs / count + (index < options_.runs % count ? 1 : 0);
      argv.insert(argv.end(), {"--runs", std::to_string(share)});
    }
    if (options_.seconds > 0) {
      argv.insert(argv.end(), {"--time", std::to_string(options_.seconds)});
    }
    return argv;
  }

  std::vector<std::string> fuzzer_argv(unsigned index) const {
    return {options_.instrumented.string(),
            "-seed=" + std::to_string(options_.seed * 1000 + index + 1),
            "-max_total_time=" + std::to_string(static_cast<int>(options_.seconds) + 1),
            "-max_len=2048",
            "-reload=1",
            "-artifact_prefix=" + raw_.string() + "/",
            "--lockstep_raw=" + raw_.string(),
            "--lockstep_port=" + options_.choice.port,
            "--lockstep_lie=" + options_.choice.lie,
            "--lockstep_dialect=" + options_.dialect,
            (raw_ / "corpus").string()};
  }

  void start(std::vector<std::string> argv, bool generator, unsigned index) {
    workers_.push_back(Worker{Child(std::move(argv), (raw_ / "workers.log").string()),
                              generator,
                              index,
                              {},
                              elapsed(),
                              false});
  }

  void wait_for_lines() {
    std::vector<pollfd> waiting;
    for (const Worker& worker : workers_) {
      if (!worker.ended) waiting.push_back({worker.child.descriptor(), POLLIN, 0});
    }
    poll(waiting.data(), waiting.size(), 100);
  }

  void collect() {
    for (Worker& worker : workers_) {
      if (worker.ended) continue;
      std::vector<std::string> lines;
      const bool open = worker.child.read_lines(lines);
      for (const std::string& line : lines) take(worker, line);
      if (!open) {
        worker.ended = true;
        const int status = worker.child.wait();
        if (WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0)) {
          worker_died(worker, "crash");
        }
      } else if (elapsed() - worker.heard_at > silence_allowed_seconds) {
        worker_died(worker, "hang");
        worker.ended = true;
        worker.child.terminate();
      }
    }
  }

  void take(Worker& worker, const std::string& line) {
    const auto report = parse_line(line);
    if (!report) return;
    worker.heard_at = elapsed();
    if (const auto* counts = std::get_if<WorkerReport>(&*report)) {
      worker.last = *counts;
    } else if (options_.keep_going || summary_.findings.empty()) {
      take_finding(std::get<FindingReport>(*report).path);
    }
  }

  void take_finding(const fs::path& raw) {
    auto parsed = scenario::parse(read_file(raw), raw.string());
    if (!parsed) throw std::runtime_error("a worker wrote " + scenario::to_string(parsed.error()));
    const double found_after = elapsed();
    absl::StatusOr<judge::PortFactory> factory = make_factory(options_.choice, parsed->hosts);
    if (!factory.ok()) throw std::runtime_error("the ports of a finding cannot be made");
    judge::Runner runner(*std::move(factory), *oracle::find_dialect(options_.dialect));
    const std::string cause(judge::run(runner, *parsed).verdict.cause());
    if (++shrinks_[cause] > shrinks_per_cause_max) return;
    const shrink::ShrinkResult shrunk = shrink::shrink(*parsed, runner);
    const std::string text = scenario::print(shrunk.scenario);
    if (!known_.insert(cause + text).second) return;
    judge::Trace trace;
    judge::run(runner, shrunk.scenario, &trace);
    const fs::path name = options_.out / view::finding_name(shrunk.scenario, cause);
    absl::StatusOr<fs::path> folder = view::write_finding(
        options_.out, *parsed, shrunk.scenario, trace,
        "lockstep run" + replay_options() + " " + (name / "scenario.scn").string());
    if (!folder.ok())
      throw std::runtime_error("cannot write a finding below " + options_.out.string());
    add({cause, *folder, shrunk.scenario.steps.size(), shrunk.replays, found_after,
         elapsed() - found_after});
  }

  std::string replay_options() const {
    std::string text;
    if (options_.choice.port != "in_process") text += " --port " + options_.choice.port;
    if (options_.dialect != "linux") text += " --dialect " + options_.dialect;
    if (!options_.choice.lie.empty()) text += " --lie " + options_.choice.lie;
    return text;
  }

  // The worker's current scenario is made anew in a process of its own, which writes down each step
  // before it applies it.
  void worker_died(const Worker& worker, const std::string& how) {
    const fs::path log = options_.out / (how + "-" + std::to_string(worker.index) + ".log");
    fs::copy_file(raw_ / "workers.log", log, fs::copy_options::overwrite_existing);
    if (!worker.generator) {
      add({how, log, 0, 0, elapsed(), 0});
      return;
    }
    std::uint64_t number = 0;
    std::ifstream current(current_number_file(raw_, worker.index), std::ios::binary);
    current.read(reinterpret_cast<char*>(&number), sizeof number);
    const fs::path out = options_.out / (how + "-" + std::to_string(options_.seed) + "-" +
                                         std::to_string(number) + ".scn");
    std::vector<std::string> argv = worker.child.argv();
    argv.insert(argv.end(), {"--write", out.string(), "--number", std::to_string(number)});
    Child again(argv, (raw_ / "again.log").string());
    pollfd end{again.descriptor(), POLLIN, 0};
    std::vector<std::string> lines;
    const double deadline = elapsed() + grace_seconds;
    while (elapsed() < deadline && again.read_lines(lines)) poll(&end, 1, 100);
    again.terminate();
    add({how, out, 0, 0, elapsed(), 0});
  }

  void add(FuzzFinding finding) {
    progress_.say("found after " + tenths(finding.found_after) + " s: " + finding.cause + ", " +
                  std::to_string(finding.steps) + " steps, " + finding.path.string());
    summary_.findings.push_back(std::move(finding));
  }

  static std::string tenths(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", seconds);
    return text;
  }

  void stop_workers() {
    for (Worker& worker : workers_) worker.child.terminate();
    const double deadline = elapsed() + grace_seconds;
    for (Worker& worker : workers_) {
      std::vector<std::string> lines;
      while (!worker.ended && elapsed() < deadline) {
        pollfd waiting{worker.child.descriptor(), POLLIN, 0};
        poll(&waiting, 1, 50);
        worker.ended = !worker.child.read_lines(lines);
      }
      for (const std::string& line : lines) take(worker, line);
    }
  }

  void summarise() {
    summary_.seconds = elapsed();
    for (const Worker& worker : workers_) {
      summary_.runs += worker.last.runs;
      summary_.steps += worker.last.steps;
      summary_.effective += worker.last.effective;
      summary_.inconclusive += worker.last.inconclusive;
      if (summary_.rules.size() < worker.last.rules.size()) {
        summary_.rules.resize(worker.last.rules.size());
      }
      for (std::size_t i = 0; i < worker.last.rules.size(); ++i) {
        if (worker.last.rules[i]) summary_.rules[i] = true;
      }
    }
  }

  std::string progress_text() const {
    std::uint64_t runs = 0;
    std::uint64_t effective = 0;
    std::vector<bool> rules(oracle::rule_count());
    for (const Worker& worker : workers_) {
      runs += worker.last.runs;
      effective += worker.last.effective;
      for (std::size_t i = 0; i < std::min(rules.size(), worker.last.rules.size()); ++i) {
        if (worker.last.rules[i]) rules[i] = true;
      }
    }
    const double seconds = elapsed();
    return tenths(seconds) + " s  " + grouped(runs) + " scenarios  " +
           grouped(static_cast<std::uint64_t>(static_cast<double>(effective) / seconds)) +
           " steps/s  rules " + std::to_string(std::count(rules.begin(), rules.end(), true)) + "/" +
           std::to_string(rules.size()) + "  findings " + std::to_string(summary_.findings.size());
  }

  const FuzzOptions& options_;
  std::chrono::steady_clock::time_point start_;
  fs::path raw_;
  std::vector<Worker> workers_;
  std::map<std::string, std::size_t> shrinks_;
  std::set<std::string> known_;
  FuzzSummary summary_;
  Progress progress_;
};

}  // namespace

FuzzSummary run_fuzz(const FuzzOptions& options) { return Session(options).run(); }

}  // namespace lockstep::campaign
