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

constexpr bool addresses_overlap(const IpAddress& a, const IpAddress& b) {
  return a == b || a.is_unspecified() || b.is_unspecified();
}

constexpr bool may_share(const PortClaim& existing, const PortClaim& fresh) {
  if (existing.reuse_port && fresh.reuse_port) return true;
  return existing.reuse_address && fresh.reuse_address && !existing.listening;
}

}  // namespace lockstep
