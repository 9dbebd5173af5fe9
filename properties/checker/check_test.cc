// Searches of machines whose answers are known.
#include "properties/checker/check.h"

#include <gtest/gtest.h>

#include "properties/checker/models/sliding_window.h"

namespace lockstep::checker {
namespace {

TEST(CheckTest, SlidingWindowHolds) {
  Options options;
  options.sleep_sets = false;
  const auto result = check(SlidingWindow{}, options);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->outcome, Outcome::holds) << account(*result);
  std::puts(account(*result).c_str());
}

}  // namespace
}  // namespace lockstep::checker
