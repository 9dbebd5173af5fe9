#include "oracle/shrink/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string_view>
#include <vector>

#include "oracle/scenario/text.h"
#include "oracle/scenario/visit_names.h"
#include "oracle/shrink/cost.h"
#include "oracle/shrink/edit.h"
#include "oracle/shrink/names.h"
#include "oracle/shrink/stand_in.h"

namespace lockstep::shrink {
namespace {

using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

constexpr std::string_view long_original =
    "# Found at night.\n"
    "host x 10.1.0.7 mtu=576\n"
    "host y 10.1.0.9 receive_buffer=4096\n"
    "host z 10.1.0.11\n"
    "z: u = socket inet dgram\n"
    "y: l = socket inet stream\n"
    "x: noise = socket inet stream\n"
    "y: setsockopt l so_reuseaddr 1\n"
    "y: bind l 10.1.0.9:4711\n"
    "y: listen l 17\n"
    "x: k = socket inet stream\n"
    "x: connect k 10.1.0.9:4711\n"
    "z: sendto u 17 10.1.0.7:99\n"
    "settle\n"
    "y: t = accept l\n"
    "tick x 5\n"
    "x: send k 700\n"
    "x: close noise\n"
    "settle\n"
    "y: recv t 100\n"
    "y: poll t IN|OUT\n"
    "y: close t\n"
    "settle\n"
    "x: recv k 100\n";

constexpr std::string_view normal_form =
    "host a 10.0.0.1\n"
    "host b 10.0.0.2\n"
    "a: l = socket inet stream\n"
    "a: listen l 1\n"
    "b: c = socket inet stream\n"
    "b: connect c local(l)\n"
    "settle\n"
    "a: s = accept l\n"
    "b: send c 1\n"
    "settle\n"
    "a: close s\n";

const Replay unread_close = [](const Scenario& scenario) { return unread_close_fails(scenario); };

TEST(Shrink, reaches_a_small_scenario_that_fails_for_the_same_cause) {
  const ShrinkResult result = shrink(parsed(long_original), unread_close);
  EXPECT_EQ(result.cause, "tcp.close.unread_sends_rst");
  EXPECT_EQ(unread_close_fails(result.scenario), result.cause);
  EXPECT_LE(result.scenario.steps.size(), 10u);
  EXPECT_LT(result.replays, 1000u);
  EXPECT_TRUE(result.complete);
}

TEST(Shrink, is_idempotent) {
  const ShrinkResult once = shrink(parsed(long_original), unread_close);
  const ShrinkResult twice = shrink(once.scenario, unread_close);
  EXPECT_EQ(scenario::print(twice.scenario), scenario::print(once.scenario));
}

TEST(Shrink, leaves_a_scenario_that_does_not_fail_as_it_is) {
  const Scenario original = parsed(long_original);
  const ShrinkResult result = shrink(original, [](const Scenario&) { return "allowed"; });
  EXPECT_EQ(result.cause, "");
  EXPECT_EQ(result.scenario, original);
  EXPECT_EQ(result.replays, 1u);
}

TEST(Shrink, never_takes_another_cause_for_the_same) {
  const Replay two_defects = [](const Scenario& scenario) -> Replayed {
    const bool has_poll = std::ranges::any_of(
        scenario.steps, [](const Step& step) { return call_of(step, Call::poll) != nullptr; });
    if (unread_close_fails(scenario) == "allowed") return "allowed";
    return has_poll ? "poll.rule" : "tcp.rule";
  };
  const ShrinkResult result = shrink(parsed(long_original), two_defects);
  EXPECT_EQ(result.cause, "poll.rule");
  EXPECT_EQ(two_defects(result.scenario).cause, "poll.rule");
}

TEST(Shrink, prefers_a_round_length_and_else_finds_the_least) {
  const auto shrunk_with_need_of = [](std::uint32_t bytes) {
    const Replay replay = [bytes](const Scenario& scenario) {
      return unread_close_fails(scenario, bytes);
    };
    std::string text(long_original);
    text.replace(text.find("send k 700"), 10, "send k 9000");
    return scenario::print(shrink(parsed(text), replay).scenario);
  };
  EXPECT_NE(shrunk_with_need_of(538).find("send c 1000\n"), std::string::npos);
  EXPECT_NE(shrunk_with_need_of(3001).find("send c 3001\n"), std::string::npos);
}

TEST(Shrink, keeps_within_its_limit_of_replays) {
  std::uint32_t replays = 0;
  const Replay counted = [&](const Scenario& scenario) {
    ++replays;
    return Replayed(unread_close_fails(scenario));
  };
  const ShrinkResult result = shrink(parsed(long_original), counted, {.replays_max = 20});
  EXPECT_LE(replays, 24u);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(unread_close_fails(result.scenario), result.cause);
}

TEST(Shrink, cuts_what_follows_the_failure_and_what_did_nothing) {
  const Replay third_step = [](const Scenario& scenario) {
    Replayed result("allowed");
    for (const Step& step : scenario.steps) {
      ++result.applied;
      result.idle.push_back(call_of(step, Call::poll) != nullptr);
      if (call_of(step, Call::listen) != nullptr) {
        result.cause = "rule";
        return result;
      }
    }
    return result;
  };
  const ShrinkResult result = shrink(parsed(long_original), third_step);
  EXPECT_EQ(scenario::print(result.scenario),
            "host a 10.0.0.1\n"
            "a: listen l 1\n");
}

// ---- the same defect from many originals ----

// Inserts steps that change nothing, in places that only the seed decides.
class Disguise {
 public:
  explicit Disguise(std::uint32_t seed) : bits_(seed) {}

