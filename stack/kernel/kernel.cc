#include "stack/kernel/kernel.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "stack/api/hash.h"

namespace lockstep {
namespace {

constexpr std::uint32_t fold_rounds_max = 256;
constexpr std::uint32_t fold_packets_max = 4096;

}  // namespace

Kernel::Kernel(const HostConfig& config) { reset(config); }

void Kernel::reset(const HostConfig& config) {
  config_ = config;
  sockets_.reset(config.max_sockets);
  ports_.reset();
  connections_.reset();
  timers_.reset();
  path_mtus_.reset();
  local_.reset();
  local_events_.clear();
  orphans_ = 0;
  outbound_.clear();
  announced_ = 0;
  happened_.clear();
  wakes_.clear();
  now_ticks_ = 0;
  challenge_acks_left_ = challenge_acks_per_tick;
  next_iss_ = config.initial_sequence;
  next_port_[0] = next_port_[1] = 0;
}

void Kernel::add_address(const IpAddress& address) {
  if (!is_configured(address)) config_.addresses.push_back(address);
}

bool Kernel::is_local(const IpAddress& address) const {
  return address.is_loopback() || is_configured(address);
}

const Socket* Kernel::find_socket(Fd fd) const {
  const Slot slot = sockets_.find(fd);
  return slot == no_slot ? nullptr : &sockets_[slot];
}

bool Kernel::announce(std::vector<WireEvent>& out) {
  bool loops = false;
  for (; announced_ < outbound_.size(); ++announced_) {
    Packet& packet = outbound_[announced_];
    if (is_local(packet.destination)) {
      out.emplace_back(WireEvent::Kind::looped_left, packet);
      loops = true;
    } else {
      out.emplace_back(WireEvent::Kind::left, std::move(packet));
    }
  }
  return loops;
}

void Kernel::egress(std::vector<WireEvent>& out) {
  std::ranges::move(happened_, std::back_inserter(out));
  happened_.clear();
  fold_loopback(out);
}

void Kernel::fold_loopback(std::vector<WireEvent>& out) {
  if (outbound_.empty()) return;
  // What was announced before and is still here waits to arrive at this host.
  const bool loops = announced_ > 0;
  if (!announce(out) && !loops) {
    outbound_.clear();
    announced_ = 0;
    return;
  }
  std::size_t next = 0;
  std::size_t round_end = outbound_.size();
  std::uint32_t rounds = 0;
  std::uint32_t folded = 0;
  for (; next < outbound_.size() && rounds < fold_rounds_max && folded < fold_packets_max; ++next) {
    if (is_local(outbound_[next].destination)) {
      // Moved out first: what it causes is appended to outbound_.
      out.emplace_back(WireEvent::Kind::looped_arrived, std::move(outbound_[next]));
      arrive(out.back().packet);
      announce(out);
      ++folded;
    }
    if (next + 1 == round_end) {
      ++rounds;
      round_end = outbound_.size();
    }
  }
  outbound_.erase(outbound_.begin(), outbound_.begin() + static_cast<std::ptrdiff_t>(next));
  // Of what waits, only loopback packets are still whole.
  std::erase_if(outbound_, [this](const Packet& packet) { return !is_local(packet.destination); });
  announced_ = outbound_.size();
}

void Kernel::deliver(const Packet& packet) {
  // Martians (RFC 1122 3.2.1.3, RFC 4291 2.5.3): loopback and own addresses never come from
  // outside.
  const bool to_us = is_configured(packet.destination) || packet.destination.is_broadcast();
  const IpAddress& source = packet.source;
  const bool odd_source = source.is_loopback() || source.is_multicast() || source.is_broadcast() ||
                          source.is_unspecified() || is_configured(source);
  if (!to_us || odd_source || source.family != packet.destination.family) return;
  arrive(packet);
}

Kernel Kernel::rebased() const {
  Kernel copy = *this;
  for (Slot slot = sockets_.first(); slot != no_slot; slot = sockets_.next(slot)) {
    Tcb& tcb = copy.sockets_[slot].tcb;
    if (tcb.retransmit_at != 0) tcb.retransmit_at -= now_ticks_ - 1;
    if (tcb.expire_at != 0) tcb.expire_at -= now_ticks_ - 1;
    if (tcb.ack_at != 0) tcb.ack_at -= now_ticks_ - 1;
    if (tcb.keepalive_at != 0) tcb.keepalive_at -= now_ticks_ - 1;
    if (tcb.stalled_at != 0) tcb.stalled_at = now_ticks_ + 2 - tcb.stalled_at;
    tcb.round_trip.rebase(now_ticks_);
  }
  copy.path_mtus_.rebase(now_ticks_ - 1);
  copy.now_ticks_ = 1;
  return copy;
}

bool operator==(const Kernel& a, const Kernel& b) {
  if (a.now_ticks_ != b.now_ticks_) {
    // The numbers that a secret gives move with time.
    return a.config_.isn_secret == 0 && b.config_.isn_secret == 0 && a.rebased() == b.rebased();
  }
  const bool same =
      a.config_ == b.config_ && a.outbound_ == b.outbound_ && a.announced_ == b.announced_ &&
      a.happened_ == b.happened_ && a.wakes_ == b.wakes_ &&
      a.challenge_acks_left_ == b.challenge_acks_left_ && a.next_iss_ == b.next_iss_ &&
      std::equal(a.next_port_, a.next_port_ + 2, b.next_port_) && a.path_mtus_ == b.path_mtus_ &&
      a.sockets_ == b.sockets_ && a.local_ == b.local_;
  if (!same) return false;
  // The order of binding decides which receiver gets a datagram.
  for (Slot slot = a.sockets_.first(); slot != no_slot; slot = a.sockets_.next(slot)) {
    const Socket& socket = a.sockets_[slot];
    if (!socket.is_receiver) continue;
    const auto* left = a.ports_.receivers(a.key_of(socket), socket.receiving_ip());
    const auto* right = b.ports_.receivers(b.key_of(socket), socket.receiving_ip());
    if (left == nullptr || right == nullptr || *left != *right) return false;
  }
  return true;
}

std::uint64_t Kernel::stable_hash(std::uint64_t seed) const {
  seed = hash_mix(hash_mix(seed, next_iss_), challenge_acks_left_);
  if (config_.isn_secret != 0) seed = hash_mix(seed, now_ticks_);
  seed = hash_mix(seed, (std::uint64_t{next_port_[0]} << 32) | next_port_[1]);
  for (const IpAddress& address : config_.addresses) {
    seed = hash_mix(seed, lockstep::stable_hash(address));
  }
  for (const Packet& packet : outbound_) seed = hash_mix(seed, lockstep::stable_hash(packet));
  for (const WireEvent& event : happened_) {
    seed = hash_mix(seed, lockstep::stable_hash(event.packet));
  }
  for (const auto& [slot, wake] : wakes_) {
    seed = hash_mix(hash_mix(hash_mix(seed, slot), wake.token), wake.events);
  }
  if (!local_.empty()) seed = local_.hash(seed);
  return sockets_.hash(path_mtus_.hash(seed, now_ticks_), now_ticks_);
}

void Kernel::check_invariants() const {
  for_each_socket([](const Socket& socket) { lockstep::check_invariants(socket.tcb); });
  local_.check_invariants();
}

}  // namespace lockstep
