// Two hosts of the live kernel, with this test as the wire between them.
#include "stack/ports/linux/linux_port.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

#include "stack/wire/codec.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

HostConfig host_at(std::string_view address) {
  HostConfig config;
  config.addresses.push_back(*parse_ip_address(address));
  return config;
}

// What differs from run to run although nothing else does: initial sequence numbers, and the ports
// that the kernel picks. Both are replaced by the order of their first appearance.
class Normaliser {
 public:
  std::string text(Packet packet) {
    if (TcpSegment* segment = packet.tcp()) {
      const std::string from = to_string(packet.source);
      const std::string to = to_string(packet.destination);
      if (segment->has(tcp_syn)) starts_.try_emplace(from, segment->seq);
      if (starts_.contains(from)) segment->seq -= starts_[from];
      if (segment->has(tcp_ack) && starts_.contains(to)) segment->ack -= starts_[to];
      segment->source_port = port(segment->source_port);
      segment->destination_port = port(segment->destination_port);
    }
    return to_string(packet) + "\n";
  }

 private:
  std::uint16_t port(std::uint16_t number) {
    if (number < 49152) return number;
    return ports_.try_emplace(number, static_cast<std::uint16_t>(1 + ports_.size())).first->second;
  }

  std::map<std::string, std::uint32_t> starts_;
  std::map<std::uint16_t, std::uint16_t> ports_;
};

struct LinuxPorts : ::testing::Test {
  std::unique_ptr<Port> a;
  std::unique_ptr<Port> b;
  std::vector<WireEvent> events;
  std::string trace;
  Normaliser normaliser;

  void SetUp() override {
    if (const std::string reason = linux_port_unavailable(); !reason.empty()) {
      GTEST_SKIP() << "the linux port cannot run here: " << reason;
    }
    a = *make_linux_port();
    b = *make_linux_port();
    start();
  }
  void start() {
    a->reset(host_at("10.0.0.1"));
    b->reset(host_at("10.0.0.2"));
    trace.clear();
    normaliser = Normaliser();
  }
  // How many packets were carried.
  std::size_t carry(Port& from, Port& to) {
    events.clear();
    from.egress(events);
    for (const WireEvent& event : events) {
      trace += normaliser.text(event.packet);
      if (event.kind == WireEvent::Kind::left) to.deliver(event.packet);
    }
    return events.size();
  }
  void settle() {
    while (carry(*a, *b) + carry(*b, *a) > 0) {
    }
  }
  static SyscallResult with_address(Port& port, Call call, Fd fd, std::string_view address) {
    return port.call({.call = call, .fd = fd, .backlog = 8, .address = *parse_endpoint(address)});
  }
  static Fd open(Port& port, Type type) {
    return Fd{static_cast<std::int32_t>(port.call({.call = Call::socket, .type = type}).value)};
  }
  static SyscallResult send(Port& port, Fd fd, std::size_t size) {
    const std::vector<std::byte> data(size, std::byte{'x'});
    return port.call({.call = Call::send, .fd = fd, .flags = msg_nosignal, .data = data});
  }
  static SyscallResult receive(Port& port, Fd fd) {
    std::vector<std::byte> buffer(4096);
    return port.call({.call = Call::recvfrom, .fd = fd, .buffer = buffer});
  }
  static SyscallResult close(Port& port, Fd fd) {
    return port.call({.call = Call::close, .fd = fd});
  }
  void listen(Fd listener) {
    ASSERT_TRUE(with_address(*b, Call::bind, listener, "10.0.0.2:8000").ok());
    ASSERT_TRUE(b->call({.call = Call::listen, .fd = listener, .backlog = 8}).ok());
  }
  // A connection from a to b; gives both ends.
  std::pair<Fd, Fd> connect() {
    const Fd listener = open(*b, Type::stream);
    listen(listener);
    const Fd client = open(*a, Type::stream);
    const SyscallResult begun = with_address(*a, Call::connect, client, "10.0.0.2:8000");
    EXPECT_EQ(begun.error, Errno::einprogress);
    settle();
    const SyscallResult accepted = b->call({.call = Call::accept, .fd = listener});
    EXPECT_TRUE(accepted.ok());
    return {client, Fd{static_cast<std::int32_t>(accepted.value)}};
  }
  void converse() {
    const auto [client, server] = connect();
    EXPECT_EQ(send(*a, client, 100).value, 100);
    settle();
    EXPECT_EQ(receive(*b, server).value, 100);
    EXPECT_TRUE(close(*a, client).ok());
    settle();
    EXPECT_EQ(receive(*b, server).value, 0);
    EXPECT_TRUE(close(*b, server).ok());
    settle();
  }
};

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// Where this process is kept from running for as long as a timer takes, the timer fires; such a
// conversation is none to compare.
TEST_F(LinuxPorts, ConverseAlikeEveryTime) {
  constexpr std::chrono::milliseconds shortest_timer{8};
  std::string first;
  int compared = 0;
  for (int i = 0; i < 500 && compared < 50; ++i) {
    start();
    const Clock::time_point begun = Clock::now();
    converse();
    if (Clock::now() - begun >= shortest_timer) continue;
    if (compared++ == 0) first = trace;
    ASSERT_EQ(trace, first) << "conversation " << i;
  }
  EXPECT_EQ(compared, 50);
  EXPECT_NE(first.find("FIN"), std::string::npos) << first;
}

