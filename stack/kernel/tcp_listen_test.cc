// Listeners: their queues, and what waits in them.
#include <gtest/gtest.h>

#include "stack/kernel/two_hosts.h"

namespace lockstep {
namespace {

using testing::at;
using testing::drain;
using testing::name_of;
using testing::open;
using testing::receive;
using testing::send;
using testing::state_of;
using testing::TwoHosts;

TEST_F(TwoHosts, HoldBacklogPlusOneInTheAcceptQueueAndDropTheRestSilently) {
  listen(1);
  std::vector<Fd> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(open(a, Type::stream));
    connect(clients.back());
    settle();
  }
  EXPECT_EQ(state_of(a, clients[0]), TcpState::established);
  EXPECT_EQ(state_of(a, clients[1]), TcpState::established);
  EXPECT_EQ(state_of(a, clients[2]), TcpState::syn_sent);
  EXPECT_EQ(state_of(a, clients[3]), TcpState::syn_sent);
  EXPECT_TRUE(b.accept(listener).ok());
  a.tick(3);
  settle();
  EXPECT_EQ(state_of(a, clients[2]), TcpState::established);
  // The last one's final ACK met a full queue: it has to wait, though it does not know.
  EXPECT_EQ(state_of(a, clients[3]), TcpState::established);
  EXPECT_TRUE(b.accept(listener).ok());
  EXPECT_TRUE(b.accept(listener).ok());
  EXPECT_EQ(name_of(b.accept(listener)), "EAGAIN");
  b.tick(3);
  settle();
  EXPECT_TRUE(b.accept(listener).ok());
}

TEST_F(TwoHosts, KeepAHandshakeThatFindsTheAcceptQueueFull) {
  listen(0);
  const Fd other = open(a, Type::stream);
  connect(client);
  const auto first = drain(a);
  b.deliver(first.at(0));
  const auto answer = drain(b);
  connect(other);
  EXPECT_EQ(drain(a).size(), 1u);
  a.deliver(answer.at(0));
  const Fd third = open(b, Type::stream);
  b.connect(third, at("10.0.0.2:80"));
  std::vector<WireEvent> events;
  b.egress(events);  // The host's own client fills the queue first.
  b.deliver(drain(a).at(0));
  EXPECT_EQ(state_of(a, client), TcpState::established);
  EXPECT_TRUE(b.accept(listener).ok());
  EXPECT_EQ(name_of(b.accept(listener)), "EAGAIN");
  b.tick(3);
  settle();
  EXPECT_TRUE(b.accept(listener).ok());
}

TEST_F(TwoHosts, AcceptInOrderAndOnlyOnListeners) {
  EXPECT_EQ(name_of(b.accept(listener)), "EINVAL");
  EXPECT_EQ(name_of(b.accept(open(b, Type::dgram))), "EOPNOTSUPP");
  EXPECT_EQ(name_of(b.listen(open(b, Type::dgram), 1)), "EOPNOTSUPP");
  listen(-1);
  for (const char* from : {"10.0.0.1:1001", "10.0.0.1:1002"}) {
    const Fd fd = open(a, Type::stream);
    a.bind(fd, at(from));
    connect(fd);
  }
  settle();
  EXPECT_EQ(name_of(b.listen(listener, 0)), "OK");
  EXPECT_EQ(b.accept(listener).address, at("10.0.0.1:1001"));
  EXPECT_EQ(b.accept(listener).address, at("10.0.0.1:1002"));
}

TEST_F(TwoHosts, GiveAListenerNoOtherUse) {
  listen();
  EXPECT_EQ(receive(b, listener), "ENOTCONN");
  EXPECT_EQ(send(b, listener, "x"), "EPIPE");
  EXPECT_EQ(name_of(b.connect(listener, at("10.0.0.1:1"))), "EISCONN");
  EXPECT_EQ(b.call({.call = Call::siocinq, .fd = listener}).error, Errno::einval);
  EXPECT_EQ(name_of(b.peer_address(listener)), "ENOTCONN");
  EXPECT_EQ(name_of(b.shutdown(listener, ShutdownHow::write)), "OK");
  connect(client);
  settle();
  EXPECT_EQ(connect(client), "OK");
  EXPECT_EQ(name_of(b.shutdown(listener, ShutdownHow::read)), "OK");
  EXPECT_EQ(name_of(b.accept(listener)), "EINVAL");
  settle();
  EXPECT_EQ(receive(a, client), "ECONNRESET");
  EXPECT_EQ(name_of(b.listen(listener, 1)), "OK");
}

TEST_F(TwoHosts, ResetQueuedConnectionsWhenTheListenerCloses) {
  listen();
  connect(client);
  settle();
  const Fd late = open(a, Type::stream);
  connect(late);
  b.deliver(drain(a).at(0));
  a.deliver(drain(b).at(0));
  b.close(listener);
  settle();
  EXPECT_EQ(receive(a, client), "ECONNRESET");
  EXPECT_EQ(receive(a, late), "ECONNRESET");
}

TEST_F(TwoHosts, KeepWhatCameBeforeAccept) {
  listen();
  connect(client);
  settle();
  send(a, client, "early");
  a.shutdown(client, ShutdownHow::write);
  settle();
  const Fd server{static_cast<std::int32_t>(b.accept(listener).value)};
  EXPECT_EQ(receive(b, server), "early");
  EXPECT_EQ(receive(b, server), "");
}

TEST_F(TwoHosts, StillAcceptAConnectionThatWasReset) {
  listen();
  connect(client);
  settle();
  a.set_option(client, OptionName::so_linger, {1, 0});
  a.close(client);
  settle();
  const SyscallResult accepted = b.accept(listener);
  ASSERT_TRUE(accepted.ok());
  EXPECT_EQ(accepted.address, at("10.0.0.1:49152"));
  const Fd server{static_cast<std::int32_t>(accepted.value)};
  EXPECT_EQ(b.poll(server, 0), poll_err | poll_hup);
  EXPECT_EQ(receive(b, server), "ECONNRESET");
  EXPECT_EQ(receive(b, server), "");
}

}  // namespace
}  // namespace lockstep
