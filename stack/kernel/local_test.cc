// AF_UNIX sockets through the calls of a host (unix(7)). What is expected is what the live kernel
// answers; the tests that show an error show those of semantics 154 to 163.
#include <gtest/gtest.h>

#include "stack/kernel/local_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Local;
using testing::name_of;
using testing::receive;
using testing::send;

TEST_F(Local, AnUnnamedSocketHasNoNameAndACloseFreesAnAbstractOne) {
  const Fd one = open(Type::dgram);
  EXPECT_EQ(name(one), "unix:");
  EXPECT_EQ(bind(one, "unix:@x"), "OK");
  EXPECT_EQ(bind(one, "unix:@y"), "EINVAL");
  EXPECT_EQ(bind(one, "unix:"), "OK");
  EXPECT_EQ(bind(open(Type::dgram), "unix:@x"), "EADDRINUSE");
  EXPECT_EQ(bind(open(Type::stream), "unix:@x"), "OK");
  host.close(one);
  EXPECT_EQ(bind(open(Type::dgram), "unix:@x"), "OK");
  EXPECT_EQ(bind(open(Type::dgram), "10.0.0.1:80"), "EINVAL");
  EXPECT_EQ(bind(open(Type::dgram), "unspec"), "EINVAL");
}

TEST_F(Local, APathStaysUntilItIsUnlinked) {
  const Fd one = open(Type::dgram, "unix:/tmp/x");
  EXPECT_EQ(bind(one, "unix:/tmp/y"), "EINVAL");
  EXPECT_EQ(connect(open(Type::dgram), "unix:/tmp/y"), "ENOENT");
  EXPECT_EQ(connect(open(Type::stream), "unix:/tmp/x"), "EPROTOTYPE");
  host.close(one);
  EXPECT_EQ(connect(open(Type::dgram), "unix:/tmp/x"), "ECONNREFUSED");
  EXPECT_EQ(bind(open(Type::dgram), "unix:/tmp/x"), "EADDRINUSE");
  EXPECT_EQ(host.unlink(std::get<UnixPath>(at("unix:/tmp/x"))), Errno::ok);
  EXPECT_EQ(bind(open(Type::dgram), "unix:/tmp/x"), "OK");
}

TEST_F(Local, BoundToNoNameItGetsOneOfFiveDigits) {
  const Fd one = open(Type::stream, "unix:");
  const Fd two = open(Type::stream, "unix:");
  EXPECT_EQ(name(one), "unix:@00000");
  EXPECT_EQ(name(two), "unix:@00001");
}

TEST_F(Local, AConnectionHasTheListenersNameOnOneSideAndTheClientsOnTheOther) {
  const Fd listening = listener(Type::stream, "unix:/l");
  const Fd client = open(Type::stream);
  EXPECT_EQ(connect(client, "unix:/tmp/../l"), "OK");
  const SyscallResult accepted = host.accept(listening);
  const Fd server{static_cast<std::int32_t>(accepted.value)};
  EXPECT_EQ(to_string(accepted.address), "unix:");
  EXPECT_EQ(name(server), "unix:/l");
  EXPECT_EQ(peer(client), "unix:/l");
  EXPECT_EQ(bind(client, "unix:@c"), "OK");
  EXPECT_EQ(peer(server), "unix:@c");
  send(host, client, "x");
  host.close(client);
  EXPECT_EQ(source(server), "unix:@c");
  EXPECT_EQ(peer(server), "unix:@c");
}

TEST_F(Local, ListenNeedsANameAndASocketWithoutConnection) {
  const Fd fd = open(Type::stream);
  EXPECT_EQ(name_of(host.listen(fd, 1)), "EINVAL");
  EXPECT_EQ(name_of(host.listen(open(Type::dgram, "unix:@d"), 1)), "EOPNOTSUPP");
  listener(Type::stream, "unix:@l");
  EXPECT_EQ(connect(fd, "unix:@l"), "OK");
  EXPECT_EQ(bind(fd, "unix:@c"), "OK");
  EXPECT_EQ(name_of(host.listen(fd, 1)), "EINVAL");
}

