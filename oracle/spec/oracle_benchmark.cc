// What an observation costs the oracle.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <new>
#include <utility>

#include "oracle/spec/oracle.h"
#include "stack/api/check.h"

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

// Two hosts that listen, with a connection between them on which bytes are in flight.
class Pair {
 public:
  Pair() : oracle_(linux_dialect()) {
    configs_[0].addresses = {IpAddress::v4(10, 0, 0, 1)};
    configs_[1].addresses = {IpAddress::v4(10, 0, 0, 2)};
    traits_.features = {Feature::loopback_shown, Feature::icmp};
    start(oracle_);
    for (const std::uint8_t host : {std::uint8_t{0}, std::uint8_t{1}}) {
      listen(host);
      step();
    }
    connect();
    send_bytes();
  }
  void start(Oracle& oracle) const {
    const std::array<const HostConfig*, 2> configs{&configs_[0], &configs_[1]};
    const std::array<const PortTraits*, 2> traits{&traits_, &traits_};
    oracle.start(configs, traits);
  }
  const Oracle& oracle() const { return oracle_; }

 private:
  static constexpr std::uint32_t iss[] = {1000, 5000};

  Endpoint end(std::uint8_t host) const {
    return {configs_[host].addresses[0], host == 0 ? std::uint16_t{50000} : std::uint16_t{80}};
  }
  void step() {
    oracle_.on_step_end();
    LOCKSTEP_CHECK(!oracle_.violation() && oracle_.inconclusive().empty());
  }
  void listen(std::uint8_t host) {
    Syscall call;
    oracle_.on_call(host, call, SyscallResult::success(3), {});
    call.fd = Fd{3};
    call.call = Call::bind;
    call.address = Endpoint{configs_[host].addresses[0], 80};
    oracle_.on_call(host, call, SyscallResult::success(), {});
    call.call = Call::listen;
    call.backlog = 4;
    oracle_.on_call(host, call, SyscallResult::success(), {});
  }
  // A segment that leaves a host, and arrives at the other one if `arrives`.
  void segment(std::uint8_t from, TcpFlags flags, std::uint32_t seq, std::uint32_t ack,
               Slice payload = {}, bool arrives = true) {
    const std::uint8_t to = from == 0 ? 1 : 0;
    TcpSegment tcp;
    tcp.source_port = end(from).port;
    tcp.destination_port = end(to).port;
    tcp.seq = iss[from] + seq;
    if ((flags & tcp_ack) != 0) tcp.ack = iss[to] + ack;
    tcp.flags = flags;
    tcp.window = 60000;
    tcp.payload = std::move(payload);
    Packet packet{.source = end(from).ip, .destination = end(to).ip};
    packet.body = std::move(tcp);
    oracle_.on_left(from, packet);
    step();
    if (arrives) oracle_.on_arrived(to, packet);
  }
  void connect() {
    Syscall call;
    oracle_.on_call(0, call, SyscallResult::success(4), {});
    call.fd = Fd{4};
    call.call = Call::connect;
    call.address = end(1);
    oracle_.on_call(0, call, SyscallResult::failure(Errno::einprogress), {});
    segment(0, tcp_syn, 0, 0);
    segment(1, tcp_syn | tcp_ack, 0, 1);
    segment(0, tcp_ack, 1, 1);
    step();
    Syscall accept;
    accept.call = Call::accept;
    accept.fd = Fd{3};
    SyscallResult accepted = SyscallResult::success(4);
    accepted.address = end(0);
    oracle_.on_call(1, accept, accepted, {});
    step();
  }
  // 16 bytes that wait to be read, and 16 that did not arrive.
  void send_bytes() {
    for (const std::uint32_t offset : {0u, 16u}) {
      std::array<std::byte, 16> bytes;
      const PayloadTag tag{1, offset};
      fill_payload(tag, bytes);
      Syscall call;
      call.call = Call::send;
      call.fd = Fd{4};
      call.data = bytes;
      oracle_.on_call(0, call, SyscallResult::success(16), tag);
      const bool arrives = offset == 0;
      segment(0, tcp_ack | tcp_psh, 1 + offset, 1, Slice::copy_of(bytes), arrives);
      if (arrives) segment(1, tcp_ack, 1, 17);
    }
  }

  std::array<HostConfig, 2> configs_;
  PortTraits traits_;
  Oracle oracle_;
};

std::size_t allocated = 0;  // Bytes that the library asked for so far.

void BM_OracleCopy(benchmark::State& state) {
  const Pair pair;
  const std::size_t before = allocated;
  Oracle copy(linux_dialect());
  copy.copy_world(pair.oracle());
  state.counters["bytes"] = static_cast<double>(allocated - before);
  const std::size_t first = allocated;
  for (auto _ : state) {
    copy.copy_world(pair.oracle());
    benchmark::ClobberMemory();
  }
  state.counters["bytes_more"] = static_cast<double>(allocated - first);
}
BENCHMARK(BM_OracleCopy)->Name("oracle_copy");

void BM_OracleDigest(benchmark::State& state) {
  const Pair pair;
  Digest digest;
  for (auto _ : state) {
    digest.clear();
    pair.oracle().digest(digest);
    benchmark::DoNotOptimize(digest.words().data());
  }
  state.counters["words"] = static_cast<double>(digest.words().size());
}
BENCHMARK(BM_OracleDigest)->Name("oracle_digest");

}  // namespace
}  // namespace lockstep::oracle

// Counts what is allocated; nothing here is freed by its size.
void* operator new(std::size_t size) {
  lockstep::oracle::allocated += size;
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
