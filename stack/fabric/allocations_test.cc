// A fabric without rules uses no memory of its own once it has seen as much traffic before.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "stack/fabric/test_hosts.h"

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace lockstep {
namespace {

TEST(Allocations, AreNoneInTheSteadyStateWithoutRules) {
  Fabric fabric;
  Kernel& a = fabric.add_host("a");
  Kernel& b = fabric.add_host("b");
  const Fd sender = testing::open(a, Type::dgram);
  const Fd receiver = testing::open(b, Type::dgram);
  b.bind(receiver, testing::at("0.0.0.0:9"));
  const SocketAddress to = testing::at("192.168.0.2:9");
  std::vector<std::byte> buffer(100);
  std::size_t in_the_fabric = 0;
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 10; ++i) a.sendto(sender, buffer, 0, to);
    const std::size_t before = allocations.load();
    EXPECT_EQ(fabric.egress_all(), 10u);
    fabric.tick(1);
    if (round > 10) in_the_fabric += allocations.load() - before;
    while (b.recv(receiver, buffer).ok()) {
    }
  }
  EXPECT_EQ(in_the_fabric, 0u);
  EXPECT_EQ(fabric.counts().arrived, 1'000u);
}

}  // namespace
}  // namespace lockstep