TEST_F(Local, TheQueueOfAListenerHoldsOneMoreThanItsBacklog) {
  const Fd listening = listener(Type::seqpacket, "unix:@l", 1);
  const Fd first = open(Type::seqpacket);
  const Fd third = open(Type::seqpacket);
  EXPECT_EQ(name_of(host.accept(listening)), "EAGAIN");
  EXPECT_EQ(connect(first, "unix:@l"), "OK");
  EXPECT_EQ(connect(open(Type::seqpacket), "unix:@l"), "OK");
  EXPECT_EQ(connect(third, "unix:@l"), "EAGAIN");
  EXPECT_EQ(send(host, first, "early"), "5");
  EXPECT_EQ(receive(host, accept(listening)), "early");
  EXPECT_EQ(connect(third, "unix:@l"), "OK");
  EXPECT_EQ(connect(third, "unix:@none"), "ECONNREFUSED");
  // What the cap on backlogs leaves is the same for huge and for negative ones.
  EXPECT_EQ(name_of(host.listen(listening, -1)), "OK");
  EXPECT_EQ(connect(third, "unix:@l"), "EISCONN");
}

TEST_F(Local, AListenerThatIsShutRefusesAndStillAccepts) {
  const Fd listening = listener(Type::stream, "unix:@l");
  EXPECT_EQ(connect(open(Type::stream), "unix:@l"), "OK");
  host.shutdown(listening, ShutdownHow::read);
  EXPECT_EQ(connect(open(Type::stream), "unix:@l"), "ECONNREFUSED");
  EXPECT_EQ(poll(listening), "IN|RDHUP");
  EXPECT_EQ(name_of(host.accept(listening)), "OK");
  EXPECT_EQ(name_of(host.accept(listening)), "EAGAIN");
}

TEST_F(Local, WithoutAConnectionEachTypeHasErrorsOfItsOwn) {
  const Fd stream = open(Type::stream);
  const Fd packet = open(Type::seqpacket);
  const Fd dgram = open(Type::dgram);
  EXPECT_EQ(send(host, stream, "x") + receive(host, stream), "ENOTCONNEINVAL");
  EXPECT_EQ(send(host, packet, "x") + receive(host, packet), "ENOTCONNENOTCONN");
  EXPECT_EQ(send(host, dgram, "x") + receive(host, dgram), "ENOTCONNEAGAIN");
  EXPECT_EQ(sendto(stream, "x", "unix:@none"), "EOPNOTSUPP");
  EXPECT_EQ(poll(stream), "OUT|HUP");
  EXPECT_EQ(poll(dgram), "OUT");
  EXPECT_EQ(name_of(host.shutdown(stream, ShutdownHow::both)), "OK");
  EXPECT_EQ(name_of(host.shutdown(stream, ShutdownHow::invalid)), "EINVAL");
  EXPECT_EQ(connect(stream, "unspec"), "EINVAL");
  EXPECT_EQ(peer(dgram), "ENOTCONN");
}

TEST_F(Local, StreamsCoalesceAndRecordsKeepTheirBoundaries) {
  const auto [one, two] = pair(Type::stream);
  send(host, one, "ab");
  EXPECT_EQ(send(host, one, ""), "0");
  send(host, one, "cde");
  EXPECT_EQ(host.call({.call = Call::siocinq, .fd = two}).value, 5);
  EXPECT_EQ(receive(host, two, 4, msg_peek), "abcd");
  EXPECT_EQ(receive(host, two, 1, msg_trunc), "a");
  EXPECT_EQ(receive(host, two, 3), "bcd");
  EXPECT_EQ(receive(host, two), "e");
  EXPECT_EQ(receive(host, two, 0), "EAGAIN");

  const auto [left, right] = pair(Type::seqpacket);
  send(host, left, "abcd");
  send(host, left, "");
  send(host, left, "ef");
  EXPECT_EQ(host.call({.call = Call::siocinq, .fd = right}).value, 6);
  std::vector<std::byte> buffer(3);
  const SyscallResult cut = host.recv(right, buffer, msg_trunc | msg_peek);
  EXPECT_EQ(cut.value, 4);
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(receive(host, right, 3), "abc");
  EXPECT_EQ(receive(host, right), "");
  EXPECT_EQ(receive(host, right), "ef");
  EXPECT_EQ(receive(host, right), "EAGAIN");
}

