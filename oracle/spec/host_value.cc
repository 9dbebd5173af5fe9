// One host of an oracle as a value: its copy, and what tells it from others.
#include <algorithm>
#include <bit>

#include "oracle/spec/host_model.h"
#include "oracle/spec/slots.h"

namespace lockstep::oracle {
namespace {

// The socket's own id is told by where it stands.
void digest_model(Digest& out, const SocketModel& model) {
  const auto& [id, domain, type, descriptors, reuse_address, reuse_port, broadcast, v6_only,
               oob_inline, linger_on, linger_seconds, receive_buffer, send_buffer,
               receive_low_water, user_timeout_ms, all_errors_asked, path_mtu_set, linger2_seconds,
               max_segment, keepalive, bound, maybe_bound, address_chosen, port_chosen,
               mapped_wildcard, local_known, local] = model;
  const bool buffers_set =
      receive_buffer != 0 || send_buffer != 0 || receive_low_water != 0 || max_segment != 0;
  const bool times_set = linger_seconds != 0 || user_timeout_ms != 0 || linger2_seconds != 0;
  out.add_packed(domain, type, descriptors, reuse_address, reuse_port, broadcast, v6_only,
                 oob_inline, linger_on, all_errors_asked, path_mtu_set, keepalive, bound,
                 maybe_bound, address_chosen, port_chosen, mapped_wildcard, local_known,
                 buffers_set, times_set);
  if (buffers_set) out.add_packed(receive_buffer, send_buffer, receive_low_water, max_segment);
  if (times_set) out.add_packed(linger_seconds, user_timeout_ms, linger2_seconds);
  out.add(local);
}

}  // namespace

void SocketOptions::digest(Digest& out) const {
  const auto& [values, known, set, inherited] = *this;
  out.add_packed(known, set, inherited);
  // No other value is looked at.
  for (std::uint32_t left = known; left != 0; left &= left - 1) {
    out.add(values[static_cast<std::size_t>(std::countr_zero(left))]);
  }
}

void HostState::copy_state(const HostState& other) {
  const auto& [chunks, last_id, by_number, far, open_count, touched, looping, last_taken, holders] =
      other;
  last_id_ = last_id;
  while (chunks_.size() * chunk_size < last_id_) {
    chunks_.push_back(std::make_unique<std::array<Entry, chunk_size>>());
  }
  for (SocketId id = 1; id <= last_id_; ++id) entry(id) = other.entry(id);
  by_number_ = by_number;
  far_ = far;
  open_count_ = open_count;
  touched_ = touched;
  looping_ = looping;
  last_taken_ = last_taken;
  holders_ = holders;
}

void HostModel::copy_world(const HostModel& other) {
  config_ = other.config_;
  traits_ = other.traits_;
  option_rules_.start(*traits_);
  copy_state(other);
  tcp_.copy_world(other.tcp_);
  udp_.copy_world(other.udp_);
  local_.copy_world(other.local_);
}

// The sockets that matter: those with a descriptor, and those that another part names.
void HostModel::rank_sockets() const {
  ranks_.start(last_id_);
  for (SocketId id = 1; id <= last_id_; ++id) {
    if (entry(id).model.descriptors > 0) ranks_.note(id);
  }
  for (const SocketId id : holders_) ranks_.note(id);
  tcp_.note_sockets(ranks_);
  local_.note_sockets(ranks_);
  ranks_.number();
}

// When the socket took its port, among the others that matter.
std::uint32_t HostModel::rank_of_taking(const Entry& e) const {
  std::uint32_t rank = 0;
  for (SocketId id = 1; id <= last_id_; ++id) {
    if (ranks_.of(id) != 0 && entry(id).taken_at < e.taken_at) ++rank;
  }
  return rank;
}

void HostModel::digest_entry(Digest& out, const Entry& e) const {
  const auto& [model, options, parent, of_wildcard, maybe_wildcard, listening, disconnected, holds,
               by_bind, had_reuse_address, had_reuse_port, taken_at] = e;
  digest_model(out, model);
  options.digest(out);
  const std::uint32_t taken = taken_at == 0 ? 0 : rank_of_taking(e);
  out.add_packed(taken, of_wildcard, maybe_wildcard, listening, disconnected, holds, by_bind,
                 had_reuse_address, had_reuse_port);
  // A parent that matters no more is nobody's.
  out.add(ranks_.of(parent));
}

void HostModel::digest(Digest& out) const {
  // Left out: sockets that matter no more, and how many there were (chunks, last_id, last_taken).
  const HostState& state = *this;
  const auto& [chunks, last_id, by_number, far, open_count, touched, looping, last_taken, holders] =
      state;
  rank_sockets();
  out.add_packed(open_count, looping);
  out.add_packed(static_cast<std::uint32_t>(holders.size()), touched);
  for (std::uint32_t number = 0; number < by_number.size(); ++number) {
    if (by_number[number] != 0) out.add_packed(number, ranks_.of(by_number[number]));
  }
  for (const OpenDescriptor& open : far) {
    const auto& [number, socket] = open;
    out.add_packed(number, ranks_.of(socket));
  }
  for (const SocketId id : holders) out.add(ranks_.of(id));
  for (SocketId id = 1; id <= last_id; ++id) {
    if (ranks_.of(id) == 0) continue;
    out.add(ranks_.of(id));
    digest_entry(out, entry(id));
  }
  out.add(0);  // No rank: the list is over.
  tcp_.digest(out, ranks_);
  udp_.digest(out, ranks_);
  local_.digest(out, ranks_);
}

}  // namespace lockstep::oracle
