// What the network costs: datagrams carried among many hosts, and a stream both ways.
#include <benchmark/benchmark.h>

#include <string>

#include "stack/fabric/conditions.h"
#include "stack/fabric/fabric.h"
#include "stack/fabric/transfer.h"
#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

// One datagram from each host to the next one, carried in one round.
void ring(benchmark::State& state, Fabric& fabric, int hosts) {
  std::vector<Fd> fds;
  for (int i = 0; i < hosts; ++i) {
    Kernel& host = fabric.add_host(std::to_string(i));
    fds.push_back(testing::open(host, Type::dgram));
    host.bind(fds.back(), testing::at("0.0.0.0:9"));
  }
  std::vector<SocketAddress> next;
  for (int i = 0; i < hosts; ++i) {
    next.emplace_back(Endpoint{fabric.resolve(std::to_string((i + 1) % hosts)).front(), 9});
  }
  std::vector<std::byte> buffer(64);
  for (auto _ : state) {
    for (std::size_t i = 0; i < fds.size(); ++i) {
      Kernel& host = fabric.host(HostId{static_cast<std::uint32_t>(i)});
      host.sendto(fds[i], buffer, 0, next[i]);
    }
    benchmark::DoNotOptimize(fabric.egress_all());
    for (std::size_t i = 0; i < fds.size(); ++i) {
      fabric.host(HostId{static_cast<std::uint32_t>(i)}).recv(fds[i], buffer);
    }
  }
  state.SetItemsProcessed(state.iterations() * hosts);
}

void datagrams_without_rules(benchmark::State& state) {
  Fabric fabric;
  ring(state, fabric, static_cast<int>(state.range(0)));
}
BENCHMARK(datagrams_without_rules)->Arg(2)->Arg(100)->Arg(1000);

void datagrams_with_three_rules(benchmark::State& state) {
  Fabric fabric;
  const RuleGuard loss = fabric.install(conditions::loss(Chance::percent(1)));
  const RuleGuard mixing = fabric.install(conditions::reordering(Chance::percent(1)));
  const RuleGuard mtu = fabric.install(conditions::link_mtu(1500));
  ring(state, fabric, static_cast<int>(state.range(0)));
}
BENCHMARK(datagrams_with_three_rules)->Arg(2)->Arg(100)->Arg(1000);

void mebibyte_both_ways(benchmark::State& state) {
  const bool bad = state.range(0) != 0;
  TransferPlan plan{.bytes = 1024 * 1024, .host = patient_host()};
  if (!bad) plan.loss = plan.duplication = plan.reordering = plan.corruption = Chance{0};
  for (auto _ : state) {
    ++plan.seed;
    const TransferResult result = transfer(plan);
    if (!result.ok()) state.SkipWithError(result.failure.c_str());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(2 * plan.bytes));
}
BENCHMARK(mebibyte_both_ways)->Arg(0)->Arg(1)->ArgName("bad_network");

}  // namespace
}  // namespace lockstep
