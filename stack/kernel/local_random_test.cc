// Random calls on AF_UNIX sockets: nothing aborts, invariants hold after each step, no wake-up is
// lost, poll tells the truth, bytes arrive in order, and of what was closed nothing is left.
#include <gtest/gtest.h>

#include <array>

#include "stack/api/hash.h"
#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::at;

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint32_t below(std::uint32_t n) {
    state_ = hash_mix(state_, 0x7654321);
    return static_cast<std::uint32_t>((state_ >> 32) % n);
  }

 private:
  std::uint64_t state_;
};

constexpr std::array<std::string_view, 9> names{"unix:@x",   "unix:@y", "unix:/tmp/p",
                                                "unix:q",    "unix:",   "unix:/tmp/../q",
                                                "unix:@any", "unspec",  "unix:/none/p"};

struct LocalChaos {
  Random random;
  Kernel host;
  bool urgent;

  LocalChaos(std::uint64_t seed, bool with_urgent)
      : random(seed), host(config(seed)), urgent(with_urgent) {}

  static HostConfig config(std::uint64_t seed) {
    HostConfig result;
    result.max_sockets = 10;
    if ((seed & 1) != 0) result.send_buffer = 100;
    return result;
  }

  Fd any_fd() { return Fd{static_cast<std::int32_t>(random.below(11)) + 3}; }

