// A breadth-first search between two levels as a file: the records of the visited set and the ids
// of the frontier. No states; they are replayed from the links, so that models need no encoding.
// The file is for the machine and the program that wrote it: a cache, not a format.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "properties/checker/space.h"
#include "properties/checker/visited.h"

namespace lockstep::checker {

struct CheckpointCounts {
  std::uint32_t depth = 0;
  std::uint32_t initial_count = 0;
  std::uint64_t transitions = 0;
  std::vector<std::uint64_t> hits;  // by property
};

struct CheckpointContent {
  std::uint64_t identity = 0;  // of the model and of what shapes its search
  CheckpointCounts counts;
  std::vector<std::vector<Record>> records;  // by shard and local
  std::vector<StateId> frontier;
  std::vector<std::uint64_t> sleep;  // by frontier position; empty without sleep sets
};

// Written beside its place and renamed, so that a kill at any moment leaves an old or a new one.
absl::Status write_checkpoint(const std::string& path, std::uint64_t identity,
                              const CheckpointCounts& counts, std::span<const Shard> shards,
                              const std::vector<StateId>& frontier,
                              const std::vector<std::uint64_t>& sleep);

// NotFound, or DataLoss for a file that is none or not whole.
absl::StatusOr<CheckpointContent> load_checkpoint(const std::string& path);

// What a resumed run must share with the one that wrote the file: the initial states, the names of
// the properties, the reductions. Not a proof that the model is the same, but of most mistakes.
template <Model M>
std::uint64_t identity_of(const Space<M>& space) {
  std::string text(space.has_symmetry() ? "symmetry" : "plain");
  text += space.has_sleep_sets() ? "/sleep" : "/awake";
  for (const Property<M>& property : space.properties()) text += '\n' + property.name;
  for (const typename M::State& state : space.initial_states()) {
    const Fingerprint fingerprint = space.fingerprint(state);
    text += '\n' + std::to_string(fingerprint.high) + ' ' + std::to_string(fingerprint.low);
  }
  return XXH3_64bits(text.data(), text.size());
}

template <Model M>
absl::Status save_checkpoint(const std::string& path, const Space<M>& space,
                             const CheckpointCounts& counts, Visited<typename M::State>& visited,
                             const std::vector<StateId>& frontier) {
  std::vector<std::uint64_t> sleep;
  for (std::size_t i = 0; space.has_sleep_sets() && i < frontier.size(); ++i) {
    sleep.push_back(visited.sleep(frontier[i]));
  }
  return write_checkpoint(path, identity_of(space), counts, visited.shards(), frontier, sleep);
}

// Puts the records back where they were: a shard numbers in the order of insertion.
template <class State>
void restore_records(CheckpointContent& content, Visited<State>& visited) {
  const std::uint64_t awake = 0;
  for (std::vector<Record>& shard : content.records) {
    for (const Record& record : shard) {
      visited.insert(record, State(), content.sleep.empty() ? nullptr : &awake);
    }
    shard = {};
  }
  for (std::size_t i = 0; i < content.sleep.size(); ++i) {
    visited.sleep(content.frontier[i]) = content.sleep[i];
  }
}

}  // namespace lockstep::checker
