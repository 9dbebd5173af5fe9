#include "fuzz/campaign/fuzz_session.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

#include "fuzz/campaign/child.h"
#include "fuzz/campaign/interruption.h"
#include "fuzz/campaign/progress.h"
#include "fuzz/campaign/raw_folder.h"
#include "fuzz/campaign/worker.h"
#include "fuzz/campaign/worker_commands.h"
#include "fuzz/campaign/worker_end.h"
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
constexpr double again_seconds = 10;  // For a scenario that may hang once more.
constexpr std::size_t shrinks_per_cause_max = 24;
constexpr unsigned restarts_max = 8;  // Of one worker.

// Where the clock elapses a replay may take long, and may not show again what another run showed.
constexpr double elapsing_shrink_seconds = 10;
constexpr unsigned elapsing_tries = 4;

struct Worker {
  Child child;
  bool generator = true;
  WorkerPlace place;
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
      : options_(options), start_(std::chrono::steady_clock::now()), raw_(options.out) {}

  FuzzSummary run() {
    start_workers();
    while (!done()) {
      wait_for_lines();
      collect();
      progress_.show(elapsed(), progress_text());
    }
    // As it stands now: what the workers do when they are stopped is no failure of theirs.
    summary_.interrupted_by = interruption_.signal_number();
    summary_.workers_failed = summary_.interrupted_by == 0 && !some_finished_ &&
                              std::all_of(workers_.begin(), workers_.end(),
                                          [](const Worker& worker) { return worker.ended; });
    stop_workers();
    summarise();
    return summary_;
  }

 private:
  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  bool done() const {
    if (interruption_.signal_number() != 0) return true;
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
    for (unsigned i = 0; i < generators; ++i) start(true, {i, generators, 0, i, 0});
    for (unsigned i = 0; i < fuzzers; ++i) start(false, {i, fuzzers, 0, 0, 0});
    progress_.say("lockstep fuzz: port " + options_.choice.port +
                  (options_.choice.lie.empty() ? "" : " with lie " + options_.choice.lie) +
                  ", dialect " + options_.dialect + ", seed " + std::to_string(options_.seed) +
                  ", " + std::to_string(generators) + " generator worker(s), " +
                  std::to_string(fuzzers) + " libFuzzer worker(s); feedback: " +
                  (fuzzers > 0         ? "edges, rules, state-event pairs"
                   : options_.runs > 0 ? "none (--runs counts generated scenarios alone)"
                   : jobs < 2          ? "none (a libFuzzer worker needs --jobs 2 or more)"
                                       : "none (no instrumented worker in this build)"));
  }

