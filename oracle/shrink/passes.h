// The passes of the shrinker. Each looks for simpler scenarios in its own way and leaves it to the
// search to accept them; none makes a scenario worse, so their order affects only speed.
#pragma once

#include "oracle/shrink/search.h"

namespace lockstep::shrink {

// remove_steps.cc: what comes after the failure and what did nothing; then hosts, sockets, chunks
// and single steps, each with all that depends on it.
void remove_tail_and_idle(Search& search);
void remove_steps(Search& search);
// The same for single steps only, after a change elsewhere.
void remove_what_was_freed(Search& search);
// Two steps at once, for those that only make sense together.
void remove_pairs(Search& search);

// simplify_network.cc: `settle` for single deliveries and ticks, simpler fates for packets.
void simplify_network(Search& search);

// simplify_sockets.cc: one host for two, one socket for two, one end of a connection for the other,
// IPv4 for IPv6.
void simplify_sockets(Search& search);

// simplify_values.cc: host settings, lengths, flags, options, addresses.
void simplify_values(Search& search);

// join_calls.cc: one call for two, plainer calls for the same data.
void join_calls(Search& search);

// templates.cc: the shortest way to a usual state in place of what comes before the last steps.
void try_templates(Search& search);

// detours.cc: changes that pay only together with a removal.
void take_detours(Search& search);

// normal_form.cc: the canonical order of steps and canonical names for everything.
void order_steps(Search& search);
void name_canonically(Search& search);

}  // namespace lockstep::shrink
