// Generator: chooses a scenario's steps one after the other, looking at what the steps before led
// to. It mixes single steps with scripted impulses, so that deep states of TCP are reached often.
#pragma once

#include <vector>

#include "oracle/scenario/choices.h"
#include "oracle/scenario/generate_hosts.h"
#include "oracle/scenario/generate_step.h"
#include "oracle/scenario/plan.h"
#include "oracle/scenario/situation.h"
#include "oracle/scenario/weights.h"

namespace lockstep::scenario {

class Generator {
 public:
  // `features` are those of every port. `choices` outlives the generator.
  Generator(Choices& choices, FeatureSet features);

  // The hosts of the scenario, drawn at construction.
  const std::vector<HostLine>& hosts() const { return hosts_; }
  const Weights& weights() const { return weights_; }

  // The next step, explicit, with the situation's next label. Requires: the situation has hosts,
  // and as many features.
  Step next(const Situation& situation);

 private:
  void maybe_begin_plan(const Situation& situation);

  Choices& choices_;
  std::vector<HostLine> hosts_;
  Weights weights_;
  Plan plan_;
  bool at_start_ = true;
};

}  // namespace lockstep::scenario
