#include <gtest/gtest.h>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::drain;
using testing::name_of;
using testing::receive;
using testing::send;
using testing::state_of;

std::size_t sockets_of(const Kernel& host) {
  std::size_t count = 0;
  host.for_each_socket([&](const Socket&) { ++count; });
  return count;
}

TEST(Closing, InOrderLeavesTheActiveCloserInTimeWait) {
  Connected w;
  EXPECT_EQ(name_of(w.a.shutdown(w.client, ShutdownHow::write)), "OK");
  EXPECT_EQ(w.client_state(), TcpState::fin_wait_1);
  w.settle();
  EXPECT_EQ(w.client_state(), TcpState::fin_wait_2);
  EXPECT_EQ(w.server_state(), TcpState::close_wait);
  EXPECT_EQ(w.b.poll(w.server, poll_in | poll_out | poll_rdhup), poll_in | poll_out | poll_rdhup);
  EXPECT_EQ(receive(w.b, w.server), "");
  EXPECT_EQ(send(w.b, w.server, "still"), "5");
  w.settle();
  EXPECT_EQ(receive(w.a, w.client), "still");
  EXPECT_EQ(send(w.a, w.client, "x"), "EPIPE");
  w.b.close(w.server);
  w.settle();
  EXPECT_EQ(receive(w.a, w.client), "");
  EXPECT_EQ(sockets_of(w.b), 1u);
  // The application's socket is done; the connection waits on its own.
  EXPECT_EQ(w.client_state(), TcpState::closed);
  EXPECT_EQ(sockets_of(w.a), 2u);
  EXPECT_EQ(name_of(w.a.peer_address(w.client)), "ENOTCONN");
  EXPECT_EQ(name_of(w.a.shutdown(w.client, ShutdownHow::write)), "ENOTCONN");
  EXPECT_EQ(w.a.poll(w.client, poll_in | poll_out | poll_rdhup),
            poll_in | poll_out | poll_hup | poll_rdhup);
  w.a.close(w.client);
  EXPECT_EQ(sockets_of(w.a), 1u);
  w.a.tick(599);
  EXPECT_EQ(sockets_of(w.a), 1u);
  w.a.tick(1);
  EXPECT_EQ(sockets_of(w.a), 0u);
}

TEST(Closing, FromBothSidesAtOncePassesThroughClosing) {
  Connected w;
  w.a.shutdown(w.client, ShutdownHow::write);
  w.b.shutdown(w.server, ShutdownHow::write);
  const auto from_a = drain(w.a);
  const auto from_b = drain(w.b);
  w.a.deliver(from_b.at(0));
  w.b.deliver(from_a.at(0));
  EXPECT_EQ(w.client_state(), TcpState::closing);
  EXPECT_EQ(w.server_state(), TcpState::closing);
  w.settle();
  EXPECT_EQ(w.client_state(), TcpState::closed);
  EXPECT_EQ(sockets_of(w.a), 2u);
  EXPECT_EQ(sockets_of(w.b), 3u);
}

TEST(Closing, WithUnreadDataResetsThePeer) {
  Connected w;
  send(w.a, w.client, "unread");
  w.settle();
  send(w.b, w.server, "kept");
  w.b.close(w.server);
  const auto packets = drain(w.b);
  EXPECT_EQ(packets.back().tcp()->flags, tcp_rst | tcp_ack);
  for (const Packet& packet : packets) w.a.deliver(packet);
  EXPECT_EQ(receive(w.a, w.client), "kept");
  EXPECT_EQ(receive(w.a, w.client), "ECONNRESET");
  EXPECT_EQ(receive(w.a, w.client), "");
  EXPECT_EQ(send(w.a, w.client, "x"), "EPIPE");
  EXPECT_EQ(name_of(w.a.connect(w.client, at("10.0.0.2:80"))), "EISCONN");
}

