// A world as a value: copied before a step, and told apart from others.
#include "oracle/judge/runner.h"
#include "stack/api/check.h"
#include "stack/wire/packet_digest.h"

namespace lockstep::judge {

using scenario::HostIndex;

bool Runner::copy_from(const Runner& other) {
  for (std::size_t i = 0; i < other.hosts_in_use_; ++i) {
    if (!port_of(i).copy_from(*other.hosts_[i].port)) return false;
    hosts_[i].ticks = other.hosts_[i].ticks;
    hosts_[i].reboots = other.hosts_[i].reboots;
  }
  hosts_in_use_ = other.hosts_in_use_;
  lines_ = other.lines_;
  witness_.oracle().copy_world(other.witness_.oracle());
  flight_ = other.flight_;
  situation_ = other.situation_;
  situation_.flight = &flight_;
  bindings_ = other.bindings_;
  streams_ = other.streams_;
  shown_ = other.shown_;
  recent_ = other.recent_;
  verdict_ = other.verdict_;
  facts_ = other.facts_;
  resolved_ = other.resolved_;
  answer_ = other.answer_;
  caused_ = other.caused_;
  accepted_bytes_ = other.accepted_bytes_;
  return true;
}

bool Runner::digest(Digest& out) const {
  witness_.oracle().digest(out);
  out.add(verdict_.outcome);
  return digest_stacks(out);
}

bool Runner::digest_stacks(Digest& out) const {
  for (std::size_t i = 0; i < hosts_in_use_; ++i) {
    if (!hosts_[i].port->digest(out)) return false;
    out.add(hosts_[i].reboots);
  }
  digest_flight(out);
  digest_names(out);
  digest_shown(out);
  out.add(situation_.partitions.size());
  for (const auto& [a, b] : situation_.partitions) out.add((std::uint64_t{a} << 8) | b);
  return true;
}

// What waits between two hosts has an order; what goes one way has none against what goes another.
void Runner::digest_flight(Digest& out) const {
  out.add(flight_.size());
  for (std::size_t from = 0; from < hosts_in_use_; ++from) {
    for (std::size_t to = 0; to < hosts_in_use_; ++to) {
      for (const InFlight& entry : flight_.in_flight()) {
        if (entry.from != from || entry.to != to) continue;
        out.add((std::uint64_t{entry.from} << 8) | entry.to);
        lockstep::digest(out, entry.packet);
      }
    }
  }
}

// Phases beside `closed`, and what is unread or pending, are estimates that only generators use.
void Runner::digest_names(Digest& out) const {
  out.add(bindings_.size());
  for (const Binding& binding : bindings_) {
    if (binding.socket == Binding::unbound) {
      out.add_flags(false);
      continue;
    }
    const scenario::OpenSocket& socket = situation_.sockets[binding.socket];
    out.add_flags(true, socket.phase == scenario::Phase::closed);
    out.add(binding.fd.value);
    out.add((std::uint64_t{streams_[binding.stream].key} << 32) | socket.host);
    out.add(streams_[binding.stream].sent);
    out.add(FourTuple{socket.local, socket.peer});
  }
}

// What an ICMP error would quote is left out, so that a model has no `icmp` steps.
// Host by host: between hosts there is no order.
void Runner::digest_shown(Digest& out) const {
  out.add(shown_.size());
  for (std::size_t of = 0; of < hosts_in_use_; ++of) {
    for (const Shown& shown : shown_) {
      const auto& [host, tcp, acknowledges, tuple, snd_nxt, rcv_nxt, last] = shown;
      static_cast<void>(last);
      if (host != of) continue;
      out.add_packed(host, tcp, acknowledges);
      out.add(tuple);
      out.add_packed(snd_nxt, rcv_nxt);
    }
  }
}

}  // namespace lockstep::judge
