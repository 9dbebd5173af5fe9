#include "stack/kernel/icmp_meaning.h"

#include <algorithm>
#include <cstdint>

namespace lockstep {
namespace {

// The types and codes that have no IcmpKind of their own. A code of `any` stands for the rest.
struct OtherRow {
  IpFamily family;
  std::uint8_t type;
  std::uint16_t code;
  IcmpMeaning meaning;
};

constexpr std::uint16_t any = 0x100;
constexpr OtherRow others[] = {
    {IpFamily::v4, 3, 2, {Errno::enoprotoopt, true}},    // Protocol unreachable.
    {IpFamily::v4, 3, 5, {Errno::eopnotsupp, false}},    // Source route failed.
    {IpFamily::v4, 3, 6, {Errno::enetunreach, true}},    // Network unknown.
    {IpFamily::v4, 3, 7, {Errno::ehostunreach, true}},   // Host unknown; EHOSTDOWN on Linux.
    {IpFamily::v4, 3, 8, {Errno::ehostunreach, true}},   // Host isolated; ENONET on Linux.
    {IpFamily::v4, 3, 9, {Errno::enetunreach, true}},    // Network prohibited.
    {IpFamily::v4, 3, 10, {Errno::ehostunreach, true}},  // Host prohibited.
    {IpFamily::v4, 3, 11, {Errno::enetunreach, false}},  // Not with this type of service.
    {IpFamily::v4, 3, 12, {Errno::ehostunreach, false}},
    {IpFamily::v4, 3, 13, {Errno::ehostunreach, true}},  // Filtered.
    {IpFamily::v4, 3, 14, {Errno::ehostunreach, true}},
    {IpFamily::v4, 3, 15, {Errno::ehostunreach, true}},
    {IpFamily::v4, 11, any, {Errno::ehostunreach, false}},  // Reassembly took too long.
    {IpFamily::v4, 12, any, {Errno::eproto, true}},         // Parameter problem.
    {IpFamily::v6, 1, 1, {Errno::eacces, true}},            // Prohibited.
    {IpFamily::v6, 1, 2, {Errno::ehostunreach, false}},     // Beyond the scope of the source.
    {IpFamily::v6, 1, 5, {Errno::eacces, true}},            // Policy.
    {IpFamily::v6, 1, 6, {Errno::eacces, true}},            // Rejected route.
    {IpFamily::v6, 1, any, {Errno::eproto, true}},
    {IpFamily::v6, 3, any, {Errno::ehostunreach, false}},
    {IpFamily::v6, 4, any, {Errno::eproto, true}},  // Parameter problem.
};

// RFC 4443 2.1: types below 128 are errors; 2.4 (a): an unknown one reaches the upper layer.
constexpr std::uint8_t first_informational_v6 = 128;

IcmpMeaning meaning_of_other(const IcmpMessage& icmp, IpFamily family) {
  const auto row = std::ranges::find_if(others, [&](const OtherRow& r) {
    return r.family == family && r.type == icmp.type && (r.code == icmp.code || r.code == any);
  });
  if (row != std::end(others)) return row->meaning;
  if (family == IpFamily::v6 && icmp.type < first_informational_v6) return {Errno::eproto, false};
  return {};
}

}  // namespace

IcmpMeaning meaning_of(const IcmpMessage& icmp, IpFamily family) {
  switch (icmp.kind) {
    case IcmpKind::net_unreachable:
      return {Errno::enetunreach, false};
    case IcmpKind::host_unreachable:
    case IcmpKind::time_exceeded:
      return {Errno::ehostunreach, false};
    case IcmpKind::port_unreachable:
      return {Errno::econnrefused, true};
    case IcmpKind::packet_too_big:
      return {Errno::emsgsize, true};
    case IcmpKind::other:
      return meaning_of_other(icmp, family);
  }
  return {};
}

}  // namespace lockstep
