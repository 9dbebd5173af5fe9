// The sliding-window protocol by SPIN: models/sliding_window.pml is the same machine, and must have
// the same number of distinct states.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <string>

#include "properties/checker/check.h"
#include "properties/checker/models/sliding_window.h"

namespace lockstep::checker {
namespace {

struct Sizes {
  std::uint8_t window;
  std::uint8_t modulus;
  std::uint8_t messages;
  std::uint8_t capacity;
};

bool succeeds(const std::string& command) { return std::system(command.c_str()) == 0; }

std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::string text;
  char part[256];
  while (std::fgets(part, sizeof(part), pipe) != nullptr) text += part;
  pclose(pipe);
  return text;
}

std::uint64_t number_before(const std::string& text, const std::string& words) {
  std::smatch match;
  const bool found = std::regex_search(text, match, std::regex("([0-9]+) " + words));
  return found ? std::stoull(match[1].str()) : 0;
}

TEST(PromelaTest, SpinStoresAsManyStates) {
  if (!succeeds("command -v spin >/dev/null && command -v cc >/dev/null")) {
    GTEST_SKIP() << "spin or cc is not installed: the numbers of states were not compared";
  }
  const std::filesystem::path folder =
      testing::TempDir() + "checker_spin_" + std::to_string(getpid());
  const std::string in_folder = "cd " + folder.string() + " && ";
  std::filesystem::create_directories(folder);
  for (const Sizes s : {Sizes{1, 2, 4, 2}, Sizes{3, 4, 8, 3}, Sizes{3, 3, 6, 3}}) {
    std::string definitions = " -DWINDOW=" + std::to_string(s.window);
    definitions += " -DMODULUS=" + std::to_string(s.modulus);
    definitions += " -DMESSAGES=" + std::to_string(s.messages);
    definitions += " -DCAPACITY=" + std::to_string(s.capacity);
    ASSERT_TRUE(succeeds(in_folder + "spin -a -o2" + definitions +
                         " " LOCKSTEP_SOURCE_DIR
                         "/properties/checker/models/sliding_window.pml >spin.txt"));
    // -o2 above: spin would leave a variable that is only written out of the state vector.
    // No partial-order reduction, full state vectors; -w18: a small hash table.
    ASSERT_TRUE(succeeds(in_folder + "cc -O1 -w -DSAFETY -DNOREDUCE -o pan pan.c"));
    const std::string text = output_of(in_folder + "./pan -w18 -m100000");
    Options options;
    options.symmetry = false;
    options.sleep_sets = false;
    // The last sizes let the receiver be confused; the search must go on as pan's does.
    struct Unjudged : SlidingWindow {
      std::vector<Property<Unjudged>> properties() const { return {}; }
    };
    const auto result = check(Unjudged{{s.window, s.modulus, s.messages, s.capacity}}, options);
    ASSERT_TRUE(result.ok());
    EXPECT_GT(result->coverage.states, 0U);
    EXPECT_EQ(number_before(text, "states, stored"), result->coverage.states) << text;
    // pan counts the initial state as a transition.
    EXPECT_EQ(number_before(text, "transitions"), result->coverage.transitions + 1) << text;
    EXPECT_EQ(text.find("max search depth too small"), std::string::npos) << text;
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lockstep::checker
