#include "oracle/spec/bind_rules.h"

namespace lockstep::oracle {

IpAddress unmapped(const IpAddress& address) {
  if (!address.is_v4_mapped()) return address;
  return IpAddress::v4(static_cast<std::uint32_t>(address.low & 0xffff'ffffu));
}

Endpoint unmapped(const Endpoint& endpoint) { return {unmapped(endpoint.ip), endpoint.port}; }

bool addresses_overlap(const IpAddress& a, bool a_v6_only, const IpAddress& b, bool b_v6_only) {
  if (a.family == b.family) return a == b || a.is_unspecified() || b.is_unspecified();
  const bool a_is_dual = !a.is_v4() && a.is_unspecified() && !a_v6_only;
  const bool b_is_dual = !b.is_v4() && b.is_unspecified() && !b_v6_only;
  return a_is_dual || b_is_dual;
}

bool flags_allow_sharing(const PortHolder& holder, const PortHolder& newcomer) {
  if (holder.reuse_port && newcomer.reuse_port) return true;
  if (!holder.reuse_address || !newcomer.reuse_address) return false;
  return holder.type != Type::stream || !holder.listening;
}

bool share_by_reuse_port(const PortHolder& holder, const PortHolder& newcomer) {
  return holder.reuse_port && newcomer.reuse_port && holder.local.port == newcomer.local.port &&
         addresses_overlap(unmapped(holder.local.ip), holder.v6_only, unmapped(newcomer.local.ip),
                           newcomer.v6_only);
}

Conflict bind_conflict(const PortHolder& holder, const PortHolder& newcomer) {
  if (holder.type != newcomer.type) return Conflict::no;
  if (holder.local.port != 0 && holder.local.port != newcomer.local.port) return Conflict::no;
  const IpAddress address = unmapped(newcomer.local.ip);
  const bool overlap =
      addresses_overlap(unmapped(holder.local.ip), holder.v6_only, address, newcomer.v6_only);
  const IpAddress wildcard = IpAddress::any(holder.local.ip.family);
  const bool may_overlap = (holder.was_dual && address.is_v4() && address.is_unspecified()) ||
                           (holder.maybe_wildcard &&
                            addresses_overlap(wildcard, holder.v6_only, address, newcomer.v6_only));
  if (!overlap && !may_overlap) return Conflict::no;
  if (flags_allow_sharing(holder, newcomer)) return Conflict::no;
  PortHolder as_bound = holder;
  as_bound.reuse_address |= holder.reuse_address_cleared;
  as_bound.reuse_port |= holder.reuse_port_cleared;
  const bool met = !holder.source_unseen || address.is_unspecified();
  const bool sure = overlap && met && !holder.maybe && holder.local.port != 0 &&
                    !flags_allow_sharing(as_bound, newcomer);
  return sure ? Conflict::yes : Conflict::maybe;
}

std::string holder_text(const PortHolder& holder) {
  std::string out = holder.type == Type::stream ? "tcp " : "udp ";
  out += to_string(holder.local) + " held by socket " + std::to_string(holder.socket);
  if (holder.listening) out += " listening";
  if (holder.reuse_address) out += " SO_REUSEADDR";
  if (holder.reuse_port) out += " SO_REUSEPORT";
  return out;
}

}  // namespace lockstep::oracle
