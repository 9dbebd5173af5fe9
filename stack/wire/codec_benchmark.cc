// What one encoding and one decoding cost, by payload size.
#include <benchmark/benchmark.h>

#include "stack/wire/checksum.h"
#include "stack/wire/codec.h"
#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

Packet segment(std::size_t payload_size) {
  sample::Random random(1);
  TcpSegment tcp;
  tcp.source_port = 49152;
  tcp.destination_port = 80;
  tcp.flags = tcp_ack;
  tcp.options.timestamps = {1, 2};
  tcp.payload = sample::random_slice(random, payload_size);
  return {IpAddress::v4(10, 0, 0, 1), IpAddress::v4(10, 0, 0, 2), 64, tcp};
}

void set_bytes(benchmark::State& state, std::size_t size) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

void EncodeSegment(benchmark::State& state) {
  const Packet packet = segment(static_cast<std::size_t>(state.range(0)));
  std::vector<std::byte> buffer;
  for (auto _ : state) {
    buffer.clear();
    benchmark::DoNotOptimize(encode_packet(packet, buffer));
  }
  set_bytes(state, buffer.size());
}
BENCHMARK(EncodeSegment)->Arg(0)->Arg(100)->Arg(1448);

void DecodeSegment(benchmark::State& state) {
  std::vector<std::byte> bytes;
  encode_packet(segment(static_cast<std::size_t>(state.range(0))), bytes).value();
  for (auto _ : state) benchmark::DoNotOptimize(decode_packet(bytes));
  set_bytes(state, bytes.size());
}
BENCHMARK(DecodeSegment)->Arg(0)->Arg(100)->Arg(1448);

void Checksum(benchmark::State& state) {
  sample::Random random(1);
  const Slice slice = sample::random_slice(random, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(checksum_sum(slice.bytes()));
  set_bytes(state, slice.size());
}
BENCHMARK(Checksum)->Arg(20)->Arg(1460)->Arg(65'535);

void HashPacket(benchmark::State& state) {
  const Packet packet = segment(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(stable_hash(packet));
}
BENCHMARK(HashPacket)->Arg(0)->Arg(1448);

}  // namespace
}  // namespace lockstep
