#include "stack/kernel/port_table.h"

#include <algorithm>

#include "stack/api/check.h"
#include "stack/api/hash.h"
#include "stack/kernel/bind_conflicts.h"

namespace lockstep {
namespace {

constexpr std::size_t initial_buckets = 64;
// The kinds from here on are those of ports that connect chose.
constexpr std::uint32_t connect_kinds = 16;

}  // namespace

void PortTable::reset() {
  free_.clear();
  used_groups_ = 0;
  ports_ = 0;
  buckets_.assign(initial_buckets, no_group);
}

std::size_t PortTable::kind_of(const PortClaim& claim) {
  return (claim.reuse_address ? 1u : 0u) | (claim.reuse_port ? 2u : 0u) |
         (claim.listening ? 4u : 0u) | (claim.dual ? 8u : 0u) |
         (claim.chosen_by_connect ? connect_kinds : 0u);
}

PortClaim PortTable::claim_of(std::size_t kind) {
  return {.held = true,
          .reuse_address = (kind & 1) != 0,
          .reuse_port = (kind & 2) != 0,
          .listening = (kind & 4) != 0,
          .chosen_by_connect = (kind & connect_kinds) != 0,
          .dual = (kind & 8) != 0};
}

bool PortTable::conflicts(PortKey key, const IpAddress& ip, const PortClaim& claim) const {
  for (std::uint32_t i = find_first(key); i != no_group; i = groups_[i].next_on_port) {
    const Group& group = groups_[i];
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      if (group.counts[kind] == 0) continue;
      const PortClaim existing = claim_of(kind);
      if (addresses_overlap(group.ip, existing, ip, claim) && !may_share(existing, claim)) {
        return true;
      }
    }
  }
  return false;
}

bool PortTable::is_free_at(PortKey key, const IpAddress& ip, const PortClaim& claim) const {
  for (std::uint32_t i = find_first(key); i != no_group; i = groups_[i].next_on_port) {
    const Group& group = groups_[i];
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      if (group.counts[kind] == 0) continue;
      if (addresses_overlap(group.ip, claim_of(kind), ip, claim)) return false;
    }
  }
  return true;
}

bool PortTable::held_by_connections_only(PortKey key) const {
  for (std::uint32_t i = find_first(key); i != no_group; i = groups_[i].next_on_port) {
    std::uint32_t by_connect = 0;
    for (std::size_t kind = connect_kinds; kind < kinds; ++kind)
      by_connect += groups_[i].counts[kind];
    if (by_connect != groups_[i].total) return false;
  }
  return true;
}

void PortTable::hold(PortKey key, const IpAddress& ip, const PortClaim& claim) {
  std::uint32_t index = find(key, ip);
  if (index == no_group) index = create(key, ip);
  ++groups_[index].counts[kind_of(claim)];
  ++groups_[index].total;
}

void PortTable::release(PortKey key, const IpAddress& ip, const PortClaim& claim) {
  const std::uint32_t index = find(key, ip);
  LOCKSTEP_CHECK(index != no_group);
  Group& group = groups_[index];
  LOCKSTEP_CHECK(group.counts[kind_of(claim)] > 0);
  --group.counts[kind_of(claim)];
  --group.total;
  unlink_if_unused(index);
}

void PortTable::add_receiver(PortKey key, const IpAddress& ip, Slot slot) {
  std::uint32_t index = find(key, ip);
  if (index == no_group) index = create(key, ip);
  groups_[index].receivers.push_back(slot);
}

void PortTable::remove_receiver(PortKey key, const IpAddress& ip, Slot slot) {
  const std::uint32_t index = find(key, ip);
  LOCKSTEP_CHECK(index != no_group);
  std::vector<Slot>& receivers = groups_[index].receivers;
  receivers.erase(std::find(receivers.begin(), receivers.end(), slot));
  unlink_if_unused(index);
}

const std::vector<Slot>* PortTable::receivers(PortKey key, const IpAddress& ip) const {
  const std::uint32_t index = find(key, ip);
  if (index == no_group || groups_[index].receivers.empty()) return nullptr;
  return &groups_[index].receivers;
}

std::size_t PortTable::bucket_of(PortKey key) const {
  return static_cast<std::size_t>(hash_mix(0, key.bits)) & (buckets_.size() - 1);
}

std::uint32_t PortTable::find_first(PortKey key) const {
  std::uint32_t index = buckets_[bucket_of(key)];
  while (index != no_group && groups_[index].key != key) index = groups_[index].next_in_bucket;
  return index;
}

std::uint32_t PortTable::find(PortKey key, const IpAddress& ip) const {
  std::uint32_t index = find_first(key);
  while (index != no_group && groups_[index].ip != ip) index = groups_[index].next_on_port;
  return index;
}

std::uint32_t PortTable::create(PortKey key, const IpAddress& ip) {
  if (ports_ >= buckets_.size()) grow();
  std::uint32_t index;
  if (!free_.empty()) {
    index = free_.back();
    free_.pop_back();
  } else {
    index = used_groups_++;
    if (index == groups_.size()) groups_.emplace_back();
  }
  Group& group = groups_[index];
  group.key = key;
  group.ip = ip;
  group.counts.fill(0);
  group.total = 0;
  group.receivers.clear();
  group.next_on_port = group.next_in_bucket = no_group;
  const std::uint32_t first = find_first(key);
  if (first != no_group) {
    group.next_on_port = groups_[first].next_on_port;
    groups_[first].next_on_port = index;
  } else {
    std::uint32_t& bucket = buckets_[bucket_of(key)];
    group.next_in_bucket = bucket;
    bucket = index;
    ++ports_;
  }
  return index;
}

void PortTable::unlink_if_unused(std::uint32_t index) {
  Group& group = groups_[index];
  if (group.total != 0 || !group.receivers.empty()) return;
  const std::uint32_t first = find_first(group.key);
  if (first != index) {
    std::uint32_t before = first;
    while (groups_[before].next_on_port != index) before = groups_[before].next_on_port;
    groups_[before].next_on_port = group.next_on_port;
  } else {
    std::uint32_t* link = &buckets_[bucket_of(group.key)];
    while (*link != index) link = &groups_[*link].next_in_bucket;
    if (group.next_on_port != no_group) {
      groups_[group.next_on_port].next_in_bucket = group.next_in_bucket;
      *link = group.next_on_port;
    } else {
      *link = group.next_in_bucket;
      --ports_;
    }
  }
  free_.push_back(index);
}

void PortTable::grow() {
  std::vector<std::uint32_t> old(buckets_.size() * 2, no_group);
  old.swap(buckets_);
  for (std::uint32_t head : old) {
    while (head != no_group) {
      const std::uint32_t next = groups_[head].next_in_bucket;
      std::uint32_t& bucket = buckets_[bucket_of(groups_[head].key)];
      groups_[head].next_in_bucket = bucket;
      bucket = head;
      head = next;
    }
  }
}

}  // namespace lockstep
