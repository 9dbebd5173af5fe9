// CanaryPort: an honest port with one defect that only five dependent steps reach, each useless
// without the one before: on one connection made by accept, receive data, send data, shut down
// writing, and then ask for the peer's name. A searcher that does not find it is blind.
//
// It stands for the defects that are worth a fuzzer's time: an answer that is wrong at one point of
// a connection's life, behind a history of ordinary calls that all went well. What came before is
// data in the port; nothing on either face shows how far it is until the last step.
//
// The program that searches for it (fuzz/targets/canary.cc) has the stack, the port and the oracle
// without coverage of code, as for the kernel or a stack in another process. What guides it is what
// an observer of the two faces can tell: which rules applied, and which event came in which state.
// `ci/canary` measures what that is worth. Where the stack has coverage of its own, that tells most
// of the same, and the ratio is near 1.
#pragma once

#include <memory>

#include "stack/port/port.h"

namespace lockstep::campaign {

std::unique_ptr<Port> make_canary_port(std::unique_ptr<Port> honest);

}  // namespace lockstep::campaign
