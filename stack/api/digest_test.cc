#include "stack/api/digest.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace lockstep {
namespace {

using Words = std::vector<std::uint64_t>;

template <typename Add>
Words words_after(Add&& add) {
  Digest digest;
  add(digest);
  return {digest.words().begin(), digest.words().end()};
}

template <typename T>
Words words_of(const T& value) {
  return words_after([&](Digest& digest) { digest.add(value); });
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Digest, ScalarsTakeAWordEach) {
  EXPECT_EQ(words_of(std::uint64_t{7}), Words({7}));
  EXPECT_EQ(words_of(std::int8_t{-1}), Words({0xff}));
  EXPECT_EQ(words_of(Domain::local), Words({2}));
  EXPECT_EQ(words_of(true), Words({1}));
}

TEST(Digest, PackedValuesShareWordsAndAreNotSplit) {
  EXPECT_EQ(words_after([](Digest& d) { d.add_flags(true, false, true); }), Words({5}));
  EXPECT_EQ(words_after([](Digest& d) {
              d.add_packed(std::uint32_t{1}, std::int16_t{-1}, true, Type::dgram);
            }),
            Words({1 | (0xffffull << 32) | (1ull << 48) | (1ull << 49)}));
  EXPECT_EQ(words_after([](Digest& d) { d.add_packed(true, std::uint64_t{9}, true); }),
            Words({1, 9, 1}));
}

TEST(Digest, BytesComeWithTheirNumber) {
  EXPECT_EQ(words_of(bytes_of("")), Words({0}));
  EXPECT_EQ(words_of(bytes_of("a")), Words({1, 'a'}));
  EXPECT_NE(words_of(bytes_of("a")), words_of(bytes_of(std::string_view("a\0", 2))));
  EXPECT_EQ(words_of(bytes_of("123456789")).size(), 3u);
  EXPECT_EQ(words_of(Slice::copy_of(bytes_of("xyz")).sub(1, 1)), words_of(bytes_of("y")));
}

TEST(Digest, AddressesDifferInEachPart) {
  const Endpoint base{IpAddress::v4(10, 0, 0, 1), 80};
  EXPECT_EQ(words_of(base).size(), 1u);
  std::vector<Endpoint> all{base,
                            {IpAddress::v4(10, 0, 0, 1), 81},
                            {IpAddress::v4(10, 0, 0, 2), 80},
                            {IpAddress::v6(0, base.ip.low), 80},
                            {IpAddress::v6(1, base.ip.low), 80},
                            {IpAddress::any(IpFamily::v4), 80},
                            {IpAddress::any(IpFamily::v6), 80}};
  for (const Endpoint& a : all) {
    for (const Endpoint& b : all) EXPECT_EQ(words_of(a) == words_of(b), a == b);
    EXPECT_NE(words_of(FourTuple{a, {}}), words_of(FourTuple{{}, a}));
    EXPECT_NE(words_of(SocketAddress(a)), words_of(SocketAddress(Unspecified{})));
  }
  EXPECT_NE(words_of(SocketAddress(UnixPath::from("/a"))),
            words_of(SocketAddress(UnixPath::from("/b"))));
  EXPECT_NE(words_of(OptionValue{1, 0}), words_of(OptionValue{0, 1}));
}

TEST(Digest, ClearKeepsTheStorage) {
  Digest digest;
  digest.add(bytes_of("a longer text than one word"));
  const std::uint64_t* storage = digest.words().data();
  digest.clear();
  EXPECT_TRUE(digest.words().empty());
  digest.add(1);
  EXPECT_EQ(digest.words().data(), storage);
}

}  // namespace
}  // namespace lockstep
