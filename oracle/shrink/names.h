// Canonical names: the same steps whatever their hosts, sockets, labels, addresses and ports were
// called. Each function is pure and changes nothing when applied twice; whether its result still
// fails is for a replay to say, since a stack may care about the value of a port.
#pragma once

#include <cstdint>
#include <string>

#include "oracle/scenario/step.h"

namespace lockstep::shrink {

// Labels 1 to n in the order of the steps. A packet whose step is gone gets the label n + 1.
scenario::Scenario with_labels_in_order(const scenario::Scenario& scenario);

// Hosts in the order in which steps use them, called a, b, c ...
scenario::Scenario with_hosts_in_order(const scenario::Scenario& scenario);

// The n-th host has the addresses 10.0.0.n and fd00::n, the same in every step. The addresses of no
// host follow in the order in which steps name them.
scenario::Scenario with_canonical_addresses(const scenario::Scenario& scenario);

// Listeners l, connectors c, accepted s, datagram sockets u, others x; the second of each l2 ...
scenario::Scenario with_sockets_named_by_role(const scenario::Scenario& scenario);

// Ports 8000, 8001 ... in the order in which steps name them; 0 stays, and so do those from
// `kept_from` on: a port that the stack chooses is not to be renamed.
inline constexpr std::uint16_t no_port_kept = 0xffff;
scenario::Scenario with_canonical_ports(const scenario::Scenario& scenario,
                                        std::uint16_t kept_from = no_port_kept);

// `connect c local(l)` becomes `connect c 10.0.0.2:8000` where an earlier bind says so.
scenario::Scenario with_addresses_written_out(const scenario::Scenario& scenario);

// The scenario's text under canonical names, for comparing scenarios whatever their names.
std::string canonical_text(const scenario::Scenario& scenario);

}  // namespace lockstep::shrink
