// The rules of TCP: listen, accept, connect, streams, shutdown, close, segments and timers.
// X(enumerator, name, force, sections, source, sentence)
#pragma once

#include "oracle/spec/rules_tcp_calls.h"
#include "oracle/spec/rules_tcp_segments.h"

#define LOCKSTEP_TCP_RULES(X) \
  LOCKSTEP_TCP_CALL_RULES(X)  \
  LOCKSTEP_TCP_SEGMENT_RULES(X)
