// How a worker process ended, and what that says about the stack under test.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace lockstep::campaign {

struct WorkerEnd {
  enum class Kind {
    finished,  // It spent its budget.
    failed,    // By itself: a crash, a hang, too much memory. `text` is a finding's cause.
    killed,    // From outside. `text` is "killed by signal 9".
  };
  Kind kind = Kind::finished;
  std::string text;
};

// From a status of waitpid(2). libFuzzer ends with 77 on a crash, 70 on a time-out, 71 out of
// memory and 72 when interrupted.
WorkerEnd worker_end(int status);

// Moves the inputs that libFuzzer workers failed on (crash-*, timeout-*, oom-*) from `raw` to
// `out`; gives the new place of the last one, nullopt when there is none.
std::optional<std::filesystem::path> keep_artifacts(const std::filesystem::path& raw,
                                                    const std::filesystem::path& out);

}  // namespace lockstep::campaign
