// The way in: checks a model as the options say.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "properties/checker/breadth_first.h"
#include "properties/checker/depth_first.h"
#include "properties/checker/liveness_check.h"
#include "properties/checker/model.h"
#include "properties/checker/options.h"
#include "properties/checker/random_walks.h"
#include "properties/checker/result.h"

namespace lockstep::checker {

template <Model M>
absl::StatusOr<Result<M>> check_breadth_first(const M& model, const Options& options) {
  BreadthFirst<M> search(model, options);
  if (absl::Status status = search.run(); !status.ok()) return status;
  const bool is_complete = search.is_complete();
  Result<M> result = search.take_result();
  if (is_complete && search.space().has_liveness()) {
    result.counterexample =
        find_liveness_violation(search.space(), search.take_graph(), search.initial_states());
  }
  conclude(result, search.space(), is_complete ? Seen::all : Seen::a_part);
  return result;
}

// An error is a request that cannot be carried out; everything that a search can say is a Result.
template <Model M>
absl::StatusOr<Result<M>> check(const M& model, const Options& options = {}) {
  switch (options.strategy) {
    case Strategy::breadth_first:
      return check_breadth_first(model, options);
    case Strategy::depth_first:
    case Strategy::iterative_deepening:
      return check_depth_first(model, options);
    case Strategy::random_walks:
      return RandomWalks<M>(model, options).run();
  }
  return absl::InvalidArgumentError("no such strategy");
}

}  // namespace lockstep::checker
