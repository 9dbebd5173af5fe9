// The rules of UDP.
// X(enumerator, name, force, sections, source, sentence)
#pragma once

// clang-format off
#define LOCKSTEP_UDP_RULES(X)                                                                      \
  X(udp_boundaries_are_kept, "udp.boundaries_are_kept", must, "152", "RFC 768",                     \
    "A receive returns the bytes of exactly one datagram that arrived, never a mixture.")           \
  X(udp_recv_in_order, "udp.recv.in_order", must, "152", "RFC 768; udp(7)",                         \
    "A receive returns the oldest datagram in the queue.")                                          \
  X(udp_recv_queued_is_returned, "udp.recv.queued_is_returned", must, "9 138 150 174", "recv(2)",   \
    "A datagram that certainly is in the queue is returned, not EAGAIN; so after connect, SHUT_RD.")\
  X(udp_recv_empty_is_eagain, "udp.recv.empty_is_eagain", must, "9 57 150", "recv(2) EAGAIN",       \
    "With nothing queued a receive answers EAGAIN, also after SHUT_RD and without a port.")         \
  X(udp_recv_names_the_sender, "udp.recv.names_the_sender", must, "152", "recvfrom(2)",             \
    "recvfrom answers the address and port that the datagram came from.")                           \
  X(udp_recv_truncates, "udp.recv.truncates", must, "143 144", "recv(2) MSG_TRUNC",                 \
    "A datagram longer than the room is cut, flagged and consumed; MSG_TRUNC gives its length.")    \
  X(udp_recv_no_other_error, "udp.recv.no_other_error", must, "53 141", "recv(2), udp(7)",          \
    "A receive fails with EAGAIN or a pending error alone.")                                        \
  X(udp_full_buffer_drops_newest, "udp.full_buffer_drops_newest", may, "146", "udp(7)",             \
    "A datagram that may not fit the receive buffer may be dropped; those queued before stay.")     \
  X(udp_buffer_is_bounded, "udp.buffer_is_bounded", must, "146", "socket(7) SO_RCVBUF",             \
    "No datagram is kept beside others with which it has more bytes than SO_RCVBUF reads.")         \
  X(udp_demux_best_match, "udp.demux.best_match", must, "26 138", "udp(7); RFC 1122 4.1.3.5",       \
    "A datagram goes to the socket connected to its sender, else bound to its address, else any.")  \
  X(udp_demux_last_bound, "udp.demux.last_bound", must, "27", "socket(7) SO_REUSEADDR",             \
    "Among sockets that share an address by SO_REUSEADDR the one bound last receives.")             \
  X(udp_send_one_datagram_leaves, "udp.send.one_datagram_leaves", must, "152", "RFC 768",           \
    "A send that succeeded puts exactly one datagram with its bytes on the wire at once.")          \
  X(udp_send_source_is_the_sockets, "udp.send.source_is_the_sockets", must, "10", "RFC 1122 4.1.3.5",\
    "A datagram leaves from the socket's port and bound address, else from one of the host's.")     \
  X(udp_nothing_from_nowhere, "udp.nothing_from_nowhere", must, "128 152", "RFC 768",               \
    "No datagram leaves a host that no successful send asked for.")                                 \
  X(udp_send_takes_all, "udp.send.takes_all", must, "54 152", "send(2)",                            \
    "A successful send of a datagram answers its whole length.")                                    \
  X(udp_send_needs_destination, "udp.send.needs_destination", must, "53 137", "udp(7) EDESTADDRREQ",\
    "A send without destination on a socket that is not connected answers EDESTADDRREQ.")           \
  X(udp_send_port_zero, "udp.send.port_zero", must, "148", "udp(7) EINVAL",                         \
    "sendto port 0 answers EINVAL.")                                                                \
  X(udp_send_too_long, "udp.send.too_long", must, "145", "udp(7) EMSGSIZE; RFC 768",                \
    "What exceeds 65507 bytes, or the route's MTU where fragments are off, answers EMSGSIZE.")      \
  X(udp_send_broadcast_needs_option, "udp.send.broadcast_needs_option", must, "147", "socket(7)",   \
    "Sending or connecting to a broadcast address without SO_BROADCAST answers EACCES.")            \
  X(udp_send_oob, "udp.send.oob", must, "151", "send(2) EOPNOTSUPP",                                \
    "Sending with MSG_OOB answers EOPNOTSUPP.")                                                     \
  X(udp_send_after_shutdown, "udp.send.after_shutdown", must, "149 150", "shutdown(2), send(2)",    \
    "After SHUT_WR, also one that answered ENOTCONN, a send answers EPIPE.")                        \
  X(udp_wrong_family, "udp.wrong_family", must, "6", "connect(2), send(2) EAFNOSUPPORT",            \
    "A destination of a family that the socket cannot reach is refused.")                           \
  X(udp_loopback_stays_inside, "udp.loopback_stays_inside", must, "45", "RFC 1122 3.2.1.3 (g)",     \
    "A socket bound to a loopback address cannot send out of its host.")                            \
  X(udp_port_range_exhausted, "udp.port_range_exhausted", must, "8", "connect(2), send(2) EAGAIN",  \
    "A send or connect that needs a port answers EAGAIN when the range is exhausted.")              \
  X(udp_unreachable_network, "udp.unreachable_network", may, "45 153", "RFC 1122 3.3.1",            \
    "A destination to which the host has no address of the family may be refused.")                 \
  X(udp_send_otherwise_succeeds, "udp.send.otherwise_succeeds", must, "53 54 139 148", "send(2)",   \
    "A send that no rule forbids succeeds, bound or not, connected or not.")                        \
  X(udp_connect_otherwise_succeeds, "udp.connect.otherwise_succeeds", must, "140 148", "connect(2)",\
    "A connect that no rule forbids succeeds, to port 0 and again and to nothing too.")             \
  X(udp_connect_names_the_route, "udp.connect.names_the_route", must, "10 140", "connect(2)",       \
    "connect replaces a wildcard local address by the route's source; disconnecting undoes it.")    \
  X(udp_peer_name, "udp.peer_name", must, "140 148", "getpeername(2)",                              \
    "getpeername answers the connected peer; ENOTCONN when there is none or its port is 0.")        \
  X(udp_shutdown_needs_peer, "udp.shutdown.needs_peer", must, "149", "shutdown(2) ENOTCONN",        \
    "shutdown of a socket that is not connected answers ENOTCONN, of a connected one succeeds.")    \
  X(udp_shutdown_bad_how, "udp.shutdown.bad_how", must, "71", "shutdown(2) EINVAL",                 \
    "shutdown with an unknown direction answers EINVAL.")                                           \
  X(udp_error_is_reported_once, "udp.error.is_reported_once", must, "141 142 172", "udp(7)",        \
    "A pending error is answered by the next send, receive or SO_ERROR, once, reconnected or not.") \
  X(udp_error_needs_icmp, "udp.error.needs_icmp", must, "130 141 142 172", "udp(7); RFC 1122 4.1.3.3",\
    "ECONNREFUSED needs a port unreachable for a datagram between this socket and its peer.")       \
  X(udp_icmp_closed_port, "udp.icmp.closed_port", must, "138 141", "RFC 1122 4.1.3.1",              \
    "A unicast datagram that no socket takes is answered by one ICMP port unreachable.")            \
  X(udp_icmp_from_nowhere, "udp.icmp.from_nowhere", must, "141", "RFC 1122 3.2.2",                  \
    "An ICMP error about UDP leaves only in answer to a datagram that no socket took.")             \
  X(udp_poll, "udp.poll", must, "150 171 172 174", "poll(2), udp(7)",                               \
    "UDP is writable, readable iff a datagram waits or SHUT_RD, and has ERR iff an error waits.")   \
  X(udp_queue_size, "udp.queue_size", must, "143", "udp(7) FIONREAD",                               \
    "SIOCINQ answers the length of the oldest datagram, 0 when there is none; SIOCOUTQ 0.")
// clang-format on