TEST_F(Local, ACloseWithUnreadDataResetsAStreamAfterItsDataAndARecordSocketBefore) {
  const auto [one, two] = pair(Type::stream);
  send(host, one, "unread");
  send(host, two, "data");
  host.close(two);
  EXPECT_EQ(poll(one), "IN|OUT|ERR|HUP|RDHUP");
  EXPECT_EQ(send(host, one, "x"), "EPIPE");
  EXPECT_EQ(receive(host, one), "data");
  EXPECT_EQ(receive(host, one), "ECONNRESET");
  EXPECT_EQ(receive(host, one), "");

  const auto [left, right] = pair(Type::seqpacket);
  send(host, left, "unread");
  send(host, right, "data");
  host.close(right);
  EXPECT_EQ(receive(host, left), "ECONNRESET");
  EXPECT_EQ(receive(host, left), "data");
  EXPECT_EQ(receive(host, left), "");
  EXPECT_EQ(send(host, left, "x"), "EPIPE");
}

TEST_F(Local, ACloseWithNothingUnreadIsAnEnd) {
  const auto [one, two] = pair(Type::stream);
  host.close(two);
  EXPECT_EQ(error(one), "OK");
  EXPECT_EQ(poll(one), "IN|OUT|HUP|RDHUP");
  EXPECT_EQ(receive(host, one), "");
  const auto [left, right] = pair(Type::seqpacket);
  send(host, left, "");
  host.close(right);
  EXPECT_EQ(error(left), "OK");
}

// One that wants more than there is takes the error too, and loses it.
TEST_F(Local, AReadOfMoreThanThereIsTakesTheErrorBehindIt) {
  for (const bool by_option : {false, true}) {
    const auto [one, two] = pair(Type::stream);
    if (by_option) host.set_option(one, OptionName::so_rcvlowat, {.value = 50});
    send(host, one, "unread");
    send(host, two, "data");
    host.close(two);
    EXPECT_EQ(receive(host, one, 100, by_option ? 0 : msg_waitall), "data");
    EXPECT_EQ(receive(host, one), "");
  }
}

TEST_F(Local, ShuttingOneEndIsSeenAtTheOther) {
  const auto [one, two] = pair(Type::stream);
  send(host, one, "abc");
  host.shutdown(two, ShutdownHow::read);
  EXPECT_EQ(send(host, one, "x"), "EPIPE");
  EXPECT_EQ(poll(two), "IN|OUT|RDHUP");
  EXPECT_EQ(poll(one), "OUT");
  EXPECT_EQ(receive(host, two), "abc");
  EXPECT_EQ(receive(host, two), "");
  EXPECT_EQ(send(host, two, "y"), "1");
  host.shutdown(two, ShutdownHow::write);
  EXPECT_EQ(receive(host, one), "y");
  EXPECT_EQ(receive(host, one), "");
  EXPECT_EQ(poll(one), "IN|OUT|HUP|RDHUP");
}

TEST_F(Local, TheUrgentByteOfAStreamIsTakenApart) {
  const auto [one, two] = pair(Type::stream);
  EXPECT_EQ(receive(host, two, 1, msg_oob), "EINVAL");
  EXPECT_EQ(send(host, one, "", msg_oob), "EOPNOTSUPP");
  EXPECT_EQ(send(host, one, "abc", msg_oob), "3");
  EXPECT_EQ(send(host, one, "def"), "3");
  EXPECT_EQ(poll(two), "IN|PRI|OUT");
  EXPECT_EQ(receive(host, two, 10, msg_peek), "ab");
  EXPECT_EQ(receive(host, two, 1, msg_oob | msg_peek), "c");
  EXPECT_EQ(receive(host, two, 1, msg_oob), "c");
  EXPECT_EQ(receive(host, two, 1, msg_oob), "EINVAL");
  // Reading stops where it was.
  EXPECT_EQ(receive(host, two), "ab");
  EXPECT_EQ(receive(host, two), "def");
  EXPECT_EQ(receive(host, two), "EAGAIN");
}

TEST_F(Local, AnUrgentByteThatNobodyAsksForIsPassedOver) {
  const auto [one, two] = pair(Type::stream);
  send(host, one, "abc", msg_oob);
  send(host, one, "def", msg_oob);
  EXPECT_EQ(receive(host, two), "abcde");
  EXPECT_EQ(receive(host, two), "EAGAIN");
  EXPECT_EQ(receive(host, two, 1, msg_oob), "EINVAL");
  EXPECT_EQ(poll(two), "OUT");
  // Inline it is a byte like others, but for the stop before it.
  host.set_option(two, OptionName::so_oobinline, {.value = 1});
  send(host, one, "abc", msg_oob);
  send(host, one, "def");
  EXPECT_EQ(receive(host, two, 1, msg_oob), "EINVAL");
  EXPECT_EQ(receive(host, two), "ab");
  EXPECT_EQ(receive(host, two), "cdef");
}

