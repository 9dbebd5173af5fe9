// Measure: how much an oracle can tell apart. Takes accepted traces, changes one observation at a
// time, and counts how often the oracle notices.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "oracle/discriminate/change.h"
#include "oracle/discriminate/replay.h"

namespace lockstep::discriminate {

struct KindFigures {
  std::uint64_t changes = 0;
  std::uint64_t rejected = 0;  // With those that left a settle unsettled.
  std::uint64_t unsettled = 0;
  std::uint64_t inconclusive = 0;
  std::map<std::string, std::uint64_t> by_rule;  // Rejected by the rule of that name.
};

// A changed trace that was accepted, for reading.
struct Survivor {
  std::string trace;  // Which one: "17", or a file's name.
  scenario::Label step = 0;
  std::string before;
  std::string after;
};

// Survivors that were changed alike.
struct SurvivorClass {
  std::uint64_t count = 0;
  std::uint64_t changes = 0;  // Of this class, the rejected ones included.
  std::vector<Survivor> examples;
};

struct Figures {
  std::uint64_t traces = 0;
  std::uint64_t not_accepted = 0;  // Traces that were not accepted as they were: left out.
  std::array<KindFigures, kind_count> of_kind;
  // By kind, then by "way: subject".
  std::map<std::pair<Kind, std::string>, SurvivorClass> classes;
};

class Measure {
 public:
  // `examples`: as many survivors are kept of each class.
  Measure(const oracle::Dialect& dialect, std::size_t examples)
      : oracle_(dialect), examples_(examples) {}

  // Makes `draws` changes of a trace, each of a kind drawn uniformly and at a place drawn uniformly
  // among those of the kind; a kind that applies nowhere makes none. A trace that the oracle does
  // not accept unchanged is counted and left out.
  void add(const std::string& name, const judge::Recording& recording, std::uint32_t draws,
           scenario::Choices& choices);
  // Counts a trace that was not accepted when it was made.
  void leave_out() { ++figures_.not_accepted; }

  const Figures& figures() const { return figures_; }

 private:
  void judge_change(const std::string& name, const judge::Recording& recording,
                    const Change& change);

  oracle::Oracle oracle_;
  std::size_t examples_;
  Figures figures_;
};

// The table of kinds and what rejected.
std::string to_text(const Figures& figures);
// The classes of survivors, the most frequent first, at most so many.
std::string survivors_text(const Figures& figures, std::size_t most);

}  // namespace lockstep::discriminate
