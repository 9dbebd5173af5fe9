#include "stack/fabric/names.h"

#include <algorithm>

#include "stack/api/check.h"

namespace lockstep {
namespace {

constexpr std::uint32_t pool_v4_prefix = 0xc0a80000;              // 192.168.0.0
constexpr std::uint64_t pool_v6_prefix = 0xfd4c'6f63'6b73'0000u;  // fd4c:6f63:6b73::
constexpr std::uint32_t host_parts_v4 = 1u << 16;

}  // namespace

std::uint32_t Names::add(std::string name) {
  const auto number = static_cast<std::uint32_t>(entries_.size());
  const bool is_new = by_name_.emplace(name, number).second;
  LOCKSTEP_CHECK(is_new);
  entries_.push_back({std::move(name), {}});
  return number;
}

bool Names::add_address(std::uint32_t number, const IpAddress& address) {
  const std::pair<IpAddress, std::uint32_t> owned(address, number);
  const auto at = std::ranges::lower_bound(by_address_, address, {},
                                           &std::pair<IpAddress, std::uint32_t>::first);
  if (at != by_address_.end() && at->first == address) return false;
  by_address_.insert(at, owned);
  entries_[number].addresses.push_back(address);
  return true;
}

std::optional<IpAddress> Names::next_of_pool(IpFamily family) {
  if (family == IpFamily::v6) return IpAddress::v6(pool_v6_prefix, next_v6_++);
  while (next_v4_ < host_parts_v4) {
    const std::uint32_t host_part = next_v4_++;
    const std::uint32_t last = host_part & 0xff;
    if (last != 0 && last != 255) return IpAddress::v4(pool_v4_prefix | host_part);
  }
  return std::nullopt;
}

std::optional<IpAddress> Names::assign(std::uint32_t number, IpFamily family) {
  while (const auto address = next_of_pool(family)) {
    if (add_address(number, *address)) return address;
  }
  return std::nullopt;
}

std::vector<IpAddress> Names::resolve(std::string_view name) const {
  if (const auto number = find(name)) return entries_[*number].addresses;
  if (const auto address = parse_ip_address(name)) return {*address};
  return {};
}

std::optional<std::string_view> Names::reverse(const IpAddress& address) const {
  const auto owner = owner_of(address);
  if (!owner.has_value()) return std::nullopt;
  return entries_[*owner].name;
}

std::optional<std::uint32_t> Names::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<std::uint32_t> Names::owner_of(const IpAddress& address) const {
  const auto at = std::ranges::lower_bound(by_address_, address, {},
                                           &std::pair<IpAddress, std::uint32_t>::first);
  const bool found = at != by_address_.end() && at->first == address;
  return found ? std::optional(at->second) : std::nullopt;
}

}  // namespace lockstep
