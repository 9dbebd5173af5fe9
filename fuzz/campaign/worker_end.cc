#include "fuzz/campaign/worker_end.h"

#include <signal.h>
#include <sys/wait.h>

#include <vector>

namespace lockstep::campaign {
namespace fs = std::filesystem;
namespace {

// Signals that come from outside: a defect of the stack or of ours raises none of them.
bool comes_from_outside(int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

}  // namespace

WorkerEnd worker_end(int status) {
  using enum WorkerEnd::Kind;
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (!comes_from_outside(signal)) return {failed, "crash"};
    return {killed, "killed by signal " + std::to_string(signal)};
  }
  switch (WEXITSTATUS(status)) {
    case 0:
      return {finished, ""};
    case 70:
      return {failed, "hang"};
    case 71:
      return {failed, "out_of_memory"};
    case 72:
      return {killed, "interrupted"};
    default:
      return {failed, "crash"};
  }
}

std::optional<fs::path> keep_artifacts(const fs::path& raw, const fs::path& out) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(raw)) {
    const std::string name = entry.path().filename().string();
    const bool is_artifact =
        name.starts_with("crash-") || name.starts_with("timeout-") || name.starts_with("oom-");
    if (is_artifact) found.push_back(entry.path());
  }
  std::optional<fs::path> last;
  for (const fs::path& artifact : found) {
    last = out / artifact.filename();
    fs::rename(artifact, *last);
  }
  return last;
}

}  // namespace lockstep::campaign
