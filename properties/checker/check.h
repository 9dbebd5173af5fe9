// The way in: checks a model as the options say.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "properties/checker/breadth_first.h"
#include "properties/checker/model.h"
#include "properties/checker/options.h"
#include "properties/checker/result.h"

namespace lockstep::checker {

template <Model M>
absl::StatusOr<Result<M>> check_breadth_first(const M& model, const Options& options) {
  BreadthFirst<M> search(model, options);
  if (absl::Status status = search.run(); !status.ok()) return status;
  const bool is_complete = search.is_complete();
  Result<M> result = search.take_result();
  conclude(result, search.space(), is_complete);
  return result;
}

// An error is a request that cannot be carried out; everything that a search can say is a Result.
template <Model M>
absl::StatusOr<Result<M>> check(const M& model, const Options& options = {}) {
  return check_breadth_first(model, options);
}

}  // namespace lockstep::checker
