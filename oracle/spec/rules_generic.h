// The rules of descriptors, bind, ports, options and poll that hold for every protocol.
// X(enumerator, name, force, sections, source, sentence)
#pragma once

// clang-format off
#define LOCKSTEP_GENERIC_RULES(X)                                                                 \
  X(descriptor_bad_is_ebadf, "descriptor.bad_is_ebadf", must, "1", "socket(2) and others",        \
    "A call on a number that is not an open descriptor answers EBADF before any other error.")    \
  X(descriptor_open_is_known, "descriptor.open_is_known", must, "1", "errno(3)",                  \
    "A call on an open socket never answers EBADF or ENOTSOCK.")                                  \
  X(descriptor_table_full, "descriptor.table_full", must, "2", "socket(2), accept(2), dup(2)",    \
    "A call that makes a descriptor answers EMFILE when the table is full, and only then.")       \
  X(descriptor_fresh_is_unused, "descriptor.fresh_is_unused", must, "2", "POSIX XSH 2.14",        \
    "A new descriptor's number is not negative and not that of an open one.")                     \
  X(descriptor_close_succeeds, "descriptor.close_succeeds", must, "1", "close(2)",                \
    "Closing an open descriptor succeeds, whatever its socket went through.")                     \
  X(socket_known_kind_is_made, "socket.known_kind_is_made", must, "2", "socket(2)",               \
    "Stream and datagram sockets of IPv4 and IPv6 can be made.")                                  \
  X(socket_unknown_kind_is_refused, "socket.unknown_kind_is_refused", must, "6", "socket(2)",     \
    "A type that the domain does not have, or a domain that the host lacks, is refused.")         \
  X(bind_once, "bind.once", must, "3", "bind(2) EINVAL",                                          \
    "A socket that has a local port cannot be bound again.")                                      \
  X(bind_needs_local_address, "bind.needs_local_address", must, "4", "bind(2) EADDRNOTAVAIL",     \
    "Only a wildcard, an address of the host, multicast or broadcast can be bound.")              \
  X(bind_privileged_port, "bind.privileged_port", must, "5", "ip(7) EACCES",                      \
    "An unprivileged host may not bind a port below 1024.")                                       \
  X(bind_wrong_family, "bind.wrong_family", must, "6", "bind(2), ip(7)",                          \
    "An address of another family than the socket's is refused.")                                 \
  X(bind_mapped_on_v6only, "bind.mapped_on_v6only", must, "25", "ipv6(7) IPV6_V6ONLY",            \
    "An IPv6-only socket cannot be bound to an IPv4-mapped address.")                             \
  X(bind_tcp_overlap, "bind.tcp_overlap", must, "13 15 18 22 28", "socket(7) SO_REUSEADDR",       \
    "Overlapping TCP binds need SO_REUSEADDR on both and no listener, or SO_REUSEPORT on both.")  \
  X(bind_connection_holds_port, "bind.connection_holds_port", must, "20 21", "socket(7)",         \
    "A connection, also one in TIME_WAIT, holds its port as a bound socket does.")                \
  X(bind_udp_overlap, "bind.udp_overlap", must, "13 16 22 28", "socket(7), udp(7)",               \
    "Overlapping UDP binds need SO_REUSEADDR on both or SO_REUSEPORT on both.")                   \
  X(bind_free_port_is_free, "bind.free_port_is_free", must, "13 14 15 16 23 24 28", "bind(2)",    \
    "EADDRINUSE needs a holder of the same protocol and port whose address overlaps.")            \
  X(bind_range_exhausted, "bind.range_exhausted", must, "8", "bind(2) EADDRINUSE",                \
    "Binding port 0 answers EADDRINUSE when every port of the range is held, and only then.")     \
  X(bind_otherwise_succeeds, "bind.otherwise_succeeds", must, "3 4 5 6 13", "bind(2)",            \
    "A bind that no rule forbids succeeds.")                                                      \
  X(port_chosen_is_in_range, "port.chosen_is_in_range", must, "7", "ip(7) ip_local_port_range",   \
    "A port that the stack chooses lies in the host's ephemeral range.")                          \
  X(port_chosen_is_not_held, "port.chosen_is_not_held", must, "7", "ip(7); bind(2)",              \
    "A port that the stack chooses is held by no socket that conflicts with this one.")           \
  X(port_connect_shares, "port.connect_shares", must, "11", "ip(7) ip_local_port_range",          \
    "TCP connect shares a port that connects to other peers chose, and none that bind took.")     \
  X(name_is_the_bound_address, "name.is_the_bound_address", must, "9", "getsockname(2)",          \
    "getsockname answers the address and port that the socket is bound to.")                      \
  X(name_of_unbound_is_wildcard, "name.of_unbound_is_wildcard", must, "9", "getsockname(2)",      \
    "getsockname of a socket without a local port succeeds and answers port 0.")                  \
  X(name_is_local, "name.is_local", must, "9 10", "getsockname(2)",                               \
    "A local address that the stack chose is the wildcard or one of the host's own.")             \
  X(option_unknown_is_enoprotoopt, "option.unknown_is_enoprotoopt", must, "173", "setsockopt(2)", \
    "An option that the level does not know answers ENOPROTOOPT.")                                \
  X(option_foreign_level_is_refused, "option.foreign_level_is_refused", must, "173",              \
    "setsockopt(2), getsockopt(2)",                                                               \
    "A level that the socket does not have answers ENOPROTOOPT or EOPNOTSUPP.")                   \
  X(option_read_only_is_enoprotoopt, "option.read_only_is_enoprotoopt", must, "173", "socket(7)", \
    "SO_ERROR, SO_TYPE and SO_ACCEPTCONN cannot be set.")                                         \
  X(option_v6only_is_fixed_by_bind, "option.v6only_is_fixed_by_bind", must, "25", "ipv6(7)",      \
    "IPV6_V6ONLY cannot be changed once the socket has a port.")                                  \
  X(option_value_out_of_range, "option.value_out_of_range", may, "173", "setsockopt(2) EINVAL",   \
    "A value outside the option's usual range may be refused, clipped or replaced.")              \
  X(option_known_is_taken, "option.known_is_taken", must, "173", "setsockopt(2), getsockopt(2)",  \
    "A known option with a usual value can be set and read.")                                     \
  X(option_get_answers_the_set, "option.get_answers_the_set", must, "173", "getsockopt(2)",       \
    "Reading an option answers what was set last, flags as 0 or 1.")                              \
  X(option_buffer_is_doubled, "option.buffer_is_doubled", must, "65", "socket(7) SO_RCVBUF",      \
    "SO_RCVBUF and SO_SNDBUF read as twice what was set, at least 2304 and 4608.")                \
  X(option_initial_value, "option.initial_value", must, "173", "socket(7), tcp(7), ip(7)",        \
    "An option that was never set reads as its documented initial value.")                        \
  X(option_type_is_the_sockets, "option.type_is_the_sockets", must, "173", "socket(7) SO_TYPE",   \
    "SO_TYPE answers the type that the socket was made with.")                                    \
  X(option_child_inherits, "option.child_inherits", must, "34", "accept(2), tcp(7)",              \
    "An accepted socket has its listener's SO_REUSEADDR, SO_KEEPALIVE, SO_LINGER, TCP_NODELAY.")  \
  X(poll_closed_is_nval, "poll.closed_is_nval", must, "177", "poll(2) POLLNVAL",                  \
    "poll on a number that is not an open descriptor answers POLLNVAL alone.")                    \
  X(poll_only_asked, "poll.only_asked", must, "172", "poll(2)",                                   \
    "poll answers asked events and ERR, HUP; never NVAL for an open socket, never an error.")     \
  X(dgram_has_no_connections, "dgram.has_no_connections", must, "29 33", "listen(2), accept(2)",  \
    "listen and accept on a datagram socket answer EOPNOTSUPP.")
// clang-format on
