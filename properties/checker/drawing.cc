#include "properties/checker/drawing.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace lockstep::checker {
namespace {

std::string dot_text(const std::string& text) {
  return '"' + absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}) + '"';
}

std::string svg_text(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

struct Point {
  double x = 0;
  double y = 0;
};

constexpr double step_x = 60;
constexpr double step_y = 70;
constexpr double radius = 12;

// One row a depth, each row in breadth-first order and centred.
std::vector<Point> layout(const Drawing& drawing, double* width, double* height) {
  std::vector<std::size_t> row_sizes;
  for (const Drawing::Node& node : drawing.nodes) {
    row_sizes.resize(std::max<std::size_t>(row_sizes.size(), node.depth + std::size_t{1}));
    ++row_sizes[node.depth];
  }
  const std::size_t widest =
      row_sizes.empty() ? 0 : *std::max_element(row_sizes.begin(), row_sizes.end());
  *width = step_x * static_cast<double>(widest + 1);
  *height = step_y * static_cast<double>(row_sizes.size() + 1);
  std::vector<Point> points;
  std::vector<std::size_t> placed(row_sizes.size());
  for (const Drawing::Node& node : drawing.nodes) {
    const double column = static_cast<double>(placed[node.depth]++) + 0.5 -
                          static_cast<double>(row_sizes[node.depth]) / 2;
    points.push_back({*width / 2 + step_x * column, step_y * (node.depth + 0.75)});
  }
  return points;
}

std::string svg_edge(const Drawing::Edge& edge, Point from, Point to, bool goes_down) {
  // A bend of a third of the way to the side keeps there and back apart.
  const double aside = edge.from == edge.to ? 40 : goes_down ? 0 : 30;
  const Point middle{(from.x + to.x) / 2 + aside,
                     (from.y + to.y) / 2 - (edge.from == edge.to ? 25 : 0)};
  return absl::StrFormat(
      "<path d='M%.1f %.1fQ%.1f %.1f %.1f %.1f' fill='none' stroke='#666' "
      "marker-end='url(#a)'><title>%s</title></path>\n",
      from.x, from.y + (goes_down ? radius : 0), middle.x, middle.y, to.x,
      to.y - (goes_down ? radius + 4 : 0), svg_text(edge.text));
}

}  // namespace

std::string to_dot(const Drawing& drawing) {
  std::string text = "digraph states {\n";
  for (std::size_t i = 0; i < drawing.nodes.size(); ++i) {
    const Drawing::Node& node = drawing.nodes[i];
    text += absl::StrFormat("  %d [label=%s%s%s];\n", i, dot_text(node.text),
                            node.depth == 0 ? ", peripheries=2" : "",
                            node.is_wrong ? ", color=red" : "");
  }
  for (const Drawing::Edge& edge : drawing.edges) {
    text += absl::StrFormat("  %d -> %d [label=%s];\n", edge.from, edge.to, dot_text(edge.text));
  }
  return text + "}\n";
}

std::string to_svg(const Drawing& drawing) {
  double width = 0;
  double height = 0;
  const std::vector<Point> points = layout(drawing, &width, &height);
  std::string text = absl::StrFormat(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %.0f %.0f' font-family='sans-serif' "
      "font-size='9' text-anchor='middle'>\n"
      "<defs><marker id='a' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' markerHeight='7' "
      "orient='auto'><path d='M0 0L8 4L0 8z' fill='#666'/></marker></defs>\n",
      width, height);
  for (const Drawing::Edge& edge : drawing.edges) {
    text += svg_edge(edge, points[edge.from], points[edge.to],
                     drawing.nodes[edge.to].depth > drawing.nodes[edge.from].depth);
  }
  for (std::size_t i = 0; i < drawing.nodes.size(); ++i) {
    const Drawing::Node& node = drawing.nodes[i];
    text += absl::StrFormat(
        "<g><circle cx='%.1f' cy='%.1f' r='%.0f' fill='%s' stroke='%s'/>"
        "<text x='%.1f' y='%.1f'>%d</text><title>%s</title></g>\n",
        points[i].x, points[i].y, radius, node.is_wrong ? "#fbb" : "#eef",
        node.depth == 0 ? "#000" : "#88a", points[i].x, points[i].y + 3, i, svg_text(node.text));
  }
  return text + "</svg>\n";
}

}  // namespace lockstep::checker
