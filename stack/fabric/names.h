// Names: the fabric's name service, in memory. A name has addresses in the order in which it got
// them; an address belongs to one name. Addresses that nobody chose come in order from two pools:
//
//   IPv4  192.168.0.0/16            192.168.0.1, .2, ... never one that ends in .0 or .255
//   IPv6  fd4c:6f63:6b73::/64       ::1, ::2, ...        a unique local prefix (RFC 4193)
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/api/address.h"

namespace lockstep {

class Names {
 public:
  // Of the IPv4 pool: 256 networks of 254 addresses.
  static constexpr std::uint32_t pool_v4_size = 256 * 254;

  // Names are numbered from 0 in the order in which they came. Requires: `name` is new.
  std::uint32_t add(std::string name);
  // Gives `address` to a name; false, and nothing done, when it belongs to one already.
  bool add_address(std::uint32_t number, const IpAddress& address);
  // Gives the name the next address of a pool that is nobody's; nullopt when the pool is exhausted.
  std::optional<IpAddress> assign(std::uint32_t number, IpFamily family);

  // The addresses of a name; of an address as text itself, as getaddrinfo(3) has it. Names are
  // compared letter by letter. Empty when unknown.
  std::vector<IpAddress> resolve(std::string_view name) const;
  // The name that has `address`; nullopt when nobody has it.
  std::optional<std::string_view> reverse(const IpAddress& address) const;

  std::optional<std::uint32_t> find(std::string_view name) const;
  std::optional<std::uint32_t> owner_of(const IpAddress& address) const;
  const std::string& name_of(std::uint32_t number) const { return entries_[number].name; }
  std::span<const IpAddress> addresses_of(std::uint32_t number) const {
    return entries_[number].addresses;
  }

 private:
  struct Entry {
    std::string name;
    std::vector<IpAddress> addresses;
  };

  std::optional<IpAddress> next_of_pool(IpFamily family);

  std::vector<Entry> entries_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
  std::vector<std::pair<IpAddress, std::uint32_t>> by_address_;  // Sorted.
  std::uint32_t next_v4_ = 0;                                    // Host part to be tried next.
  std::uint64_t next_v6_ = 1;
};

}  // namespace lockstep
