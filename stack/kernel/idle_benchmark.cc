// Idle sockets cost nothing: each figure is to be the same beside 10 and beside 10,000 of them.
#include <benchmark/benchmark.h>

#include "stack/kernel/benchmark_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::host_at;
using testing::open;
using testing::Pair;

constexpr std::uint32_t many_sockets = 100'000;

// 2 calls, 2 packets and a tick, with many other connections open.
void tcp_deliver_data_beside_idle(benchmark::State& state) {
  HostConfig client = host_at({"10.0.0.1"});
  HostConfig server = host_at({"10.0.0.2"});
  client.max_sockets = server.max_sockets = 100'000;
  Connected world(client, server);
  Pair pair;
  const SocketAddress to = at("10.0.0.2:80");
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    world.a.connect(open(world.a, Type::stream), to);
    while (pair.carry(world.a, world.b) + pair.carry(world.b, world.a) > 0) {
    }
    world.b.accept(world.listener);
  }
  std::vector<std::byte> data(100);
  for (auto _ : state) {
    world.a.send(world.client, data);
    pair.carry(world.a, world.b);
    world.b.recv(world.server, data);
    pair.carry(world.b, world.a);
    world.a.tick(1);
  }
  state.SetItemsProcessed(state.iterations() * 4);
}
BENCHMARK(tcp_deliver_data_beside_idle)->Arg(0)->Arg(10'000);

HostConfig roomy(std::string_view address) {
  HostConfig config = host_at({address});
  config.max_sockets = many_sockets;
  return config;
}

// An egress and a tick of a host whose bound datagram sockets have nothing to do.
void idle_egress(benchmark::State& state) {
  Kernel host(roomy("10.0.0.1"));
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const auto port = static_cast<std::uint16_t>(1024 + i);
    host.bind(open(host, Type::dgram), SocketAddress{Endpoint{IpAddress::any(IpFamily::v4), port}});
  }
  std::vector<WireEvent> events;
  for (auto _ : state) {
    host.egress(events);
    host.tick(1);
    benchmark::DoNotOptimize(events.data());
  }
}
BENCHMARK(idle_egress)->Arg(10)->Arg(1000)->Arg(10'000);

// socket, bind to a port of the kernel's choice, close.
void bind_close(benchmark::State& state) {
  Kernel host(roomy("10.0.0.1"));
  const SocketAddress any = at("0.0.0.0:0");
  for (std::int64_t i = 0; i < state.range(0); ++i) host.bind(open(host, Type::stream), any);
  for (auto _ : state) {
    const Fd fd = open(host, Type::stream);
    host.bind(fd, any);
    host.close(fd);
  }
}
BENCHMARK(bind_close)->Arg(10)->Arg(1000)->Arg(10'000);

}  // namespace
}  // namespace lockstep
