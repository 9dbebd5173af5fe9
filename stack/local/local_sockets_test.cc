// LocalSockets by itself: its bounds, its effects, and what is left of sockets that are gone. What
// each call answers is tested in stack/kernel/local_test.cc.
#include "stack/local/local_sockets.h"

#include <gtest/gtest.h>

#include <string>

namespace lockstep {
namespace {

constexpr LocalSockets::Settings settings{.send_buffer = 20'000};

struct Sockets : ::testing::Test {
  LocalSockets sockets;
  LocalEvents events;

  ~Sockets() override { sockets.check_invariants(); }

  LocalId open(Type type, std::uint32_t user, const std::string& name = "") {
    const LocalId id = sockets.open(type, user, settings);
    if (!name.empty()) {
      EXPECT_TRUE(sockets.bind(id, abstract(name)).ok());
    }
    return id;
  }
  static SocketAddress abstract(const std::string& name) {
    return UnixPath::from(std::string(1, '\0') + name);
  }
  std::string send(LocalId id, std::size_t size, const SocketAddress& to = Unspecified{}) {
    const std::vector<std::byte> bytes(size);
    const SyscallResult result = sockets.send(id, bytes, 0, to, events);
    return result.ok() ? std::to_string(result.value) : std::string(errno_name(result.error));
  }
  std::string receive(LocalId id, std::size_t size = 100'000) {
    std::vector<std::byte> buffer(size);
    const SyscallResult result = sockets.receive(id, buffer, 0, false, events);
    return result.ok() ? std::to_string(result.value) : std::string(errno_name(result.error));
  }
  // The bits told to one user since the last call; "none" when nothing was.
  std::string told(std::uint32_t user) {
    PollEvents bits = 0;
    for (const LocalEvent& event : events) {
      if (event.user == user) bits |= event.events;
    }
    events.clear();
    return poll_events_text(bits);
  }
};

TEST_F(Sockets, ASendIsChargedUntilItWasReceivedWhole) {
  const LocalId one = open(Type::stream, 1);
  const LocalId two = open(Type::stream, 2);
  sockets.join(one, two);
  EXPECT_EQ(send(one, 100), "100");
  EXPECT_EQ(sockets.queue_size(one, false).value, 100 + LocalSockets::piece_overhead);
  EXPECT_EQ(receive(two, 99), "99");
  EXPECT_EQ(sockets.queue_size(one, false).value, 100 + LocalSockets::piece_overhead);
  EXPECT_EQ(receive(two, 99), "1");
  EXPECT_EQ(sockets.queue_size(one, false).value, 0);
}

TEST_F(Sockets, EmptyRecordsAreBoundedToo) {
  const LocalId one = open(Type::seqpacket, 1);
  sockets.join(one, open(Type::seqpacket, 2));
  int kept = 0;
  while (send(one, 0) == "0") ++kept;
  EXPECT_EQ(kept, 27);
  EXPECT_EQ(send(one, 0), "EAGAIN");
}

TEST_F(Sockets, OfAStreamAsMuchAsFitsIsTaken) {
  const LocalId one = open(Type::stream, 1);
  const LocalId two = open(Type::stream, 2);
  sockets.join(one, two);
  EXPECT_EQ(send(one, 100'000), "19872");
  EXPECT_EQ(send(one, 1), "EAGAIN");
  EXPECT_EQ(sockets.ready(one), 0);
  told(1);
  EXPECT_EQ(receive(two), "19872");
  EXPECT_EQ(told(1), "OUT");
  EXPECT_EQ(sockets.ready(one), poll_out);
}

TEST_F(Sockets, WhoIsConnectedToAFullSocketIsToldOfRoom) {
  const LocalId full = open(Type::dgram, 1, "full");
  const LocalId follower = open(Type::dgram, 2);
  const LocalId other = open(Type::dgram, 3);
  sockets.connect(follower, abstract("full"), events);
  for (std::size_t i = 0; i <= LocalSockets::max_dgram_queue; ++i) {
    EXPECT_EQ(send(other, 1, abstract("full")), "1");
  }
  EXPECT_EQ(send(follower, 1), "EAGAIN");
  EXPECT_EQ(sockets.ready(follower), 0);
  told(2);
  receive(full);
  EXPECT_EQ(told(2), "OUT");
  receive(full);
  EXPECT_EQ(told(2), "none");
  send(follower, 1);
  send(follower, 1);
  EXPECT_EQ(sockets.ready(follower), 0);
  told(2);
  sockets.close(full, events);
  EXPECT_EQ(told(2), "OUT");
  EXPECT_EQ(send(follower, 1), "ECONNREFUSED");
}

TEST_F(Sockets, ASenderThatIsGoneStaysWhileItsDatagramsAreUnread) {
  const LocalId receiver = open(Type::dgram, 1, "r");
  const LocalId sender = open(Type::dgram, 2);
  send(sender, 3, abstract("r"));
  send(sender, 4, abstract("r"));
  EXPECT_TRUE(sockets.bind(sender, abstract("s")).ok());
  sockets.close(sender, events);
  const LocalId next = open(Type::dgram, 3, "s");
  EXPECT_NE(next, sender);
  sockets.check_invariants();
  std::vector<std::byte> buffer(10);
  EXPECT_EQ(sockets.receive(receiver, buffer, 0, true, events).address, abstract("s"));
  EXPECT_EQ(sockets.receive(receiver, buffer, 0, true, events).value, 4);
  // Nothing refers to it any more: its number is given out again.
  EXPECT_EQ(open(Type::dgram, 4), sender);
}

TEST_F(Sockets, OneThatHoldsItsOwnDatagramsGoesWithThem) {
  const LocalId self = open(Type::dgram, 1, "self");
  const LocalId other = open(Type::dgram, 2);
  sockets.connect(self, abstract("self"), events);
  send(self, 1);
  sockets.connect(self, Unspecified{}, events);
  send(self, 1, abstract("self"));
  send(other, 1, abstract("self"));
  sockets.close(self, events);
  EXPECT_EQ(sockets.queue_size(other, false).value, 0);
  sockets.close(other, events);
  EXPECT_TRUE(sockets.empty());
}

TEST_F(Sockets, ConnectionsThatNobodyAcceptsAreClosedWithTheirListener) {
  const LocalId listener = open(Type::stream, 1, "l");
  sockets.listen(listener, 1);
  const LocalId client = open(Type::stream, 2);
  const LocalId gone = open(Type::stream, 3);
  EXPECT_TRUE(sockets.connect(gone, abstract("l"), events).ok());
  EXPECT_EQ(told(1), "IN");
  EXPECT_TRUE(sockets.connect(client, abstract("l"), events).ok());
  EXPECT_EQ(send(gone, 5), "5");
  sockets.close(gone, events);
  sockets.check_invariants();
  told(2);
  sockets.close(listener, events);
  EXPECT_EQ(told(2), "IN|OUT|ERR|HUP|RDHUP");
  EXPECT_EQ(sockets.take_error(client), Errno::econnreset);
  sockets.close(client, events);
  EXPECT_TRUE(sockets.empty());
}

TEST_F(Sockets, EqualityAndHashFollowContent) {
  LocalSockets other;
  EXPECT_EQ(sockets, other);
  const LocalId one = open(Type::dgram, 1, "x");
  EXPECT_NE(sockets, other);
  EXPECT_NE(sockets.hash(1), other.hash(1));
  const LocalSockets before = sockets;
  send(one, 5, abstract("x"));
  EXPECT_NE(sockets, before);
  EXPECT_NE(sockets.hash(1), before.hash(1));
  receive(one);
  EXPECT_EQ(sockets, before);
  EXPECT_EQ(sockets.hash(1), before.hash(1));
  sockets.close(one, events);
  EXPECT_EQ(sockets, other);
  EXPECT_EQ(sockets.hash(1), other.hash(1));
  open(Type::dgram, 1);
  sockets.reset();
  EXPECT_EQ(sockets, other);
}

}  // namespace
}  // namespace lockstep
