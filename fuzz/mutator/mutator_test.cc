#include "fuzz/mutator/mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <vector>

#include "oracle/scenario/records.h"

namespace lockstep::mutator {
namespace {

using scenario::header_size;
using scenario::record_size;

// A header and `count` records, each of one byte's value.
std::vector<std::uint8_t> records(std::size_t count, std::uint8_t first) {
  std::vector<std::uint8_t> bytes(header_size, first);
  for (std::size_t i = 0; i < count; ++i) {
    bytes.insert(bytes.end(), record_size, static_cast<std::uint8_t>(first + i));
  }
  return bytes;
}

TEST(Mutator, WholeRecordsComeOutOfAnySize) {
  for (std::size_t size = 0; size < 120; ++size) {
    for (unsigned seed = 0; seed < 50; ++seed) {
      std::vector<std::uint8_t> bytes(200, 0xa5);
      const std::size_t changed = mutate_records(bytes.data(), size, 150, seed);
      EXPECT_LE(changed, 150u);
      EXPECT_EQ((changed - header_size) % record_size, 0u);
      EXPECT_TRUE(std::all_of(bytes.begin() + 150, bytes.end(),
                              [](std::uint8_t byte) { return byte == 0xa5; }));
    }
  }
}

TEST(Mutator, WithoutRoomForAHeaderABitIsFlipped) {
  std::array<std::uint8_t, 8> bytes{};
  EXPECT_EQ(mutate_records(bytes.data(), 8, 8, 1), 8u);
  EXPECT_EQ(std::ranges::count(bytes, 0), 7);
  EXPECT_EQ(mutate_records(bytes.data(), 0, 8, 1), 0u);
}

TEST(Mutator, ASeedMakesTheSameChange) {
  std::vector<std::uint8_t> a = records(5, 1);
  a.resize(300);
  std::vector<std::uint8_t> b = a;
  const std::size_t size = header_size + 5 * record_size;
  EXPECT_EQ(mutate_records(a.data(), size, 300, 7), mutate_records(b.data(), size, 300, 7));
  EXPECT_EQ(a, b);
}

TEST(Mutator, RecordsAreMadeAndLostAndMostStay) {
  std::set<std::size_t> sizes;
  std::size_t kept = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    std::vector<std::uint8_t> bytes = records(10, 1);
    const std::size_t size = bytes.size();
    bytes.resize(1000);
    const std::size_t changed = mutate_records(bytes.data(), size, bytes.size(), seed);
    sizes.insert((changed - header_size) / record_size);
    for (std::size_t at = header_size; at < changed; at += record_size) {
      const auto record = std::span(bytes).subspan(at, record_size);
      kept += std::ranges::count(record, record[0]) == record_size ? 1 : 0;
    }
  }
  EXPECT_TRUE(sizes.contains(9) && sizes.contains(10) && sizes.contains(11));
  EXPECT_GT(kept, 7000u);
}

TEST(Mutator, AChildHasRecordsOfBothParentsAndTheFirstOnesHeader) {
  const std::vector<std::uint8_t> first = records(6, 1);
  const std::vector<std::uint8_t> second = records(6, 101);
  bool mixed = false;
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::vector<std::uint8_t> out(header_size + 9 * record_size + 3);
    const std::size_t size = cross_over_records(first, second, out, seed);
    ASSERT_LE(size, out.size());
    EXPECT_EQ((size - header_size) % record_size, 0u);
    EXPECT_EQ(out[0], 1);
    bool ours = false;
    bool theirs = false;
    for (std::size_t at = header_size; at < size; at += record_size) {
      EXPECT_EQ(out[at], out[at + record_size - 1]) << "a record was cut";
      (out[at] < 100 ? ours : theirs) = true;
    }
    mixed = mixed || (ours && theirs);
  }
  EXPECT_TRUE(mixed);
}

TEST(Mutator, ParentsOfNothingHaveAChildOfNothing) {
  std::vector<std::uint8_t> out(100);
  EXPECT_EQ(cross_over_records({}, {}, out, 1), header_size);
  EXPECT_EQ(cross_over_records({}, {}, std::span(out).first(3), 1), 0u);
}

}  // namespace
}  // namespace lockstep::mutator
