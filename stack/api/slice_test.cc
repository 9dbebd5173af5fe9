#include "stack/api/slice.h"

#include <gtest/gtest.h>

#include <string_view>

#include "stack/api/hash.h"

namespace lockstep {
namespace {

Slice slice_of(std::string_view text) { return Slice::copy_of(std::as_bytes(std::span(text))); }

TEST(Slice, SharesItsBytesWithItsCopies) {
  const Slice whole = slice_of("0123456789");
  const Slice part = whole.sub(2, 5);
  EXPECT_EQ(part.bytes().data(), whole.bytes().data() + 2);
  EXPECT_EQ(part, slice_of("23456"));
  EXPECT_EQ(part.sub(1, 3), slice_of("345"));
}

TEST(Slice, OutlivesTheSliceItWasCutFrom) {
  Slice part;
  {
    const Slice whole = slice_of("0123456789");
    part = whole.sub(8, 2);
  }
  EXPECT_EQ(part, slice_of("89"));
}

TEST(Slice, HoldsNoBlockWhenEmpty) {
  EXPECT_TRUE(Slice().empty());
  EXPECT_EQ(Slice().bytes().data(), nullptr);
  EXPECT_EQ(slice_of(""), Slice());
  EXPECT_EQ(slice_of("abc").sub(3, 0).bytes().data(), nullptr);
}

TEST(Slice, IsEqualByContent) {
  EXPECT_EQ(slice_of("abc"), slice_of("xabcx").sub(1, 3));
  EXPECT_NE(slice_of("abc"), slice_of("abd"));
  EXPECT_NE(slice_of("abc"), slice_of("ab"));
}

TEST(Slice, IsLeftEmptyWhenMovedFrom) {
  Slice from = slice_of("abc");
  const Slice to = std::move(from);
  EXPECT_EQ(to, slice_of("abc"));
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): what is tested.
}

TEST(Slice, CanBeAssignedToItself) {
  Slice slice = slice_of("abc");
  const Slice& same = slice;
  slice = same;
  EXPECT_EQ(slice, slice_of("abc"));
}

TEST(Slice, IsFilledOnceBeforeItIsShared) {
  const Slice slice = Slice::filled(3, [](std::span<std::byte> bytes) {
    for (std::byte& b : bytes) b = std::byte{'z'};
  });
  EXPECT_EQ(slice, slice_of("zzz"));
}

TEST(HashBytes, DependsOnEveryByteAndOnTheLength) {
  const auto hash = [](std::string_view text) {
    return hash_bytes(1, std::as_bytes(std::span(text)));
  };
  EXPECT_NE(hash("0123456789abcdef!"), hash("0123456789abcdef?"));
  EXPECT_NE(hash("0123456789abcdef"), hash("1123456789abcdef"));
  EXPECT_NE(hash(std::string_view("a\0", 2)), hash(std::string_view("\0a", 2)));
  EXPECT_NE(hash(std::string_view("\0", 1)), hash(""));
  EXPECT_EQ(hash("abc"), hash("abc"));
}

}  // namespace
}  // namespace lockstep