TEST(Closing, ByResetGivesItsErrorToOneCallOnly) {
  for (int first = 0; first < 3; ++first) {
    Connected w;
    w.b.set_option(w.server, OptionName::so_linger, {1, 0});
    w.b.close(w.server);
    w.settle();
    EXPECT_EQ(w.a.poll(w.client, poll_in | poll_out | poll_rdhup),
              poll_in | poll_out | poll_err | poll_hup | poll_rdhup);
    if (first == 0) {
      EXPECT_EQ(send(w.a, w.client, "x"), "ECONNRESET");
      EXPECT_EQ(send(w.a, w.client, "x"), "EPIPE");
    } else if (first == 1) {
      EXPECT_EQ(receive(w.a, w.client), "ECONNRESET");
    } else {
      EXPECT_EQ(w.a.get_option(w.client, OptionName::so_error).option_value.value, 104);
    }
    EXPECT_EQ(receive(w.a, w.client), "");
  }
}

TEST(Closing, SendsWhatWasQueuedBeforeTheFin) {
  Connected w;
  const std::string text(50'000, 'q');
  EXPECT_EQ(send(w.a, w.client, text), "50000");
  w.a.close(w.client);
  w.settle();
  EXPECT_EQ(receive(w.b, w.server), text);
  EXPECT_EQ(receive(w.b, w.server), "");
}

TEST(Closing, AnswersLaterDataWithAReset) {
  Connected w;
  w.a.close(w.client);
  w.settle();
  EXPECT_EQ(send(w.b, w.server, "late"), "4");
  w.settle();
  EXPECT_EQ(w.b.get_option(w.server, OptionName::so_error).option_value.value, 32);
  EXPECT_EQ(send(w.b, w.server, "x"), "EPIPE");
  EXPECT_EQ(receive(w.b, w.server), "");
  EXPECT_EQ(sockets_of(w.a), 0u);
}

TEST(Closing, BothDirectionsByShutdownResetsOnLaterData) {
  Connected w;
  w.a.shutdown(w.client, ShutdownHow::both);
  EXPECT_EQ(w.a.poll(w.client, 0), poll_hup);
  w.settle();
  send(w.b, w.server, "late");
  w.settle();
  EXPECT_EQ(w.client_state(), TcpState::closed);
  EXPECT_EQ(w.server_state(), TcpState::closed);
}

TEST(Closing, TheReadingSideAloneStillTakesData) {
  Connected w;
  EXPECT_EQ(name_of(w.a.shutdown(w.client, ShutdownHow::read)), "OK");
  EXPECT_EQ(receive(w.a, w.client), "");
  send(w.b, w.server, "late");
  w.settle();
  EXPECT_EQ(receive(w.a, w.client), "late");
  EXPECT_EQ(receive(w.a, w.client), "");
}

TEST(Closing, OneOfTwoDescriptorsIsSilent) {
  Connected w;
  const Fd same{static_cast<std::int32_t>(w.a.dup(w.client).value)};
  w.a.close(w.client);
  EXPECT_TRUE(drain(w.a).empty());
  EXPECT_EQ(send(w.a, same, "x"), "1");
  w.a.shutdown(same, ShutdownHow::write);
  EXPECT_EQ(send(w.a, same, "x"), "EPIPE");
}

TEST(Closing, OrphansDoNotStayInFinWait2ForEver) {
  Connected w;
  w.a.close(w.client);
  w.settle();
  EXPECT_EQ(sockets_of(w.a), 1u);
  w.a.tick(600);
  EXPECT_EQ(sockets_of(w.a), 0u);
}

TEST(Closing, ShutdownLeavesFinWait2WithoutATimer) {
  Connected w;
  w.a.shutdown(w.client, ShutdownHow::write);
  w.settle();
  w.a.tick(100'000);
  EXPECT_EQ(w.client_state(), TcpState::fin_wait_2);
  w.a.close(w.client);
  w.a.tick(600);
  EXPECT_EQ(sockets_of(w.a), 0u);
}

TEST(Closing, RepeatsAFinUntilItIsAcknowledgedOrHope) {
  for (bool passive : {false, true}) {
    Connected w;
    if (passive) {
      w.a.shutdown(w.client, ShutdownHow::write);
      w.settle();
    }
    w.b.close(w.server);
    std::size_t fins = 0;
    for (int tick = 0; tick < 300; ++tick) {
      for (const Packet& packet : drain(w.b)) fins += packet.tcp()->has(tcp_fin) ? 1u : 0u;
      w.b.tick(1);
    }
    EXPECT_EQ(fins, 6u);
    EXPECT_EQ(sockets_of(w.b), 1u);
  }
}

struct TimeWait : ::testing::Test {
  Connected w;
  Packet last_fin;

  void SetUp() override {
    w.b.set_option(w.listener, OptionName::so_reuseaddr, {1, 0});
    w.a.close(w.client);
    w.settle();
    w.b.close(w.server);
    last_fin = drain(w.b).at(0);
    w.a.deliver(last_fin);
    w.b.deliver(drain(w.a).at(0));
  }
};

TEST_F(TimeWait, AcknowledgesTheFinAgainAndStartsAnew) {
  w.a.tick(599);
  w.a.deliver(last_fin);
  const auto answer = drain(w.a);
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0].tcp()->flags, tcp_ack);
  w.a.tick(599);
  EXPECT_EQ(sockets_of(w.a), 1u);
  w.a.tick(1);
  EXPECT_EQ(sockets_of(w.a), 0u);
}

