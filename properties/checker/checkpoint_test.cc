// Runs that were ended and resumed say what runs say that were not.
#include "properties/checker/checkpoint.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "properties/checker/check.h"
#include "properties/checker/models/machines.h"
#include "properties/checker/models/sliding_window.h"

namespace lockstep::checker {
namespace {

class CheckpointTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }

  Options options(bool sleep_sets, unsigned threads) const {
    Options options;
    options.sleep_sets = sleep_sets;
    options.threads = threads;
    options.checkpoint.path = path_;
    options.checkpoint.interval = std::chrono::milliseconds(0);
    return options;
  }

  std::string path_ = testing::TempDir() + "checker_checkpoint_" + std::to_string(getpid());
};

// The shortest violation of this one has 10 steps.
constexpr SlidingWindow broken{4, 4, 8, 4};

TEST_F(CheckpointTest, AResumedRunEndsAsAnUninterruptedOne) {
  for (const bool sleep_sets : {false, true}) {
    for (const unsigned threads : {1U, 2U}) {
      Options first = options(sleep_sets, threads);
      first.bounds.depth = 20;
      ASSERT_EQ(check(SlidingWindow{}, first)->outcome, Outcome::bound_reached);
      Options second = options(sleep_sets, 3 - threads);
      second.checkpoint.resume = true;
      const auto resumed = check(SlidingWindow{}, second);
      ASSERT_TRUE(resumed.ok()) << resumed.status();
      Options whole = options(sleep_sets, threads);
      whole.checkpoint = {};
      const auto uninterrupted = check(SlidingWindow{}, whole);
      EXPECT_TRUE(resumed->coverage.resumed);
      EXPECT_EQ(resumed->outcome, Outcome::holds);
      EXPECT_EQ(resumed->coverage.states, uninterrupted->coverage.states);
      EXPECT_EQ(resumed->coverage.transitions, uninterrupted->coverage.transitions);
      EXPECT_EQ(resumed->coverage.depth, uninterrupted->coverage.depth);
      EXPECT_EQ(resumed->properties, uninterrupted->properties);
    }
  }
}

TEST_F(CheckpointTest, ACounterexampleIsTheSameAfterResuming) {
  Options first = options(true, 1);
  first.bounds.depth = 6;
  ASSERT_EQ(check(broken, first)->outcome, Outcome::bound_reached);
  Options second = options(true, 2);
  second.checkpoint.resume = true;
  const auto resumed = check(broken, second);
  ASSERT_TRUE(resumed.ok() && resumed->counterexample);
  EXPECT_EQ(show(broken, *resumed->counterexample), show(broken, *check(broken)->counterexample));
}

TEST_F(CheckpointTest, ARunThatWasKilledResumes) {
  const SlidingWindow large{4, 8, 16, 4};
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    static_cast<void>(check(large, options(false, 1)));
    _exit(0);
  }
  while (!std::filesystem::exists(path_)) usleep(1'000);
  usleep(20'000);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  Options second = options(false, 1);
  second.checkpoint.interval = std::chrono::hours(1);
  second.checkpoint.resume = true;
  const auto resumed = check(large, second);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  const auto uninterrupted = check(large);
  EXPECT_EQ(resumed->coverage.states, uninterrupted->coverage.states);
  EXPECT_EQ(resumed->properties, uninterrupted->properties);
  std::filesystem::remove(path_ + ".tmp");
}

TEST_F(CheckpointTest, SymmetryIsResumedToo) {
  Options first = options(false, 1);
  first.bounds.depth = 4;
  ASSERT_EQ(check(Counters{5, 3}, first)->outcome, Outcome::bound_reached);
  Options second = options(false, 1);
  second.checkpoint.resume = true;
  const auto resumed = check(Counters{5, 3}, second);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_EQ(resumed->coverage.states, 56U);
}

TEST_F(CheckpointTest, AnotherModelsFileAndABrokenOneAreRefused) {
  Options first = options(false, 1);
  first.bounds.depth = 4;
  ASSERT_TRUE(check(Counters{5, 3}, first).ok());
  Options second = options(false, 1);
  second.checkpoint.resume = true;
  EXPECT_TRUE(absl::IsFailedPrecondition(check(SlidingWindow{}, second).status()));
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 3);
  EXPECT_TRUE(absl::IsDataLoss(check(Counters{5, 3}, second).status()));
  std::filesystem::remove(path_);
  EXPECT_TRUE(absl::IsNotFound(check(Counters{5, 3}, second).status()));
}

}  // namespace
}  // namespace lockstep::checker