  Scenario of(Scenario scenario) {
    rename(scenario);
    for (int n = 0; n < 12; ++n) insert_noise(scenario);
    for (int n = 0; n < 6; ++n) swap_setup(scenario);
    for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
      scenario.steps[i].label = static_cast<scenario::Label>(10 + 3 * i);
    }
    return scenario::canonical(scenario);
  }

 private:
  std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(bits_() % n); }

  void rename(Scenario& scenario) {
    const auto port = static_cast<std::uint16_t>(2000 + below(5000));
    const std::uint32_t length = 1 + below(3000);
    if (below(2) == 0) std::swap(scenario.hosts[0].name, scenario.hosts[1].name);
    for (auto& name : scenario.socket_names) name += static_cast<char>('p' + below(8));
    for (Step& step : scenario.steps) {
      auto* call = std::get_if<step::Call>(&step.action);
      if (call == nullptr) continue;
      if (auto* endpoint = std::get_if<Endpoint>(&call->address.literal)) endpoint->port = port;
      if (call->call == Call::send) call->length = length;
      if (call->call == Call::listen) call->backlog = static_cast<std::int32_t>(below(100));
    }
  }

  void insert_noise(Scenario& scenario) {
    Step noise;
    switch (below(4)) {
      case 0:
        noise.action = step::Settle{};
        break;
      case 1:
        noise.action = step::Tick{static_cast<scenario::HostIndex>(below(2)), 1 + below(50)};
        break;
      case 2: {
        step::Call made;
        made.type = Type::dgram;
        made.host = static_cast<scenario::HostIndex>(below(2));
        made.result.index = static_cast<std::uint16_t>(scenario.socket_names.size());
        scenario.socket_names.push_back("n" + std::to_string(below(1000)));
        noise.action = made;
        break;
      }
      default: {
        step::Call poll;
        poll.call = Call::poll;
        poll.host = static_cast<scenario::HostIndex>(below(2));
        poll.socket.index = static_cast<std::uint16_t>(below(scenario.socket_names.size()));
        noise.action = poll;
        break;
      }
    }
    const auto at = static_cast<std::ptrdiff_t>(below(scenario.steps.size()));
    scenario.steps.insert(scenario.steps.begin() + at, noise);
  }

  // Neighbours on different hosts before the first connection are free to change places.
  void swap_setup(Scenario& scenario) {
    const std::size_t i = below(4);
    const auto* first = std::get_if<step::Call>(&scenario.steps[i].action);
    const auto* second = std::get_if<step::Call>(&scenario.steps[i + 1].action);
    if (first == nullptr || second == nullptr || first->host == second->host) return;
    if (first->call == Call::connect || second->call == Call::connect) return;
    std::swap(scenario.steps[i], scenario.steps[i + 1]);
  }

  std::mt19937 bits_;
};

