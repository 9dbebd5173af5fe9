// A fabric uses no memory of its own once it has seen as much traffic before.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "stack/fabric/conditions.h"
#include "stack/fabric/test_hosts.h"

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

// Not inlined, or g++ takes the malloc in one for a mismatch of the other.
[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace lockstep {
namespace {

// Carries datagrams for 300 rounds; gives the allocations that the fabric made in the last 200.
std::size_t allocations_of(Fabric& fabric) {
  Kernel& a = fabric.add_host("a");
  Kernel& b = fabric.add_host("b");
  const Fd sender = testing::open(a, Type::dgram);
  const Fd receiver = testing::open(b, Type::dgram);
  b.bind(receiver, testing::at("0.0.0.0:9"));
  const SocketAddress to = testing::at("192.168.0.2:9");
  std::vector<std::byte> buffer(100);
  std::size_t in_the_fabric = 0;
  for (int round = 0; round < 300; ++round) {
    for (int i = 0; i < 10; ++i) a.sendto(sender, buffer, 0, to);
    const std::size_t before = allocations.load();
    fabric.egress_all();
    fabric.tick(1);
    if (round >= 100) in_the_fabric += allocations.load() - before;
    while (b.recv(receiver, buffer).ok()) {
    }
  }
  return in_the_fabric;
}

TEST(Allocations, AreNoneInTheSteadyStateWithoutRules) {
  Fabric fabric;
  EXPECT_EQ(allocations_of(fabric), 0u);
  EXPECT_EQ(fabric.counts().arrived, 3'000u);
}

TEST(Allocations, AreNoneForPacketsThatAreLostOrLateEither) {
  using namespace conditions;
  Fabric fabric;
  const RuleGuard losing = fabric.install(loss(Chance::percent(20)));
  const RuleGuard late = fabric.install(jitter(2));
  const RuleGuard mixing = fabric.install(reordering(Chance::percent(30)));
  const RuleGuard small = fabric.install(link_mtu(1500));
  // Until the network has been as full as it gets, a round may need room.
  EXPECT_LE(allocations_of(fabric), 6u);
  EXPECT_GT(fabric.counts().dropped, 300u);
}

}  // namespace
}  // namespace lockstep
