// How a run searches, and where it ends at the latest.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace lockstep::checker {

enum class Strategy { breadth_first, depth_first, iterative_deepening, random_walks };

// State ids have 32 bits, and each shard of the visited set has its part of them.
inline constexpr std::uint64_t states_limit = 4'000'000'000;

struct Coverage;

struct Bounds {
  std::uint64_t states = states_limit;
  std::uint32_t depth = std::numeric_limits<std::uint32_t>::max();  // actions from an initial state
  std::uint64_t memory_bytes = std::numeric_limits<std::uint64_t>::max();
  std::chrono::milliseconds time = std::chrono::hours(24 * 365);
};

struct Checkpoint {
  std::string path;  // empty: none is written or read
  std::chrono::milliseconds interval = std::chrono::minutes(1);
  bool resume = false;  // start from the file at path
};

struct Options {
  Strategy strategy = Strategy::breadth_first;
  unsigned threads = 1;  // for breadth_first and random_walks
  bool exact = false;    // keep full states, so that no collision can hide one
  // Reductions, where the model has what they need. Runs that decide liveness go without.
  bool symmetry = true;
  bool sleep_sets = true;
  Bounds bounds;
  Checkpoint checkpoint;  // of breadth_first
  // random_walks: walk i of a seed is the same whatever the number of walks and threads.
  std::uint64_t seed = 1;
  std::uint64_t walks = 10'000;
  std::uint32_t walk_length = 1'000;
  // Called now and then in a long run, by one thread, with what was covered until then; may be
  // empty. Of breadth_first.
  std::function<void(const Coverage&)> progress;
  std::chrono::milliseconds progress_interval = std::chrono::seconds(5);
};

}  // namespace lockstep::checker
