// The breadth-first search: level by level over all workers, so that the first violation is a
// shortest one, and ranked between levels, so that it is the least of the shortest.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "properties/checker/checkpoint.h"
#include "properties/checker/crew.h"
#include "properties/checker/options.h"
#include "properties/checker/ranking.h"
#include "properties/checker/replay.h"
#include "properties/checker/result.h"
#include "properties/checker/worker.h"

namespace lockstep::checker {

template <Model M>
class BreadthFirst {
 public:
  using State = typename M::State;

  BreadthFirst(const M& model, const Options& options)
      : options_(options),
        space_(model, options),
        crew_(options.threads),
        visited_(options.exact, crew_.size() == 1 ? Sharing::one_worker : Sharing::many_workers),
        ranking_(crew_, visited_) {
    workers_.reserve(crew_.size());
    for (unsigned i = 0; i < crew_.size(); ++i) {
      workers_.emplace_back(space_, visited_, is_ranked() ? Linking::by_position : Linking::by_id);
    }
  }

  // Searches to the end, a violation or a bound; errors are those of the checkpoint's file.
  absl::Status run();

  // What run() covered and found, liveness left aside; moves the counts into space().
  Result<M> take_result();

  const Space<M>& space() const { return space_; }
  const Visited<State>& visited() const { return visited_; }
  bool is_complete() const { return bound_ == Bound::none && !violation_; }
  // Requires: is_complete() and a model with liveness properties.
  StateGraph take_graph() { return graph_.finish(visited_.ids_end(), initial_count_); }
  const std::vector<State>& initial_states() const { return initial_; }  // by vertex

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t chunk_size = 256;  // of frontier positions, to one worker at a time

  bool is_ranked() const { return crew_.size() > 1 || space_.has_sleep_sets(); }
  void start();
  void expand_level();
  void expand_chunks(Worker<M>& worker, std::atomic<std::size_t>& next_chunk);
  void finish_level();
  void note_bound(const Worker<M>& worker, std::size_t found_before);
  void tell_progress();
  void choose_violation();
  absl::Status resume();
  absl::Status save_when_due();
  CheckpointCounts counts() const;
  std::uint64_t memory_bytes() const;

  Options options_;
  Space<M> space_;
  Crew crew_;
  Visited<State> visited_;
  Ranking<M> ranking_;
  std::vector<Worker<M>> workers_;
  Frontier<State> frontier_;
  Frontier<State> next_;
  GraphBuilder graph_;
  std::vector<State> initial_;
  Vertex initial_count_ = 0;
  std::uint32_t depth_ = 0;  // of the frontier
  std::uint64_t transitions_before_ = 0;
  bool resumed_ = false;
  Clock::time_point started_ = Clock::now();
  Clock::time_point saved_ = Clock::now();
  Clock::time_point told_ = Clock::now();

  struct Chosen {
    StateId id = 0;
    std::size_t property = 0;
  };
  std::optional<Chosen> violation_;

