// Dialect: the choices in which honest stacks differ, as a table. Each entry says why it is one;
// the values written here are those of linux, which is what the live kernel does and is never tuned
// to our own stack. docs/oracle.md says how to add a dialect.
#pragma once

#include <span>
#include <string_view>

#include "oracle/spec/rule.h"
#include "stack/api/error_number.h"

namespace lockstep::oracle {

struct Dialect {
  std::string_view name;

  // The dialect asks for what RFCs demand and for nothing else: not for what POSIX and manual pages
  // say of calls.
  bool rfcs_alone = false;
  // Rules that the dialect does not ask for beside those.
  std::span<const Rule> excused = {};

  // RFC 9293 3.4.1, 3.6: the active closer waits for 2 MSL. A simulation whose networks forget what
  // was sent may do without.
  bool has_time_wait = true;

  // RFC 6298 5.5: the timeout doubles with each retransmission. Off: it stays.
  bool timeouts_double = true;

  // What a connection that was given up answers (RFC 9293 3.8.3 leaves the words to the interface).
  Errno given_up = Errno::etimedout;

  // RFC 9293 3.10.7.4: text past a gap SHOULD be kept. Off: it never is, and is sent again.
  bool keeps_text_past_gap = true;

  // A SYN whose number is just the next one expected in TIME-WAIT: it exceeds every number used
  // (RFC 6191 2), but Linux lets only what is beyond RCV.NXT open a new connection.
  bool time_wait_keeps_syn_at_edge = true;

  // socket(7): the kernel doubles what SO_RCVBUF and SO_SNDBUF set, for its own bookkeeping; POSIX
  // knows of no such thing.
  bool buffer_options_are_doubled = true;

  // RFC 7323 2.2: windows are scaled only if both SYNs offered a scale. When a SYN that offers none
  // meets Linux's own in a simultaneous open, it repeats the option in its SYN|ACK and goes on to
  // shift the windows that it shows.
  bool simultaneous_open_keeps_own_scale = true;

  // RFC 9293 3.10.7.4 ignores text past the peer's FIN. Linux resets the connection when a segment
  // starts before the FIN and ends past it (tcp_rcv_state_process, "data after close").
  bool text_across_fin_resets = true;

  // RFC 9293 3.10.7.4 takes no FIN after the first. Of a segment whose text ends at the first one
  // Linux takes another, and acknowledges one number more.
  bool second_fin_is_acknowledged = true;

  // RFC 9293 3.10.7.4 looks at a segment's numbers first and acknowledges what does not fit. Linux
  // drops a segment without ACK, RST and SYN before that.
  bool no_ack_is_dropped_unseen = true;

  // Linux looks for an ephemeral port among an even number of ports, so that the last one of a
  // range of odd length (three or more) is never picked.
  bool odd_range_loses_its_last_port = true;

  // RFC 4291 2.5.3: ::1 must not be the source of what leaves the host. Linux asks this of IPv4
  // alone, where it refuses a route from 127.0.0.0/8.
  bool ipv6_loopback_may_leave = true;

  // An ICMP error that ends an attempt to connect is also put into the socket's error queue, asked
  // for or not (tcp_v4_err), so that poll answers ERR for as long as the socket lives.
  bool refused_attempt_keeps_poll_err = true;

  // RFC 1122 4.2.3.9: an unreachable net or host, a time exceeded or a parameter problem MUST NOT
  // end a connection, an unreachable port SHOULD. Of a listener's handshake Linux has it the other
  // way round over IPv4 (tcp_v4_err); over IPv6 it forgets it for the port and for a parameter
  // problem (tcp_v6_err).
  bool soft_errors_end_handshakes_of_ipv4 = true;

  // RFC 1122 4.2.3.9 does not say for how long an ICMP error may be told of. Linux forgets it with
  // the next acknowledgment.
  bool ack_clears_soft_error = true;

  // RFC 791 3.2 lets a link carry as little as 68 bytes. Linux cuts no text shorter than this, and
  // so sends to nobody over a link that does not carry it beside the headers (tcp_min_snd_mss).
  std::uint32_t least_segment_bytes = 48;

  // connect(2) does not say whether AF_UNSPEC forgets an ICMP error of the connection that it
  // dissolves. Linux tells of it until something is acknowledged, be it to the next attempt, which
  // it then explains when it is given up (tcp_disconnect leaves sk_err_soft).
  bool disconnect_keeps_soft_error = true;