TEST_F(LinuxPorts, CarryDatagramsAndSayWhenNobodyListens) {
  const Fd sender = open(*a, Type::dgram);
  const Fd receiver = open(*b, Type::dgram);
  ASSERT_TRUE(with_address(*b, Call::bind, receiver, "10.0.0.2:53").ok());
  ASSERT_TRUE(with_address(*a, Call::bind, sender, "10.0.0.1:1053").ok());
  ASSERT_TRUE(with_address(*a, Call::connect, sender, "10.0.0.2:53").ok());
  ASSERT_EQ(send(*a, sender, 10).value, 10);
  settle();
  const SyscallResult received = receive(*b, receiver);
  EXPECT_EQ(received.value, 10);
  EXPECT_EQ(received.address, SocketAddress(*parse_endpoint("10.0.0.1:1053")));
  ASSERT_TRUE(close(*b, receiver).ok());
  ASSERT_EQ(send(*a, sender, 10).value, 10);
  settle();
  EXPECT_NE(trace.find("icmp port unreachable"), std::string::npos) << trace;
  EXPECT_EQ(send(*a, sender, 10).error, Errno::econnrefused);
}

TEST_F(LinuxPorts, HeedIcmpAndForgetItAtReset) {
  for (int round = 0; round < 2; ++round) {
    start();
    const Fd sender = open(*a, Type::dgram);
    ASSERT_TRUE(with_address(*a, Call::connect, sender, "10.0.0.2:53").ok());
    ASSERT_EQ(send(*a, sender, 1400).value, 1400) << "round " << round;
    events.clear();
    a->egress(events);
    ASSERT_EQ(events.size(), 1u);
    Packet packet;
    packet.source = events[0].packet.destination;
    packet.destination = events[0].packet.source;
    packet.body = IcmpMessage{
        .kind = IcmpKind::packet_too_big, .mtu = 600, .quoted = quote_of(events[0].packet)};
    a->deliver(packet);
    send(*a, sender, 1400);  // Takes the error.
    EXPECT_EQ(send(*a, sender, 1400).error, Errno::emsgsize);
  }
}

TEST_F(LinuxPorts, ShowLoopbackPacketsWithTheirChecksums) {
  const Fd receiver = open(*a, Type::dgram);
  ASSERT_TRUE(with_address(*a, Call::bind, receiver, "127.0.0.1:53").ok());
  const Fd sender = open(*a, Type::dgram);
  ASSERT_TRUE(with_address(*a, Call::connect, sender, "127.0.0.1:53").ok());
  ASSERT_EQ(send(*a, sender, 10).value, 10);
  events.clear();
  a->egress(events);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, WireEvent::Kind::looped_left);
  EXPECT_EQ(events[1].kind, WireEvent::Kind::looped_arrived);
  EXPECT_EQ(receive(*a, receiver).value, 10);
}

TEST_F(LinuxPorts, AreAsNewAfterAReboot) {
  const auto [client, server] = connect();
  b->reset(host_at("10.0.0.2"));
  EXPECT_EQ(receive(*b, server).error, Errno::ebadf);
  ASSERT_EQ(send(*a, client, 10).value, 10);
  trace.clear();
  settle();
  EXPECT_NE(trace.find("RST"), std::string::npos) << trace;
  EXPECT_EQ(receive(*a, client).error, Errno::econnreset);
  listen(open(*b, Type::stream));
}

