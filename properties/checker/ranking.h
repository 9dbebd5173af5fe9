// Puts what several workers found into the order of the ranks, and makes the links final.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "properties/checker/crew.h"
#include "properties/checker/worker.h"

namespace lockstep::checker {

// Which worker came first to a state is chance; the least link is not. Links are (position of the
// parent in `from`, action), positions are ranks, and so the order of the links is the order of
// the least paths. Workers share the sorting by ranges of parents.
template <Model M>
class Ranking {
 public:
  using State = typename M::State;

  Ranking(Crew& crew, Visited<State>& visited)
      : crew_(crew), visited_(visited), buckets_(crew.size()) {
    for (auto& row : buckets_) row.resize(crew.size());
  }

  // Requires: no worker is at work. Empties what the workers found into `to`.
  void run(const Frontier<State>& from, std::vector<Worker<M>>& workers, Frontier<State>& to) {
    crew_.run([&](unsigned w) { distribute(w, workers[w].found, from.size()); });
    crew_.run([&](unsigned b) { sort_bucket(b); });
    std::vector<std::size_t> offsets(crew_.size() + 1, 0);
    for (unsigned b = 0; b < crew_.size(); ++b) {
      offsets[b + 1] = offsets[b] + buckets_[0][b].size();
    }
    to.states.resize(offsets.back());
    to.ids.resize(offsets.back());
    crew_.run([&](unsigned b) { place(buckets_[0][b], offsets[b], from, workers, to); });
    for (Worker<M>& worker : workers) worker.found.clear();
  }

 private:
  struct Key {
    std::uint64_t link;
    std::uint32_t worker;
    std::uint32_t index;
  };
  using Bucket = std::vector<Key>;

  void distribute(unsigned w, const Frontier<State>& found, std::size_t parents) {
    for (Bucket& bucket : buckets_[w]) bucket.clear();
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i + 8 < found.size()) __builtin_prefetch(&visited_.record(found.ids[i + 8]));
      const Record& record = visited_.record(found.ids[i]);
      const std::size_t bucket = std::size_t{record.parent} * crew_.size() / parents;
      buckets_[w][bucket].push_back({record.link(), w, static_cast<std::uint32_t>(i)});
    }
  }

  // Each worker's part is in order but for what another worker improved, so the merge is of long
  // runs, and one worker's only part needs none.
  void sort_bucket(unsigned b) {
    Bucket& all = buckets_[0][b];
    for (unsigned w = 1; w < crew_.size(); ++w) {
      all.insert(all.end(), buckets_[w][b].begin(), buckets_[w][b].end());
    }
    const auto is_before = [](const Key& x, const Key& y) { return x.link < y.link; };
    if (!std::is_sorted(all.begin(), all.end(), is_before)) {
      std::sort(all.begin(), all.end(), is_before);
    }
  }

  void place(const Bucket& bucket, std::size_t offset, const Frontier<State>& from,
             std::vector<Worker<M>>& workers, Frontier<State>& to) {
    for (const Key& key : bucket) {
      Frontier<State>& found = workers[key.worker].found;
      Record& record = visited_.record(found.ids[key.index]);
      record.parent = from.ids[record.parent];
      record.marks &= static_cast<std::uint16_t>(~Record::fresh);
      to.states[offset] = std::move(found.states[key.index]);
      to.ids[offset] = found.ids[key.index];
      ++offset;
    }
  }

  Crew& crew_;
  Visited<State>& visited_;
  std::vector<std::vector<Bucket>> buckets_;  // by worker that found, by range of parents
};

}  // namespace lockstep::checker
