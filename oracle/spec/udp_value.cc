// The UDP of one host as a value: its copy, and what tells it from others.
#include "oracle/spec/slots.h"
#include "oracle/spec/udp_model.h"

namespace lockstep::oracle {

void UdpModel::copy_world(const UdpModel& other) {
  const auto& [host, judgement, sockets, used, slot_by_id, owed, owed_icmp, path_mtus, candidates,
               outdone, next_order] = other;
  // Candidates are those of one arrival.
  for (std::size_t i = used; i < used_; ++i) sockets_[i].queue.clear();
  copy_used(sockets_, sockets, used);
  used_ = used;
  slot_by_id_ = slot_by_id;
  owed_ = owed;
  owed_icmp_ = owed_icmp;
  path_mtus_ = path_mtus;
  next_order_ = next_order;
}

// Left out: the candidates of one arrival; slot_by_id_, which the sockets tell; and next_order_,
// since it is above every order.
void UdpModel::digest(Digest& out, const SocketRanks& ranks) const {
  const auto& [host, judgement, sockets, used, slot_by_id, owed, owed_icmp, path_mtus, candidates,
               outdone, next_order] = *this;
  for (std::size_t i = 0; i < used; ++i) {
    if (!sockets[i].open) continue;
    // Which slots are free decides where the next one stands.
    out.add_packed(static_cast<std::uint32_t>(i + 1), ranks.of(sockets[i].id));
    digest_socket(out, sockets[i]);
  }
  out.add(0);
  out.add(owed.size());
  for (const Owed& due : owed) digest_owed(out, due, ranks);
  out.add(owed_icmp.size());
  for (const OwedIcmp& due : owed_icmp) {
    const auto& [source, destination, quoted, optional, left] = due;
    out.add(source);
    out.add(destination);
    out.add(quoted);
    out.add_flags(optional, left);
  }
  out.add(path_mtus.size());
  for (const PathMtu& path : path_mtus) {
    const auto& [destination, mtu] = path;
    out.add(destination);
    out.add(mtu);
  }
}

void UdpModel::digest_socket(Digest& out, const Socket& s) const {
  const auto& [id, open, connected, misdirected, read_shut, write_shut, error_queue, maybe_damaged,
               peer_unsure, had_v4_source, order_known, order, peer, former_peer, error, queue,
               bytes_taken] = s;
  std::uint32_t rank = 0;  // Among the orders of all that are open.
  for (std::size_t i = 0; i < used_; ++i) {
    if (sockets_[i].open && sockets_[i].order < order) ++rank;
  }
  out.add_packed(rank, open, connected, misdirected, read_shut, write_shut, error_queue,
                 maybe_damaged, peer_unsure, had_v4_source, order_known, former_peer.has_value());
  out.add(peer);
  if (former_peer) out.add(*former_peer);
  error.digest(out);
  queue.digest(out, bytes_taken);
}

void UdpModel::digest_owed(Digest& out, const Owed& due, const SocketRanks& ranks) {
  const auto& [socket, source, destination, tag, size, left, most, optional, any_destination] = due;
  const auto& [key, offset] = tag;
  out.add(source);
  out.add(destination);
  out.add(offset);
  out.add_packed(ranks.of(socket), key, size, left, most, optional, any_destination);
}

// Left out: charge, a sum over the entries, and what was popped. Of what had been taken when a
// datagram came it matters how much was taken since.
void DatagramQueue::digest(Digest& out, std::uint64_t bytes_taken) const {
  const auto& [entries, head, charge] = *this;
  out.add(size());
  for (std::size_t i = head; i < entries.size(); ++i) {
    const auto& [payload, source, destination, certain, choice, limit, taken_before] = entries[i];
    out.add(source);
    out.add(destination);
    out.add_packed(certain, choice);
    out.add(limit);
    out.add(bytes_taken - taken_before);
    out.add(payload);
  }
}

}  // namespace lockstep::oracle