TEST_F(LinuxPorts, CallsOnClosedAndForeignNumbersAnswerEbadf) {
  const Fd socket = open(*a, Type::stream);
  ASSERT_TRUE(close(*a, socket).ok());
  for (const std::int32_t number : {socket.value, 0, 1, 5, -1, 0x3fff'ffff}) {
    EXPECT_EQ(close(*a, Fd{number}).error, Errno::ebadf) << number;
    EXPECT_EQ(receive(*a, Fd{number}).error, Errno::ebadf) << number;
  }
}

// After an IPv4-mapped connection was dissolved, Linux (6.18 at least) answers connect() to an IPv6
// address by a SYN to the old IPv4 destination, under a checksum of the IPv6 addresses.
TEST_F(LinuxPorts, ShowWhatIsNoPacketAndDeliverIt) {
  HostConfig config = host_at("10.0.0.1");
  config.addresses.push_back(*parse_ip_address("fd00::1"));
  a->reset(config);
  listen(open(*b, Type::stream));
  const SyscallResult opened =
      a->call({.call = Call::socket, .domain = Domain::inet6, .type = Type::stream});
  const Fd socket{static_cast<std::int32_t>(opened.value)};
  with_address(*a, Call::connect, socket, "[::ffff:10.0.0.2]:8000");
  settle();
  ASSERT_TRUE(a->call({.call = Call::connect, .fd = socket, .address = Unspecified{}}).ok());
  settle();
  trace.clear();
  with_address(*a, Call::connect, socket, "[fd00::2]:9");
  carry(*a, *b);
  const bool right = trace.starts_with("[fd00::1]:");
  EXPECT_TRUE(right || trace == "10.0.0.1 > 10.0.0.2 no packet (bad tcp checksum) len=52\n")
      << trace;
  trace.clear();
  if (!right) {
    EXPECT_EQ(carry(*b, *a), 0u) << trace;
  }
}

TEST_F(LinuxPorts, RefusePrivilegedPortsAndFullTablesWhenTold) {
  HostConfig config = host_at("10.0.0.1");
  config.unprivileged = true;
  config.max_sockets = 2;
  a->reset(config);
  const Fd socket = open(*a, Type::stream);
  EXPECT_EQ(with_address(*a, Call::bind, socket, "10.0.0.1:80").error, Errno::eacces);
  EXPECT_TRUE(with_address(*a, Call::bind, socket, "10.0.0.1:1024").ok());
  EXPECT_TRUE(a->call({.call = Call::dup, .fd = socket}).ok());
  EXPECT_EQ(a->call({.call = Call::socket}).error, Errno::emfile);
  EXPECT_EQ(a->call({.call = Call::dup, .fd = socket}).error, Errno::emfile);
}

TEST_F(LinuxPorts, SendLostDataAgainWithinTicks) {
  const auto [client, server] = connect();
  ASSERT_EQ(send(*a, client, 10).value, 10);
  events.clear();
  a->egress(events);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(a->retransmits());
  for (int i = 0; i < 20 && receive(*b, server).error == Errno::eagain; ++i) {
    a->tick(1);
    carry(*a, *b);
  }
  settle();
  EXPECT_FALSE(a->retransmits());
}

TEST_F(LinuxPorts, LeaveNothingBehind) {
  converse();
  start();
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 200; ++i) {
    connect();
    start();
  }
  EXPECT_EQ(open_descriptors(), before);
  a.reset();
  a = *make_linux_port();  // The same host again, from the pool.
  EXPECT_EQ(open_descriptors(), before);
}

// Both hosts bind the same path and the same abstract name; a reset forgets them; nothing of it is
// to be seen in the file system of this machine.
TEST_F(LinuxPorts, HaveNamesOfTheirOwn) {
  const std::string longest = "/tmp/" + std::string(UnixPath::max_size - 5, 'n');
  for (int round = 0; round < 2; ++round) {
    for (Port* port : {a.get(), b.get()}) {
      for (const std::string& name : {longest, std::string("\0name", 5)}) {
        Syscall call;
        call.domain = Domain::local;
        call.fd = Fd{static_cast<std::int32_t>(port->call(call).value)};
        call.address = UnixPath::from(name);
        call.call = Call::bind;
        EXPECT_EQ(port->call(call), SyscallResult::success());
        EXPECT_FALSE(port->call(call).ok());
        call.call = Call::getsockname;
        EXPECT_EQ(port->call(call).address, call.address);
      }
    }
    EXPECT_FALSE(std::filesystem::exists(longest));
    EXPECT_TRUE(std::filesystem::exists(LOCKSTEP_SOURCE_DIR));
    start();
  }
}

TEST_F(LinuxPorts, TakeLittleTimeAScenario) {
  constexpr int scenarios = 1000;
  const Clock::time_point begun = Clock::now();
  for (int i = 0; i < scenarios; ++i) {
    start();
    converse();
  }
  const std::chrono::duration<double> took = Clock::now() - begun;
  std::printf("%.0f scenarios/s (handshake, data, close; reset before each)\n",
              scenarios / took.count());
}

}  // namespace
}  // namespace lockstep
