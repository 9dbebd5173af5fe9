// A trace as a ladder diagram in text: hosts are columns, time runs downwards, calls with their
// results stand at their host's side, packets are arrows. At most 110 columns wide.
#pragma once

#include <string>

#include "oracle/judge/trace.h"

namespace lockstep::view {

//        a 10.0.0.1                      b 10.0.0.2
//  [5]   | connect c 10.0.0.2:8000 -> EINPROGRESS
//        |--- SYN seq=0 win=65535 ------>|          crosses at once
//        |--- p7 ACK seq=1 ack=1 --->    |          leaves; p7 arrives or is lost further down
//        |        X p7 dropped: ACK      |          lost
//        |    --- # forged RST seq=1 --->|          nobody sent it
// `!` behind the step marks what was judged wrong; the verdict with its rule follows at the end.
std::string to_ladder(const judge::Trace& trace);

}  // namespace lockstep::view