TEST_F(Local, OptionsAreThoseOfTheSocketLevel) {
  const Fd fd = open(Type::seqpacket, "unix:@q");
  EXPECT_EQ(host.get_option(fd, OptionName::so_type).option_value.value, 5);
  EXPECT_EQ(host.get_option(fd, OptionName::so_acceptconn).option_value.value, 0);
  host.listen(fd, 1);
  EXPECT_EQ(host.get_option(fd, OptionName::so_acceptconn).option_value.value, 1);
  for (const OptionName other :
       {OptionName::tcp_nodelay, OptionName::ip_ttl, OptionName::unknown_level}) {
    EXPECT_EQ(name_of(host.set_option(fd, other, {.value = 1})), "EOPNOTSUPP");
    EXPECT_EQ(name_of(host.get_option(fd, other)), "EOPNOTSUPP");
  }
  EXPECT_EQ(name_of(host.set_option(fd, OptionName::unknown_option, {})), "ENOPROTOOPT");
  EXPECT_EQ(name_of(host.set_option(fd, OptionName::so_reuseport, {.value = 1})), "EOPNOTSUPP");
  EXPECT_EQ(name_of(host.set_option(fd, OptionName::so_reuseport, {.value = 0})), "OK");
}

TEST_F(Local, SocketpairGivesTwoDescriptorsOrNone) {
  HostConfig config;
  config.max_sockets = 3;
  host.reset(config);
  const auto first = host.socketpair(Type::dgram);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->second, Fd{4});
  const Kernel before = host;
  const auto second = host.socketpair(Type::stream);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error(), Errno::emfile);
  EXPECT_TRUE(host == before);
  EXPECT_EQ(send(host, first->first, "x"), "1");
  EXPECT_EQ(peer(first->second), "unix:");
  EXPECT_EQ(receive(host, first->second), "x");
}

TEST_F(Local, ADescriptorMoreKeepsASocketOpen) {
  const auto [one, two] = pair(Type::stream);
  const Fd again{static_cast<std::int32_t>(host.dup(two).value)};
  host.close(two);
  EXPECT_EQ(send(host, one, "x"), "1");
  EXPECT_EQ(receive(host, again), "x");
  host.close(again);
  EXPECT_EQ(send(host, one, "x"), "EPIPE");
}

TEST_F(Local, WatchersHearOfDataRoomEndsAndErrors) {
  const auto [one, two] = pair(Type::stream);
  host.watch(two, poll_in, 1);
  EXPECT_TRUE(wakes().empty());
  send(host, one, "x");
  EXPECT_EQ(wakes(), (std::vector<Wake>{{1, poll_in}}));
  send(host, one, std::string(200'000, 'x'));
  host.watch(one, poll_out, 2);
  EXPECT_TRUE(wakes().empty());
  receive(host, two, 200'000);
  EXPECT_EQ(wakes(), (std::vector<Wake>{{2, poll_out}}));
  host.watch(one, poll_rdhup, 3);
  send(host, one, "unread");
  host.close(two);
  EXPECT_EQ(wakes(), (std::vector<Wake>{{3, poll_rdhup | poll_err | poll_hup}}));
}

TEST_F(Local, WatchersHearOfConnectionsAndOfTheirListenersEnd) {
  const Fd listening = listener(Type::seqpacket, "unix:@l");
  host.watch(listening, poll_in, 1);
  const Fd client = open(Type::seqpacket);
  connect(client, "unix:@l");
  EXPECT_EQ(wakes(), (std::vector<Wake>{{1, poll_in}}));
  host.watch(client, poll_in, 2);
  host.close(listening);
  EXPECT_EQ(wakes(), (std::vector<Wake>{{2, poll_in | poll_err | poll_hup}}));
}

TEST_F(Local, AResetForgetsFilesAndNames) {
  open(Type::stream, "unix:/tmp/x");
  open(Type::stream, "unix:@x");
  host.reset(HostConfig());
  EXPECT_TRUE(host == Kernel());
  EXPECT_EQ(host.stable_hash(), Kernel().stable_hash());
  open(Type::dgram, "unix:/tmp/x");
  EXPECT_FALSE(host == Kernel());
}

}  // namespace
}  // namespace lockstep
