#include "oracle/shrink/dependency_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "oracle/scenario/text.h"

namespace lockstep::shrink {
namespace {

scenario::Scenario parsed(std::string_view text) {
  auto result = scenario::parse(text, "test");
  EXPECT_TRUE(result.has_value()) << (result ? "" : to_string(result.error()));
  return result.value_or(scenario::Scenario());
}

constexpr std::string_view connection =
    "host a 10.0.0.1\n"
    "host b 10.0.0.2\n"
    "b: l = socket inet stream\n"   // 0
    "b: bind l 10.0.0.2:8000\n"     // 1
    "b: listen l 8\n"               // 2
    "a: c = socket inet stream\n"   // 3
    "a: connect c 10.0.0.2:8000\n"  // 4
    "deliver 5.1\n"                 // 5
    "deliver 6.1\n"                 // 6
    "b: s = accept l\n"             // 7
    "a: u = socket inet dgram\n"    // 8
    "a: send c 10\n"                // 9
    "b: recv s 10\n"                // 10
    "partition a b\n"               // 11
    "heal b a\n";                   // 12

std::vector<std::size_t> members(const StepSet& set) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set[i]) result.push_back(i);
  }
  return result;
}

TEST(DependencyGraph, a_socket_takes_all_its_users_along) {
  const DependencyGraph graph(parsed(connection));
  EXPECT_EQ(members(graph.with_dependents(3)), (std::vector<std::size_t>{3, 4, 5, 6, 7, 9, 10}));
  EXPECT_EQ(members(graph.with_dependents(8)), (std::vector<std::size_t>{8}));
  EXPECT_EQ(members(graph.with_dependents(7)), (std::vector<std::size_t>{7, 10}));
}

TEST(DependencyGraph, a_packet_depends_on_the_step_that_caused_it) {
  const DependencyGraph graph(parsed(connection));
  EXPECT_TRUE(graph.depends(5, 4));
  EXPECT_TRUE(graph.depends(6, 5));
  EXPECT_FALSE(graph.depends(6, 4));
  EXPECT_EQ(members(graph.with_dependents(5)), (std::vector<std::size_t>{5, 6}));
}

TEST(DependencyGraph, an_accept_depends_on_its_connector_and_on_the_listeners_preparation) {
  const DependencyGraph graph(parsed(connection));
  EXPECT_TRUE(graph.depends(7, 4));
  EXPECT_TRUE(graph.depends(7, 2));
  EXPECT_TRUE(graph.depends(7, 1));
  EXPECT_TRUE(graph.depends(7, 0));
}

TEST(DependencyGraph, a_heal_depends_on_its_partition) {
  const DependencyGraph graph(parsed(connection));
  EXPECT_TRUE(graph.depends(12, 11));
}

TEST(DependencyGraph, every_step_stands_behind_those_it_depends_on_in_topological_order) {
  const DependencyGraph graph(parsed(connection));
  const std::vector<std::size_t> order = graph.topological_order();
  ASSERT_EQ(order.size(), graph.size());
  for (std::size_t later = 0; later < order.size(); ++later) {
    for (std::size_t earlier = later; earlier < order.size(); ++earlier) {
      EXPECT_FALSE(graph.depends(order[later], order[earlier]));
    }
  }
}

// The naive twin: repeat "whoever depends on a member is a member" until nothing changes.
TEST(DependencyGraph, dependents_are_the_closure_of_direct_dependence) {
  const DependencyGraph graph(parsed(connection));
  for (std::size_t start = 0; start < graph.size(); ++start) {
    StepSet closure(graph.size(), false);
    closure[start] = true;
    for (std::size_t round = 0; round < graph.size(); ++round) {
      for (std::size_t later = 0; later < graph.size(); ++later) {
        for (std::size_t earlier = 0; earlier < later; ++earlier) {
          if (closure[earlier] && graph.depends(later, earlier)) closure[later] = true;
        }
      }
    }
    EXPECT_EQ(graph.with_dependents(start), closure) << "from step " << start;
  }
}

}  // namespace
}  // namespace lockstep::shrink
