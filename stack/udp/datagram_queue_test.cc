#include "stack/udp/datagram_queue.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

ReceivedDatagram of_size(std::size_t size) {
  return {Endpoint{}, Slice::copy_of(std::vector<std::byte>(size))};
}

TEST(DatagramQueue, DropsTheNewestPastItsCapacity) {
  DatagramQueue queue;
  EXPECT_TRUE(queue.push(of_size(100), 300));
  EXPECT_TRUE(queue.push(of_size(72), 300));
  EXPECT_FALSE(queue.push(of_size(0), 300));
  queue.pop();
  EXPECT_EQ(queue.front().payload.size(), 72u);
  EXPECT_TRUE(queue.push(of_size(0), 300));
}

TEST(DatagramQueue, TakesOneDatagramOfAnySizeWhenEmpty) {
  DatagramQueue queue;
  EXPECT_TRUE(queue.push(of_size(65507), 100));
  EXPECT_FALSE(queue.push(of_size(0), 100));
}

TEST(DatagramQueue, BoundsEmptyDatagramsToo) {
  DatagramQueue queue;
  std::size_t kept = 0;
  for (int i = 0; i < 10000; ++i) kept += queue.push(of_size(0), 6400) ? 1u : 0u;
  EXPECT_EQ(kept, 100u);
}

}  // namespace
}  // namespace lockstep
