// What options change of a connection, packet for packet: tcp(7), RFC 9293 3.7.4, 3.8, RFC 7323 2,
// RFC 5482.
#include <gtest/gtest.h>

#include "stack/kernel/sent_segments.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::drain;
using testing::host_at;
using testing::iss_of;
using testing::Listener;
using testing::receive;
using testing::send;
using testing::sent;
using testing::sent_at;
using testing::set;
using testing::shown;
using testing::socket_count;

TEST(Nagle, HoldsASmallSegmentWhileOneIsUnderWay) {
  Connected w;
  send(w.a, w.client, "a");
  send(w.a, w.client, "bc");
  send(w.a, w.client, "d");
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 1:2");
  send(w.a, w.client, std::string(1457, 'e'));
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 2:1462") << "a full one does not wait";
  w.settle();
  EXPECT_EQ(w.a.find_socket(w.client)->tcb.in_flight(), 1461u);
}

TEST(Nagle, LetsItGoWithTheAcknowledgment) {
  Connected w;
  send(w.a, w.client, "a");
  for (const Packet& packet : drain(w.a)) w.b.deliver(packet);
  send(w.a, w.client, "bc");
  EXPECT_EQ(sent(w.a, w.client), "");
  for (const Packet& packet : drain(w.b)) w.a.deliver(packet);
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 2:4");
}

TEST(Nagle, MindsOnlyWhatWasSmallItself) {
  Connected w;
  send(w.a, w.client, std::string(1460 + 10, 'x'));
  EXPECT_EQ(sent(w.a, w.client), "ACK 1:1461, PSH|ACK 1461:1471");
  send(w.a, w.client, "y");
  EXPECT_EQ(sent(w.a, w.client), "");
}

TEST(Nagle, IsOffWithNoDelayWhichLetsWhatWaitsGo) {
  Connected w;
  send(w.a, w.client, "a");
  send(w.a, w.client, "b");
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 1:2");
  set(w.a, w.client, OptionName::tcp_nodelay, 1);
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 2:3");
  send(w.a, w.client, "c");
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 3:4");
}

TEST(Nagle, DoesNotHoldAFin) {
  Connected w;
  send(w.a, w.client, "a");
  send(w.a, w.client, "b");
  w.a.shutdown(w.client, ShutdownHow::write);
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 1:2, FIN|PSH|ACK 2:4");
}

TEST(Cork, HoldsWhatIsNotFullUntilItIsPulled) {
  Connected w;
  set(w.a, w.client, OptionName::tcp_cork, 1);
  send(w.a, w.client, "abc");
  EXPECT_EQ(sent(w.a, w.client), "");
  send(w.a, w.client, std::string(1460, 'x'));
  EXPECT_EQ(sent(w.a, w.client), "ACK 1:1461");
  set(w.a, w.client, OptionName::tcp_cork, 0);
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 1461:1464");
}

TEST(Cork, HoldsEvenWithNoDelay) {
  Connected w;
  set(w.a, w.client, OptionName::tcp_cork, 1);
  set(w.a, w.client, OptionName::tcp_nodelay, 1);
  send(w.a, w.client, "abc");
  EXPECT_EQ(sent(w.a, w.client), "");
}

TEST(Cork, HoldsNotForLongerThanATimeout) {
  Connected w;
  set(w.a, w.client, OptionName::tcp_cork, 1);
  send(w.a, w.client, "abc");
  EXPECT_EQ(sent(w.a, w.client), "");
  EXPECT_EQ(sent_at(w.a, iss_of(w.a, w.client), 5), "3: PSH|ACK 1:4");
}

TEST(Cork, DoesNotHoldAFin) {
  Connected w;
  set(w.a, w.client, OptionName::tcp_cork, 1);
  send(w.a, w.client, "abc");
  w.a.close(w.client);
  const auto packets = drain(w.a);
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(tcp_flags_text(packets[0].tcp()->flags), "FIN|PSH|ACK");
}

HostConfig large(std::string_view address) {
  HostConfig config = host_at({address});
  config.send_buffer = config.receive_buffer = 1 << 20;
  return config;
}

