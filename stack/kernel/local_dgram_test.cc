// AF_UNIX datagrams and the send buffer: semantics 158, 162 and 163, as the live kernel answers.
#include <gtest/gtest.h>

#include "stack/kernel/local_world.h"

namespace lockstep {
namespace {

using testing::Local;
using testing::receive;
using testing::send;

TEST_F(Local, ADatagramCarriesTheNameThatItsSenderHasWhenItIsRead) {
  const Fd receiver = open(Type::dgram, "unix:@r");
  const Fd sender = open(Type::dgram);
  sendto(sender, "1", "unix:@r");
  sendto(sender, "2", "unix:@r");
  EXPECT_EQ(source(receiver), "unspec");
  EXPECT_EQ(bind(sender, "unix:@s"), "OK");
  host.close(sender);
  EXPECT_EQ(source(receiver), "unix:@s");
}

TEST_F(Local, AConnectedDatagramSocketHearsItsPeerAlone) {
  const Fd receiver = open(Type::dgram, "unix:@r");
  const Fd friendly = open(Type::dgram, "unix:@f");
  const Fd third = open(Type::dgram);
  EXPECT_EQ(connect(receiver, "unix:@f"), "OK");
  EXPECT_EQ(sendto(third, "x", "unix:@r"), "EPERM");
  EXPECT_EQ(connect(third, "unix:@r"), "EPERM");
  EXPECT_EQ(sendto(friendly, "x", "unix:@r"), "1");
  EXPECT_EQ(sendto(receiver, "x", "unix:@r"), "EPERM");
}

TEST_F(Local, ASendToAPeerThatIsGoneEndsTheAssociationAndWhatIsQueued) {
  const Fd gone = open(Type::dgram, "unix:@g");
  const Fd one = open(Type::dgram, "unix:@1");
  EXPECT_EQ(connect(one, "unix:@g"), "OK");
  EXPECT_EQ(sendto(gone, "queued", "unix:@1"), "6");
  host.close(gone);
  EXPECT_EQ(poll(one), "IN|OUT");
  EXPECT_EQ(peer(one), "unix:@g");
  EXPECT_EQ(sendto(one, "x", "unix:@g"), "ECONNREFUSED");
  EXPECT_EQ(peer(one), "unix:@g");
  EXPECT_EQ(send(host, one, "x"), "ECONNREFUSED");
  EXPECT_EQ(peer(one), "ENOTCONN");
  EXPECT_EQ(receive(host, one), "EAGAIN");
}

TEST_F(Local, WhoLeavesItsPeerLosesWhatIsQueuedAndTheFormerPeerHearsOfIt) {
  const Fd one = open(Type::dgram, "unix:@1");
  const Fd two = open(Type::dgram, "unix:@2");
  connect(one, "unix:@2");
  connect(two, "unix:@1");
  send(host, two, "lost");
  EXPECT_EQ(connect(one, "unix:@2"), "OK");
  EXPECT_EQ(receive(host, one, 10, msg_peek), "lost");
  EXPECT_EQ(connect(one, "unspec"), "OK");
  EXPECT_EQ(receive(host, one), "EAGAIN");
  EXPECT_EQ(poll(two), "OUT|ERR");
  EXPECT_EQ(send(host, two, std::string(200'000, 'x')), "EMSGSIZE");
  EXPECT_EQ(sendto(two, "x", "unix:@none"), "ECONNRESET");
  EXPECT_EQ(send(host, two, "x"), "1");
  // Only a peer of its own hears of it.
  EXPECT_EQ(connect(one, "unix:@2"), "OK");
  EXPECT_EQ(connect(two, "unspec"), "OK");
  EXPECT_EQ(connect(one, "unspec"), "OK");
  EXPECT_EQ(error(two), "OK");
}

TEST_F(Local, AFullSocketRefusesAllButItsOwnPeerAndItself) {
  const Fd full = open(Type::dgram, "unix:@full");
  const Fd other = open(Type::dgram, "unix:@other");
  connect(other, "unix:@full");
  for (int i = 0; i < 11; ++i) EXPECT_EQ(send(host, other, "x"), "1");
  EXPECT_EQ(send(host, other, "x"), "EAGAIN");
  EXPECT_EQ(poll(other), "none");
  EXPECT_EQ(sendto(full, "x", "unix:@full"), "1");
  EXPECT_EQ(poll(open(Type::dgram)), "OUT");
  connect(full, "unix:@other");
  EXPECT_EQ(poll(other), "OUT");
  EXPECT_EQ(send(host, other, "x"), "1");
}

TEST_F(Local, TheSendBufferLimitsRecordsAndWhatIsUnread) {
  const Fd fd = open(Type::dgram, "unix:@d");
  host.set_option(fd, OptionName::so_sndbuf, {.value = 10'000});
  EXPECT_EQ(host.get_option(fd, OptionName::so_sndbuf).option_value.value, 20'000);
  EXPECT_EQ(sendto(fd, std::string(19'969, 'x'), "unix:@d"), "EMSGSIZE");
  EXPECT_EQ(sendto(fd, std::string(19'968, 'x'), "unix:@d"), "19968");
  EXPECT_EQ(sendto(fd, "x", "unix:@none"), "EAGAIN");
  EXPECT_EQ(poll(fd), "IN");
  receive(host, fd);
  EXPECT_EQ(host.call({.call = Call::siocoutq, .fd = fd}).value, 0);
  EXPECT_EQ(poll(fd), "OUT");
}

}  // namespace
}  // namespace lockstep
