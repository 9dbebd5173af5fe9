// A hand-made trace with something of every kind, and what each change makes of it.
#include "oracle/discriminate/change.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "oracle/discriminate/replay.h"
#include "oracle/judge/run.h"
#include "oracle/scenario/text.h"
#include "stack/ports/in_process.h"
#include "stack/wire/packet_kind.h"

namespace lockstep::discriminate {
namespace {

using judge::Observation;

constexpr std::string_view conversation = R"(host a 10.0.0.1
host b 10.0.0.2
b: l = socket inet stream
b: bind l 10.0.0.2:8000
b: listen l 8
b: u = socket inet dgram
b: bind u 10.0.0.2:9000
a: c = socket inet stream
a: connect c 10.0.0.2:8000
settle
b: s = accept l
a: send c 10
a: send c 20
settle
b: recv s 5
b: recv s 100
b: recv s 100
a: d = socket inet dgram
a: sendto d 30 10.0.0.2:9000
a: sendto d 40 10.0.0.2:9000
settle
b: recvfrom u 100
b: recvfrom u 100
a: getsockopt c so_error
a: close c
settle
b: recv s 100
b: close s
a: e = socket inet stream
a: connect e 10.0.0.2:8001
settle
)";

judge::Recording record(std::string_view text) {
  const auto scenario = scenario::parse(text, "test");
  EXPECT_TRUE(scenario.has_value());
  judge::Runner runner([](scenario::HostIndex) { return make_in_process_port(); },
                       oracle::linux_dialect());
  judge::Recording recording;
  runner.set_recording(&recording);
  EXPECT_EQ(judge::run(runner, *scenario).verdict.outcome, judge::Outcome::allowed);
  return recording;
}

Judged judge_unchanged(const judge::Recording& recording) {
  oracle::Oracle oracle(oracle::linux_dialect());
  std::vector<const Observation*> all;
  for (const Observation& seen : recording.observations) all.push_back(&seen);
  return show(oracle, recording, all);
}

// Whether two observations say the same to an oracle.
bool say_the_same(const Observation& a, const Observation& b) {
  return a.kind == b.kind && a.host == b.host && a.result == b.result && a.bytes == b.bytes &&
         a.packet == b.packet;
}

TEST(Change, TheRecordingIsAcceptedAsItIs) {
  const judge::Recording recording = record(conversation);
  EXPECT_EQ(recording.configs.size(), 2u);
  EXPECT_EQ(judge_unchanged(recording).answer, Answer::accepted);
}

TEST(Change, EveryKindAppliesToTheConversation) {
  const judge::Recording recording = record(conversation);
  const Places places = find_places(recording);
  for (std::size_t kind = 0; kind < kind_count; ++kind) {
    EXPECT_FALSE(places.of_kind[kind].empty()) << kind_name(static_cast<Kind>(kind));
  }
}

// A change that changes nothing would be counted as something that the oracle does not notice.
TEST(Change, EveryPlaceChangesWhatIsShown) {
  const judge::Recording recording = record(conversation);
  const Places places = find_places(recording);
  const auto& all = recording.observations;
  scenario::RandomChoices choices(7);
  for (const std::vector<Place>& of_kind : places.of_kind) {
    for (const Place& place : of_kind) {
      SCOPED_TRACE(std::string(kind_name(kind_of(place.way))) + ", " +
                   std::string(way_name(place.way)));
      const Change change = make_change(recording, places, place, choices);
      EXPECT_FALSE(change.subject.empty());
      EXPECT_NE(change.before, "");
      EXPECT_NE(change.after, "");
      std::size_t same = 0;
      const std::size_t least = std::min(all.size(), change.shown.size());
      while (same < least && say_the_same(*change.shown[same], all[same])) ++same;
      EXPECT_TRUE(same < least || all.size() != change.shown.size()) << "nothing changed";
    }
  }
}

TEST(Change, TheSameChoicesMakeTheSameChange) {
  const judge::Recording recording = record(conversation);
  const Places places = find_places(recording);
  for (const std::vector<Place>& of_kind : places.of_kind) {
    for (const Place& place : of_kind) {
      scenario::RandomChoices one(3);
      scenario::RandomChoices other(3);
      EXPECT_EQ(make_change(recording, places, place, one).after,
                make_change(recording, places, place, other).after);
    }
  }
}

struct Expected {
  Way way;
  PacketKind packet;  // Of the packet that is changed; `other` for a call.
  Call call;
  oracle::Rule rule;
};

// The first place of that way and subject is rejected by this rule.
void check_rejected(const judge::Recording& recording, const Expected& expected) {
  const Places places = find_places(recording);
  scenario::RandomChoices choices(1);
  oracle::Oracle oracle(oracle::linux_dialect());
  for (const Place& place : places.of(kind_of(expected.way))) {
    const Observation& seen = recording.observations[place.at];
    const bool is_call = seen.kind == Observation::Kind::call;
    if (place.way != expected.way) continue;
    if (is_call ? seen.call.call != expected.call : packet_kind(seen.packet) != expected.packet) {
      continue;
    }
    const Change change = make_change(recording, places, place, choices);
    const Judged judged = show(oracle, recording, change.shown);
    EXPECT_EQ(judged.answer, Answer::rejected);
    EXPECT_EQ(oracle::rule_row(judged.rule).name, oracle::rule_row(expected.rule).name)
        << change.before << " => " << change.after;
    return;
  }
  ADD_FAILURE() << "no such place";
}

TEST(Change, OfEachKindIsRejectedByItsRule) {
  using oracle::Rule;
  const judge::Recording recording = record(conversation);
  const auto call = PacketKind::other;
  const Expected all[] = {
      {Way::result_error, call, Call::listen, Rule::tcp_listen_succeeds},
      {Way::pending_error, call, Call::getsockopt, Rule::tcp_error_reported_once},
      {Way::result_shorter, call, Call::recv, Rule::tcp_recv_returns_queued},
      {Way::result_shorter, call, Call::recvfrom, Rule::udp_boundaries_are_kept},
      {Way::payload_shorter, PacketKind::data, Call::send, Rule::tcp_no_silly_segment},
      {Way::payload_longer, PacketKind::data, Call::send, Rule::tcp_sends_accepted_bytes},
      {Way::received_byte, call, Call::recv, Rule::tcp_recv_in_order},
      {Way::payload_byte, PacketKind::udp, Call::sendto, Rule::udp_send_one_datagram_leaves},
      {Way::results_exchanged, call, Call::recvfrom, Rule::udp_recv_in_order},
      {Way::packets_exchanged, PacketKind::data, Call::send, Rule::tcp_sends_accepted_bytes},
      {Way::result_port, call, Call::recvfrom, Rule::udp_recv_names_the_sender},
      {Way::destination_port, PacketKind::syn, Call::connect, Rule::tcp_segment_needs_connection},
      {Way::fin_bit, PacketKind::data, Call::send, Rule::tcp_fin_needs_close},
      {Way::seq_one_more, PacketKind::data, Call::send, Rule::tcp_sends_accepted_bytes},
      {Way::ack_one_more, PacketKind::synack, Call::send, Rule::tcp_syn_ack_numbers},
      {Way::window_none, PacketKind::ack, Call::send, Rule::tcp_window_never_shrinks},
      {Way::end_for_nothing, call, Call::recv, Rule::tcp_recv_empty_is_eagain},
      {Way::nothing_for_end, call, Call::recv, Rule::tcp_recv_end_after_fin},
      {Way::reset_for_segment, PacketKind::ack, Call::send, Rule::tcp_reset_needs_cause},
      {Way::reset_missing, PacketKind::rst, Call::send, Rule::tcp_closed_answers_reset},
      {Way::packet_removed, PacketKind::synack, Call::send, Rule::tcp_listener_answers_syn},
      {Way::packet_repeated, PacketKind::udp, Call::send, Rule::udp_nothing_from_nowhere},
      {Way::packet_delayed, PacketKind::syn, Call::send, Rule::tcp_connect_sends_syn},
  };
  for (const Expected& expected : all) {
    SCOPED_TRACE(way_name(expected.way));
    check_rejected(recording, expected);
  }
}

// A settle that ends while something is owed is judged as a runner would.
TEST(Change, WhatASettleWaitsForIsAskedFor) {
  judge::Recording recording = record(conversation);
  const auto is_settled = [](const Observation& seen) {
    return seen.kind == Observation::Kind::settled;
  };
  const auto first = std::ranges::find_if(recording.observations, [](const Observation& seen) {
    return seen.kind == Observation::Kind::left && seen.packet.tcp() != nullptr;
  });
  const auto settled = std::ranges::find_if(recording.observations, is_settled);
  // The SYN leaves and nothing comes back.
  recording.observations.erase(first + 1, settled);
  const Judged judged = judge_unchanged(recording);
  EXPECT_EQ(judged.answer, Answer::rejected);
  EXPECT_EQ(judged.rule, oracle::Rule::tcp_syn_is_answered);
}

}  // namespace
}  // namespace lockstep::discriminate