constexpr std::string_view plain_original =
    "host a 10.0.0.1\n"
    "host b 10.0.0.2\n"
    "b: l = socket inet stream\n"
    "a: c = socket inet stream\n"
    "b: bind l 10.0.0.2:8000\n"
    "b: listen l 8\n"
    "a: connect c 10.0.0.2:8000\n"
    "settle\n"
    "b: s = accept l\n"
    "a: send c 100\n"
    "settle\n"
    "b: close s\n"
    "settle\n";

TEST(Shrink, many_originals_of_one_defect_reach_one_normal_form) {
  const std::string expected =
      scenario::print(shrink(parsed(plain_original), unread_close).scenario);
  EXPECT_EQ(expected, normal_form);
  std::vector<std::uint32_t> replays;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    const Scenario original = Disguise(seed).of(parsed(plain_original));
    if (unread_close_fails(original) == "allowed") continue;
    const ShrinkResult result = shrink(original, unread_close);
    EXPECT_EQ(scenario::print(result.scenario), expected) << scenario::print(original);
    replays.push_back(result.replays);
  }
  ASSERT_GT(replays.size(), 50u);
  std::ranges::sort(replays);
  EXPECT_LT(replays[replays.size() / 2], 1000u);
}

TEST(Shrink, which_end_of_a_connection_misbehaved_does_not_matter) {
  constexpr std::string_view server_sends =
      "host a 10.0.0.1\n"
      "host b 10.0.0.2\n"
      "b: l = socket inet stream\n"
      "b: bind l 10.0.0.2:8000\n"
      "b: listen l 8\n"
      "a: c = socket inet stream\n"
      "a: connect c 10.0.0.2:8000\n"
      "settle\n"
      "b: s = accept l\n"
      "b: send s 100\n"
      "settle\n"
      "a: close c\n";
  EXPECT_EQ(scenario::print(shrink(parsed(server_sends), unread_close).scenario),
            scenario::print(shrink(parsed(plain_original), unread_close).scenario));
}

// ---- laws over arbitrary predicates ----

// Fails while every one of these lines is there, in this order.
Replay contains_in_order(std::vector<std::function<bool(const Step&)>> wanted) {
  return [wanted](const Scenario& scenario) -> Replayed {
    std::size_t found = 0;
    for (const Step& step : scenario.steps) {
      if (found < wanted.size() && wanted[found](step)) ++found;
    }
    return found == wanted.size() ? "rule" : "allowed";
  };
}

TEST(Shrink, keeps_exactly_the_steps_that_the_failure_needs) {
  const Replay three = contains_in_order({
      [](const Step& step) { return call_of(step, Call::listen) != nullptr; },
      [](const Step& step) { return std::holds_alternative<step::Tick>(step.action); },
      [](const Step& step) { return call_of(step, Call::close) != nullptr; },
  });
  const ShrinkResult result = shrink(parsed(long_original), three);
  EXPECT_EQ(result.scenario.steps.size(), 3u);
  EXPECT_EQ(three(result.scenario).cause, "rule");
}

TEST(Shrink, every_single_step_of_the_result_is_needed) {
  const ShrinkResult result = shrink(parsed(long_original), unread_close);
  for (std::size_t i = 0; i < result.scenario.steps.size(); ++i) {
    StepSet removed(result.scenario.steps.size(), false);
    removed[i] = true;
    EXPECT_EQ(unread_close_fails(without_steps(result.scenario, removed)), "allowed") << i;
  }
}

TEST(Shrink, drops_expectations_unless_they_are_the_cause) {
  constexpr std::string_view text =
      "host a 10.0.0.1\n"
      "a: u = socket inet dgram\n"
      "a: recv u 7  -> EAGAIN\n"
      "a: send u 7  -> 7\n";
  const Replay send_fails =
      contains_in_order({[](const Step& step) { return call_of(step, Call::send) != nullptr; }});
  EXPECT_FALSE(shrink(parsed(text), send_fails).scenario.steps.back().expected.has_value());
  const Replay expectation_fails = contains_in_order(
      {[](const Step& step) { return call_of(step, Call::send) != nullptr && step.expected; }});
  EXPECT_TRUE(shrink(parsed(text), expectation_fails).scenario.steps.back().expected.has_value());
}

TEST(Shrink, a_shrunk_scenario_survives_its_text_form) {
  const ShrinkResult result = shrink(parsed(long_original), unread_close);
  EXPECT_EQ(parsed(scenario::print(result.scenario)), result.scenario);
}

}  // namespace
}  // namespace lockstep::shrink
