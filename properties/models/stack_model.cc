#include "properties/models/stack_model.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "oracle/scenario/text.h"
#include "stack/ports/in_process.h"

namespace lockstep::models {

namespace step = scenario::step;
using checker::PropertyKind;

absl::StatusOr<StackModel> StackModel::make(Program program, const Setting& setting) {
  StackModel model;
  model.program_ = std::make_shared<const Program>(std::move(program));
  model.exact_ = setting.exact;
  model.cursors_ = std::make_shared<std::array<std::unique_ptr<Cursor>, threads_max>>();
  model.pool_ = std::make_shared<WorldPool>(setting.factory, *setting.dialect, kept_worlds_max);
  for (auto& cursor : *model.cursors_) cursor = std::make_unique<Cursor>(*model.pool_);
  auto first = std::make_shared<World>(setting.factory, *setting.dialect);
  first->runner.set_archive(model.program_->archive);
  first->runner.start(model.program_->given.hosts);
  for (const scenario::Step& to_do : model.program_->given.steps) {
    first->runner.apply(to_do);
    if (first->runner.stopped()) break;  // A violation is found in the first state, then.
  }
  if (first->runner.verdict().outcome == judge::Outcome::unsupported) {
    return absl::FailedPreconditionError(first->runner.verdict().message);
  }
  PooledWorld copy = model.pool_->take();
  Digest digest;
  if (!copy->copy_from(*first) || !first->digest(digest, model.judges())) {
    return absl::FailedPreconditionError(
        absl::StrCat("port ", first->runner.port(0).traits().name,
                     " cannot be copied, or told from a copy that did something else: it can be "
                     "fuzzed, not explored"));
  }
  for (std::size_t i = 0; i < model.program_->given.hosts.size(); ++i) {
    const Port& port = first->runner.port(static_cast<scenario::HostIndex>(i));
    model.sees_states_ &= dynamic_cast<const InProcessPort*>(&port) != nullptr;
  }
  if (!model.sees_states_ && !model.judges()) {
    return absl::FailedPreconditionError(
        "a promise speaks of states, which this port does not show");
  }
  model.first_ = std::move(first);
  model.initial_ = model.node_of(std::move(copy), State(), Action());
  return model;
}

Cursor& StackModel::cursor() const {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t number = threads.fetch_add(1);
  return *(*cursors_)[number % threads_max];
}

const World& StackModel::world_of(Cursor& at, const State& state) const {
  return at.go_to(state, *first_, this, [](const void* model, World& world, const Action& action) {
    static_cast<const StackModel*>(model)->apply(world, action);
  });
}

bool StackModel::is_enabled(const World& world, const CompiledItem& item) const {
  if (item.most != any_number && world.counts[item.counter] >= item.most) return false;
  if (item.when_quiet && !world.runner.situation().flight->empty()) return false;
  if ((item.after | item.until) == 0) return true;
  for (std::size_t i = 0; i < program_->counters.size(); ++i) {
    const bool is_above = world.counts[i] != 0;
    if ((item.after >> i & 1) != 0 && !is_above) return false;
    if ((item.until >> i & 1) != 0 && is_above) return false;
  }
  return true;
}

void StackModel::enabled_actions(const State& state, std::vector<Action>& actions) const {
  if (state->outcome != judge::Outcome::allowed) return;
  Cursor& at = cursor();
  const std::lock_guard lock(at.mutex());
  list_actions(world_of(at, state), actions);
}

void StackModel::list_actions(const World& world, std::vector<Action>& actions) const {
  if (world.is_settled || world.runner.stopped()) return;
  bool is_counted = false;
  for (std::size_t i = 0; i < program_->items.size(); ++i) {
    const CompiledItem& item = program_->items[i];
    if (!is_enabled(world, item)) continue;
    is_counted |= item.most != any_number;
    actions.push_back({Kind::item, static_cast<std::uint8_t>(i), 0, 0, 0});
  }
  const auto flight = world.runner.situation().flight->in_flight();
  const Network& network = program_->network;
  // Direction by direction: between directions there is no order that is part of the state.
  const auto hosts = static_cast<std::uint8_t>(program_->given.hosts.size());
  const auto each_packet = [&](Kind kind, bool beyond_first) {
    if (flight.empty()) return;
    for (std::uint8_t from = 0; from < hosts; ++from) {
      for (std::uint8_t to = 0; to < hosts; ++to) {
        std::uint16_t index = 0;
        for (const InFlight& entry : flight) {
          if (entry.from != from || entry.to != to) continue;
          if (index == 0 || beyond_first) actions.push_back({kind, 0, from, to, index});
          ++index;
        }
      }
    }
  };
  const bool delivers = network.deliveries == 0 || world.deliveries < network.deliveries;
  if (delivers) each_packet(Kind::deliver, world.reorderings < network.reorderings);
  if (world.duplicates < network.duplicates) each_packet(Kind::duplicate, true);
  if (world.drops < network.drops) each_packet(Kind::drop, true);
  if (program_->settles && flight.empty() && !is_counted) {
    actions.push_back({Kind::settle, 0, 0, 0, 0});
  }
}

std::vector<scenario::Step> StackModel::steps_of(const State& state, const Action& action) const {
  Cursor& at = cursor();
  const std::lock_guard lock(at.mutex());
  std::vector<scenario::Step> steps;
  for (std::size_t i = 0; i < step_count(action); ++i) {
    steps.push_back(step_in(world_of(at, state), action, i));
  }
  return steps;
}

std::size_t StackModel::step_count(const Action& action) const {
  return action.kind == Kind::item ? program_->items[action.item].steps.size() : 1;
}

scenario::Step StackModel::step_in(const World& world, const Action& action,
                                   std::size_t number) const {
  scenario::Step made;
  made.label = first_path_label + world.depth * static_cast<scenario::Label>(item_steps_max) +
               static_cast<scenario::Label>(number);
  if (action.kind == Kind::item) {
    const CompiledItem& item = program_->items[action.item];
    made.action = item.steps[number].action;
    if (item.makes_stream) made.label = stream_label(action.item, world.counts[item.counter]);
    return made;
  }
  if (action.kind == Kind::settle) {
    made.action = step::Settle();
    return made;
  }
  std::uint16_t index = 0;
  const InFlight* found = nullptr;
  for (const InFlight& entry : world.runner.situation().flight->in_flight()) {
    if (entry.from != action.from || entry.to != action.to) continue;
    if (index++ != action.index) continue;
    found = &entry;
    break;
  }
  LOCKSTEP_CHECK(found != nullptr);
  const scenario::PacketByCause packet{found->cause_label,
                                       static_cast<std::uint16_t>(found->ordinal)};
  switch (action.kind) {
    case Kind::deliver:
      made.action = step::Deliver{packet};
      break;
    case Kind::duplicate:
      made.action = step::Duplicate{packet};
      break;
    default:
      made.action = step::Drop{packet};
  }
  return made;
}

StackModel::State StackModel::next_state(const State& state, const Action& action) const {
  Cursor& at = cursor();
  const std::lock_guard lock(at.mutex());
  PooledWorld world = at.copy_of(world_of(at, state));
  apply(*world, action);
  return node_of(std::move(world), state, action);
}

void StackModel::apply(World& world, const Action& action) const {
  for (std::size_t i = 0; i < step_count(action); ++i) {
    world.runner.apply(step_in(world, action, i));
  }
  ++world.depth;
  switch (action.kind) {
    case Kind::item: {
      const CompiledItem& item = program_->items[action.item];
      if (item.most != any_number) ++world.counts[item.counter];
      note_answer(world, action.item);
      break;
    }
    case Kind::deliver:
      if (action.index > 0) ++world.reorderings;
      if (program_->network.deliveries != 0) ++world.deliveries;
      break;
    case Kind::duplicate:
      ++world.duplicates;
      break;
    case Kind::drop:
      ++world.drops;
      break;
    case Kind::settle:
      world.is_settled = true;
      break;
  }
}

void StackModel::note_answer(World& world, std::size_t item) const {
  const judge::Runner::Answer& answer = world.runner.answer();
  for (std::size_t i = 0; i < program_->goals.size(); ++i) {
    const CompiledGoal& goal = program_->goals[i];
    if ((goal.items >> item & 1) == 0) continue;
    const bool met = goal.value >= 0 ? answer.error == Errno::ok && answer.value == goal.value
                                     : answer.error == goal.error;
    if (met) world.answered |= std::uint32_t{1} << i;
  }
}

std::uint32_t StackModel::reached_by(const World& world) const {
  std::uint32_t bits = world.answered;
  for (std::size_t i = 0; i < program_->goals.size(); ++i) {
    const CompiledGoal& goal = program_->goals[i];
    if (goal.host == CompiledItem::no_host) continue;
    const auto* port = dynamic_cast<const InProcessPort*>(&world.runner.port(goal.host));
    if (port == nullptr) continue;
    bool holds = false;
    port->kernel().for_each_socket([&](const Socket& socket) {
      holds |= socket.is_stream() && socket.tcb.state == goal.state;
    });
    if (holds) bits |= std::uint32_t{1} << i;
  }
  return bits;
}

StackModel::State StackModel::node_of(PooledWorld made_world, const State& parent,
                                      const Action& action) const {
  const World& world = *made_world;
  auto node = std::make_unique<Node>();
  node->parent = parent;
  node->action = action;
  node->outcome = world.runner.verdict().outcome;
  node->depth = world.depth;
  node->reached = reached_by(world);
  thread_local Digest digest;
  digest.clear();
  LOCKSTEP_CHECK(world.digest(digest, judges()));
  node->fingerprint = checker::fingerprint_of_words(digest.words());
  if (exact_) node->words.assign(digest.words().begin(), digest.words().end());
  if (pool_->may_keep()) node->kept.put(std::move(made_world));
  return State(node.release());
}

std::vector<std::uint64_t> StackModel::applied() const {
  const std::vector<std::uint32_t>& before = first_->runner.oracle().judgement().applied();
  std::vector<std::uint64_t> sum(before.begin(), before.end());
  for (const auto& cursor : *cursors_) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += cursor->counts().applied[i];
  }
  return sum;
}

