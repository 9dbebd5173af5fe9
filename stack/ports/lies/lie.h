// Lie: a defect that a port is made to have, to prove that the oracle can see it. A lie decorates
// any port: it changes what one of the two faces shows and leaves the stack beneath alone.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "stack/port/port.h"

namespace lockstep {

struct LieRow {
  std::string_view name;      // What `--lie` takes.
  std::string_view sentence;  // What the port then does wrong.
};

// Every lie, in the order in which `lockstep lies` prints them.
std::span<const LieRow> lies();

// The port with that defect; nullptr for an unknown name.
std::unique_ptr<Port> make_lying_port(std::string_view name, std::unique_ptr<Port> honest);

}  // namespace lockstep
