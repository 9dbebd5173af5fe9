// ICMP errors, as sockets heed them (RFC 1122 4.2.3.9, 4.1.3.3; RFC 5927 for the sequence check).
#include "stack/kernel/kernel.h"
#include "stack/tcp/segment_arrives.h"
#include "stack/wire/protocol.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

Errno errno_of(IcmpKind kind) {
  switch (kind) {
    case IcmpKind::net_unreachable:
      return Errno::enetunreach;
    case IcmpKind::host_unreachable:
    case IcmpKind::time_exceeded:
      return Errno::ehostunreach;
    case IcmpKind::port_unreachable:
      return Errno::econnrefused;
    case IcmpKind::packet_too_big:
      return Errno::emsgsize;
    case IcmpKind::other:
      return Errno::ok;
  }
  return Errno::ok;
}

}  // namespace

void Kernel::arrive_icmp(const IcmpMessage& icmp) {
  const Errno error = errno_of(icmp.kind);
  const std::optional<Quote> quote = decode_quote(icmp);
  if (error == Errno::ok || !quote.has_value()) return;
  const bool tcp = quote->protocol == protocol_tcp;
  const Slot slot =
      tcp ? connections_.find(Type::stream, quote->sender) : find_connected_datagram(quote->sender);
  if (slot == no_slot) return;
  Socket& socket = sockets_[slot];
  if (!tcp) {
    // Hard errors only: a socket without IP_RECVERR does not hear of the others (udp(7)).
    const bool hard = icmp.kind == IcmpKind::port_unreachable ||
                      icmp.kind == IcmpKind::packet_too_big || socket.options.receive_errors;
    if (!hard) return;
    socket.pending_error = error;
    return notify(slot, poll_err);
  }
  if (icmp.kind == IcmpKind::packet_too_big || !quote->tcp_seq.has_value()) return;
  Tcb& tcb = socket.tcb;
  const SequenceNumber seq(*quote->tcp_seq);
  if (seq.before(tcb.snd_una) || seq.after(tcb.snd_nxt)) return;
  if (socket.listener != no_slot && tcb.state == TcpState::syn_received) return;
  if (tcb.state == TcpState::syn_sent || tcb.state == TcpState::syn_received) {
    const TcpState before = tcb.state;
    TcpIo io = io_for(socket);
    end_connection(tcb, io, error);
    return after_transition(slot, io, before);
  }
  // RFC 9293 3.9.2.2: a soft error once the connection is synchronized.
  socket.soft_error = error;
}

}  // namespace lockstep
