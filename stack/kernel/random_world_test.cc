// Random calls, losses, duplicates, reordering, forgeries and ticks: nothing aborts, invariants
// hold after each step, and without forgeries every stream read is a prefix of the stream written.
#include <gtest/gtest.h>

#include <algorithm>

#include "stack/api/hash.h"
#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::host_at;

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint32_t below(std::uint32_t n) {
    state_ = hash_mix(state_, 0x1234567);
    return static_cast<std::uint32_t>((state_ >> 32) % n);
  }
  template <typename T>
  const T& of(const std::vector<T>& choices) {
    return choices[below(static_cast<std::uint32_t>(choices.size()))];
  }

 private:
  std::uint64_t state_;
};

struct Chaos {
  Random random;
  Kernel hosts[2];
  std::vector<std::pair<int, Packet>> wire;
  std::vector<Packet> old;
  bool forge;

  Chaos(std::uint64_t seed, bool with_forgeries)
      : random(seed),
        hosts{Kernel(config("10.0.0.1", seed)), Kernel(config("10.0.0.2", seed >> 3))},
        forge(with_forgeries) {}

  static HostConfig config(std::string_view address, std::uint64_t seed) {
    HostConfig result = host_at({address, address == "10.0.0.1" ? "fd00::1" : "fd00::2"});
    if ((seed & 1) != 0) result.receive_buffer = 500;
    if ((seed & 2) != 0) result.mtu = 100;
    if ((seed & 4) != 0) result.ephemeral_last = static_cast<std::uint16_t>(49153);
    if ((seed & 8) != 0) result.initial_sequence = 0xffffff00;
    result.max_sockets = 12;
    result.time_wait_ticks = 20;
    result.fin_wait_2_ticks = 20;
    return result;
  }

  Fd any_fd() { return Fd{static_cast<std::int32_t>(random.below(16)) + 2}; }

  SocketAddress any_address() {
    static const std::vector<std::string> texts{
        "10.0.0.1:80",  "10.0.0.2:80",    "0.0.0.0:80",
        "127.0.0.1:80", "10.0.0.1:0",     "10.0.0.2:0",
        "0.0.0.0:0",    "10.0.0.1:49152", "unspec",
        "unix:/x",      "[fd00::1]:80",   "[fd00::2]:80",
        "[::]:80",      "[::1]:80",       "10.9.9.9:80",
        "224.0.0.1:1",  "10.0.0.2:81",    "255.255.255.255:80",
        "[ff02::1]:80", "10.0.0.1:81",    "10.0.0.1:80",
        "10.0.0.2:80",  "10.0.0.2:80",    "10.0.0.1:80"};
    return at(random.of(texts));
  }

  void syscall() {
    Kernel& host = hosts[random.below(2)];
    std::vector<std::byte> data(random.below(4) == 0 ? random.below(3000) : random.below(20));
    Syscall call;
    call.call = static_cast<Call>(random.below(19));
    if (call.call == Call::close && random.below(3) != 0) call.call = Call::connect;
    call.domain = random.below(5) == 0 ? Domain::inet6 : Domain::inet;
    call.type = random.below(3) == 0 ? Type::dgram : Type::stream;
    call.how = static_cast<ShutdownHow>(random.below(4));
    call.option = static_cast<OptionName>(random.below(27));
    call.events = static_cast<PollEvents>(random.below(0x4000));
    call.fd = any_fd();
    call.backlog = static_cast<std::int32_t>(random.below(4)) - 1;
    call.flags = random.of(std::vector<MsgFlags>{0, 0, 0, msg_peek, msg_trunc, msg_oob});
    call.option_value = {static_cast<std::int32_t>(random.below(3000)) - 2,
                         static_cast<std::int32_t>(random.below(2))};
    call.address = any_address();
    call.buffer = data;
    call.data = data;
    host.call(call);
    if (random.below(10) == 0) host.watch(any_fd(), poll_in | poll_out, random.below(3));
  }

  void forge_segment() {
    if (old.empty()) return;
    Packet packet = random.of(old);
    if (TcpSegment* segment = packet.tcp()) {
      segment->seq += random.below(5) - 2;
      segment->ack += random.below(5) - 2;
      segment->flags = static_cast<TcpFlags>(random.below(64));
      segment->window = static_cast<std::uint16_t>(random.below(3) * 700);
      if (random.below(2) == 0) segment->seq += random.below(70000);
      if (random.below(3) == 0) segment->options.mss = static_cast<std::uint16_t>(random.below(90));
    }
    hosts[random.below(2)].deliver(packet);
  }

  void network() {
    for (int from = 0; from < 2; ++from) {
      for (Packet& packet : testing::drain(hosts[from])) {
        if (old.size() < 100) old.push_back(packet);
        wire.emplace_back(1 - from, std::move(packet));
      }
    }
    if (wire.empty()) return;
    const auto index = static_cast<std::ptrdiff_t>(
        random.below(static_cast<std::uint32_t>(std::min<std::size_t>(wire.size(), 4))));
    const auto [to, packet] = wire[static_cast<std::size_t>(index)];
    const std::uint32_t fate = random.below(10);
    if (fate != 0) hosts[to].deliver(packet);
    if (fate != 1) wire.erase(wire.begin() + index);
  }

