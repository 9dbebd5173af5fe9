// Cost per system call and per delivered packet; what one iteration does stands beside each.
#include <benchmark/benchmark.h>

#include "stack/kernel/benchmark_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::host_at;
using testing::open;
using testing::Pair;

struct UdpPair : Pair {
  Fd one = open(a, Type::dgram);
  Fd two = open(b, Type::dgram);
  SocketAddress to_one = at("10.0.0.1:1000");
  SocketAddress to_two = at("10.0.0.2:2000");
  std::vector<std::byte> data = std::vector<std::byte>(100);
  std::vector<std::byte> buffer = std::vector<std::byte>(2000);

  UdpPair() {
    a.bind(one, to_one);
    b.bind(two, to_two);
  }
};

// 4 calls and 2 packets over loopback, 32 bytes there and back.
void udp_ping_pong(benchmark::State& state) {
  Kernel host(host_at({"10.0.0.1"}));
  const Fd client = open(host, Type::dgram);
  const Fd server = open(host, Type::dgram);
  const SocketAddress to_client = at("127.0.0.1:1000");
  const SocketAddress to_server = at("127.0.0.1:2000");
  host.bind(client, to_client);
  host.bind(server, to_server);
  const std::vector<std::byte> data(32);
  std::vector<std::byte> buffer(64);
  std::vector<WireEvent> events;
  for (auto _ : state) {
    host.sendto(client, data, 0, to_server);
    events.clear();
    host.egress(events);
    host.recvfrom(server, buffer);
    host.sendto(server, data, 0, to_client);
    events.clear();
    host.egress(events);
    benchmark::DoNotOptimize(host.recvfrom(client, buffer));
  }
  state.SetItemsProcessed(state.iterations() * 6);
}
BENCHMARK(udp_ping_pong);

// 1 call, and the packet's way out of the host.
void udp_sendto(benchmark::State& state) {
  UdpPair pair;
  for (auto _ : state) {
    pair.a.sendto(pair.one, pair.data, 0, pair.to_two);
    pair.events.clear();
    pair.a.egress(pair.events);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(udp_sendto);

// 1 packet delivered, 1 call.
void udp_recvfrom(benchmark::State& state) {
  UdpPair pair;
  pair.a.sendto(pair.one, pair.data, 0, pair.to_two);
  pair.a.egress(pair.events);
  for (auto _ : state) {
    pair.b.deliver(pair.events[0].packet);
    pair.b.recvfrom(pair.two, pair.buffer);
  }
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(udp_recvfrom);

// 1 call.
void recv_eagain(benchmark::State& state) {
  UdpPair pair;
  const Syscall call{.call = Call::recv, .fd = pair.two, .buffer = pair.buffer};
  for (auto _ : state) benchmark::DoNotOptimize(pair.b.call(call));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(recv_eagain);

// 5 calls, 7 packets: open, connect, accept, close both; TIME-WAIT runs out.
void tcp_connect_cycle(benchmark::State& state) {
  Pair pair;
  const Fd listener = open(pair.b, Type::stream);
  const SocketAddress server = at("10.0.0.2:80");
  pair.b.bind(listener, server);
  pair.b.listen(listener, 8);
  std::int64_t packets = 0;
  for (auto _ : state) {
    const Fd client = open(pair.a, Type::stream);
    pair.a.connect(client, server);
    while (pair.carry(pair.a, pair.b) + pair.carry(pair.b, pair.a) > 0) {
    }
    const Fd accepted{static_cast<std::int32_t>(pair.b.accept(listener).value)};
    pair.a.close(client);
    pair.carry(pair.a, pair.b);
    pair.b.close(accepted);
    while (pair.carry(pair.b, pair.a) + pair.carry(pair.a, pair.b) > 0) {
    }
    pair.a.tick(600);
    packets += 7;
  }
  state.SetItemsProcessed(state.iterations() * 5 + packets);
}
BENCHMARK(tcp_connect_cycle);

// A host as new, with a few sockets in use before.
void reset(benchmark::State& state) {
  const HostConfig config = host_at({"10.0.0.1"});
  Kernel host(config);
  for (auto _ : state) {
    open(host, Type::stream);
    host.bind(open(host, Type::stream), SocketAddress{Endpoint{IpAddress::v4(10, 0, 0, 1), 80}});
    host.reset(config);
  }
}
BENCHMARK(reset);

}  // namespace
}  // namespace lockstep
