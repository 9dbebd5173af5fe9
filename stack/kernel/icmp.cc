// ICMP errors, as sockets heed them (RFC 1122 4.2.3.9, 4.1.3.3; RFC 1191, RFC 8201 for the path's
// MTU; RFC 5927 for what a forger may not do).
#include <algorithm>

#include "stack/kernel/kernel.h"
#include "stack/kernel/packet_size.h"
#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/transmit.h"
#include "stack/wire/protocol.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

// Values of IP_MTU_DISCOVER (ip(7)).
constexpr std::int32_t discover_dont = 0;
constexpr std::int32_t discover_interface = 4;

// Whether an IPv4 packet's error may lower what is known of the path.
bool accepts_path_mtu(const Socket& socket) {
  return socket.options.mtu_discover < discover_interface;
}

}  // namespace

void Kernel::arrive_icmp(const Packet& packet, const IcmpMessage& icmp) {
  const std::optional<Quote> quote = decode_quote(icmp);
  if (!quote.has_value()) return;
  const IpAddress& sent_to = quote->sender.peer.ip;
  // RFC 1122 3.2.2: an error about a broadcast is not one.
  if (sent_to.family != packet.source.family || sent_to.is_broadcast()) return;
  const IcmpMeaning meaning = meaning_of(icmp, sent_to.family);
  if (meaning.error == Errno::ok) return;
  if (quote->protocol == protocol_tcp) return icmp_for_connection(*quote, icmp, meaning);
  icmp_for_datagrams(*quote, icmp, meaning);
}

// The error may be forged: one that claims less than any path needs is taken for the least (Linux),
// or is no error at all in IPv6.
void Kernel::learn_path_mtu(const IpAddress& destination, std::uint32_t mtu) {
  if (is_local(destination)) return;
  if (!destination.is_v4() && mtu < least_path_mtu_v6) return;
  const std::uint32_t known = path_mtus_.mtu(destination, config_.mtu);
  const std::uint32_t learnt = destination.is_v4() ? std::max(mtu, least_path_mtu_v4) : mtu;
  if (learnt >= known) return;
  const std::uint64_t lifetime_ticks = path_mtu_lifetime_ms / std::max(config_.tick_ms, 1u);
  path_mtus_.learn(destination, learnt, now_ticks_ + std::max<std::uint64_t>(lifetime_ticks, 1));
}

void Kernel::icmp_for_datagrams(const Quote& quote, const IcmpMessage& icmp,
                                const IcmpMeaning& meaning) {
  Slot slot = find_connected_datagram(quote.sender);
  if (slot == no_slot) slot = find_receiver(Type::dgram, quote.sender);
  if (slot == no_slot) return;
  Socket& socket = sockets_[slot];
  const bool v4 = quote.sender.local.ip.is_v4();
  if (icmp.kind == IcmpKind::packet_too_big) {
    if (!v4 || accepts_path_mtu(socket)) learn_path_mtu(quote.sender.peer.ip, icmp.mtu);
    if (v4 && socket.options.mtu_discover == discover_dont) return;
  }
  // IP_RECVERR is about IPv4 alone; without it only a connected socket hears, of hard errors
  // (udp(7)).
  const bool queues = socket.options.receive_errors && v4;
  if (!queues && !(meaning.hard && socket.peer_set)) return;
  socket.error_queued |= queues;
  socket.pending_error = meaning.error;
  notify(slot);
}

void Kernel::icmp_for_connection(const Quote& quote, const IcmpMessage& icmp,
                                 const IcmpMeaning& meaning) {
  const Slot slot = connections_.find(Type::stream, quote.sender);
  if (slot == no_slot || !quote.tcp_seq.has_value()) return;
  Socket& socket = sockets_[slot];
  Tcb& tcb = socket.tcb;
  const bool v4 = quote.sender.local.ip.is_v4();
  const SequenceNumber seq(*quote.tcp_seq);
  // RFC 5927 4.1: only about what is in flight.
  if (tcb.state == TcpState::time_wait || seq.before(tcb.snd_una) || seq.after(tcb.snd_nxt)) return;
  const TcpState before = tcb.state;
  const bool opening = before == TcpState::syn_sent || before == TcpState::syn_received;
  if (socket.listener != no_slot && before == TcpState::syn_received) {
    // Nobody to tell: the handshake is dropped in silence, or goes on (Linux's tcp_req_err).
    const bool drop = v4 ? !meaning.hard || meaning.error == Errno::eproto : meaning.hard;
    if (!drop || icmp.kind == IcmpKind::packet_too_big || seq != tcb.iss) return;
    TcpIo io = io_for(socket);
    end_connection(tcb, io, meaning.error);
    return after_transition(slot, io, before);
  }
  if (icmp.kind == IcmpKind::packet_too_big) {
    const std::uint16_t mss_before = tcb.snd_mss;
    learn_path_mtu(quote.sender.peer.ip, icmp.mtu);
    TcpIo io = io_for(socket);  // Lowers the size of segments.
    const bool too_long = is_synchronized(before) && tcb.in_flight() > tcb.snd_mss;
    if (tcb.snd_mss == mss_before || !too_long || (v4 && !accepts_path_mtu(socket))) return;
    // RFC 1191 6.5: sent again at once; each acknowledgment then brings the next piece.
    tcb.recover = tcb.snd_nxt;
    tcb.duplicate_acks = 0;
    retransmit_head(tcb, io);
    return after_transition(slot, io, before);
  }
  if (opening) {
    socket.error_queued |= v4;  // Whatever IP_RECVERR says, on Linux.
    TcpIo io = io_for(socket);
    end_connection(tcb, io, meaning.error);
    return after_transition(slot, io, before);
  }
  if (socket.options.receive_errors && v4) {
    socket.pending_error = meaning.error;
    return notify(slot);
  }
  // RFC 9293 3.9.2.2: a soft error once the connection is synchronized.
  socket.soft_error = meaning.error;
}

}  // namespace lockstep
