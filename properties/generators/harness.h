// Harness: how a program of properties asks RapidCheck and turns the answers into an exit code.
//
// A property is a function of a list of draws, so that RapidCheck shrinks every choice by itself
// (towards 0, the simplest) and the list (towards fewer). It gives back what is wrong, if anything.
// The default seed is fixed: a run of ctest means the same everywhere. RC_PARAMS overrides it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::properties {

using Draws = std::vector<std::uint32_t>;

struct Outcome {
  std::string wrong;  // What does not hold, for a person; empty when the property holds.
  std::set<std::string>
      tags;  // What sort of case this was; the harness prints how frequent each is.

  bool holds() const { return wrong.empty(); }
};

using Property = std::function<Outcome(const Draws&)>;

struct PropertyOptions {
  double draws_per_size = 4;  // Lists have up to so many draws times RapidCheck's size (100).
  std::vector<std::string>
      sometimes;  // Tags that some case must have, or the check is worth little.
};

class Harness {
 public:
  // `rapidcheck_params` as in RC_PARAMS, which overrides them: "max_success=200".
  explicit Harness(const std::string& rapidcheck_params);

  // Checks the property on generated draws.
  void holds(const std::string& sentence, const Property& property,
             const PropertyOptions& options = {});

  // Checks that the property can fail: that one of `attempts` seeded lists of `draws` draws refutes
  // it. For properties of a port that lies.
  void is_refuted(const std::string& sentence, const Property& property, std::uint32_t attempts,
                  std::size_t draws);

  // Checks a fact that needs no draws.
  void expect(const std::string& sentence, bool is_true, std::string_view detail = "");

  // For main(): 1 when anything did not hold.
  int exit_code() const { return failures_ == 0 ? 0 : 1; }

 private:
  void check_sometimes(const std::map<std::string, std::uint64_t>& seen,
                       const std::vector<std::string>& sometimes);

  unsigned failures_ = 0;
};

}  // namespace lockstep::properties
