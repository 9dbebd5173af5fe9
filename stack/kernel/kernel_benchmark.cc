// Cost per system call and per delivered packet; what one iteration does stands beside each.
#include <benchmark/benchmark.h>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::host_at;
using testing::open;

struct Pair {
  Kernel a{host_at({"10.0.0.1"})};
  Kernel b{host_at({"10.0.0.2"})};
  std::vector<WireEvent> events;

  // Gives the number of packets carried.
  std::int64_t carry(Kernel& from, Kernel& to) {
    events.clear();
    from.egress(events);
    for (const WireEvent& event : events) to.deliver(event.packet);
    return static_cast<std::int64_t>(events.size());
  }
};

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

// 4 calls, 2 packets.
void udp_ping_pong(benchmark::State& state) {
  UdpPair pair;
  for (auto _ : state) {
    pair.a.sendto(pair.one, pair.data, 0, pair.to_two);
    pair.carry(pair.a, pair.b);
    pair.b.recvfrom(pair.two, pair.buffer);
    pair.b.sendto(pair.two, pair.data, 0, pair.to_one);
    pair.carry(pair.b, pair.a);
    pair.a.recvfrom(pair.one, pair.buffer);
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

// 2 calls, 2 packets: send, the segment, its ACK, recv.
void tcp_deliver_data(benchmark::State& state) {
  Connected world;
  Pair pair;
  std::vector<std::byte> data(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    world.a.send(world.client, data);
    pair.carry(world.a, world.b);
    world.b.recv(world.server, data);
    pair.carry(world.b, world.a);
  }
  state.SetItemsProcessed(state.iterations() * 4);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(tcp_deliver_data)->Arg(100)->Arg(1460);

// The same with many other connections open: idle ones cost nothing.
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

// A copy of a host in the middle of a connection.
void copy(benchmark::State& state) {
  const Connected world;
  for (auto _ : state) {
    Kernel snapshot = world.a;
    benchmark::DoNotOptimize(&snapshot);
  }
}
BENCHMARK(copy);

void hash(benchmark::State& state) {
  const Connected world;
  for (auto _ : state) benchmark::DoNotOptimize(world.a.stable_hash());
}
BENCHMARK(hash);

}  // namespace
}  // namespace lockstep
