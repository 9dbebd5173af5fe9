// CanaryPort: an honest port with one defect that only five dependent steps reach, each useless
// without the one before: on one connection made by accept, receive data, send data, shut down
// writing, and then ask for the peer's name. A searcher that does not find it is blind.
#pragma once

#include <memory>

#include "stack/port/port.h"

namespace lockstep::campaign {

std::unique_ptr<Port> make_canary_port(std::unique_ptr<Port> honest);

}  // namespace lockstep::campaign
