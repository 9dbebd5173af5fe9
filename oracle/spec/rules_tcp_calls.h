// The rules of the calls on stream sockets.
// X(enumerator, name, force, sections, source, sentence)
#pragma once

// clang-format off
#define LOCKSTEP_TCP_CALL_RULES(X)                                                                                     \
  X(tcp_listen_succeeds, "tcp.listen.succeeds", must, "29", "listen(2)",                                               \
    "listen on a fresh, bound or listening socket succeeds, unbound and with any backlog.")                            \
  X(tcp_listen_connected, "tcp.listen.connected", must, "29", "listen(2) EINVAL",                                      \
    "listen on a socket with a connection answers EINVAL.")                                                            \
  X(tcp_listen_one_listener, "tcp.listen.one_listener", must, "19", "listen(2) EADDRINUSE",                            \
    "Of two sockets bound to the same end by SO_REUSEADDR only one may listen.")                                       \
  X(tcp_listen_exhausted, "tcp.listen.exhausted", must, "8 9", "listen(2) EADDRINUSE",                                 \
    "listen without a port answers EADDRINUSE when the range is exhausted.")                                           \
  X(tcp_accept_needs_listener, "tcp.accept.needs_listener", must, "33", "accept(2) EINVAL",                            \
    "accept on a socket that does not listen answers EINVAL.")                                                         \
  X(tcp_accept_empty_is_eagain, "tcp.accept.empty_is_eagain", must, "33 104", "accept(2) EAGAIN",                      \
    "accept with nothing in the queue answers EAGAIN.")                                                                \
  X(tcp_accept_queued_is_returned, "tcp.accept.queued_is_returned", must, "30 32 33 35", "accept(2)",                  \
    "accept returns a connection that is in the queue, also one that was reset since.")                                \
  X(tcp_accept_only_established, "tcp.accept.only_established", must, "30 31 32", "accept(2)",                         \
    "accept returns only a connection whose handshake was completed, and each once.")                                  \
  X(tcp_accept_in_order, "tcp.accept.in_order", must, "32", "accept(2)",                                               \
    "accept returns connections in the order in which their handshakes were completed.")                               \
  X(tcp_accepting, "tcp.accepting", must, "29 37", "socket(7) SO_ACCEPTCONN",                                          \
    "SO_ACCEPTCONN is 1 of a listener and 0 of any other socket.")                                                     \
  X(tcp_listener_calls, "tcp.listener.calls", must, "39", "accept(2); tcp(7)",                                         \
    "A listener answers recv ENOTCONN, send EPIPE, connect EISCONN and SIOCINQ EINVAL.")                               \
  X(tcp_shutdown_listener, "tcp.shutdown.listener", must, "37", "shutdown(2)",                                         \
    "SHUT_RD ends listening and resets what is queued; SHUT_WR changes nothing.")                                      \
  X(tcp_close_listener_resets_children, "tcp.close.listener_resets_children", must, "38", "RFC 9293 3.10.4; accept(2)", \
    "Closing a listener resets the connections in its queue at once.")                                                 \
  X(tcp_unconnected_calls, "tcp.unconnected_calls", must, "53", "send(2), recv(2)",                                    \
    "On a socket that was never connected send answers EPIPE and recv ENOTCONN.")                                      \
  X(tcp_connect_progress, "tcp.connect.progress", must, "42 62", "connect(2)",                                         \
    "connect answers EINPROGRESS, then EALREADY, then once 0, then EISCONN.")                                          \
  X(tcp_connect_sends_syn, "tcp.connect.sends_syn", must, "42", "RFC 9293 3.10.1",                                     \
    "connect sends a SYN within the step.")                                                                            \
  X(tcp_connect_error_once, "tcp.connect.error_once", must, "41 43", "connect(2); POSIX connect",                      \
    "After a failed attempt connect answers the error once, or ECONNABORTED if that was taken.")                       \
  X(tcp_connect_addresses, "tcp.connect.addresses", must, "45", "connect(2), ip(7)",                                   \
    "An address of another family, multicast or broadcast is refused; 0.0.0.0 is loopback.")                           \
  X(tcp_connect_tuple_taken, "tcp.connect.tuple_taken", must, "12", "connect(2) EADDRNOTAVAIL",                        \
    "connect between two ends that have a connection answers EADDRNOTAVAIL, and only then.")                           \
  X(tcp_connect_exhausted, "tcp.connect.exhausted", may, "8", "connect(2) EADDRNOTAVAIL",                              \
    "connect without a port may answer EADDRNOTAVAIL when the range is exhausted.")                                    \
  X(tcp_connecting_calls, "tcp.connecting_calls", must, "44", "send(2), recv(2)",                                      \
    "While connecting, send and recv answer EAGAIN.")                                                                  \
  X(tcp_disconnect_succeeds, "tcp.disconnect.succeeds", must, "48", "connect(2) AF_UNSPEC",                            \
    "connect to AF_UNSPEC succeeds in every state.")                                                                   \
  X(tcp_disconnect_resets, "tcp.disconnect.resets", must, "48", "connect(2) AF_UNSPEC",                                \
    "connect to AF_UNSPEC resets an established connection.")                                                          \
  X(tcp_peer_name, "tcp.peer.name", must, "44 62 76", "getpeername(2)",                                                \
    "getpeername answers the peer of a connection, ENOTCONN before, after and without one.")                           \
  X(tcp_error_reported_once, "tcp.error.reported_once", must, "41 61 101 172", "socket(7) SO_ERROR",                   \
    "A pending error is answered once, by whichever call comes first.")                                                \
  X(tcp_send_succeeds, "tcp.send.succeeds", must, "52 59", "send(2)",                                                  \
    "send on a connection whose sending side is open succeeds or answers EAGAIN.")                                     \
  X(tcp_sendto_ignores_address, "tcp.sendto.ignores_address", must, "58", "send(2) EISCONN",                           \
    "sendto on a connected stream takes no notice of its address.")                                                    \
  X(tcp_send_takes_some, "tcp.send.takes_some", must, "54 63", "send(2)",                                              \
    "send takes between one byte and all, and 0 only of none.")                                                        \
  X(tcp_send_buffer_is_bounded, "tcp.send.buffer_is_bounded", must, "63 174", "send(2) EAGAIN; poll(2)",               \
    "send answers EAGAIN when the buffer is full, and never while there is room or after POLLOUT.")                    \
  X(tcp_send_after_end, "tcp.send.after_end", must, "60 61 73 76 77", "send(2) EPIPE",                                 \
    "send after the sending side was shut, or the connection ended, answers EPIPE.")                                   \
  X(tcp_recv_at_most_available, "tcp.recv.at_most_available", must, "52 66", "RFC 9293 3.8; recv(2)",                  \
    "recv returns no more bytes than arrived in sequence, nor than there is room for.")                                \
  X(tcp_recv_in_order, "tcp.recv.in_order", must, "52 56 67 107", "RFC 9293 3.8",                                      \
    "recv returns the bytes of the peer's stream, each once and in order.")                                            \
  X(tcp_recv_returns_queued, "tcp.recv.returns_queued", must, "36 52 56 57 72 174", "recv(2)",                         \
    "recv returns all that is queued, as far as there is room, and EAGAIN or the end only when nothing is.")           \
  X(tcp_recv_data_before_error, "tcp.recv.data_before_error", must, "61", "RFC 9293 3.10.7.4; recv(2)",                \
    "Bytes queued when a connection is reset are read before its error.")                                              \
  X(tcp_recv_end_after_fin, "tcp.recv.end_after_fin", must, "36 59 60 109", "recv(2)",                                 \
    "After the peer's FIN and all bytes before it recv answers 0, for ever.")                                          \
  X(tcp_recv_end_after_reset, "tcp.recv.end_after_reset", must, "35 61", "recv(2)",                                    \
    "After the error of a reset was answered recv answers 0.")                                                         \
  X(tcp_recv_empty_is_eagain, "tcp.recv.empty_is_eagain", must, "57", "recv(2) EAGAIN",                                \
    "recv on an open connection with nothing queued answers EAGAIN.")                                                  \
  X(tcp_recv_of_nothing, "tcp.recv.of_nothing", must, "54", "recv(2)",                                                 \
    "recv of length 0 answers 0 while bytes wait.")                                                                    \
  X(tcp_urgent_none_is_einval, "tcp.urgent.none_is_einval", must, "67", "recv(2) MSG_OOB; tcp(7)",                     \
    "recv with MSG_OOB answers EINVAL when no urgent byte is known or it was read, and with SO_OOBINLINE.")            \
  X(tcp_urgent_awaited_is_eagain, "tcp.urgent.awaited_is_eagain", must, "67", "recv(2) MSG_OOB",                       \
    "recv with MSG_OOB answers EAGAIN while an announced urgent byte has not arrived, and 0 at the end of the stream.") \
  X(tcp_urgent_byte_is_returned, "tcp.urgent.byte_is_returned", must, "67", "recv(2) MSG_OOB; RFC 6093 3.1",           \
    "recv with MSG_OOB returns the urgent byte, which is the last one that the peer sent so.")                         \
  X(tcp_urgent_stream_stops, "tcp.urgent.stream_stops", must, "52 67", "tcp(7); RFC 6093 3.4",                         \
    "recv stops before the urgent byte, and the next one leaves it out or, with SO_OOBINLINE, begins with it.")        \
  X(tcp_queue_sizes, "tcp.queue.sizes", must, "66 119", "tcp(7) SIOCINQ, SIOCOUTQ",                                    \
    "SIOCINQ counts unread bytes without the FIN, SIOCOUTQ those not acknowledged.")                                   \
  X(tcp_shutdown_bad_how, "tcp.shutdown.bad_how", must, "71", "shutdown(2) EINVAL",                                    \
    "shutdown with an unknown direction answers EINVAL.")                                                              \
  X(tcp_shutdown_needs_connection, "tcp.shutdown.needs_connection", must, "71 62 76", "shutdown(2) ENOTCONN",          \
    "shutdown of a socket without a connection answers ENOTCONN.")                                                     \
  X(tcp_shutdown_succeeds, "tcp.shutdown.succeeds", must, "71", "shutdown(2)",                                         \
    "shutdown of a connection succeeds, again too.")                                                                   \
  X(tcp_shutdown_opening_ends, "tcp.shutdown.opening_ends", must, "75", "shutdown(2)",                                 \
    "shutdown while connecting succeeds and dissolves the attempt.")                                                   \
  X(tcp_shutdown_read_ends, "tcp.shutdown.read_ends", must, "72", "shutdown(2)",                                       \
    "After SHUT_RD recv answers 0 instead of EAGAIN.")                                                                 \
  X(tcp_close_unread_sends_rst, "tcp.close.unread_sends_rst", must, "78", "RFC 9293 3.6.1; RFC 2525 2.17",             \
    "Closing a connection that holds bytes the application never read sends a RST, not a FIN.")                        \
  X(tcp_close_opening_is_silent, "tcp.close.opening_is_silent", must, "80", "RFC 9293 3.10.4",                         \
    "Closing a socket in SYN_SENT sends nothing.")                                                                     \
  X(tcp_close_syn_received_speaks, "tcp.close.syn_received_speaks", must, "81", "RFC 9293 3.10.4",                     \
    "Closing a socket in SYN_RECEIVED sends a FIN or a RST.")                                                          \
  X(tcp_linger_zero_sends_rst, "tcp.linger.zero_sends_rst", must, "84", "socket(7) SO_LINGER",                         \
    "Closing with SO_LINGER {1, 0} sends a RST and discards what is unsent.")                                          \
  X(tcp_linger_only_at_close, "tcp.linger.only_at_close", must, "86", "socket(7) SO_LINGER",                           \
    "SO_LINGER {1, 0} changes the close of a connection alone: shutdown sends a FIN, and closing in SYN_SENT nothing.") \
  X(tcp_linger2_negative_resets, "tcp.linger2.negative_resets", must, "87", "tcp(7) TCP_LINGER2",                      \
    "A closed socket with a negative TCP_LINGER2 sends a RST where it would wait in FIN_WAIT_2.")                      \
  X(tcp_poll_unconnected, "tcp.poll.unconnected", must, "165", "poll(2), tcp(7)",                                      \
    "A stream socket without a connection polls OUT and HUP.")                                                         \
  X(tcp_poll_listener, "tcp.poll.listener", must, "166", "poll(2), accept(2)",                                         \
    "A listener polls IN when a connection is queued, else nothing.")                                                  \
  X(tcp_poll_opening, "tcp.poll.opening", must, "167", "poll(2), connect(2)",                                          \
    "While connecting poll answers nothing.")                                                                          \
  X(tcp_poll_open, "tcp.poll.open", must, "63 65 167 174", "poll(2)",                                                  \
    "A connection polls IN iff bytes are queued, OUT iff there is room to send.")                                      \
  X(tcp_poll_urgent, "tcp.poll.urgent", must, "67 119", "poll(2) POLLPRI",                                             \
    "poll answers PRI iff the urgent byte arrived and was not read.")                                                  \
  X(tcp_poll_ended, "tcp.poll.ended", must, "168 169", "poll(2)",                                                      \
    "After the peer's FIN poll answers IN and RDHUP, and HUP once both sides are shut.")                               \
  X(tcp_poll_gone, "tcp.poll.gone", must, "169 170", "poll(2)",                                                        \
    "A connection that ended polls IN, OUT, HUP and RDHUP.")                                                           \
  X(tcp_poll_error, "tcp.poll.error", must, "170 172", "poll(2)",                                                      \
    "poll answers ERR iff an error is pending.")
// clang-format on
