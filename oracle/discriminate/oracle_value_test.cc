// The oracle as a value, on what generated scenarios showed it: a copy answers as the original
// does, and so does whatever oracle has the same digest.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "oracle/discriminate/replay.h"
#include "oracle/judge/run.h"
#include "oracle/judge/runner.h"
#include "oracle/scenario/generator.h"
#include "stack/ports/in_process.h"

namespace lockstep::discriminate {
namespace {

using judge::Observation;
using judge::Recording;
using oracle::Oracle;
using Words = std::vector<std::uint64_t>;

constexpr std::uint64_t runs = 60;
constexpr int steps_max = 60;

Recording record(std::uint64_t seed) {
  judge::Runner runner([](scenario::HostIndex) { return make_in_process_port(); },
                       oracle::linux_dialect());
  scenario::RandomChoices choices(seed);
  scenario::Generator generator(choices, runner.features());
  Recording recording;
  runner.set_recording(&recording);
  runner.start(generator.hosts());
  for (int n = 0; n < steps_max && !runner.stopped(); ++n) {
    runner.apply(generator.next(runner.situation()));
  }
  return recording;
}

Words words_of(const Oracle& oracle) {
  Digest digest;
  oracle.digest(digest);
  return {digest.words().begin(), digest.words().end()};
}

// Shows observations [from, to) to an oracle.
void show_part(Oracle& oracle, const Recording& recording, std::size_t from, std::size_t to) {
  std::vector<std::byte> buffer;
  for (std::size_t i = from; i < to; ++i) show_one(oracle, recording.observations[i], buffer);
}

bool violate_alike(const Oracle& a, const Oracle& b) {
  if (a.violation().has_value() != b.violation().has_value()) return false;
  return a.inconclusive() == b.inconclusive() &&
         (!a.violation() || a.violation()->rule == b.violation()->rule);
}

// Whether the two stay alike while both are shown the observations from `from` on.
testing::AssertionResult stay_alike(Oracle& a, Oracle& b, const Recording& recording,
                                    std::size_t from) {
  std::vector<std::byte> buffer;
  for (std::size_t i = from; i < recording.observations.size(); ++i) {
    const bool settled = show_one(a, recording.observations[i], buffer);
    if (settled != show_one(b, recording.observations[i], buffer) || !violate_alike(a, b)) {
      return testing::AssertionFailure() << "they judge observation " << i << " differently";
    }
    if (words_of(a) != words_of(b)) {
      return testing::AssertionFailure() << "their digests differ after observation " << i;
    }
  }
  return testing::AssertionSuccess();
}

TEST(OracleValue, ACopyIsToldFromTheOriginalByNothing) {
  Oracle original(oracle::linux_dialect());
  Oracle copy(oracle::linux_dialect());  // Has the world of the run before, each time.
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    const Recording recording = record(seed);
    const std::size_t size = recording.observations.size();
    for (const std::size_t prefix : {size / 5, size / 2, size - size / 5}) {
      start_world(original, recording);
      show_part(original, recording, 0, prefix);
      const Words before = words_of(original);
      copy.copy_world(original);
      ASSERT_EQ(words_of(copy), before) << "seed " << seed << ", after " << prefix;
      show_part(copy, recording, prefix, size);
      ASSERT_EQ(words_of(original), before) << "the copy's steps changed the original";
      copy.copy_world(original);
      ASSERT_TRUE(stay_alike(original, copy, recording, prefix)) << "seed " << seed;
    }
  }
}

// What equal digests promise: from then on the two answer alike, however they came there.
TEST(OracleValue, EqualDigestsAreJudgedAlikeFromThenOn) {
  int met_again = 0;
  Oracle now(oracle::linux_dialect());
  Oracle later(oracle::linux_dialect());
  Oracle former(oracle::linux_dialect());
  std::vector<std::byte> buffer;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    const Recording recording = record(seed);
    start_world(now, recording);
    std::map<Words, std::unique_ptr<Oracle>> seen;
    Words last;
    for (std::size_t i = 0; i < recording.observations.size(); ++i) {
      show_one(now, recording.observations[i], buffer);
      if (recording.observations[i].kind != Observation::Kind::step_end) continue;
      Words words = words_of(now);
      if (words == last) continue;  // A step in which nothing happened.
      last = words;
      std::unique_ptr<Oracle>& first = seen[std::move(words)];
      if (first == nullptr) {
        first = std::make_unique<Oracle>(oracle::linux_dialect());
        first->copy_world(now);
        continue;
      }
      ++met_again;
      later.copy_world(now);
      former.copy_world(*first);
      ASSERT_TRUE(stay_alike(former, later, recording, i + 1))
          << "seed " << seed << ", met again after " << i;
    }
  }
  EXPECT_GT(met_again, 10);
}

}  // namespace
}  // namespace lockstep::discriminate