  // Of an orphan in FIN-WAIT-2 Linux keeps the numbers of the peer alone, and looks at no
  // acknowledgment (tcp_timewait_state_process).
  bool orphan_ignores_acknowledgments = true;

  // RFC 5961 5.2 takes acknowledgments as old as the largest window seen. Linux takes none of
  // numbers before the first that this connection sent, and answers by an ACK (tcp_ack).
  bool ack_before_first_is_dropped = true;

  // RFC 9293 3.10.7.4 takes the window of a segment with the numbers of the last update. Linux
  // takes it only where it opens the window further or closes it (tcp_may_update_window).
  bool same_numbers_never_narrow_window = true;

  // Where the byte that an urgent pointer announced was lost, Linux takes a byte of a later
  // segment's header for it, when the segment starts no further past it than that header is long
  // (tcp_urg).
  bool urgent_byte_may_be_of_header = true;

  // A datagram goes to the socket connected to its sender's address. Where that one is connected to
  // port 0, a socket of the same end with SO_REUSEPORT that is not connected may be asked first,
  // and takes it, unless the other was connected while both were of one group (udp4_lib_lookup2,
  // udp_lib_hash4).
  bool reuse_port_may_outdo_peer = true;

  // A datagram whose checksum is wrong is dropped when somebody asks for it, so that until then
  // poll may answer IN (poll(2), select(2) BUGS).
  bool poll_counts_damaged_datagrams = true;

  // RFC 5961 3.2 ignores a RST outside the window. Once the peer's FIN was taken Linux lets one
  // just below RCV.NXT kill, since some stacks number theirs so (tcp_reset_check).
  bool reset_before_fin_kills = true;

  // RFC 9293 3.10.7.4 looks at a segment's numbers before its acknowledgment. Of what comes for a
  // listener's embryonic connection Linux looks at the acknowledgment first (tcp_check_req).
  bool syn_received_looks_at_ack_first = true;

  // RFC 9293 3.10.7.4 asks that what ends SYN-RECEIVED acknowledges our SYN. In a simultaneous open
  // Linux takes SEG.ACK = SND.UNA as well, keeps the text, and goes on sending its SYN|ACK.
  bool old_ack_opens_simultaneously = true;

  // What shutdown() did to a socket before it listened holds for the connections of its queue, too
  // (sk_shutdown is copied with the socket). POSIX knows of no such thing.
  bool children_inherit_shutdown = true;

  // connect(AF_UNSPEC) of an IPv6 socket forgets the peer's port but not its address
  // (udp_disconnect clears the fields of IPv4), so that what others send may find nobody.
  bool ipv6_disconnect_keeps_peer_address = true;

  // SIOCOUTQ is what Linux last wrote minus what was last acknowledged, and connect(AF_UNSPEC) and
  // refusals move the one without the other: without a connection the number means nothing.
  bool siocoutq_is_stale_without_connection = true;

  // After a connect that failed for its route Linux keeps the former peer, yet sends without an
  // address may go to the failed destination.
  bool failed_connect_misdirects = true;

  // A bind with SO_REUSEPORT succeeds where the holder that Linux looks at first on the port has it
  // too, whatever the others have (udp_lib_lport_inuse, inet_csk_get_port).
  bool first_reuse_port_decides = true;

  // send(2) lets a connected stream refuse the address of sendto by EISCONN; Linux does not look at
  // it.
  bool connected_sendto_ignores_address = true;

  // connect may share a port only with other connects: Linux passes over every port that bind took,
  // on whatever address and of whichever family (__inet_hash_connect).
  bool connect_avoids_bound_ports = true;

  // Linux lets bind(0) of a UDP socket with SO_REUSEADDR share a port with a socket that has it
  // too; where this is off, port 0 never picks a held port.
  bool udp_port_zero_may_share = true;
};

const Dialect& linux_dialect();
// All of them, linux first.
std::span<const Dialect> dialects();
// nullptr for an unknown name.
const Dialect* find_dialect(std::string_view name);

// Whether a stack of this dialect must keep the rule. What breaks one that it need not keep ends
// the scenario inconclusive: the oracle cannot follow what it has no reading of.
bool asks_for(const Dialect& dialect, const RuleRow& row);

}  // namespace lockstep::oracle