std::string StackModel::label(const Action& action) const {
  const auto& hosts = program_->given.hosts;
  const auto packet = [&](const char* what) {
    return absl::StrCat(what, " ", hosts[action.from].name, " > ", hosts[action.to].name,
                        action.index == 0 ? "" : absl::StrCat(" number ", action.index + 1));
  };
  switch (action.kind) {
    case Kind::item: {
      std::string text;
      for (const scenario::Step& to_do : program_->items[action.item].steps) {
        text += (text.empty() ? "" : "; ") + scenario::print_step(program_->given, to_do);
      }
      return text;
    }
    case Kind::deliver:
      return packet("deliver");
    case Kind::duplicate:
      return packet("duplicate");
    case Kind::drop:
      return packet("drop");
    case Kind::settle:
      return "settle";
  }
  return "?";
}

// "a FIN-WAIT-1 | b ESTABLISHED | a > b data"
std::string StackModel::describe(const State& state) const {
  Cursor& at = cursor();
  const std::lock_guard lock(at.mutex());
  const World& world = world_of(at, state);
  const auto& hosts = program_->given.hosts;
  std::string text;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    text += (text.empty() ? "" : " | ") + hosts[i].name;
    const auto* port =
        dynamic_cast<const InProcessPort*>(&world.runner.port(static_cast<scenario::HostIndex>(i)));
    if (port == nullptr) continue;
    port->kernel().for_each_socket([&](const Socket& socket) {
      if (socket.is_stream()) text.append(" ").append(tcp_state_name(socket.tcb.state));
    });
  }
  for (const InFlight& entry : world.runner.situation().flight->in_flight()) {
    text += " | " + hosts[entry.from].name + " > " + hosts[entry.to].name + " ";
    text += packet_kind_name(packet_kind(entry.packet));
  }
  return text;
}

