// What the normal form prefers, and that scenarios which differ only in what does not matter have
// the same one.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include "oracle/scenario/text.h"
#include "oracle/shrink/cost.h"
#include "oracle/shrink/names.h"
#include "oracle/shrink/shrink.h"

namespace lockstep::shrink {
namespace {

using scenario::Step;
namespace step = scenario::step;

Scenario parsed(std::string_view text) {
  auto result = scenario::parse(text, "test");
  EXPECT_TRUE(result.has_value()) << (result ? "" : to_string(result.error()));
  return result.value_or(Scenario());
}

const step::Call* call_of(const Step& step, Call call) {
  const auto* made = std::get_if<step::Call>(&step.action);
  return made != nullptr && made->call == call ? made : nullptr;
}

std::string shrunk(std::string_view text, const Replay& replay) {
  return scenario::print(shrink(parsed(text), replay).scenario);
}

// ---- the order of scenarios ----

TEST(Order, scenarios_that_differ_in_names_only_are_equal) {
  const Scenario a = parsed(
      "host a 10.0.0.1\n"
      "a: c = socket inet stream\n"
      "a: connect c 10.0.0.2:8000\n");
  const Scenario b = parsed(
      "host z 10.7.7.7\n"
      "z: odd = socket inet stream\n"
      "z: connect odd 192.168.1.1:4711\n");
  EXPECT_FALSE(is_simpler(a, b));
  EXPECT_FALSE(is_simpler(b, a));
  EXPECT_EQ(canonical_text(a), canonical_text(b));
}

TEST(Order, of_two_sockets_that_do_the_same_the_first_made_acts_first) {
  const Scenario crossed = parsed(
      "host a 10.0.0.1\n"
      "a: c = socket inet stream\n"
      "a: c2 = socket inet stream\n"
      "a: connect c2 10.0.0.2:8000\n"
      "a: connect c 10.0.0.2:8000\n");
  const Scenario straight = parsed(
      "host a 10.0.0.1\n"
      "a: c = socket inet stream\n"
      "a: c2 = socket inet stream\n"
      "a: connect c 10.0.0.2:8000\n"
      "a: connect c2 10.0.0.2:8000\n");
  EXPECT_TRUE(is_simpler(straight, crossed));
  EXPECT_FALSE(is_simpler(crossed, straight));
}

TEST(Order, a_trick_costs_the_steps_that_it_spares) {
  const Scenario with_itself = parsed(
      "host a 10.0.0.1\n"
      "a: c = socket inet stream\n"
      "a: bind c 0.0.0.0:8000\n"
      "a: connect c 10.0.0.1:8000\n"
      "a: send c 1\n"
      "a: recv c 1\n");
  const Scenario with_listener = parsed(
      "host a 10.0.0.1\n"
      "a: l = socket inet stream\n"
      "a: listen l 1\n"
      "a: c = socket inet stream\n"
      "a: connect c local(l)\n"
      "a: send c 1\n"
      "a: s = accept l\n"
      "a: recv s 1\n");
  EXPECT_TRUE(is_simpler(with_listener, with_itself));
  const Scenario guessed = parsed(
      "host a 10.0.0.1\n"
      "a: u = socket inet dgram\n"
      "a: sendto u 1 10.0.0.1:49152\n");
  const Scenario bound = parsed(
      "host a 10.0.0.1\n"
      "a: u = socket inet dgram\n"
      "a: bind u 10.0.0.1:8000\n"
      "a: sendto u 1 10.0.0.1:8000\n");
  EXPECT_TRUE(is_simpler(bound, guessed));
}

TEST(Names, the_addresses_of_no_host_follow_those_of_the_hosts) {
  const Scenario named =
      with_canonical_addresses(parsed("host a 10.0.0.2\n"
                                      "a: c = socket inet stream\n"
                                      "a: bind c 0.0.0.0:80\n"
                                      "a: connect c 10.0.0.1:80\n"));
  EXPECT_EQ(scenario::print(named),
            "host a 10.0.0.1\n"
            "a: c = socket inet stream\n"
            "a: bind c 0.0.0.0:80\n"
            "a: connect c 10.0.0.2:80\n");
}

TEST(Names, a_port_that_the_stack_chooses_can_be_kept) {
  const Scenario original = parsed(
      "host a 10.0.0.1\n"
      "a: c = socket inet stream\n"
      "a: bind c 10.0.0.1:49152\n"
      "a: connect c 10.0.0.2:4711\n");
  const std::string text = scenario::print(with_canonical_ports(original, 49152));
  EXPECT_NE(text.find("bind c 10.0.0.1:49152\n"), std::string::npos) << text;
  EXPECT_NE(text.find("connect c 10.0.0.2:8000\n"), std::string::npos) << text;
}

// ---- one form from many ----

TEST(NormalForm, sends_become_one_send) {
  const Replay many_bytes = [](const Scenario& scenario) -> Replayed {
    std::uint32_t sent = 0;
    for (const Step& step : scenario.steps) {
      if (const auto* send = call_of(step, Call::send)) sent += send->length;
    }
    return sent >= 5000 ? "rule" : "allowed";
  };
  const std::string form = shrunk(
      "host a 10.0.0.1\n"
      "a: c = socket inet stream\n"
      "a: send c 1400\n"
      "a: getsockname c\n"
      "a: send c 3000\n"
      "a: send c 700\n",
      many_bytes);
  EXPECT_EQ(form,
            "host a 10.0.0.1\n"
            "a: send x 5000\n");
}

TEST(NormalForm, a_call_that_only_let_time_pass_becomes_a_tick) {
  const Replay any_step_after_close = [](const Scenario& scenario) -> Replayed {
    const auto close = std::ranges::find_if(
        scenario.steps, [](const Step& step) { return call_of(step, Call::close) != nullptr; });
    const auto later = scenario.steps.end() - close;
    const bool settles = later > 1 && std::holds_alternative<step::Settle>((close + 1)->action);
    return later > 1 && !settles ? "rule" : "allowed";
  };
  EXPECT_EQ(shrunk("host a 10.0.0.1\n"
                   "a: c = socket inet stream\n"
                   "a: close c\n"
                   "a: u = socket inet dgram\n",
                   any_step_after_close),
            "host a 10.0.0.1\n"
            "a: close x\n"
            "tick a 1\n");
}

// Fails when the last step reads from a connector that an earlier connect joined to a listener.
Replayed reading_connector_fails(const Scenario& scenario) {
  bool listens = false;
  scenario::SocketName connector;
  for (const Step& step : scenario.steps) {
    listens = listens || call_of(step, Call::listen) != nullptr;
    const auto* connect = call_of(step, Call::connect);
    if (connect != nullptr && listens) connector = connect->socket;
    const auto* recv = call_of(step, Call::recv);
    if (recv != nullptr && !connector.none() && recv->socket == connector) return "rule";
  }
  return "allowed";
}

TEST(NormalForm, long_ways_to_a_connection_become_the_shortest) {
  const std::string form = shrunk(
      "host a 10.0.0.1 mtu=576\n"
      "host b 10.0.0.2\n"
      "b: l = socket inet stream\n"
      "b: bind l 10.0.0.2:99\n"
      "b: listen l 12\n"
      "a: c = socket inet stream\n"
      "[9] a: connect c 10.0.0.2:99\n"
      "duplicate 9.1\n"
      "deliver 9.1\n"
      "b: close l\n"
      "partition a b\n"
      "a: recv c 77\n",
      reading_connector_fails);
  EXPECT_EQ(form,
            "host a 10.0.0.1\n"
            "a: listen l 1\n"
            "a: connect c 10.0.0.1:8000\n"
            "a: recv c 1\n");
}

TEST(NormalForm, an_address_of_no_host_needs_no_host) {
  const Replay connects = [](const Scenario& scenario) -> Replayed {
    return std::ranges::any_of(scenario.steps,
                               [](const Step& step) {
                                 const auto* connect = call_of(step, Call::connect);
                                 return connect != nullptr;
                               })
               ? "rule"
               : "allowed";
  };
  EXPECT_EQ(shrink(parsed("host a fd00::1\n"
                          "a: c = socket inet6 stream\n"
                          "a: connect c [fd00::9]:99\n"),
                   connects)
                .scenario.hosts.front()
                .config.addresses.front(),
            IpAddress::v4(10, 0, 0, 1));
}

TEST(NormalForm, nothing_grows_past_the_original) {
  const Replay sends = [](const Scenario& scenario) -> Replayed {
    return std::ranges::any_of(scenario.steps,
                               [](const Step& step) { return call_of(step, Call::sendto); })
               ? "rule"
               : "allowed";
  };
  const Scenario original = parsed(
      "host a 10.0.0.1\n"
      "a: sendto u 1 10.0.0.1:49152\n");
  EXPECT_LE(shrink(original, sends).scenario.steps.size(), original.steps.size());
}

TEST(NormalForm, a_failed_expectation_stays_the_same_one) {
  const Replay expectation = [](const Scenario& scenario) -> Replayed {
    Replayed result("allowed");
    for (const Step& step : scenario.steps) {
      const auto* call = std::get_if<step::Call>(&step.action);
      if (call == nullptr || !step.expected) continue;
      result.cause = "expectation failed";
      result.essence = std::string(call_name(call->call));
      return result;
    }
    return result;
  };
  const std::string form = shrunk(
      "host a 10.0.0.1\n"
      "a: c = socket inet stream\n"
      "a: shutdown c write  -> OK\n",
      expectation);
  EXPECT_NE(form.find("shutdown"), std::string::npos) << form;
}

}  // namespace
}  // namespace lockstep::shrink
