// What an observation costs the oracle.
#include <benchmark/benchmark.h>

#include <array>

#include "oracle/spec/oracle.h"

namespace lockstep::oracle {
namespace {

struct World {
  World() : oracle(linux_dialect()) {
    config.addresses = {IpAddress::v4(10, 0, 0, 1)};
    traits.features = {Feature::loopback_shown, Feature::icmp};
    start();
  }
  void start() {
    const std::array<const HostConfig*, 2> configs{&config, &config};
    const std::array<const PortTraits*, 2> all_traits{&traits, &traits};
    oracle.start(configs, all_traits);
  }
  void call(const Syscall& call, std::int64_t value) {
    oracle.on_call(0, call, SyscallResult::success(value), {});
  }
  void make_bound_socket() {
    Syscall call;
    call.type = Type::dgram;
    this->call(call, 3);
    call.call = Call::bind;
    call.fd = Fd{3};
    call.address = Endpoint{config.addresses[0], 7000};
    this->call(call, 0);
  }

  HostConfig config;
  PortTraits traits;
  Oracle oracle;
};

void BM_Start(benchmark::State& state) {
  World world;
  for (auto _ : state) {
    world.make_bound_socket();
    world.start();
  }
}
BENCHMARK(BM_Start);

void BM_SendAndLeave(benchmark::State& state) {
  World world;
  world.make_bound_socket();
  Syscall call;
  call.call = Call::sendto;
  call.fd = Fd{3};
  call.address = Endpoint{IpAddress::v4(10, 0, 0, 2), 9};
  std::array<std::byte, 100> bytes;
  fill_payload({}, bytes);
  call.data = bytes;
  Packet packet{.source = world.config.addresses[0], .destination = IpAddress::v4(10, 0, 0, 2)};
  packet.body = UdpDatagram{7000, 9, Slice::copy_of(bytes)};
  for (auto _ : state) {
    world.call(call, 100);
    world.oracle.on_left(0, packet);
    world.oracle.on_step_end();
  }
  if (world.oracle.violation()) state.SkipWithError("violation");
}
BENCHMARK(BM_SendAndLeave);

void BM_ArriveAndReceive(benchmark::State& state) {
  World world;
  world.make_bound_socket();
  std::array<std::byte, 100> bytes;
  fill_payload({}, bytes);
  Packet packet{.source = IpAddress::v4(10, 0, 0, 2), .destination = world.config.addresses[0]};
  packet.body = UdpDatagram{9, 7000, Slice::copy_of(bytes)};
  Syscall call;
  call.call = Call::recv;
  call.fd = Fd{3};
  call.buffer = bytes;
  for (auto _ : state) {
    world.oracle.on_arrived(0, packet);
    world.call(call, 100);
    world.oracle.on_step_end();
  }
  if (world.oracle.violation()) state.SkipWithError("violation");
}
BENCHMARK(BM_ArriveAndReceive);

}  // namespace
}  // namespace lockstep::oracle