unsigned StackModel::sort(const Action& action) const {
  if (action.kind == Kind::item) return action.item;
  return static_cast<unsigned>(items_max) + static_cast<unsigned>(action.kind) * 4 +
         (action.from & 1u) * 2 + (action.index > 0 ? 1 : 0);
}

checker::Fairness StackModel::fairness(const Action& action) const {
  using Fairness = checker::Fairness;
  if (action.kind == Kind::item && program_->items[action.item].fair) {
    return {Fairness::Kind::weak, action.item};
  }
  if (action.kind == Kind::deliver && action.index == 0 && program_->network.is_fair) {
    const std::size_t of_class = fair_items_max + action.from * fair_hosts_max + action.to;
    return {Fairness::Kind::weak, static_cast<std::uint8_t>(of_class)};
  }
  return {};
}

StackModel::Predicate StackModel::goal_predicate(std::size_t goal) {
  static constexpr auto table = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<Predicate, sizeof...(I)>{&StackModel::goal_holds<I>...};
  }(std::make_index_sequence<goals_max>());
  return table[goal];
}

std::vector<checker::Property<StackModel>> StackModel::properties() const {
  std::vector<checker::Property<StackModel>> all;
  const Program& program = *program_;
  const std::size_t promises = judges() ? 0 : 1;
  if (judges()) {
    all.push_back({PropertyKind::always, "the oracle allows what was seen",
                   [](const StackModel&, const State& state) {
                     return state->outcome != judge::Outcome::violation &&
                            state->outcome != judge::Outcome::unsettled;
                   }});
    all.push_back(
        {PropertyKind::always, "the oracle can follow", [](const StackModel&, const State& state) {
           return state->outcome != judge::Outcome::inconclusive &&
                  state->outcome != judge::Outcome::unsupported;
         }});
  }
  for (std::size_t i = 0; i + promises < program.goals.size(); ++i) {
    if (program.goals[i].host != CompiledItem::no_host && !sees_states_) continue;
    all.push_back({PropertyKind::sometimes, program.goals[i].name, goal_predicate(i)});
  }
  if (!judges()) {
    const std::size_t last = program.goals.size() - 1;
    all.push_back({program.promise == Promise::Kind::eventually ? PropertyKind::eventually
                                                                : PropertyKind::can_always_reach,
                   program.goals[last].name, goal_predicate(last)});
  }
  return all;
}

}  // namespace lockstep::models
