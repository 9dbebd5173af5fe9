#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "stack/tcp/reassembly.h"
#include "stack/tcp/receive_buffer.h"
#include "stack/tcp/send_buffer.h"
#include "stack/tcp/seq.h"

namespace lockstep {
namespace {

Slice slice(std::string_view text) {
  return Slice::copy_of(std::as_bytes(std::span(text.data(), text.size())));
}
std::string text_of(const Slice& bytes) {
  std::string text;
  for (std::byte b : bytes.bytes()) text.push_back(static_cast<char>(b));
  return text;
}

TEST(SequenceNumber, ComparesAroundTheWrap) {
  const SequenceNumber high(0xfffffff0);
  const SequenceNumber low(0x10);
  EXPECT_TRUE(high.before(low));
  EXPECT_TRUE(low.after(high));
  EXPECT_EQ(low.distance_from(high), 0x20u);
  EXPECT_TRUE(high.at_or_before(high));
  EXPECT_FALSE(high.before(high));
  EXPECT_TRUE(low.in_window(high, 0x21));
  EXPECT_FALSE(low.in_window(high, 0x20));
  EXPECT_EQ(later_of(high, low), low);
}

TEST(SendBuffer, GathersAcrossWritesAndForgetsWhatIsAcknowledged) {
  SendBuffer buffer;
  const SequenceNumber first(0xfffffffd);
  buffer.start_at(first);
  for (const char* piece : {"ab", "cde", "", "f", "ghij"}) buffer.append(slice(piece));
  EXPECT_EQ(buffer.size(), 10u);
  for (std::uint32_t from = 0; from < 10; ++from) {
    for (std::uint32_t count = 1; from + count <= 10; ++count) {
      EXPECT_EQ(text_of(buffer.gather(first + from, count)),
                std::string("abcdefghij").substr(from, count));
    }
  }
  buffer.drop_before(first + 4);
  EXPECT_EQ(buffer.first(), first + 4);
  EXPECT_EQ(text_of(buffer.gather(first + 4, 6)), "efghij");
  buffer.drop_before(first + 2);
  EXPECT_EQ(buffer.size(), 6u);
  buffer.drop_before(first + 11);
  EXPECT_EQ(buffer.size(), 0u);
  EXPECT_EQ(buffer.end(), first + 10);
}

TEST(ReceiveBuffer, ReadsAcrossSegments) {
  ReceiveBuffer buffer;
  for (const char* piece : {"ab", "", "cdef"}) buffer.append(slice(piece));
  std::array<std::byte, 3> out{};
  EXPECT_EQ(buffer.peek(0, out), 3u);
  EXPECT_EQ(out[2], std::byte{'c'});
  buffer.consume(3);
  EXPECT_EQ(buffer.size(), 3u);
  buffer.consume(3);
  EXPECT_TRUE(buffer.empty());
}

// The naive twin: a map from position to the byte that came first.
TEST(Reassembly, AgreesWithAMapOfBytes) {
  std::uint32_t state = 1;
  const auto random = [&state](std::uint32_t n) {
    state = state * 1664525 + 1013904223;
    return (state >> 16) % n;
  };
  for (int round = 0; round < 2000; ++round) {
    Reassembly real;
    std::map<std::uint32_t, char> naive;
    const SequenceNumber base(0xffffffe0 + random(40));
    std::uint32_t taken = 0;
    for (int i = 0; i < 12; ++i) {
      const std::uint32_t start = taken + 1 + random(30);
      const std::uint32_t count = 1 + random(12);
      const std::string text(count, static_cast<char>('a' + i));
      real.insert(base + start, slice(text));
      for (std::uint32_t k = 0; k < count; ++k) naive.emplace(start + k, text[k]);
      if (random(3) != 0) continue;
      taken += random(6);
      std::string got;
      for (Slice piece = real.take(base + taken); !piece.empty(); piece = real.take(base + taken)) {
        got += text_of(piece);
        taken += static_cast<std::uint32_t>(piece.size());
      }
      std::string expected;
      const std::uint32_t from = taken - static_cast<std::uint32_t>(got.size());
      for (std::uint32_t k = from; naive.contains(k); ++k) expected.push_back(naive[k]);
      ASSERT_EQ(got, expected) << round;
    }
  }
}

TEST(Reassembly, IsBounded) {
  Reassembly real;
  for (std::uint32_t i = 0; i < 1000; ++i) real.insert(SequenceNumber(2 * i), slice("x"));
  std::size_t kept = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) kept += real.take(SequenceNumber(2 * i)).size();
  EXPECT_EQ(kept, Reassembly::max_ranges);
  real.insert_fin(SequenceNumber(7));
  real.insert_fin(SequenceNumber(9));
  EXPECT_TRUE(real.fin_at(SequenceNumber(7)));
  EXPECT_FALSE(real.fin_at(SequenceNumber(9)));
}

}  // namespace
}  // namespace lockstep
