// The rules of TCP: listen, accept, connect, streams, shutdown, close, segments and timers.
// X(enumerator, name, force, sections, source, sentence)
#pragma once

// clang-format off
#define LOCKSTEP_TCP_RULES(X)                                                                      \
  X(tcp_close_unread_sends_rst, "tcp.close.unread_sends_rst", must, "78", "RFC 9293 3.6.1",         \
    "Closing a connection that holds bytes the application never read sends a RST, not a FIN.")
// clang-format on
