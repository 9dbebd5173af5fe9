#include "fuzz/campaign/raw_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace lockstep::campaign {
namespace {

namespace fs = std::filesystem;

fs::path fresh_folder() {
  const fs::path folder = fs::path(testing::TempDir()) / ("raw_folder_" + std::to_string(getpid()));
  fs::remove_all(folder);
  return folder;
}

// The number of a process that has ended and was waited for.
pid_t ended_process() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  return child;
}

TEST(RawFolder, IsMadeAndGoesAway) {
  const fs::path out = fresh_folder();
  fs::path made;
  {
    const RawFolder raw(out);
    made = raw.path();
    EXPECT_TRUE(fs::is_directory(raw.corpus()));
  }
  EXPECT_FALSE(fs::exists(made));
  EXPECT_TRUE(fs::is_directory(out));
  fs::remove_all(out);
}

TEST(RawFolder, WhatADeadRunLeftIsRemovedAndNothingElse) {
  const fs::path out = fresh_folder();
  const fs::path dead = out / (".raw-" + std::to_string(ended_process()));
  const fs::path living = out / (".raw-" + std::to_string(getppid()));
  const fs::path finding = out / "tcp.reset-12345678";
  const fs::path odd = out / ".raw-1x";
  for (const fs::path& folder : {dead, living, finding, odd}) fs::create_directories(folder / "x");
  const RawFolder raw(out);
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_TRUE(fs::exists(living / "x"));
  EXPECT_TRUE(fs::exists(finding / "x"));
  EXPECT_TRUE(fs::exists(odd / "x"));
  fs::remove_all(out);
}

TEST(RawFolder, AFileInItsPlaceIsAnError) {
  EXPECT_THROW(RawFolder("/dev/null"), fs::filesystem_error);
  EXPECT_THROW(RawFolder("/proc/no_such_folder"), fs::filesystem_error);
}

}  // namespace
}  // namespace lockstep::campaign
