// A trace made by hand, for the tests of the views: a handshake, a segment that is lost, a forged
// and a damaged one, and a FIN where a RST was due. It takes no stack to make.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "oracle/judge/trace.h"
#include "oracle/scenario/text.h"

namespace lockstep::view {

inline constexpr std::string_view sample_scenario =
    "# A server that closes with unread bytes sends a FIN.\n"
    "host a 10.0.0.1\n"
    "host b 10.0.0.2\n"
    "b: l = socket inet stream\n"
    "b: listen l 1\n"
    "a: c = socket inet stream\n"
    "a: connect c 10.0.0.2:8000\n"
    "settle\n"
    "b: s = accept l\n"
    "a: send c 100  -> 100\n"
    "drop 7.1\n"
    "tick a 3\n"
    "settle\n"
    "forge c ACK seq=1\n"
    "b: close s\n";

class SampleTrace {
 public:
  SampleTrace() {
    trace_.scenario = scenario::parse(sample_scenario, "sample").value();
    call(1, 1, "ok");
    call(2, 1, "ok");
    call(3, 0, "ok");
    call(4, 0, "EINPROGRESS");
    left(0, 1, segment(0, tcp_syn, 0, 0), 1);
    step(5);
    arrived(1, 0, segment(0, tcp_syn, 0, 0), 1);
    left(1, 0, segment(1, tcp_syn | tcp_ack, 0, 1), 2);
    arrived(0, 1, segment(1, tcp_syn | tcp_ack, 0, 1), 2);
    left(0, 1, segment(0, tcp_ack, 1, 1), 3);
    arrived(1, 0, segment(0, tcp_ack, 1, 1), 3);
    call(6, 1, "ok from 10.0.0.1:49152");
    call(7, 0, "100");
    left(0, 1, segment(0, tcp_psh | tcp_ack, 1, 1, 100), 4);
    step(8);
    event(judge::TraceEvent::Kind::lost, 0, 1, segment(0, tcp_psh | tcp_ack, 1, 1, 100), 4).text =
        "dropped";
    step(9);
    tick(0, 3);
    left(0, 1, segment(0, tcp_psh | tcp_ack, 1, 1, 100), 5);
    step(10);
    event(judge::TraceEvent::Kind::damaged, 1, 0, segment(0, tcp_psh | tcp_ack, 1, 1, 100), 5)
        .amount = 161;
    tick(0, 1);
    tick(1, 1);
    tick(0, 1);
    tick(1, 1);
    left(0, 1, segment(0, tcp_psh | tcp_ack, 1, 1, 100), 6);
    arrived(1, 0, segment(0, tcp_psh | tcp_ack, 1, 1, 100), 6);
    step(11);
    arrived(0, judge::TraceEvent::none_host, segment(1, tcp_ack, 2, 101), 0);
    call(12, 1, "ok");
    left(1, 0, segment(1, tcp_fin | tcp_ack, 1, 101), 7);
    trace_.verdict.outcome = judge::Outcome::violation;
    trace_.verdict.step = 12;
    trace_.verdict.violation.rule = oracle::Rule{};
    trace_.verdict.violation.allowed = "a RST";
    trace_.verdict.violation.observed = "FIN|ACK seq=1";
    trace_.verdict.violation.state = "s: close wait";
  }

  const judge::Trace& trace() const { return trace_; }

 private:
  // From host 0 or 1, with numbers relative to ISNs that are not 0.
  static Packet segment(int from, TcpFlags flags, std::uint32_t seq, std::uint32_t ack,
                        std::size_t length = 0) {
    const Endpoint client{IpAddress::v4(10, 0, 0, 1), 49152};
    const Endpoint server{IpAddress::v4(10, 0, 0, 2), 8000};
    const std::uint32_t base[]{0xffff'fff0u, 5000};
    TcpSegment body;
    body.source_port = (from == 0 ? client : server).port;
    body.destination_port = (from == 0 ? server : client).port;
    body.seq = base[from] + seq;
    if ((flags & tcp_ack) != 0) body.ack = base[1 - from] + ack;
    body.flags = flags;
    body.window = 65535;
    body.payload = Slice::filled(length, [](std::span<std::byte> bytes) {
      for (std::byte& each : bytes) each = std::byte{0x61};
    });
    Packet packet;
    packet.source = (from == 0 ? client : server).ip;
    packet.destination = (from == 0 ? server : client).ip;
    packet.body = std::move(body);
    return packet;
  }

  judge::TraceEvent& event(judge::TraceEvent::Kind kind, scenario::HostIndex host,
                           scenario::HostIndex peer, const Packet& packet, std::uint64_t flight) {
    judge::TraceEvent& made = trace_.events.emplace_back();
    made.kind = kind;
    made.host = host;
    made.peer = peer;
    made.step = step_;
    made.ticks = host < 2 ? ticks_[host] : 0;
    made.flight = flight;
    made.packet = packet;
    return made;
  }
  void step(scenario::Label label) {
    step_ = label;
    event(judge::TraceEvent::Kind::step, 0, judge::TraceEvent::none_host, {}, 0).text =
        scenario::print_step(trace_.scenario, trace_.scenario.steps[label - 1]);
  }
  void call(scenario::Label label, scenario::HostIndex host, std::string result) {
    step(label);
    event(judge::TraceEvent::Kind::call, host, judge::TraceEvent::none_host, {}, 0).text =
        std::move(result);
  }
  void left(scenario::HostIndex from, scenario::HostIndex to, const Packet& packet,
            std::uint64_t flight) {
    event(judge::TraceEvent::Kind::left, from, to, packet, flight);
  }
  void arrived(scenario::HostIndex at, scenario::HostIndex from, const Packet& packet,
               std::uint64_t flight) {
    event(judge::TraceEvent::Kind::arrived, at, from, packet, flight);
  }
  void tick(scenario::HostIndex host, std::uint64_t ticks) {
    ticks_[host] += ticks;
    event(judge::TraceEvent::Kind::tick, host, judge::TraceEvent::none_host, {}, 0).amount = ticks;
  }

  judge::Trace trace_;
  scenario::Label step_ = 0;
  std::uint64_t ticks_[2]{};
};

}  // namespace lockstep::view
