// Random simulation: many walks, each with a mood of its own (a swarm). Nothing is remembered, so
// that models of any size can be walked; nothing is proved.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "properties/checker/crew.h"
#include "properties/checker/options.h"
#include "properties/checker/result.h"
#include "properties/checker/space.h"

namespace lockstep::checker {

// SplitMix64: walk i of seed s is a stream of its own.
class WalkRandom {
 public:
  WalkRandom(std::uint64_t seed, std::uint64_t walk) : state_(seed * 0x9e3779b97f4a7c15 + walk) {
    state_ = next();
  }
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }

 private:
  std::uint64_t state_;
};

// The violation shown is that of the first walk that has one, whatever the number of threads.
template <Model M>
class RandomWalks {
 public:
  using State = typename M::State;
  using Action = typename M::Action;

  RandomWalks(const M& model, const Options& options)
      : options_(options), space_(model, options), crew_(options.threads) {}

  Result<M> run() {
    const auto started = std::chrono::steady_clock::now();
    std::vector<Walker> walkers(crew_.size(), Walker(space_));
    crew_.run([&](unsigned w) {
      for (std::uint64_t walk; (walk = next_walk_.fetch_add(1)) < last_.load();) {
        if (std::chrono::steady_clock::now() - started > options_.bounds.time) is_late_ = true;
        if (is_late_) return;
        if (take_walk(walkers[w], walk, nullptr)) lower_last(walk);
      }
    });
    Result<M> result;
    for (const Walker& walker : walkers) {
      space_.add_hits(walker.space.hits());
      result.coverage.states += walker.visits;
      result.coverage.transitions += walker.transitions;
      result.coverage.depth = std::max(result.coverage.depth, walker.deepest);
    }
    if (is_late_) result.bound = Bound::time;
    if (last_ < options_.walks) {
      // A walk is its number: taken once more, with a record.
      Walker walker(space_);
      Counterexample<M> found;
      found.property = *take_walk(walker, last_, &found);
      result.counterexample = std::move(found);
      result.bound = Bound::none;
    }
    result.coverage.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    conclude(result, space_, Seen::samples);
    return result;
  }

 private:
  struct Walker {
    explicit Walker(const Space<M>& of) : space(of) {}
    Space<M> space;
    std::vector<Action> actions;
    std::vector<Action> kept;
    std::uint64_t visits = 0;
    std::uint64_t transitions = 0;
    std::uint32_t deepest = 0;
  };

  // The property that the walk violates, if any.
  std::optional<std::size_t> take_walk(Walker& walker, std::uint64_t walk,
                                       Counterexample<M>* record) const {
    WalkRandom random(options_.seed, walk);
    std::vector<State> initial;
    space_.model().initial_states(initial);
    State state = initial[random.below(initial.size())];
    if (record != nullptr) record->initial = state;
    const std::uint64_t left_out = random.next() & random.next();  // a quarter of the sorts
    for (std::uint32_t step = 0;; ++step) {
      ++walker.visits;
      walker.deepest = std::max(walker.deepest, step);
      if (const auto property = walker.space.judge(state)) return property;
      walker.space.enabled_actions(state, walker.actions);
      if (walker.actions.empty()) return walker.space.judge_end(state);
      if (step == std::min(options_.walk_length, options_.bounds.depth)) return std::nullopt;
      const Action action = choose(walker, left_out, random);
      state = space_.model().next_state(state, action);
      ++walker.transitions;
      if (record != nullptr) record->steps.push_back({action, state});
    }
  }

  // Leaving out whole sorts of actions lets a walk go far where an even mix would go in circles.
  Action choose(Walker& walker, std::uint64_t left_out, WalkRandom& random) const {
    if constexpr (HasSort<M>) {
      walker.kept.clear();
      for (const Action& action : walker.actions) {
        const unsigned sort = space_.model().sort(action) % 64;
        if ((left_out >> sort & 1) == 0) walker.kept.push_back(action);
      }
      if (!walker.kept.empty()) return walker.kept[random.below(walker.kept.size())];
    }
    static_cast<void>(left_out);
    return walker.actions[random.below(walker.actions.size())];
  }

  // Walks are handed out in order, so those before the last are finished by who took them.
  void lower_last(std::uint64_t walk) {
    std::uint64_t last = last_.load();
    while (walk < last && !last_.compare_exchange_weak(last, walk)) {
    }
  }

  Options options_;
  Space<M> space_;
  Crew crew_;
  std::atomic<std::uint64_t> next_walk_ = 0;
  std::atomic<std::uint64_t> last_ = options_.walks;  // the first walk known to violate, or the end
  std::atomic<bool> is_late_ = false;
};

}  // namespace lockstep::checker