  Syscall any_call(std::span<std::byte> bytes) {
    static constexpr std::array calls{
        Call::socket,      Call::bind,        Call::listen,     Call::accept,     Call::connect,
        Call::connect,     Call::send,        Call::send,       Call::sendto,     Call::recv,
        Call::recvfrom,    Call::recv,        Call::shutdown,   Call::close,      Call::dup,
        Call::getsockname, Call::getpeername, Call::setsockopt, Call::getsockopt, Call::siocinq};
    static constexpr std::array<MsgFlags, 6> flags{0, 0, msg_peek, msg_trunc, msg_waitall, msg_oob};
    Syscall call;
    call.call = calls[random.below(calls.size())];
    if (call.call == Call::shutdown && random.below(2) == 0) call.call = Call::socket;
    call.domain = Domain::local;
    call.type = static_cast<Type>(random.below(3));
    call.how = static_cast<ShutdownHow>(random.below(4));
    call.option = static_cast<OptionName>(random.below(27));
    call.option_value = {static_cast<std::int32_t>(random.below(20'000)), 0};
    call.fd = any_fd();
    call.backlog = static_cast<std::int32_t>(random.below(3));
    call.flags = flags[random.below(urgent ? 6 : 5)];
    call.address = at(names[random.below(names.size())]);
    call.data = call.buffer = bytes;
    return call;
  }

  void step() {
    std::vector<std::byte> bytes(random.below(4) == 0 ? random.below(9000) : random.below(20));
    host.call(any_call(bytes));
    if (random.below(20) == 0) host.socketpair(static_cast<Type>(random.below(3)));
    if (random.below(3) == 0) {
      host.watch(any_fd(), static_cast<PollEvents>(random.below(0x2fff)), random.below(4));
    }
    host.check_invariants();
  }

  // Whoever waits, waits for what is not so.
  void expect_no_lost_wake() const {
    host.for_each_socket([this](const Socket& socket) {
      for (const Waker& waker : socket.wakers) {
        if (waker.armed) {
          ASSERT_EQ(host.poll(socket.fd, waker.mask), 0);
        }
      }
    });
  }

  // POLLIN: receiving answers something; POLLOUT of a connected socket: so does sending.
  void expect_poll_is_true() const {
    std::array<std::byte, 1> byte{};
    for (std::int32_t number = 3; number < 13; ++number) {
      const Fd fd{number};
      Kernel copy = host;
      const PollEvents ready = copy.poll(fd, poll_in | poll_out);
      if ((ready & poll_in) != 0 && !was_only_shut(fd)) {
        const bool listening =
            copy.get_option(fd, OptionName::so_acceptconn).option_value.value != 0;
        if (listening) continue;
        ASSERT_NE(copy.recv(fd, byte).error, Errno::eagain);
      }
      copy = host;
      if ((ready & poll_out) != 0) {
        ASSERT_NE(copy.send(fd, byte).error, Errno::eagain);
      }
    }
  }
  bool was_only_shut(Fd fd) const {
    const Socket* socket = host.find_socket(fd);
    const LocalSocket& local = host.local_sockets()[socket->local_id];
    // A datagram socket has no end: poll says IN after SHUT_RD, and recv EAGAIN.
    return local.shut_read && local.queue.empty();
  }

  void close_all() {
    for (std::int32_t number = 3; number < 13; ++number) host.close(Fd{number});
    for (std::string_view name : names) {
      const SocketAddress address = at(name);
      if (const auto* path = std::get_if<UnixPath>(&address)) host.unlink(*path);
    }
  }
};

TEST(LocalRandom, KeepsInvariantsAndLeavesNothing) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    LocalChaos chaos(seed, true);
    for (int i = 0; i < 300; ++i) {
      chaos.step();
      chaos.expect_no_lost_wake();
      if (::testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << " step " << i;
    }
    chaos.close_all();
    EXPECT_TRUE(chaos.host.local_sockets().empty()) << seed;
    chaos.host.check_invariants();
    chaos.host.reset(LocalChaos::config(seed));
    EXPECT_TRUE(chaos.host == Kernel(LocalChaos::config(seed))) << seed;
  }
}

TEST(LocalRandom, PollTellsTheTruth) {
  for (std::uint64_t seed = 1000; seed < 1100; ++seed) {
    LocalChaos chaos(seed, false);
    for (int i = 0; i < 200; ++i) {
      chaos.step();
      chaos.expect_poll_is_true();
      if (::testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << " step " << i;
    }
  }
}

TEST(LocalRandom, ReplaysAlike) {
  for (std::uint64_t seed = 2000; seed < 2100; ++seed) {
    LocalChaos one(seed, true);
    LocalChaos two(seed, true);
    for (int i = 0; i < 300; ++i) {
      one.step();
      if (i == 150) one.host = Kernel(one.host);
      two.step();
    }
    EXPECT_TRUE(one.host == two.host) << seed;
    EXPECT_EQ(one.host.stable_hash(), two.host.stable_hash()) << seed;
  }
}

// A deque of bytes is the naive twin of a connection.
TEST(LocalRandom, AStreamIsTheBytesThatWereSent) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    Kernel host(LocalChaos::config(seed));
    const auto ends = host.socketpair(Type::stream).value();
    std::vector<std::byte> sent;
    std::vector<std::byte> got;
    for (int i = 0; i < 400; ++i) {
      std::vector<std::byte> bytes(random.below(6000));
      if (random.below(2) == 0) {
        for (std::size_t k = 0; k < bytes.size(); ++k) {
          bytes[k] = static_cast<std::byte>(hash_mix(7, sent.size() + k));
        }
        const SyscallResult result = host.send(ends.first, bytes);
        if (result.ok()) sent.insert(sent.end(), bytes.begin(), bytes.begin() + result.value);
      } else {
        const bool peek = random.below(3) == 0;
        const SyscallResult result = host.recv(ends.second, bytes, peek ? msg_peek : 0);
        if (!result.ok()) continue;
        const std::size_t expected = std::min(bytes.size(), sent.size() - got.size());
        ASSERT_EQ(result.value, static_cast<std::int64_t>(expected));
        for (std::size_t k = 0; k < expected; ++k) ASSERT_EQ(bytes[k], sent[got.size() + k]);
        if (!peek) got.insert(got.end(), bytes.begin(), bytes.begin() + result.value);
      }
      const std::int64_t unread = host.call({.call = Call::siocinq, .fd = ends.second}).value;
      ASSERT_EQ(unread, static_cast<std::int64_t>(sent.size() - got.size()));
    }
    EXPECT_GT(got.size(), 10'000u);
  }
}

}  // namespace
}  // namespace lockstep
