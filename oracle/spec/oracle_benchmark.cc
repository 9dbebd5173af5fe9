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
  // An established connection on which nothing happens any more.
  void make_idle_connection(int number) {
    const Endpoint local{config.addresses[0],
                         static_cast<std::uint16_t>(config.ephemeral_first + number)};
    const Endpoint peer{IpAddress::v4(10, 0, 0, 2), 80};
    Syscall call;
    call.fd = Fd{4 + number};
    this->call(call, call.fd.value);
    call.call = Call::connect;
    call.address = peer;
    oracle.on_call(0, call, SyscallResult::failure(Errno::einprogress), {});
    const auto segment = [&](const Endpoint& from, const Endpoint& to, TcpFlags flags) {
      Packet packet{.source = from.ip, .destination = to.ip};
      TcpSegment tcp;
      tcp.source_port = from.port;
      tcp.destination_port = to.port;
      tcp.flags = flags;
      tcp.window = 65535;
      tcp.seq = (flags & tcp_ack) != 0 && (flags & tcp_syn) == 0 ? 1 : 0;
      tcp.ack = (flags & tcp_ack) != 0 ? 1 : 0;
      packet.body = tcp;
      return packet;
    };
    oracle.on_left(0, segment(local, peer, tcp_syn));
    oracle.on_step_end();
    oracle.on_arrived(0, segment(peer, local, tcp_syn | tcp_ack));
    oracle.on_left(0, segment(local, peer, tcp_ack));
    oracle.on_step_end();
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

// Beside as many idle connections as the argument says.
void BM_SendAndLeave(benchmark::State& state) {
  World world;
  world.make_bound_socket();
  for (int i = 0; i < state.range(0); ++i) world.make_idle_connection(i);
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
BENCHMARK(BM_SendAndLeave)->Arg(0)->Arg(10)->Arg(1000);

// A tick of a host with as many idle connections as the argument says.
void BM_Tick(benchmark::State& state) {
  World world;
  for (int i = 0; i < state.range(0); ++i) world.make_idle_connection(i);
  for (auto _ : state) {
    world.oracle.on_tick(0, 1);
    world.oracle.on_step_end();
  }
  if (world.oracle.violation()) state.SkipWithError("violation");
}
BENCHMARK(BM_Tick)->Arg(0)->Arg(10)->Arg(1000);

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
