// Which stacks a command runs on: from the words of --port and --lie to ports.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "oracle/judge/runner.h"
#include "oracle/scenario/step.h"

namespace lockstep::campaign {

struct PortRow {
  std::string_view name;
  std::string_view sentence;
  std::string (*unavailable)();     // Why this machine cannot run it; empty when it can.
  std::unique_ptr<Port> (*make)();  // Requires: it can.
};

// Every port, those that cannot run here included.
std::span<const PortRow> port_rows();

// What a run needs to know to make its ports: a value, so that workers can be told.
struct PortChoice {
  std::string port = "in_process";  // "in_process", or "a=in_process,b=..." by host name.
  std::string lie;                  // Empty for an honest port.
};

// The same choice with a port named for every host that a generated scenario may have.
PortChoice for_generated(PortChoice choice);

// A factory that makes the chosen port for each host of these lines (host names matter only in the
// form that names them, which may name more of the hosts a, b, c ... than there are). Without lines
// the hosts are those of generated scenarios. An unknown port or lie is an error that lists the
// known ones.
absl::StatusOr<judge::PortFactory> make_factory(const PortChoice& choice,
                                                const std::vector<scenario::HostLine>& hosts);

}  // namespace lockstep::campaign
