// Dialect: the choices in which honest stacks differ, as a table. Each entry says why it is one.
// The linux dialect is what the live kernel does; it is never tuned to our own stack.
#pragma once

#include <optional>
#include <string_view>

namespace lockstep::oracle {

struct Dialect {
  std::string_view name;

  // Linux answers a segment in SYN_SENT that carries a bad ACK with RST and resends its SYN at
  // once; RFC 9293 3.10.7.3 asks for the RST alone.
  bool syn_resent_after_bad_ack = true;

  // A SYN whose number is just the next one expected in TIME-WAIT: it exceeds every number used
  // (RFC 6191 2), but Linux lets only what is beyond RCV.NXT open a new connection.
  bool time_wait_keeps_syn_at_edge = true;

  // socket(7): the kernel doubles what SO_RCVBUF and SO_SNDBUF set, for its own bookkeeping; POSIX
  // knows of no such thing.
  bool buffer_options_are_doubled = true;

  // After a connect that failed for its route Linux keeps the former peer, yet sends without an
  // address may go to the failed destination.
  bool failed_connect_misdirects = true;

  // Linux lets bind(0) of a UDP socket with SO_REUSEADDR share a port with a socket that has it
  // too; where this is off, port 0 never picks a held port.
  bool udp_port_zero_may_share = true;
};

const Dialect& linux_dialect();
// nullptr for an unknown name.
const Dialect* find_dialect(std::string_view name);

}  // namespace lockstep::oracle