  void start(bool generator, const WorkerPlace& place) {
    std::vector<std::string> argv =
        generator ? generator_command(options_, raw_.path(), place)
                  : fuzzer_command(options_, raw_.path(), raw_.corpus(), place);
    workers_.push_back({Child(std::move(argv), (raw_.path() / "workers.log").string()),
                        generator,
                        place,
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
    // By index: a worker that takes the place of another is added at the end.
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      Worker& worker = workers_[i];
      if (worker.ended) continue;
      std::vector<std::string> lines;
      const bool open = worker.child.read_lines(lines);
      for (const std::string& line : lines) take(worker, line);
      if (!open) {
        worker.ended = true;
        ended(i, worker.child.wait());
      } else if (elapsed() - worker.heard_at > silence_allowed_seconds) {
        worker.ended = true;
        worker_failed(worker, "hang");
        worker.child.terminate();
      }
    }
  }

  void ended(std::size_t at, int status) {
    const WorkerEnd end = worker_end(status);
    if (end.kind == WorkerEnd::Kind::finished) {
      some_finished_ = true;
    } else if (end.kind == WorkerEnd::Kind::failed) {
      worker_failed(workers_[at], end.text);
    } else {
      replace(at, end.text);
    }
  }

  // Whoever killed a worker (a person, the kernel short of memory) says nothing about the stack.
  void replace(std::size_t at, const std::string& how) {
    const bool generator = workers_[at].generator;
    const std::string name = std::string(generator ? "generator" : "libFuzzer") + " worker " +
                             std::to_string(workers_[at].place.index);
    WorkerPlace place = workers_[at].place;
    if (place.generation == restarts_max) {
      progress_.say(name + " was " + how + " again; going on without it");
      return;
    }
    progress_.say(name + " was " + how + "; another takes its place");
    ++place.generation;
    place.runs_before += workers_[at].last.runs;
    if (generator) place.first = current_number(place.index) + place.count;
    start(generator, place);
  }

  std::uint64_t current_number(unsigned index) const {
    std::uint64_t number = 0;
    std::ifstream current(current_number_file(raw_.path(), index), std::ios::binary);
    current.read(reinterpret_cast<char*>(&number), sizeof number);
    return number;
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
    const bool elapses = runner.port_of(0).traits().clock == PortClock::elapsing;
    std::string cause;
    for (unsigned i = 0; i < (elapses ? elapsing_tries : 1) && cause.empty(); ++i) {
      // Most were found in a hurry, and the others show only when they are not.
      if (elapses) runner.set_patience(i % 2 == 0 ? judge::hurried : judge::Patience());
      const judge::Verdict verdict = judge::run(runner, *parsed).verdict;
      if (verdict.outcome != judge::Outcome::allowed) cause = verdict.cause();
    }
    if (cause.empty()) {
      keep_unrepeated(raw);
      return;
    }
    if (++shrinks_[cause] > shrinks_per_cause_max) return;
    shrink::ShrinkLimits limits;
    if (elapses) {
      limits.enough = [&] { return elapsed() > found_after + elapsing_shrink_seconds; };
    }
    const shrink::ShrinkResult shrunk = shrink::shrink(*parsed, runner, limits);
    const std::string text = scenario::print(shrunk.scenario);
    if (!known_.insert(cause + text).second) return;
    // A kernel may do otherwise once more; the trace that is kept should show the finding.
    judge::Trace trace;
    for (unsigned i = 0; i < (elapses ? elapsing_tries : 1); ++i) {
      trace = judge::Trace();
      judge::run(runner, shrunk.scenario, &trace);
      if (trace.verdict.cause() == cause) break;
    }
    const fs::path name = options_.out / view::finding_name(shrunk.scenario, cause);
    absl::StatusOr<fs::path> folder = view::write_finding(
        options_.out, *parsed, shrunk.scenario, cause, trace,
        "lockstep run" + replay_options(options_) + " " + (name / "scenario.scn").string());
    if (!folder.ok())
      throw std::runtime_error("cannot write a finding below " + options_.out.string());
    add({cause, *folder, shrunk.scenario.steps.size(), shrunk.replays, found_after,
         elapsed() - found_after});
    // Nobody listened to the workers meanwhile.
    for (Worker& worker : workers_) worker.heard_at = elapsed();
  }

  // A finding of which no replay shows anything: the file's name says what it was.
  void keep_unrepeated(const fs::path& raw) {
    if (!known_.insert(raw.filename().string()).second) return;
    const fs::path kept = options_.out / raw.filename();
    fs::copy_file(raw, kept, fs::copy_options::overwrite_existing);
    const fs::path trace = raw.string() + ".txt";
    if (fs::exists(trace)) {
      fs::copy_file(trace, kept.string() + ".txt", fs::copy_options::overwrite_existing);
    }
    add({"not seen again: " + raw.stem().string(), kept, 0, 0, elapsed(), 0});
  }

  // A generator's scenario is made anew in a process of its own, which writes down each step before
  // it applies it. libFuzzer leaves its input behind by itself.
  void worker_failed(const Worker& worker, const std::string& how) {
    const fs::path log = options_.out / (how + "-" + std::to_string(worker.place.index) + ".log");
    fs::copy_file(raw_.path() / "workers.log", log, fs::copy_options::overwrite_existing);
    if (!worker.generator) {
      add({how, keep_artifacts(raw_.path(), options_.out).value_or(log), 0, 0, elapsed(), 0});
      return;
    }
    const std::uint64_t number = current_number(worker.place.index);
    const fs::path out = options_.out / (how + "-" + std::to_string(options_.seed) + "-" +
                                         std::to_string(number) + ".scn");
    WorkerPlace place = worker.place;
    place.first = number;
    std::vector<std::string> argv = generator_command(options_, raw_.path(), place);
    argv.insert(argv.end(), {"--write", out.string()});
    Child again(argv, (raw_.path() / "again.log").string());
    pollfd end{again.descriptor(), POLLIN, 0};
    std::vector<std::string> lines;
    const double deadline = elapsed() + again_seconds;
    while (elapsed() < deadline && again.read_lines(lines)) poll(&end, 1, 100);
    again.terminate();
    add({how, fs::exists(out) ? out : log, 0, 0, elapsed(), 0});
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

  WorkerReport total() const {
    WorkerReport sum;
    for (const Worker& worker : workers_) sum.add(worker.last);
    sum.rules.resize(oracle::rule_count());
    return sum;
  }

  void summarise() {
    summary_.seconds = elapsed();
    summary_.counts = total();
  }

  std::string progress_text() const {
    const WorkerReport sum = total();
    const double per_second = static_cast<double>(sum.effective) / elapsed();
    return tenths(elapsed()) + " s  " + grouped(sum.runs) + " scenarios  " +
           grouped(static_cast<std::uint64_t>(per_second)) + " steps/s  rules " +
           std::to_string(sum.rules_applied()) + "/" + std::to_string(sum.rules.size()) +
           "  findings " + std::to_string(summary_.findings.size());
  }

  const FuzzOptions& options_;
  std::chrono::steady_clock::time_point start_;
  Interruption interruption_;
  RawFolder raw_;
  std::vector<Worker> workers_;
  bool some_finished_ = false;  // A worker spent its budget.
  std::map<std::string, std::size_t> shrinks_;
  std::set<std::string> known_;
  FuzzSummary summary_;
  Progress progress_;
};

}  // namespace

std::string replay_options(const FuzzOptions& options) {
  std::string text;
  if (options.choice.port != "in_process") text += " --port " + options.choice.port;
  if (options.dialect != "linux") text += " --dialect " + options.dialect;
  if (!options.choice.lie.empty()) text += " --lie " + options.choice.lie;
  return text;
}

FuzzSummary run_fuzz(const FuzzOptions& options) { return Session(options).run(); }

}  // namespace lockstep::campaign