TEST_F(TimeWait, IsEndedByAReset) {
  last_fin.tcp()->flags = tcp_rst;
  w.a.deliver(last_fin);
  EXPECT_EQ(sockets_of(w.a), 1u);
  last_fin.tcp()->seq += 1;
  w.a.deliver(last_fin);
  EXPECT_EQ(sockets_of(w.a), 0u);
}

TEST(TimeWaitOfAServer, GivesWayToANewerSynOnly) {
  Connected w;
  const Endpoint peer = std::get<Endpoint>(w.a.local_address(w.client).address);
  w.b.close(w.server);
  w.settle();
  w.a.close(w.client);
  w.settle();
  Packet syn{.source = peer.ip,
             .destination = testing::ip("10.0.0.2"),
             .body = TcpSegment{.source_port = peer.port,
                                .destination_port = 80,
                                .seq = 0x01000000,
                                .flags = tcp_syn,
                                .window = 1000}};
  w.b.deliver(syn);
  const auto old = drain(w.b);
  ASSERT_EQ(old.size(), 1u);
  EXPECT_EQ(old[0].tcp()->flags, tcp_ack);
  syn.tcp()->seq = 0x02000000;
  w.b.deliver(syn);
  const auto fresh = drain(w.b);
  ASSERT_EQ(fresh.size(), 1u);
  EXPECT_EQ(fresh[0].tcp()->flags, tcp_syn | tcp_ack);
  EXPECT_GT(fresh[0].tcp()->seq, old[0].tcp()->seq);
}

TEST(ClosedPort, AnswersEverythingButResetsWithAReset) {
  Kernel host(testing::host_at({"10.0.0.2"}));
  const auto answer_to = [&](TcpFlags flags) {
    host.deliver(Packet{
        .source = testing::ip("10.0.0.1"),
        .destination = testing::ip("10.0.0.2"),
        .body = TcpSegment{
            .source_port = 1, .destination_port = 2, .seq = 100, .ack = 500, .flags = flags}});
    const auto packets = drain(host);
    return packets.empty() ? std::string("nothing") : to_string(packets[0]);
  };
  EXPECT_EQ(answer_to(tcp_syn), "10.0.0.2:2 > 10.0.0.1:1 tcp RST|ACK seq=0 ack=101 win=0");
  EXPECT_EQ(answer_to(tcp_ack), "10.0.0.2:2 > 10.0.0.1:1 tcp RST seq=500 win=0");
  EXPECT_EQ(answer_to(tcp_rst), "nothing");
  EXPECT_EQ(answer_to(tcp_rst | tcp_ack), "nothing");
}

}  // namespace
}  // namespace lockstep
