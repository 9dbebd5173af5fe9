#include "properties/checker/liveness.h"

#include <algorithm>
#include <bitset>
#include <boost/range/iterator_range.hpp>
#include <utility>

#include "properties/checker/paths.h"
#include "stack/api/check.h"

namespace lockstep::checker {
namespace {

using Classes = std::bitset<fairness_classes_max + 1>;

struct ClassSets {
  Classes weak;
  Classes strong;

  void add(PackedFairness fairness) {
    if (fairness == 0) return;
    const std::size_t number = fairness & static_cast<PackedFairness>(~strong_bit);
    ((fairness & strong_bit) != 0 ? strong : weak).set(number);
  }
};

ClassSets enabled_in(const Graph& graph, Vertex vertex) {
  ClassSets sets;
  for (const auto& edge : boost::make_iterator_range(out_edges(vertex, graph))) {
    sets.add(graph[edge].fairness);
  }
  return sets;
}

// A strongly connected part in which a run can stay, and what a run must do there to be fair:
// take the classes in `taken`, and pass a vertex where a class of `idle` is not enabled.
struct FairPart {
  std::vector<Vertex> vertices;
  Classes taken_weak;
  Classes taken_strong;
  Classes idle;
};

// What one component is about.
struct Survey {
  bool has_edge = false;
  ClassSets enabled;  // somewhere in it
  ClassSets taken;    // by an edge that stays in it
  Classes idle;       // weak classes that some vertex does not have enabled
};

Survey survey(const Graph& graph, const std::vector<Vertex>& vertices, const Part& part) {
  Survey found;
  for (const Vertex vertex : vertices) {
    for (const auto& edge : boost::make_iterator_range(out_edges(vertex, graph))) {
      if (!part[target(edge, graph)]) continue;
      found.has_edge = true;
      found.taken.add(graph[edge].fairness);
    }
    const ClassSets here = enabled_in(graph, vertex);
    found.enabled.weak |= here.weak;
    found.enabled.strong |= here.strong;
    found.idle |= ~here.weak;
  }
  return found;
}

// The vertices of each component of a part, with at least one edge inside or more vertices.
std::vector<std::vector<Vertex>> components_in(const Graph& graph, const Part& part) {
  const std::vector<std::uint32_t> component = components_of(graph, part);
  std::vector<std::vector<Vertex>> members;
  for (Vertex vertex = 0; vertex < component.size(); ++vertex) {
    if (component[vertex] == no_component) continue;
    if (component[vertex] >= members.size()) members.resize(component[vertex] + 1);
    members[component[vertex]].push_back(vertex);
  }
  return members;
}

// All fair parts (Emerson and Lei). A strong class that is enabled in a component but never taken
// within it must in the end not be enabled: without the vertices where it is, the rest may still
// hold a fair cycle, in smaller components.
std::vector<FairPart> fair_parts(const Graph& graph, const Part& allowed) {
  std::vector<FairPart> fair;
  std::vector<std::vector<Vertex>> open = components_in(graph, allowed);
  Part part(num_vertices(graph));
  while (!open.empty()) {
    const std::vector<Vertex> vertices = std::move(open.back());
    open.pop_back();
    for (const Vertex vertex : vertices) part[vertex] = true;
    const Survey found = survey(graph, vertices, part);
    const Classes starved_weak = found.enabled.weak & ~found.taken.weak & ~found.idle;
    const Classes starved_strong = found.enabled.strong & ~found.taken.strong;
    if (found.has_edge && starved_weak.none() && starved_strong.none()) {
      fair.push_back({vertices, found.enabled.weak & found.taken.weak & ~found.idle,
                      found.enabled.strong, found.enabled.weak & found.idle});
    } else if (found.has_edge && starved_weak.none()) {
      for (const Vertex vertex : vertices) {
        if ((enabled_in(graph, vertex).strong & starved_strong).any()) part[vertex] = false;
      }
      for (auto& smaller : components_in(graph, part)) open.push_back(std::move(smaller));
    }
    for (const Vertex vertex : vertices) part[vertex] = false;
  }
  return fair;
}

// Walks a cycle through a fair part from one of its vertices, as short as going from one duty to
// the nearest place of the next makes it.
class CycleWalk {
 public:
  CycleWalk(const Graph& graph, const FairPart& fair, Vertex from)
      : graph_(graph), fair_(fair), part_(num_vertices(graph)), start_(from), at_(from) {
    for (const Vertex vertex : fair.vertices) part_[vertex] = true;
    passed_ = ~enabled_in(graph, from).weak;
  }

