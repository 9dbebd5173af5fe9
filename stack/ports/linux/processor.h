// Where a thread runs. The kernel does what packets cause on the processor that sent them, either
// within the call or, when it is hard pressed, soon after in a thread of its own; a caller on the
// same processor never sees a packet half dealt with.
#pragma once

namespace lockstep::live {

// Keeps the calling thread on one of the processors that it may use, another one for processes
// started one after the other. Does nothing the second time.
void stay_on_one_processor();

}  // namespace lockstep::live
