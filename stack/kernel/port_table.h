// PortTable: which local ports are held, by whom in kind, and who takes traffic that belongs to no
// connection. Holders are counted by kind, so that a bind costs by the number of distinct addresses
// on the port and not by the number of sockets.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "stack/api/address.h"
#include "stack/kernel/socket.h"

namespace lockstep {

// A port number within its space: TCP's or UDP's. Both families share it.
struct PortKey {
  std::uint32_t bits = 0;

  static PortKey of(Type type, std::uint16_t port) {
    return {(type == Type::stream ? 0x10000u : 0u) | port};
  }
  friend bool operator==(PortKey, PortKey) = default;
};

class PortTable {
 public:
  void reset();

  // Whether a claim for (key, ip) clashes with an existing one.
  bool conflicts(PortKey key, const IpAddress& ip, const PortClaim& claim) const;
  bool is_free(PortKey key) const { return find_first(key) == no_group; }
  // Nobody holds the port at an address that overlaps, whatever the holders' flags.
  bool is_free_at(PortKey key, const IpAddress& ip, const PortClaim& claim) const;
  // Every holder got the port from connect(): another connection may share it.
  bool held_by_connections_only(PortKey key) const;

  void hold(PortKey key, const IpAddress& ip, const PortClaim& claim);
  // Requires: held with the same arguments.
  void release(PortKey key, const IpAddress& ip, const PortClaim& claim);

  // Listeners and unconnected datagram sockets, the one bound last at the back. `ip` need not be
  // the address that the receiver holds (Socket::receiving_ip).
  void add_receiver(PortKey key, const IpAddress& ip, Slot slot);
  void remove_receiver(PortKey key, const IpAddress& ip, Slot slot);
  // Null when there is none.
  const std::vector<Slot>* receivers(PortKey key, const IpAddress& ip) const;

 private:
  static constexpr std::uint32_t no_group = 0xffffffff;
  static constexpr std::size_t kinds = 32;

  // The holders of one port at one address, and who receives there.
  struct Group {
    PortKey key;
    IpAddress ip;
    std::array<std::uint32_t, kinds> counts{};
    std::uint32_t total = 0;
    std::vector<Slot> receivers;
    std::uint32_t next_on_port = no_group;
    std::uint32_t next_in_bucket = no_group;  // Of a port's first group.
  };

  static std::size_t kind_of(const PortClaim& claim);
  static PortClaim claim_of(std::size_t kind);
  std::size_t bucket_of(PortKey key) const;
  std::uint32_t find_first(PortKey key) const;
  std::uint32_t find(PortKey key, const IpAddress& ip) const;
  std::uint32_t create(PortKey key, const IpAddress& ip);
  void unlink_if_unused(std::uint32_t index);
  void grow();

  std::vector<Group> groups_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_groups_ = 0;
  std::vector<std::uint32_t> buckets_;
  std::uint32_t ports_ = 0;
};

}  // namespace lockstep