  std::vector<Lasso::Step> run() {
    const std::size_t classes = fair_.idle.size();
    for (std::size_t c = 1; c < classes; ++c) {
      if (fair_.taken_weak[c]) take(static_cast<PackedFairness>(c));
      if (fair_.taken_strong[c]) take(static_cast<PackedFairness>(c | strong_bit));
      if (fair_.idle[c]) pass_idle(c);
    }
    if (at_ != start_ || steps_.empty()) close();
    return std::move(steps_);
  }

 private:
  // Goes to the nearest vertex for which is_there says so.
  template <class IsThere>
  void go(const IsThere& is_there) {
    const Paths paths = shortest_paths(graph_, {at_}, part_);
    const auto found = std::find_if(paths.order.begin(), paths.order.end(), is_there);
    LOCKSTEP_CHECK(found != paths.order.end());
    for (const Lasso::Step& step : steps_to(graph_, paths, *found, nullptr)) follow(step);
  }

  void follow(const Lasso::Step& step) {
    auto edge = out_edges(at_, graph_).first;
    while (graph_[*edge].action != step.action) ++edge;
    taken_.add(graph_[*edge].fairness);
    passed_ |= ~enabled_in(graph_, step.to).weak;
    at_ = step.to;
    steps_.push_back(step);
  }

  void take(PackedFairness wanted) {
    const Classes& taken = (wanted & strong_bit) != 0 ? taken_.strong : taken_.weak;
    if (taken[wanted & static_cast<PackedFairness>(~strong_bit)]) return;
    std::optional<Lasso::Step> step;
    go([&](Vertex vertex) {
      step = step_inside(vertex, [&](const EdgeLabel& label) { return label.fairness == wanted; });
      return step.has_value();
    });
    follow(*step);
  }

  void pass_idle(std::size_t of_class) {
    // Taking the class keeps the promise as well as not having it enabled.
    if (passed_[of_class] || taken_.weak[of_class]) return;
    go([&](Vertex vertex) { return !enabled_in(graph_, vertex).weak[of_class]; });
  }

  void close() {
    if (at_ == start_) {  // at least one step, though no duty asked for any
      const auto step = step_inside(at_, [](const EdgeLabel&) { return true; });
      LOCKSTEP_CHECK(step.has_value());
      follow(*step);
    }
    go([&](Vertex vertex) { return vertex == start_; });
  }

  template <class IsWanted>
  std::optional<Lasso::Step> step_inside(Vertex vertex, const IsWanted& is_wanted) const {
    for (const auto& edge : boost::make_iterator_range(out_edges(vertex, graph_))) {
      const Vertex to = target(edge, graph_);
      if (part_[to] && is_wanted(graph_[edge])) return Lasso::Step{graph_[edge].action, to};
    }
    return std::nullopt;
  }

