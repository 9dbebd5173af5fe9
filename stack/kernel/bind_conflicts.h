// When two sockets may share a port (bind(2), socket(7) SO_REUSEADDR, SO_REUSEPORT, as Linux
// decides it). The addresses must overlap for the question to arise: equal, or either a wildcard.
//
//   existing \ new       no flag   REUSEADDR   REUSEPORT   both
//   no flag              conflict  conflict    conflict    conflict
//   REUSEADDR            conflict  share (a)   conflict    share (a)
//   REUSEPORT            conflict  conflict    share       share
//   both                 conflict  share (a)   share       share
//
//   (a) unless the existing socket listens. Only TCP sockets listen.
#pragma once

#include "stack/api/address.h"
#include "stack/kernel/socket.h"

namespace lockstep {

// Across the families only sockets that take IPv4 too meet others: one bound to :: every IPv4
// address; one that connect moved to an IPv6 address still the wildcard of an IPv4 socket (Linux,
// inet_rcv_saddr_equal, which asks in this order).
constexpr bool addresses_overlap(const IpAddress& existing, const PortClaim& existing_claim,
                                 const IpAddress& fresh, const PortClaim& fresh_claim) {
  if (existing.family == fresh.family) {
    return existing == fresh || existing.is_unspecified() || fresh.is_unspecified();
  }
  if (existing.is_v4()) return fresh.is_unspecified() && fresh_claim.dual;
  if (!existing_claim.dual) return false;
  return existing.is_unspecified() || (fresh.is_unspecified() && !fresh_claim.dual);
}

constexpr bool may_share(const PortClaim& existing, const PortClaim& fresh) {
  if (existing.reuse_port && fresh.reuse_port) return true;
  return existing.reuse_address && fresh.reuse_address && !existing.listening;
}

}  // namespace lockstep
