#include "fuzz/campaign/worker_end.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep::campaign {
namespace {

using enum WorkerEnd::Kind;

WorkerEnd after_exit(int code) {
  const pid_t child = fork();
  if (child == 0) _exit(code);
  int status = 0;
  waitpid(child, &status, 0);
  return worker_end(status);
}

WorkerEnd after_signal(int signal) {
  const pid_t child = fork();
  if (child == 0) {
    ::signal(signal, SIG_DFL);
    raise(signal);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return worker_end(status);
}

TEST(WorkerEnd, ExitCodesAreThoseOfLibFuzzer) {
  EXPECT_EQ(after_exit(0).kind, finished);
  EXPECT_EQ(after_exit(77).kind, failed);
  EXPECT_EQ(after_exit(77).text, "crash");
  EXPECT_EQ(after_exit(70).text, "hang");
  EXPECT_EQ(after_exit(71).text, "out_of_memory");
  EXPECT_EQ(after_exit(72).kind, killed);
  EXPECT_EQ(after_exit(255).kind, failed);
}

TEST(WorkerEnd, ASignalFromOutsideIsNoFailure) {
  EXPECT_EQ(after_signal(SIGKILL).kind, killed);
  EXPECT_EQ(after_signal(SIGTERM).text, "killed by signal 15");
  EXPECT_EQ(after_signal(SIGABRT).kind, failed);
  EXPECT_EQ(after_signal(SIGSEGV).text, "crash");
}

}  // namespace
}  // namespace lockstep::campaign
