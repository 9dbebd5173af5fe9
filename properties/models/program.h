// Program: a ModelSpec made ready to be run: its lines parsed, its names turned into numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oracle/scenario/step.h"
#include "properties/models/spec.h"

namespace lockstep::models {

inline constexpr std::size_t items_max = 64;
inline constexpr std::size_t counters_max = 48;
inline constexpr std::size_t goals_max = 24;
// Fair items come first, and each direction between the hosts of a fair network has a class, too.
inline constexpr std::size_t fair_items_max = 48;
inline constexpr std::size_t fair_hosts_max = 3;

struct CompiledItem {
  std::vector<scenario::Step> steps;
  std::uint8_t host = 0;  // Whose state it changes; no_host for the network's and everybody's.
  std::uint8_t counter = 0;
  std::uint8_t most = 1;
  std::uint64_t after = 0;  // Bits of counters.
  std::uint64_t until = 0;
  bool makes_stream = false;  // Its label names a stream of payload, so it must be the same always.
  bool when_quiet = false;
  bool fair = false;

  static constexpr std::uint8_t no_host = 0xff;
};

struct CompiledGoal {
  std::string name;
  std::uint8_t host = CompiledItem::no_host;  // With a state; else by an item's answers.
  TcpState state = TcpState::closed;
  std::uint64_t items = 0;  // Bits.
  Errno error = Errno::ok;
  std::int64_t value = -1;
};

struct Program {
  scenario::Scenario given;  // Hosts, names and the steps before; labels count from 1.
  std::vector<CompiledItem> items;
  std::vector<std::string> counters;  // Their names.
  std::vector<CompiledGoal> goals;    // That of the promise, where there is one, is the last.
  Network network;
  bool settles = true;
  Promise::Kind promise = Promise::Kind::none;
  std::size_t archive = 0;  // Packets of the past that `replay` items may name.
};

// Requires: the spec is well-formed; a mistake in it is a bug, and a CHECK that names it.
Program compile(const ModelSpec& spec);

// Labels of the steps of a path: an item that makes a stream has always the same one, every other
// step one by its place.
scenario::Label stream_label(std::size_t item, std::uint8_t count);
inline constexpr scenario::Label first_path_label = 1'000'000;
inline constexpr std::size_t item_steps_max = 4;

}  // namespace lockstep::models
