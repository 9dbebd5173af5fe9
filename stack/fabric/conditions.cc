#include "stack/fabric/conditions.h"

#include <utility>

#include "stack/api/check.h"
#include "stack/wire/codec.h"

namespace lockstep::conditions {
namespace {

bool is(HostId wanted, HostId host) { return wanted == any_host || wanted == host; }

}  // namespace

Rule latency(std::uint32_t ticks) {
  return {"latency", [ticks](const Transit&) { return Passage::deliver_after(ticks); }};
}

Rule jitter(std::uint32_t ticks_max) {
  return {"jitter", [ticks_max](const Transit& transit) {
            return Passage::deliver_after(transit.random.up_to(ticks_max));
          }};
}

Rule loss(Chance chance) {
  return {"loss", [chance](const Transit& transit) {
            return transit.random.happens(chance) ? Passage::drop() : Passage::pass();
          }};
}

Rule cut() {
  return {"cut", [](const Transit&) { return Passage::drop(); }};
}

Rule duplication(Chance chance, std::uint32_t ticks_max) {
  return {"duplication", [chance, ticks_max](const Transit& transit) {
            if (!transit.random.happens(chance)) return Passage::pass();
            return Passage::two({}, {.delay_ticks = transit.random.up_to(ticks_max)});
          }};
}

Rule reordering(Chance chance, Reordering reordering) {
  LOCKSTEP_CHECK(reordering.packets_max > 0);
  return {"reordering", [chance, reordering](const Transit& transit) {
            if (!transit.random.happens(chance)) return Passage::pass();
            const std::uint32_t ticks = transit.random.up_to(reordering.ticks_max);
            if (ticks > 0) return Passage::deliver_after(ticks);
            return Passage::one({.behind = 1 + transit.random.below(reordering.packets_max)});
          }};
}

Rule corruption(Chance chance, std::uint8_t bits) {
  LOCKSTEP_CHECK(bits > 0 && bits <= Copy::flips_max);
  return {"corruption", [chance, bits](const Transit& transit) {
            if (!transit.random.happens(chance)) return Passage::pass();
            Copy copy;
            while (copy.flip_count < bits) {
              copy.flips[copy.flip_count++] = static_cast<std::uint32_t>(transit.random.next());
            }
            return Passage::one(copy);
          }};
}

Rule link_mtu(std::uint32_t bytes) {
  return {"link mtu", [bytes](const Transit& transit) {
            const auto size = encoded_size(transit.packet);
            if (!size.has_value() || *size <= bytes) return Passage::pass();
            return Passage::refuse({IcmpKind::packet_too_big, bytes});
          }};
}

Rule hops(std::uint8_t routers) {
  return {"hops", [routers](const Transit& transit) {
            if (transit.packet.ttl <= routers) return Passage::refuse({IcmpKind::time_exceeded});
            return Passage::one({.hops = routers});
          }};
}

Rule between(HostId from, HostId to, Rule rule) {
  std::string name = rule.name;
  return {std::move(name), [from, to, ask = std::move(rule.ask)](const Transit& transit) {
            const bool here = is(from, transit.from) && is(to, transit.to);
            return here ? ask(transit) : Passage::pass();
          }};
}

Rule both_ways(HostId a, HostId b, Rule rule) {
  std::string name = rule.name;
  return {std::move(name), [a, b, ask = std::move(rule.ask)](const Transit& transit) {
            const bool there = is(a, transit.from) && is(b, transit.to);
            const bool back = is(b, transit.from) && is(a, transit.to);
            return there || back ? ask(transit) : Passage::pass();
          }};
}

}  // namespace lockstep::conditions
