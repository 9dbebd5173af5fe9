// The rules of AF_UNIX sockets.
// X(enumerator, name, force, sections, source, sentence)
#pragma once

// clang-format off
#define LOCKSTEP_LOCAL_RULES(X)                                                                    \
  X(local_bind_once, "local.bind.once", must, "3 154", "bind(2) EINVAL",                            \
    "Binding a socket that has a name to another one answers EINVAL.")                              \
  X(local_bind_name_in_use, "local.bind.name_in_use", must, "154", "bind(2), unix(7) EADDRINUSE",   \
    "A path that exists, with or without its socket, or an abstract name of a socket of the type.") \
  X(local_bind_bad_address, "local.bind.bad_address", must, "6 154", "bind(2) EINVAL",              \
    "An address of another family is refused.")                                                     \
  X(local_bind_needs_directory, "local.bind.needs_directory", must, "154", "bind(2) ENOENT, ENOTDIR",\
    "A path through what does not exist, or is no directory, is refused.")                          \
  X(local_bind_otherwise_succeeds, "local.bind.otherwise_succeeds", must, "154", "unix(7)",         \
    "A bind that no rule forbids succeeds, on a connected socket and, without a name, always.")     \
  X(local_autobind_five_digits, "local.autobind_five_digits", must, "154", "unix(7) Autobind",      \
    "Bound to no name a socket has an abstract one of five hexadecimal digits, of no other socket.")\
  X(local_name, "local.name", must, "9 154", "getsockname(2), unix(7)",                             \
    "getsockname answers the bound name, a child's its listener's, an unbound one's no name.")      \
  X(local_peer_name, "local.peer_name", must, "157", "getpeername(2)",                              \
    "getpeername answers the peer's name, also when it is closed; ENOTCONN where there is none.")   \
  X(local_listen_needs_name, "local.listen.needs_name", must, "155", "POSIX listen() EDESTADDRREQ", \
    "listen on a socket without a name answers EINVAL.")                                            \
  X(local_listen_needs_idle, "local.listen.needs_idle", must, "155", "POSIX listen() EINVAL",       \
    "listen on a connected socket answers EINVAL.")                                                 \
  X(local_listen_otherwise_succeeds, "local.listen.otherwise_succeeds", must, "155", "listen(2)",   \
    "listen on a named idle stream or seqpacket socket, also a listening one, succeeds.")           \
  X(local_connect_bad_address, "local.connect.bad_address", must, "6 154", "connect(2) EINVAL",     \
    "No name, another family and, but for datagrams, AF_UNSPEC are refused by connect and sendto.") \
  X(local_connect_no_path, "local.connect.no_path", must, "154", "connect(2) ENOENT, ENOTDIR",      \
    "A path that leads nowhere is refused by connect and sendto.")                                  \
  X(local_connect_refused, "local.connect.refused", must, "154", "connect(2), unix(7) ECONNREFUSED",\
    "A path without its socket, or an abstract name of none of the type, answers ECONNREFUSED.")    \
  X(local_connect_wrong_type, "local.connect.wrong_type", must, "154", "unix(7) EPROTOTYPE",        \
    "The path of a socket of another type answers EPROTOTYPE.")                                     \
  X(local_connect_needs_listener, "local.connect.needs_listener", must, "154 156", "connect(2)",    \
    "A socket that does not listen, or whose reading is shut, answers ECONNREFUSED.")               \
  X(local_connect_full_queue, "local.connect.full_queue", must, "156", "unix(7); connect(2) EAGAIN",\
    "connect answers EAGAIN when more than backlog connections wait for accept, and only then.")    \
  X(local_connect_once, "local.connect.once", must, "156", "connect(2) EISCONN; POSIX connect()",   \
    "A connected stream or seqpacket socket answers EISCONN, a listening one EINVAL.")              \
  X(local_connect_otherwise_succeeds, "local.connect.otherwise_succeeds", must, "156 162", "connect(2)",\
    "A connect that no rule forbids succeeds at once, before any accept.")                          \
  X(local_accept_needs_listener, "local.accept.needs_listener", must, "155", "accept(2) EINVAL",    \
    "accept on a socket that does not listen answers EINVAL.")                                      \
  X(local_accept_pending, "local.accept.pending", must, "156 160", "accept(2) EAGAIN",              \
    "accept returns a connection when one waits, also a closed one; else EAGAIN.")                  \
  X(local_accept_names_the_client, "local.accept.names_the_client", must, "156", "accept(2)",       \
    "accept names the client that has waited longest.")                                             \
  X(local_send_not_connected, "local.send.not_connected", must, "157", "send(2) ENOTCONN",          \
    "A send without a peer or address answers ENOTCONN.")                                           \
  X(local_send_address_on_stream, "local.send.address_on_stream", must, "157", "send(2), unix(7)",  \
    "sendto with an address on a stream answers EISCONN when connected, else EOPNOTSUPP.")          \
  X(local_send_shut, "local.send.shut", must, "157 159", "send(2) EPIPE; shutdown(2)",              \
    "A send after SHUT_WR, or on a connection whose peer closed, answers EPIPE.")                   \
  X(local_send_peer_reads_no_more, "local.send.peer_reads_no_more", must, "161", "POSIX shutdown()",\
    "A send to a socket whose reading is shut answers EPIPE at once.")                              \
  X(local_send_too_long, "local.send.too_long", must, "163", "unix(7) SO_SNDBUF; send(2) EMSGSIZE", \
    "A datagram or record longer than SO_SNDBUF reads less 32 bytes answers EMSGSIZE, a shorter not.")\
  X(local_send_oob, "local.send.oob", must, "163", "unix(7) MSG_OOB; send(2) EOPNOTSUPP",           \
    "MSG_OOB needs a stream and a byte to send.")                                                   \
  X(local_send_full, "local.send.full", may, "158 162", "unix(7) SO_SNDBUF; send(2) EAGAIN",        \
    "A send may answer EAGAIN, of a stream be cut, where unread bytes and overhead may fill SO_SNDBUF.")\
  X(local_send_bounded, "local.send.bounded", must, "158 162", "unix(7) SO_SNDBUF; send(2) EAGAIN", \
    "A sender whose unread bytes alone fill what SO_SNDBUF reads answers EAGAIN.")                  \
  X(local_send_takes_all, "local.send.takes_all", must, "158", "send(2)",                           \
    "A send takes all bytes where the buffer has room for them.")                                   \
  X(local_send_otherwise_succeeds, "local.send.otherwise_succeeds", must, "156 157 158", "send(2)", \
    "A send that no rule forbids succeeds, also before accept.")                                    \
  X(local_recv_not_connected, "local.recv.not_connected", must, "157", "recv(2), unix(7)",          \
    "Receiving without a connection answers EINVAL on a stream, ENOTCONN on a seqpacket socket.")   \
  X(local_recv_oob, "local.recv.oob", must, "163", "unix(7) MSG_OOB; recv(2)",                      \
    "MSG_OOB answers EOPNOTSUPP but on a stream, there EINVAL without out-of-band data.")           \
  X(local_recv_queued, "local.recv.queued", must, "158 159 174", "recv(2), unix(7)",                \
    "What is queued is returned, also after SHUT_RD and after the peer closed.")                    \
  X(local_recv_empty, "local.recv.empty", must, "157", "recv(2) EAGAIN",                            \
    "With nothing queued and an open direction a receive answers EAGAIN, on datagrams always.")     \
  X(local_recv_end, "local.recv.end", must, "159 160", "recv(2), unix(7)",                          \
    "A connection answers 0 once its reading is shut, or its peer closed or shut its sending.")     \
  X(local_recv_reset, "local.recv.reset", must, "159 160 172", "unix(7) ECONNRESET; recv(2)",       \
    "A pending ECONNRESET is answered once: on a stream after the data, else before it.")           \
  X(local_error_needs_cause, "local.error_needs_cause", must, "159 172", "unix(7); getsockopt(2)",  \
    "An error waits only where a peer closed with data unread or unaccepted, or left its peer.")    \
  X(local_stream_bytes, "local.stream.bytes", must, "158", "unix(7)",                               \
    "A stream's receive returns the peer's bytes in order, each once; MSG_PEEK leaves them.")       \
  X(local_stream_coalesces, "local.stream.coalesces", must, "158", "unix(7)",                       \
    "A stream's receive returns as many bytes as wait and fit, of however many sends.")             \
  X(local_boundaries_are_kept, "local.boundaries_are_kept", must, "158", "unix(7)",                 \
    "A receive of a datagram or record returns the bytes of exactly one send.")                     \
  X(local_recv_in_order, "local.recv.in_order", must, "158", "unix(7)",                             \
    "Datagrams and records are reliable and not reordered: the oldest is returned.")                \
  X(local_recv_truncates, "local.recv.truncates", must, "158", "recv(2) MSG_TRUNC",                 \
    "A longer datagram or record is cut, flagged and consumed; MSG_TRUNC gives its length.")        \
  X(local_recv_names_the_sender, "local.recv.names_the_sender", must, "158", "recvfrom(2)",         \
    "recvfrom answers the sender's name as it now is, none where nothing was received.")            \
  X(local_dgram_third_party, "local.dgram.third_party", must, "162", "POSIX connect(); send(2)",    \
    "A socket that is connected takes datagrams and connects of its peer alone; others get EPERM.") \
  X(local_dgram_peer_gone, "local.dgram.peer_gone", must, "162", "unix(7) ECONNREFUSED",            \
    "A send to a peer that was closed answers ECONNREFUSED and dissolves the association.")         \
  X(local_dgram_queue_limit, "local.dgram.queue_limit", must, "162", "unix(7) max_dgram_qlen",      \
    "Where one more than max_dgram_qlen wait, a sender that the receiver is not connected to: EAGAIN.")\
  X(local_dgram_leaving_drops, "local.dgram.leaving_drops", may, "162", "unix(7); Linux",           \
    "A socket that leaves its peer drops what it has queued; that peer, if connected, has ECONNRESET.")\
  X(local_shutdown, "local.shutdown", must, "71 157", "shutdown(2)",                                \
    "shutdown succeeds, also unconnected; an unknown direction answers EINVAL.")                    \
  X(local_poll_connection, "local.poll.connection", must, "159 160 165 167 168 169 170 172 174",    \
    "poll(2), unix(7)",                                                                             \
    "IN: data or end; OUT: room; RDHUP: no more to read; HUP: both or never connected; ERR: error.")\
  X(local_poll_listener, "local.poll.listener", must, "166", "poll(2), accept(2)",                  \
    "A listener has IN when a connection waits, or its reading is shut, and never OUT.")            \
  X(local_poll_dgram, "local.poll.dgram", must, "162 171 172 174", "poll(2), unix(7)",              \
    "Datagrams: IN when one waits or after SHUT_RD; OUT unless connected to a full peer; ERR.")     \
  X(local_queue_size, "local.queue_size", must, "158", "unix(7) SIOCINQ",                           \
    "SIOCINQ answers all bytes that wait, of datagrams the first's; on a listener EINVAL.")         \
  X(local_unread_size, "local.unread_size", must, "158", "unix(7); tcp(7) SIOCOUTQ",                \
    "SIOCOUTQ answers 0 when all was read, else the unread bytes and an overhead for each send.")   \
  X(local_accepting, "local.accepting", must, "155", "socket(7) SO_ACCEPTCONN",                     \
    "SO_ACCEPTCONN answers 1 for a listener, else 0.")
// clang-format on