  const Graph& graph_;
  const FairPart& fair_;
  Part part_;
  Vertex start_;
  Vertex at_;
  ClassSets taken_;
  Classes passed_;
  std::vector<Lasso::Step> steps_;
};

// A fair run that begins in one of the sources and never leaves `allowed`; its `initial` is that
// source. Nearest to the sources: an end, or the first vertex of a fair part.
std::optional<Lasso> run_within(const Graph& graph, const std::vector<Vertex>& sources,
                                const Part& allowed) {
  const Paths paths = shortest_paths(graph, sources, allowed);
  Part reached(num_vertices(graph));
  for (const Vertex vertex : paths.order) reached[vertex] = true;
  const std::vector<FairPart> fair = fair_parts(graph, reached);
  std::vector<std::uint32_t> fair_of(num_vertices(graph), no_component);
  for (std::uint32_t i = 0; i < fair.size(); ++i) {
    for (const Vertex vertex : fair[i].vertices) fair_of[vertex] = i;
  }
  for (const Vertex vertex : paths.order) {
    const bool is_end = out_degree(vertex, graph) == 0;
    if (!is_end && fair_of[vertex] == no_component) continue;
    Lasso lasso;
    lasso.stem = steps_to(graph, paths, vertex, &lasso.initial);
    if (!is_end) lasso.cycle = CycleWalk(graph, fair[fair_of[vertex]], vertex).run();
    return lasso;
  }
  return std::nullopt;
}

// Puts the shortest path from an initial vertex before a run.
void prepend_stem(const StateGraph& states, Lasso& lasso) {
  std::vector<Vertex> initial;
  for (Vertex v = 0; v < states.initial_count; ++v) initial.push_back(v);
  const Paths paths = shortest_paths(states.graph, initial, Part(states.size(), true));
  std::vector<Lasso::Step> stem = steps_to(states.graph, paths, lasso.initial, &lasso.initial);
  stem.insert(stem.end(), lasso.stem.begin(), lasso.stem.end());
  lasso.stem = std::move(stem);
}

// Backward reachability without a backward graph: components come sinks first, so each is decided
// when those that it leads to are.
Part can_reach(const StateGraph& states, std::uint32_t bit) {
  const std::vector<std::uint32_t> component =
      components_of(states.graph, Part(states.size(), true));
  std::vector<Vertex> order(states.size());
  for (Vertex v = 0; v < order.size(); ++v) order[v] = v;
  std::sort(order.begin(), order.end(), [&](Vertex a, Vertex b) {
    return std::pair(component[a], a) < std::pair(component[b], b);
  });
  std::vector<bool> reaches(states.size());  // by component
  for (const Vertex vertex : order) {
    if ((states.marks[vertex] & bit) != 0) reaches[component[vertex]] = true;
    for (const auto& edge : boost::make_iterator_range(out_edges(vertex, states.graph))) {
      if (reaches[component[target(edge, states.graph)]]) reaches[component[vertex]] = true;
    }
  }
  Part part(states.size());
  for (Vertex v = 0; v < part.size(); ++v) part[v] = reaches[component[v]];
  return part;
}

}  // namespace

std::optional<Lasso> find_lasso(const StateGraph& states, PropertyKind kind, std::size_t number,
                                bool has_trigger) {
  LOCKSTEP_CHECK(is_liveness(kind) && number < liveness_properties_max);
  Part allowed(states.size());
  std::vector<Vertex> sources;
  if (kind == PropertyKind::can_always_reach) {
    allowed = can_reach(states, holds_bit(number));
    allowed.flip();
    // Vertices are ranks, so the first is a nearest one.
    const auto first = std::find(allowed.begin(), allowed.end(), true);
    if (first != allowed.end()) sources.push_back(static_cast<Vertex>(first - allowed.begin()));
  } else {
    for (Vertex v = 0; v < states.size(); ++v) {
      const std::uint32_t marks = states.marks[v];
      allowed[v] = (marks & holds_bit(number)) == 0;
      const bool is_source =
          has_trigger ? (marks & trigger_bit(number)) != 0 : v < states.initial_count;
      if (is_source && allowed[v]) sources.push_back(v);
    }
  }
  if (sources.empty()) return std::nullopt;
  std::optional<Lasso> lasso = run_within(states.graph, sources, allowed);
  if (lasso) prepend_stem(states, *lasso);
  return lasso;
}

}  // namespace lockstep::checker