TEST(WindowScale, LetsMoreThan64KiBBeUnderWay) {
  Connected w(large("10.0.0.1"), large("10.0.0.2"));
  const Tcb& tcb = w.b.find_socket(w.server)->tcb;
  EXPECT_EQ(tcb.rcv_scale, 5);
  EXPECT_EQ(tcb.snd_scale, 5);
  const std::string text(600'000, 'w');
  EXPECT_EQ(send(w.a, w.client, text), "600000");
  w.settle();
  send(w.b, w.server, "!");
  w.settle();
  EXPECT_EQ(tcb.received.size(), 600'000u);
  EXPECT_EQ(w.a.find_socket(w.client)->tcb.in_flight(), 0u);
  EXPECT_EQ(w.a.find_socket(w.client)->tcb.snd_wnd, tcb.rcv_wnd());
  // An edge that the field cannot tell is rounded up (RFC 7323 2.4).
  EXPECT_GE(tcb.rcv_wnd(), (1u << 20) - 600'000);
  EXPECT_LE(tcb.rcv_wnd(), (1u << 20) - 600'000 + 32);
  EXPECT_EQ(receive(w.b, w.server, 1 << 20), text);
}

TEST(WindowScale, SendsTheWholeWindowAtOnceOnceItIsKnown) {
  Connected w(large("10.0.0.1"), large("10.0.0.2"));
  send(w.a, w.client, "x");
  w.settle();
  send(w.a, w.client, std::string(400'000, 'w'));
  std::size_t bytes = 0;
  for (const Packet& packet : drain(w.a)) bytes += packet.tcp()->payload.size();
  EXPECT_EQ(bytes, 400'000u);
}

TEST(WindowScale, IsOfferedInTheSynsAndNeverAppliedToThem) {
  Kernel a(large("10.0.0.1"));
  Listener listener(large("10.0.0.2"));
  const Fd client = testing::open(a, Type::stream);
  a.connect(client, at("10.0.0.2:80"));
  const Packet syn = drain(a).at(0);
  EXPECT_EQ(syn.tcp()->options.window_scale, 5);
  EXPECT_EQ(syn.tcp()->window, 65535);
  listener.host.deliver(syn);
  const Packet syn_ack = drain(listener.host).at(0);
  EXPECT_EQ(syn_ack.tcp()->options.window_scale, 5);
  EXPECT_EQ(syn_ack.tcp()->window, 65535);
  a.deliver(syn_ack);
  EXPECT_EQ(a.find_socket(client)->tcb.snd_wnd, 65535u);
  const Packet ack = drain(a).at(0);
  EXPECT_EQ(ack.tcp()->window, (1 << 20) >> 5);
}

TEST(WindowScale, IsNotUsedWhereThePeerDoesNotOfferIt) {
  Listener listener(large("10.0.0.2"));
  listener.host.deliver(listener.from(1, tcp_syn, 100));
  const Packet syn_ack = drain(listener.host).at(0);
  EXPECT_EQ(syn_ack.tcp()->options.window_scale, std::nullopt);
  EXPECT_EQ(syn_ack.tcp()->window, 65535);
  listener.ack(1, syn_ack.tcp()->seq);
  const Fd server{static_cast<std::int32_t>(listener.host.accept(listener.fd).value)};
  EXPECT_EQ(listener.host.find_socket(server)->tcb.rcv_wnd(), 65535u);
  EXPECT_EQ(listener.host.find_socket(server)->tcb.snd_wnd, 1000u);
}

TEST(WindowScale, GreaterThanFourteenCountsAsFourteen) {
  Listener listener(host_at({"10.0.0.2"}));
  Packet syn = listener.from(1, tcp_syn, 100);
  syn.tcp()->options.window_scale = 200;
  listener.host.deliver(syn);
  const std::uint32_t iss = drain(listener.host).at(0).tcp()->seq;
  listener.ack(1, iss);
  const Fd server{static_cast<std::int32_t>(listener.host.accept(listener.fd).value)};
  EXPECT_EQ(listener.host.find_socket(server)->tcb.snd_wnd, 1000u << 14);
}

struct Keepalive : ::testing::Test {
  Connected w;
  SequenceNumber iss = iss_of(w.a, w.client);

  Keepalive() {
    set(w.a, w.client, OptionName::tcp_keepidle, 2);
    set(w.a, w.client, OptionName::tcp_keepintvl, 1);
    set(w.a, w.client, OptionName::tcp_keepcnt, 3);
    set(w.a, w.client, OptionName::so_keepalive, 1);
  }
};

TEST_F(Keepalive, ProbesASilentPeerAndGivesItUpWithAReset) {
  EXPECT_EQ(sent_at(w.a, iss, 100), "20: ACK 0, 30: ACK 0, 40: ACK 0, 50: RST|ACK 1");
  EXPECT_EQ(receive(w.a, w.client), "ETIMEDOUT");
}

TEST_F(Keepalive, StartsAnewWithWhateverComes) {
  EXPECT_EQ(sent_at(w.a, iss, 35), "20: ACK 0, 30: ACK 0");
  w.b.tick(35);
  send(w.b, w.server, "here");
  w.settle();
  EXPECT_EQ(sent_at(w.a, iss, 25), "20: ACK 0");
  w.settle();
}

TEST_F(Keepalive, IsAnsweredByAPeerThatIsThere) {
  w.a.tick(20);
  const Packet probe = drain(w.a).at(0);
  w.b.deliver(probe);
  const auto answers = drain(w.b);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(shown(answers[0], iss_of(w.b, w.server)), "ACK 1");
  EXPECT_EQ(answers[0].tcp()->ack, (iss + 1).value());
  w.a.deliver(answers[0]);
  EXPECT_EQ(sent_at(w.a, iss, 25), "20: ACK 0");
}

TEST_F(Keepalive, LeavesItToRetransmissionsWhileTextIsUnderWay) {
  w.a.tick(19);
  send(w.a, w.client, "x");
  drain(w.a);
  EXPECT_EQ(sent_at(w.a, iss, 30), "3: PSH|ACK 1:2, 9: PSH|ACK 1:2, 21: PSH|ACK 1:2");
}

TEST_F(Keepalive, GivesUpByTheUserTimeoutInsteadOfTheCount) {
  set(w.a, w.client, OptionName::tcp_user_timeout, 2500);
  EXPECT_EQ(sent_at(w.a, iss, 100), "20: ACK 0, 30: RST|ACK 1");
  EXPECT_EQ(receive(w.a, w.client), "ETIMEDOUT");
}

TEST_F(Keepalive, StopsWhenItIsSwitchedOffAndWhenItIsClosed) {
  set(w.a, w.client, OptionName::so_keepalive, 0);
  EXPECT_EQ(sent_at(w.a, iss, 100), "");
  set(w.a, w.client, OptionName::so_keepalive, 1);
  w.a.shutdown(w.client, ShutdownHow::write);
  w.settle();
  w.a.close(w.client);
  EXPECT_EQ(sent_at(w.a, iss, 1000), "");
}

TEST(UserTimeout, EndsInTimeAndNotByCount) {
  Connected w;
  set(w.a, w.client, OptionName::tcp_user_timeout, 1000);
  const SequenceNumber iss = iss_of(w.a, w.client);
  send(w.a, w.client, "x");
  drain(w.a);
  EXPECT_EQ(sent_at(w.a, iss, 9), "3: PSH|ACK 1:2, 9: PSH|ACK 1:2");
  EXPECT_EQ(w.client_state(), TcpState::established);
  EXPECT_EQ(sent_at(w.a, iss, 1), "");
  EXPECT_EQ(receive(w.a, w.client), "ETIMEDOUT");
}

TEST(UserTimeout, OutlastsTheCount) {
  Connected w;
  set(w.a, w.client, OptionName::tcp_user_timeout, 100'000);
  send(w.a, w.client, "x");
  drain(w.a);
  w.a.tick(999);
  EXPECT_EQ(w.client_state(), TcpState::established);
  w.a.tick(1);
  EXPECT_EQ(w.client_state(), TcpState::closed);
}

TEST(UserTimeout, StartsAnewWithEachAcknowledgment) {
  Connected w;
  set(w.a, w.client, OptionName::tcp_user_timeout, 1000);
  send(w.a, w.client, "x");
  drain(w.a);
  w.a.tick(9);
  w.settle();
  EXPECT_EQ(w.a.find_socket(w.client)->tcb.in_flight(), 0u);
  send(w.a, w.client, "y");
  drain(w.a);
  w.a.tick(9);
  EXPECT_EQ(w.client_state(), TcpState::established);
}

// The client closes first and the server does not close.
struct Linger2 : ::testing::Test {
  Connected w;

  void close_after(std::int32_t seconds) {
    set(w.a, w.client, OptionName::tcp_linger2, seconds);
    w.a.close(w.client);
    for (const Packet& packet : drain(w.a)) w.b.deliver(packet);
    for (const Packet& packet : drain(w.b)) w.a.deliver(packet);
  }
};

TEST_F(Linger2, BoundsFinWait2OfAClosedSocket) {
  close_after(3);
  w.a.tick(29);
  EXPECT_EQ(socket_count(w.a), 1u);
  w.a.tick(1);
  EXPECT_EQ(socket_count(w.a), 0u);
  EXPECT_TRUE(drain(w.a).empty());
  send(w.b, w.server, "x");
  w.settle();
  EXPECT_EQ(send(w.b, w.server, "y"), "EPIPE");
}

TEST_F(Linger2, IsTwoMinutesAtMost) {
  close_after(100'000);
  w.a.tick(1199);
  EXPECT_EQ(socket_count(w.a), 1u);
  w.a.tick(1);
  EXPECT_EQ(socket_count(w.a), 0u);
}

TEST_F(Linger2, BelowZeroLeavesFinWait2OutWithAReset) {
  close_after(-1);
  EXPECT_EQ(socket_count(w.a), 0u);
  const auto packets = drain(w.a);
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(tcp_flags_text(packets[0].tcp()->flags), "RST|ACK");
  EXPECT_EQ(packets[0].tcp()->seq, w.b.find_socket(w.server)->tcb.rcv_nxt.value());
}

TEST_F(Linger2, DoesNotBoundASocketThatWasOnlyShut) {
  set(w.a, w.client, OptionName::tcp_linger2, 1);
  w.a.shutdown(w.client, ShutdownHow::write);
  w.settle();
  w.a.tick(100'000);
  EXPECT_EQ(w.client_state(), TcpState::fin_wait_2);
}

TEST(SegmentSize, OfAPeerThatAsksForAlmostNothingIsBoundedBelow) {
  Listener listener(host_at({"10.0.0.2"}));
  Packet syn = listener.from(1, tcp_syn, 100);
  syn.tcp()->options.mss = 1;
  listener.host.deliver(syn);
  listener.ack(1, drain(listener.host).at(0).tcp()->seq);
  const Fd server{static_cast<std::int32_t>(listener.host.accept(listener.fd).value)};
  send(listener.host, server, std::string(960, 'x'));
  EXPECT_EQ(drain(listener.host).size(), 20u);
}

}  // namespace
}  // namespace lockstep