  // Of the level.
  std::atomic<Bound> bound_ = Bound::none;
  std::atomic<std::uint64_t> states_ = 0;  // seen until now, in this level too
  std::atomic<std::size_t> expanded_ = 0;
  bool is_level_open_ = false;  // ended by a bound or a violation
  std::uint64_t memory_at_level_ = 0;
  std::uint64_t states_at_level_ = 0;
};

template <Model M>
absl::Status BreadthFirst<M>::run() {
  if (!options_.checkpoint.path.empty() && (options_.exact || space_.has_liveness())) {
    return absl::InvalidArgumentError(
        "a checkpoint has neither full states nor a graph: not with exact, not with liveness");
  }
  if (options_.checkpoint.resume) {
    if (absl::Status status = resume(); !status.ok()) return status;
  } else {
    start();
  }
  while (frontier_.size() != 0 && !violation_ && bound_ == Bound::none) {
    if (depth_ >= options_.bounds.depth) {
      bound_ = Bound::depth;
      break;
    }
    expand_level();
    finish_level();
    if (bound_ == Bound::none && !violation_) {
      if (absl::Status status = save_when_due(); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

template <Model M>
void BreadthFirst<M>::start() {
  const std::vector<State> initial = space_.initial_states();
  const std::uint64_t awake = 0;
  for (std::uint32_t i = 0; i < initial.size(); ++i) {
    const Record record{space_.fingerprint(initial[i]), i, 0, Record::initial};
    const auto inserted =
        visited_.insert(record, initial[i], space_.has_sleep_sets() ? &awake : nullptr);
    if (!inserted.is_new) continue;
    const auto property = space_.judge(initial[i]);
    if (property && !violation_) violation_ = {inserted.id, *property};
    frontier_.states.push_back(initial[i]);
    frontier_.ids.push_back(inserted.id);
  }
  states_ = frontier_.size();
  initial_count_ = static_cast<Vertex>(frontier_.size());
  if (space_.has_liveness()) {
    initial_ = frontier_.states;
    graph_.add_vertices(frontier_.ids);
  }
}

template <Model M>
void BreadthFirst<M>::expand_level() {
  memory_at_level_ = memory_bytes();
  states_at_level_ = states_;
  expanded_ = 0;
  std::atomic<std::size_t> next_chunk = 0;
  if (frontier_.size() <= chunk_size) {  // not worth waking the others
    expand_chunks(workers_[0], next_chunk);
  } else {
    crew_.run([&](unsigned w) { expand_chunks(workers_[w], next_chunk); });
  }
}

template <Model M>
void BreadthFirst<M>::expand_chunks(Worker<M>& worker, std::atomic<std::size_t>& next_chunk) {
  while (bound_.load(std::memory_order_relaxed) == Bound::none) {
    const std::size_t begin = next_chunk.fetch_add(chunk_size);
    if (begin >= frontier_.size()) return;
    const std::size_t end = std::min(begin + chunk_size, frontier_.size());
    const std::size_t found_before = worker.found.size();
    worker.expand(frontier_, begin, end);
    expanded_ += end - begin;
    note_bound(worker, found_before);
    if (&worker == workers_.data() && options_.progress) tell_progress();
  }
}

// After each chunk. Memory is what the level began with and, for each state found since, the most
// that one can cost.
template <Model M>
void BreadthFirst<M>::note_bound(const Worker<M>& worker, std::size_t found_before) {
  const std::uint64_t found = worker.found.size() - found_before;
  const std::uint64_t states = states_.fetch_add(found) + found;
  const std::uint64_t state_bytes = 40 + sizeof(State) * (options_.exact ? 2 : 1);
  const Bounds& bounds = options_.bounds;
  if (states >= std::min(bounds.states, states_limit)) {
    bound_ = Bound::states;
  } else if (memory_at_level_ + (states - states_at_level_) * state_bytes > bounds.memory_bytes) {
    bound_ = Bound::memory;
  } else if (Clock::now() - started_ > bounds.time) {
    bound_ = Bound::time;
  }
}

// What other workers do meanwhile is counted as far as it is known.
template <Model M>
void BreadthFirst<M>::tell_progress() {
  const Clock::time_point now = Clock::now();
  if (now - told_ < options_.progress_interval) return;
  told_ = now;
  Coverage coverage;
  coverage.states = states_.load();
  coverage.transitions = transitions_before_ + workers_[0].transitions * workers_.size();
  coverage.depth = depth_;
  coverage.seconds = std::chrono::duration<double>(now - started_).count();
  options_.progress(coverage);
}

template <Model M>
void BreadthFirst<M>::finish_level() {
  if (is_ranked()) {
    ranking_.run(frontier_, workers_, next_);
  } else {
    std::swap(next_, workers_[0].found);
  }
  choose_violation();
  if (space_.has_liveness()) {
    std::vector<GraphChunk> chunks;
    for (Worker<M>& worker : workers_) {
      std::move(worker.chunks.begin(), worker.chunks.end(), std::back_inserter(chunks));
      worker.chunks.clear();
    }
    graph_.add_level(chunks);
    graph_.add_vertices(next_.ids);
  }
  // A bound that was met with the last state of all is none.
  const bool is_whole = expanded_ == frontier_.size();
  if (is_whole && next_.size() == 0) bound_ = Bound::none;
  is_level_open_ = violation_ || !is_whole;
  if (is_level_open_) return;  // both frontiers stay, for the account of what was left
  std::swap(frontier_, next_);
  next_.clear();
  if (frontier_.size() != 0) ++depth_;
}

// Ends are one step nearer than what was found, and positions are ranks.
template <Model M>
void BreadthFirst<M>::choose_violation() {
  std::optional<Violation> end;
  std::vector<Violation> found;
  for (Worker<M>& worker : workers_) {
    for (const Violation& violation : worker.ends_violated) {
      if (!end || violation.at < end->at) end = violation;
    }
    found.insert(found.end(), worker.found_violated.begin(), worker.found_violated.end());
    worker.ends_violated.clear();
    worker.found_violated.clear();
  }
  if (end) {
    violation_ = {frontier_.ids[end->at], end->property};
    return;
  }
  if (found.empty()) return;
  const auto by_id = [](const Violation& a, const Violation& b) { return a.at < b.at; };
  std::sort(found.begin(), found.end(), by_id);
  for (const StateId id : next_.ids) {
    const auto at = std::lower_bound(found.begin(), found.end(), Violation{id, 0}, by_id);
    if (at == found.end() || at->at != id) continue;
    violation_ = {id, at->property};
    return;
  }
}

template <Model M>
std::uint64_t BreadthFirst<M>::memory_bytes() const {
  std::uint64_t sum = visited_.memory_bytes() + (space_.has_liveness() ? graph_.memory_bytes() : 0);
  for (const Frontier<State>* frontier : {&frontier_, &next_}) {
    sum += frontier->states.capacity() * sizeof(State) + frontier->ids.capacity() * sizeof(StateId);
  }
  return sum;
}

template <Model M>
CheckpointCounts BreadthFirst<M>::counts() const {
  CheckpointCounts counts{depth_, initial_count_, transitions_before_, space_.hits()};
  for (const Worker<M>& worker : workers_) {
    counts.transitions += worker.transitions;
    for (std::size_t i = 0; i < counts.hits.size(); ++i) {
      counts.hits[i] += worker.space().hits()[i];
    }
  }
  return counts;
}

template <Model M>
absl::Status BreadthFirst<M>::save_when_due() {
  if (options_.checkpoint.path.empty() || Clock::now() - saved_ < options_.checkpoint.interval) {
    return absl::OkStatus();
  }
  absl::Status status =
      save_checkpoint(options_.checkpoint.path, space_, counts(), visited_, frontier_.ids);
  saved_ = Clock::now();
  return status;
}

template <Model M>
absl::Status BreadthFirst<M>::resume() {
  absl::StatusOr<CheckpointContent> content = load_checkpoint(options_.checkpoint.path);
  if (!content.ok()) return content.status();
  if (content->identity != identity_of(space_)) {
    return absl::FailedPreconditionError(options_.checkpoint.path +
                                         " is of another model or other reductions");
  }
  restore_records(*content, visited_);
  depth_ = content->counts.depth;
  initial_count_ = content->counts.initial_count;
  transitions_before_ = content->counts.transitions;
  space_.add_hits(content->counts.hits);
  Replayer<M> replayer(space_, visited_);
  for (const StateId id : content->frontier) {
    frontier_.states.push_back(replayer.state_of(id, depth_));
  }
  frontier_.ids = std::move(content->frontier);
  states_ = visited_.size();
  resumed_ = true;
  return absl::OkStatus();
}

template <Model M>
Result<M> BreadthFirst<M>::take_result() {
  Result<M> result;
  const CheckpointCounts all = counts();
  for (const Worker<M>& worker : workers_) space_.add_hits(worker.space().hits());
  Coverage& coverage = result.coverage;
  coverage.states = visited_.size();
  coverage.transitions = all.transitions;
  // A bound between two levels leaves the frontier; one within a level also what was found in it.
  coverage.depth = depth_ + (next_.size() != 0 ? 1 : 0);
  coverage.unexpanded = frontier_.size() + next_.size() - (is_level_open_ ? expanded_.load() : 0);
  coverage.memory_bytes = memory_bytes();
  coverage.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  coverage.collision_probability_max = options_.exact ? 0 : collision_bound(coverage.states);
  coverage.resumed = resumed_;
  result.bound = violation_ ? Bound::none : bound_.load();
  if (violation_) {
    result.counterexample =
        counterexample_to(space_, visited_, violation_->id, violation_->property);
  }
  return result;
}

}  // namespace lockstep::checker
