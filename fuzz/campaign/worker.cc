#include "fuzz/campaign/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>

#include "fuzz/campaign/generated.h"
#include "fuzz/campaign/record.h"
#include "fuzz/campaign/reporter.h"
#include "oracle/scenario/text.h"

namespace lockstep::campaign {
namespace {

volatile sig_atomic_t stop_requested = 0;

// Eight bytes in a file that outlives the process, whatever kills it.
class CurrentNumber {
 public:
  explicit CurrentNumber(const std::filesystem::path& path) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || ftruncate(file, sizeof(std::uint64_t)) != 0) {
      throw std::runtime_error(path.string() + ": cannot be written");
    }
    void* mapped =
        mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED) throw std::runtime_error(path.string() + ": cannot be mapped");
    number_ = static_cast<volatile std::uint64_t*>(mapped);
  }
  ~CurrentNumber() { munmap(const_cast<std::uint64_t*>(number_), sizeof(std::uint64_t)); }
  CurrentNumber(const CurrentNumber&) = delete;
  CurrentNumber& operator=(const CurrentNumber&) = delete;

  void set(std::uint64_t number) { *number_ = number; }

 private:
  volatile std::uint64_t* number_;
};

judge::Runner make_runner(const WorkerOptions& options) {
  absl::StatusOr<judge::PortFactory> factory = make_factory(options.choice, {});
  if (!factory.ok()) throw std::runtime_error("the port cannot be made");
  return judge::Runner(*std::move(factory), *options.dialect);
}

}  // namespace

std::filesystem::path current_number_file(const std::filesystem::path& raw, std::uint64_t index) {
  return raw / ("worker-" + std::to_string(index) + ".current");
}

int run_worker(const WorkerOptions& options) {
  signal(SIGTERM, [](int) { stop_requested = 1; });
  const auto start = std::chrono::steady_clock::now();
  const auto out_of_time = [&] {
    return options.seconds > 0 &&
           std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() >=
               options.seconds;
  };
  judge::Runner runner = make_runner(options);
  Record record(runner);
  Reporter reporter(options.raw.string());
  CurrentNumber current(current_number_file(options.raw, options.index));
  std::uint64_t number = options.first.value_or(options.index);
  for (std::uint64_t runs = 0; !options.runs || runs < *options.runs; ++runs) {
    if (stop_requested != 0 || out_of_time()) break;
    current.set(number);
    const GeneratedRun run = run_generated(record, runner, options.seed, number, {});
    reporter.scenario_ended(record, run.steps, run.effective);
    reporter.report_sometimes(runner);
    number += options.workers;
  }
  reporter.report(runner);
  return 0;
}

int write_generated(const WorkerOptions& options, std::uint64_t number,
                    const std::filesystem::path& out) {
  judge::Runner runner = make_runner(options);
  Record record(runner);
  run_generated(record, runner, options.seed, number, [&](const scenario::Step& next) {
    scenario::Scenario so_far = record.scenario();
    so_far.steps.push_back(next);
    std::ofstream(out, std::ios::binary | std::ios::trunc) << scenario::print(so_far);
  });
  return 0;
}

}  // namespace lockstep::campaign
