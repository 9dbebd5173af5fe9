#include "oracle/scenario/generator.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "oracle/scenario/needed_feature.h"
#include "oracle/scenario/plans.h"
#include "oracle/scenario/text.h"
#include "oracle/scenario/toy_world.h"
#include "oracle/scenario/visit_names.h"

namespace lockstep::scenario {
namespace {

constexpr FeatureSet every_feature{
    Feature::ipv6,         Feature::local_sockets, Feature::dual_stack,     Feature::urgent_data,
    Feature::linger,       Feature::tcp_options,   Feature::buffer_options, Feature::ip_options,
    Feature::dup,          Feature::queue_sizes,   Feature::disconnect,     Feature::icmp,
    Feature::window_scale, Feature::multicast,     Feature::loopback_shown, Feature::reboot};

Scenario generate(Choices& choices, FeatureSet features, int steps) {
  Generator generator(choices, features);
  ToyWorld world(generator.hosts(), features);
  Scenario scenario;
  scenario.hosts = generator.hosts();
  for (int i = 0; i < steps; ++i) {
    scenario.steps.push_back(generator.next(world.situation()));
    world.apply(scenario.steps.back());
  }
  return scenario;
}

Scenario generate(std::uint64_t seed, FeatureSet features = every_feature, int steps = 80) {
  RandomChoices choices(seed);
  return generate(choices, features, steps);
}

TEST(Generator, ASeedGivesTheSameScenario) {
  EXPECT_EQ(generate(3), generate(3));
  EXPECT_NE(print(generate(3)), print(generate(4)));
}

TEST(Generator, EveryScenarioSurvivesItsText) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Scenario scenario = generate(seed);
    const std::string text = print(scenario);
    const auto again = parse(text, "generated");
    ASSERT_TRUE(again.has_value()) << to_string(again.error()) << "\n" << text;
    EXPECT_EQ(*again, canonical(scenario)) << text;
    EXPECT_EQ(print(*again), text);
  }
}

TEST(Generator, StepsAreExplicitAndLabelledInOrder) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Scenario scenario = generate(seed);
    Label label = 0;
    for (const Step& step : scenario.steps) {
      EXPECT_EQ(step.label, ++label);
      Action action = step.action;
      visit_names(action, [](SocketName& name) {
        EXPECT_TRUE(name.none() || name.index < 1000) << "a plan's own name leaked";
      });
      std::visit(
          [](const auto& chosen) {
            if constexpr (requires { std::get_if<PacketByKind>(&chosen.packet); }) {
              EXPECT_TRUE(std::holds_alternative<PacketByCause>(chosen.packet));
            }
          },
          action);
    }
  }
}

TEST(Generator, NothingIsAskedOfAPortThatItCannotDo) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    for (const Step& step : generate(seed, FeatureSet()).steps) {
      const auto* call = std::get_if<step::Call>(&step.action);
      EXPECT_FALSE(call != nullptr && needed_feature(*call).has_value());
      EXPECT_FALSE(std::holds_alternative<step::Icmp>(step.action));
      EXPECT_FALSE(std::holds_alternative<step::Reboot>(step.action));
    }
  }
}

TEST(Generator, EverySortOfStepAndCallIsGenerated) {
  std::set<std::size_t> actions;
  std::set<lockstep::Call> calls;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    for (const Step& step : generate(seed).steps) {
      actions.insert(step.action.index());
      if (const auto* call = std::get_if<step::Call>(&step.action)) calls.insert(call->call);
    }
  }
  EXPECT_EQ(actions.size(), std::variant_size_v<Action> - 1) << "all but expect";
  EXPECT_EQ(calls.size(), 19u);
}

TEST(Generator, DrawsOfNothingButZeroGiveASimpleScenario) {
  ListChoices choices({});
  const Scenario scenario = generate(choices, every_feature, 20);
  EXPECT_EQ(scenario.hosts.size(), 2u);
  EXPECT_EQ(print_step(scenario, scenario.steps.front()).substr(3), "s0 = socket inet stream");
  EXPECT_EQ(print_step(scenario, scenario.steps.back()), "settle");
}

TEST(Plans, EachCanBeWrittenInAnEmptyWorldOfOneTwoOrThreeHosts) {
  for (const auto topic : {opening_plans, closing_plans, loss_plans, socket_plans, local_plans}) {
    for (const PlanRow& row : topic()) {
      for (std::uint64_t seed = 0; seed < 50; ++seed) {
        RandomChoices choices(seed);
        const std::vector<HostLine> hosts = generate_hosts(choices, every_feature);
        ToyWorld world(hosts, every_feature);
        Plan plan;
        PlanWriter writer(plan, choices, world.situation());
        row.write(writer);
        std::size_t steps = 0;
        while (const std::optional<Action> action = plan.next(world.situation())) {
          world.apply({world.situation().next_label, 0, *action, std::nullopt});
          ++steps;
        }
        EXPECT_LT(steps, 100u) << row.name;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::scenario
