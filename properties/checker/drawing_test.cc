#include "properties/checker/drawing.h"

#include <gtest/gtest.h>

#include <string>

#include "properties/checker/models/machines.h"

namespace lockstep::checker {
namespace {

HandDrawn triangle() {
  HandDrawn machine;
  machine.edges = {{0, {1}}, {1, {2}}, {2, {0}}, {2, {2}}};
  machine.forbidden = 2;
  machine.asked = {PropertyKind::always};
  return machine;
}

TEST(DrawingTest, DotHasEachStateAndTransition) {
  EXPECT_EQ(to_dot(*draw(triangle(), 10)),
            "digraph states {\n"
            "  0 [label=\"at 0\", peripheries=2];\n"
            "  1 [label=\"at 1\"];\n"
            "  2 [label=\"at 2\", color=red];\n"
            "  0 -> 1 [label=\"to 1\"];\n"
            "  1 -> 2 [label=\"to 2\"];\n"
            "  2 -> 0 [label=\"to 0\"];\n"
            "  2 -> 2 [label=\"to 2\"];\n"
            "}\n");
}

TEST(DrawingTest, SvgHasACircleAStateAndAPathATransition) {
  const std::string svg = to_svg(*draw(triangle(), 10));
  const auto count = [&](const std::string& word) {
    int found = 0;
    for (std::size_t at = svg.find(word); at != std::string::npos; at = svg.find(word, at + 1))
      ++found;
    return found;
  };
  EXPECT_EQ(count("<circle"), 3);
  EXPECT_EQ(count("<path d='M"), 4 + 1);  // and that of the arrowhead
  EXPECT_EQ(count("#fbb"), 1);
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

TEST(DrawingTest, ALargeGraphIsRefused) {
  EXPECT_TRUE(absl::IsResourceExhausted(draw(Counters{4, 6}, 100).status()));
}

}  // namespace
}  // namespace lockstep::checker
