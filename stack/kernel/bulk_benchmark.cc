// What a byte of a stream costs, and what a segment; memcpy's own rate stands beside.
#include <benchmark/benchmark.h>

#include <cstring>

#include "stack/kernel/benchmark_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::host_at;
using testing::open;
using testing::Pair;

constexpr std::size_t chunk = 64 * 1024;

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

// Writes of 64 KiB, read again, over the loopback link with its large segments.
void tcp_bulk_loopback(benchmark::State& state) {
  Kernel host(host_at({"10.0.0.1"}));
  const Fd listener = open(host, Type::stream);
  host.bind(listener, at("127.0.0.1:80"));
  host.listen(listener, 1);
  const Fd client = open(host, Type::stream);
  std::vector<WireEvent> events;
  host.connect(client, at("127.0.0.1:80"));
  host.egress(events);
  const Fd server{static_cast<std::int32_t>(host.accept(listener).value)};
  std::vector<std::byte> data(chunk);
  std::int64_t bytes = 0;
  for (auto _ : state) {
    host.send(client, data);
    events.clear();
    host.egress(events);
    bytes += host.recv(server, data).value;
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(tcp_bulk_loopback);

// Writes of 64 KiB between two hosts with a link of 1,500 bytes: segments of 1,460 and their ACKs.
void tcp_bulk_two_hosts(benchmark::State& state) {
  Connected world;
  Pair pair;
  std::vector<std::byte> data(chunk);
  std::int64_t bytes = 0;
  std::int64_t segments = 0;
  for (auto _ : state) {
    world.a.send(world.client, data);
    std::int64_t moved = 0;
    do {
      moved = pair.carry(world.a, world.b);
      segments += moved;
      bytes += world.b.recv(world.server, data).value;
      moved += pair.carry(world.b, world.a);
    } while (moved > 0);
  }
  state.SetBytesProcessed(bytes);
  state.SetItemsProcessed(segments);
}
BENCHMARK(tcp_bulk_two_hosts);

// The bound of both: every byte is copied in and out.
void memcpy_twice(benchmark::State& state) {
  std::vector<std::byte> from(chunk);
  std::vector<std::byte> to(chunk);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), chunk);
    benchmark::ClobberMemory();
    std::memcpy(from.data(), to.data(), chunk);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(chunk));
}
BENCHMARK(memcpy_twice);

}  // namespace
}  // namespace lockstep