  void step() {
    const std::uint32_t what = random.below(20);
    if (what < 8) {
      syscall();
    } else if (what < 18) {
      network();
    } else if (what == 18) {
      hosts[random.below(2)].tick(random.below(12));
    } else if (forge) {
      forge_segment();
    }
    for (Kernel& host : hosts) host.check_invariants();
  }
};

TEST(RandomWorld, NeverAbortsAndReplaysAlike) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Chaos one(seed, true);
    Chaos two(seed, true);
    for (int i = 0; i < 400; ++i) {
      one.step();
      two.step();
    }
    for (int host = 0; host < 2; ++host) {
      EXPECT_TRUE(one.hosts[host] == two.hosts[host]) << seed;
      EXPECT_EQ(one.hosts[host].stable_hash(), two.hosts[host].stable_hash()) << seed;
      const Kernel copy = one.hosts[host];
      EXPECT_TRUE(copy == one.hosts[host]) << seed;
    }
  }
}

// One transfer each way over a bad wire; then the wire heals and both ends must finish.
struct Transfer {
  Random random;
  testing::Connected world;
  std::vector<std::byte> sent[2];
  std::vector<std::byte> got[2];
  std::vector<std::pair<int, Packet>> wire;
  bool closed[2] = {false, false};

  explicit Transfer(std::uint64_t seed)
      : random(seed + 77),
        world(Chaos::config("10.0.0.1", seed & ~4u), Chaos::config("10.0.0.2", (seed >> 2) & ~4u)) {
  }

  Kernel& host(int side) { return side == 0 ? world.a : world.b; }
  Fd fd(int side) const { return side == 0 ? world.client : world.server; }

  void use(int side) {
    std::vector<std::byte> data(random.below(2000) + 1);
    if (!closed[side] && sent[side].size() < 30'000 && random.below(2) == 0) {
      for (std::size_t i = 0; i < data.size(); ++i) {
        data[i] = static_cast<std::byte>(
            hash_mix(static_cast<std::uint64_t>(side), sent[side].size() + i));
      }
      const SyscallResult result = host(side).send(fd(side), data);
      if (result.ok())
        sent[side].insert(sent[side].end(), data.begin(), data.begin() + result.value);
    } else {
      const SyscallResult result = host(side).recv(fd(side), data);
      if (result.ok()) got[side].insert(got[side].end(), data.begin(), data.begin() + result.value);
    }
  }

  void network(bool bad) {
    for (int from = 0; from < 2; ++from) {
      for (Packet& packet : testing::drain(host(from))) wire.emplace_back(1 - from, packet);
    }
    if (wire.empty()) return;
    const std::size_t index = bad ? random.below(static_cast<std::uint32_t>(wire.size())) : 0;
    const auto [to, packet] = wire[index];
    const std::uint32_t fate = bad ? random.below(8) : 2;
    if (fate != 0) host(to).deliver(packet);
    if (fate != 1) wire.erase(wire.begin() + static_cast<std::ptrdiff_t>(index));
  }
};

TEST(RandomWorld, DeliversEveryByteInOrderOnceTheNetworkHeals) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Transfer transfer(seed);
    for (int i = 0; i < 600; ++i) {
      transfer.use(static_cast<int>(transfer.random.below(2)));
      for (int n = 0; n < 3; ++n) transfer.network(true);
      // Rare enough that no end gives up.
      if (transfer.random.below(60) == 0) transfer.host(static_cast<int>(i & 1)).tick(1);
    }
    for (int side = 0; side < 2; ++side) {
      EXPECT_TRUE(transfer.host(side).shutdown(transfer.fd(side), ShutdownHow::write).ok()) << seed;
      transfer.closed[side] = true;
    }
    for (int i = 0; i < 20'000; ++i) {
      transfer.network(false);
      if (transfer.wire.empty()) {
        transfer.use(0);
        transfer.use(1);
        if (transfer.random.below(4) == 0) {
          transfer.world.a.tick(1);
          transfer.world.b.tick(1);
        }
      }
    }
    EXPECT_FALSE(transfer.sent[0].empty() && transfer.sent[1].empty()) << seed;
    EXPECT_EQ(transfer.got[1], transfer.sent[0]) << seed;
    EXPECT_EQ(transfer.got[0], transfer.sent[1]) << seed;
    for (int side = 0; side < 2; ++side) {
      EXPECT_EQ(testing::state_of(transfer.host(side), transfer.fd(side)), TcpState::closed)
          << seed;
      EXPECT_EQ(testing::receive(transfer.host(side), transfer.fd(side)), "") << seed;
    }
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace lockstep
