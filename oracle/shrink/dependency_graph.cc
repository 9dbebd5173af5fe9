#include "oracle/shrink/dependency_graph.h"

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/topological_sort.hpp>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "oracle/scenario/visit_names.h"

namespace lockstep::shrink {
namespace {

using scenario::AddressOperand;
using scenario::Scenario;
using scenario::SocketName;
namespace step = scenario::step;

const step::Call* call_of(const scenario::Step& step, Call call) {
  const auto* made = std::get_if<step::Call>(&step.action);
  return made != nullptr && made->call == call ? made : nullptr;
}

// The port that a listener was bound to, as far as the steps tell.
std::uint16_t port_of(const AddressOperand& address) {
  const auto* endpoint = std::get_if<Endpoint>(&address.literal);
  return endpoint != nullptr ? endpoint->port : 0;
}

// Whether the connect is meant for this listener.
bool aims_at(const step::Call& connect, SocketName listener, std::uint16_t listener_port) {
  if (connect.address.kind == AddressOperand::Kind::local_of) {
    return connect.address.socket == listener;
  }
  return listener_port != 0 && port_of(connect.address) == listener_port;
}

}  // namespace

DependencyGraph::DependencyGraph(const Scenario& scenario) : graph_(scenario.steps.size()) {
  add_names(scenario);
  add_packets(scenario);
  add_accepts(scenario);
  add_heals(scenario);
}

void DependencyGraph::add(std::size_t earlier, std::size_t later) {
  if (earlier < later) boost::add_edge(earlier, later, graph_);
}

void DependencyGraph::add_names(const Scenario& scenario) {
  std::map<SocketName, std::size_t> maker;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const auto& action = scenario.steps[i].action;
    const auto* call = std::get_if<step::Call>(&action);
    scenario::visit_names(action, [&](const SocketName& name) {
      if (call != nullptr && &name == &call->result) return;
      if (const auto found = maker.find(name); found != maker.end()) add(found->second, i);
    });
    if (call != nullptr && !call->result.none()) maker[call->result] = i;
  }
}

void DependencyGraph::add_packets(const Scenario& scenario) {
  std::map<scenario::Label, std::size_t> labelled;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    if (const auto* cause = scenario::cause_of(scenario.steps[i].action)) {
      if (const auto found = labelled.find(cause->label); found != labelled.end()) {
        add(found->second, i);
      }
    }
    labelled.emplace(scenario.steps[i].label, i);
  }
}

// The n-th accept of a listener is fed by its n-th connector.
void DependencyGraph::add_accepts(const Scenario& scenario) {
  struct Listener {
    std::uint16_t port = 0;
    std::vector<std::size_t> preparations;  // bind and listen
    std::vector<std::size_t> connects;
    std::size_t accepted = 0;
  };
  std::map<SocketName, Listener> listeners;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const auto& step = scenario.steps[i];
    if (const auto* bind = call_of(step, Call::bind)) {
      listeners[bind->socket].port = port_of(bind->address);
      listeners[bind->socket].preparations.push_back(i);
    } else if (const auto* listen = call_of(step, Call::listen)) {
      listeners[listen->socket].preparations.push_back(i);
    } else if (const auto* connect = call_of(step, Call::connect)) {
      for (auto& [name, listener] : listeners) {
        if (aims_at(*connect, name, listener.port)) listener.connects.push_back(i);
      }
    } else if (const auto* accept = call_of(step, Call::accept)) {
      Listener& listener = listeners[accept->socket];
      for (const std::size_t earlier : listener.preparations) add(earlier, i);
      if (listener.accepted < listener.connects.size()) {
        add(listener.connects[listener.accepted++], i);
      }
    }
  }
}

void DependencyGraph::add_heals(const Scenario& scenario) {
  std::map<std::pair<scenario::HostIndex, scenario::HostIndex>, std::size_t> open;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const auto& action = scenario.steps[i].action;
    if (const auto* partition = std::get_if<step::Partition>(&action)) {
      open[std::minmax(partition->a, partition->b)] = i;
    } else if (const auto* heal = std::get_if<step::Heal>(&action)) {
      const auto found = open.find(std::minmax(heal->a, heal->b));
      if (found != open.end()) add(found->second, i);
    }
  }
}

bool DependencyGraph::depends(std::size_t later, std::size_t earlier) const {
  return boost::edge(earlier, later, graph_).second;
}

StepSet DependencyGraph::with_dependents(std::size_t step) const {
  StepSet only(size(), false);
  only[step] = true;
  return with_dependents(only);
}

StepSet DependencyGraph::with_dependents(const StepSet& steps) const {
  struct Mark : boost::default_bfs_visitor {
    explicit Mark(StepSet& reached) : reached_(&reached) {}
    void discover_vertex(std::size_t vertex, const Graph&) const { (*reached_)[vertex] = true; }
    StepSet* reached_;
  };
  StepSet reached(size(), false);
  std::vector<boost::default_color_type> colours(size(), boost::white_color);
  const auto colour_map =
      boost::make_iterator_property_map(colours.begin(), boost::get(boost::vertex_index, graph_));
  boost::queue<std::size_t> queue;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!steps[i] || reached[i]) continue;
    boost::breadth_first_visit(graph_, i, queue, Mark(reached), colour_map);
  }
  return reached;
}

std::vector<std::size_t> DependencyGraph::topological_order() const {
  std::vector<std::size_t> order;
  boost::topological_sort(graph_, std::back_inserter(order));
  std::ranges::reverse(order);
  return order;
}

}  // namespace lockstep::shrink
