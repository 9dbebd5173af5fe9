// What becomes of one packet on its way from a host to others.
#include <algorithm>
#include <utility>

#include "stack/api/check.h"
#include "stack/fabric/fabric.h"
#include "stack/wire/codec.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

// Who sends the fabric's ICMP errors: for IPv4 the address of routers that have none (RFC 7600).
constexpr IpAddress router_v4 = IpAddress::v4(192, 0, 0, 8);
constexpr IpAddress router_v6 = IpAddress::v6(0xfd4c'6f63'6b73'ffffu, 1);
constexpr std::uint8_t router_ttl = 64;

// RFC 1122 3.2.2, RFC 4443 2.4 (e): errors about these would multiply.
bool may_be_answered(const Packet& packet) {
  const IpAddress& to = packet.destination;
  const IpAddress& from = packet.source;
  return packet.icmp() == nullptr && !to.is_broadcast() && !to.is_multicast() &&
         !from.is_unspecified() && !from.is_multicast() && !from.is_broadcast();
}

// Between two remarks.
void separate(std::string& comment) {
  if (!comment.empty()) comment += ", ";
}

}  // namespace

void Fabric::note(std::string_view what, std::string_view who) {
  if (!tap_) return;
  separate(notes_);
  notes_ += what;
  notes_ += " by ";
  notes_ += who;
}

void Fabric::decide(Leaving& leaving, std::uint64_t position) {
  notes_.clear();
  // To be shown once all is decided, and before anything of it arrives.
  Packet shown;
  if (tap_) shown = leaving.packet;
  const HostId from = leaving.from;
  if (leaving.packet.destination.is_broadcast()) {
    decide_for_all(leaving, position);
  } else {
    const HostId to = owner_of(leaving.packet.destination);
    decide_for({.packet = std::move(leaving.packet), .from = from, .to = to, .position = position});
  }
  if (!tap_) return;
  tap_({.host = from,
        .host_name = names_.name_of(from.index),
        .ticks = now_ticks_,
        .packet = shown,
        .comment = notes_});
}

void Fabric::decide_for_all(const Leaving& leaving, std::uint64_t position) {
  std::uint64_t others = 0;
  for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
    const HostId to{i};
    if (to == leaving.from || !is_up(to)) continue;
    ++others;
    decide_for({.packet = leaving.packet, .from = leaving.from, .to = to, .position = position});
  }
  if (others == 0) return lose("nobody there");
  counts_.extra += others - 1;
}

void Fabric::decide_for(Copied copied) {
  const auto way = std::pair(copied.from, copied.to);
  if (std::ranges::find(partitions_, way) != partitions_.end()) return lose("a partition");
  pass_rules(std::move(copied), 0);
}

void Fabric::lose(std::string_view cause) {
  ++counts_.dropped;
  note("dropped", cause);
}

void Fabric::pass_rules(Copied copied, std::size_t next_rule) {
  for (std::size_t rule = next_rule; rule < rules_->size(); ++rule) {
    const Passage passage = rules_->ask(rule, copied.packet, copied.from, copied.to, now_ticks_);
    if (passage.count == 0) {
      lose(rules_->name(rule));
      if (passage.refusal.has_value()) answer(copied.packet, *passage.refusal, copied.position);
      return;
    }
    // The others go their own way through the rest of the rules, after the first.
    if (passage.count > 1) {
      counts_.extra += passage.count - 1u;
      note("duplicated", rules_->name(rule));
      for (std::size_t i = 0; i < passage.count; ++i) {
        Copied other = copied;
        if (tap_ && i > 0) {
          separate(other.comment);
          other.comment += "copy " + std::to_string(i + 1);
        }
        apply(other, passage.copies[i], rule);
        pass_rules(std::move(other), rule + 1);
      }
      return;
    }
    apply(copied, passage.copies[0], rule);
  }
  place(std::move(copied));
}

// Adds what one rule does to what befell the copy before.
void Fabric::apply(Copied& copied, const Copy& copy, std::size_t rule) {
  if (copy == Copy()) return;
  Copy& fate = copied.fate;
  fate.delay_ticks += copy.delay_ticks;
  fate.behind += copy.behind;
  LOCKSTEP_CHECK(copy.hops == 0 || copy.hops < copied.packet.ttl);
  copied.packet.ttl = static_cast<std::uint8_t>(copied.packet.ttl - copy.hops);
  LOCKSTEP_CHECK(copy.flip_count <= Copy::flips_max);
  for (std::size_t i = 0; i < copy.flip_count && fate.flip_count < Copy::flips_max; ++i) {
    fate.flips[fate.flip_count++] = copy.flips[i];
  }
  if (!tap_) return;
  if (copy.delay_ticks > 0) {
    note("delayed " + std::to_string(copy.delay_ticks) + " ticks", rules_->name(rule));
  }
  if (copy.behind > 0) {
    note("put behind " + std::to_string(copy.behind) + " packets", rules_->name(rule));
  }
  if (copy.flip_count > 0) note("corrupted", rules_->name(rule));
}

void Fabric::place(Copied copied) {
  if (reaches_nobody(copied.to)) {
    lose("nobody there");
    if (config_.host_unreachable) {
      answer(copied.packet, {IcmpKind::host_unreachable}, copied.position);
    }
    return;
  }
  if (copied.fate.delay_ticks > 0) {
    const std::uint64_t due = now_ticks_ + copied.fate.delay_ticks;
    held_.put(due, std::move(copied));
    return;
  }
  copied.position += copied.fate.behind;
  copied.serial = arrivals_.size();
  arrivals_.push_back(std::move(copied));
}

// An ICMP error goes straight to whoever has the source's address; no rule is asked about it.
void Fabric::answer(const Packet& packet, const Refusal& refusal, std::uint64_t position) {
  const HostId to = owner_of(packet.source);
  if (!may_be_answered(packet) || reaches_nobody(to)) return;
  Packet refused = packet;
  // As it came to the last router on its way.
  if (refusal.kind == IcmpKind::time_exceeded) refused.ttl = 1;
  Copied error;
  error.packet.source = packet.source.is_v4() ? router_v4 : router_v6;
  error.packet.destination = packet.source;
  error.packet.ttl = router_ttl;
  error.packet.body =
      IcmpMessage{.kind = refusal.kind, .mtu = refusal.mtu, .quoted = quote_of(refused)};
  error.from = no_host;
  error.to = to;
  error.position = position;
  error.serial = arrivals_.size();
  if (tap_) error.comment = "sent by the fabric";
  arrivals_.push_back(std::move(error));
  ++counts_.answered;
}

void Fabric::deliver_arrivals() {
  const auto overtakes = [](const Copied& a, const Copied& b) {
    return std::pair(a.position, a.serial) < std::pair(b.position, b.serial);
  };
  if (!std::ranges::is_sorted(arrivals_, overtakes)) std::ranges::sort(arrivals_, overtakes);
  for (const Copied& copied : arrivals_) deliver(copied);
  arrivals_.clear();
}

void Fabric::deliver_due() {
  while (!held_.empty() && held_.next_due() <= now_ticks_) deliver(held_.take());
}

void Fabric::deliver(const Copied& copied) {
  if (!is_up(copied.to)) {
    ++counts_.dropped;
    return;
  }
  ++counts_.arrived;
  if (copied.fate.flip_count > 0) return deliver_damaged(copied);
  if (tap_) {
    tap_({.kind = Sighting::Kind::arrived,
          .host = copied.to,
          .host_name = names_.name_of(copied.to.index),
          .ticks = now_ticks_,
          .packet = copied.packet,
          .comment = copied.comment});
  }
  host(copied.to).deliver(copied.packet);
}

void Fabric::deliver_damaged(const Copied& copied) {
  ++counts_.damaged;
  encoded_.clear();
  const auto size = encode_packet(copied.packet, encoded_);
  if (!size.has_value()) {
    ++counts_.unreadable;
    return;
  }
  std::string comment = copied.comment;
  if (tap_) {
    separate(comment);
    comment += "corrupted, flipped bits";
  }
  for (std::size_t i = 0; i < copied.fate.flip_count; ++i) {
    const std::size_t bit = copied.fate.flips[i] % (*size * 8);
    encoded_[bit / 8] ^= std::byte{0x80} >> (bit % 8);
    if (tap_) comment += ' ' + std::to_string(bit);
  }
  if (tap_) {
    tap_({.kind = Sighting::Kind::arrived,
          .host = copied.to,
          .host_name = names_.name_of(copied.to.index),
          .ticks = now_ticks_,
          .packet = copied.packet,
          .bytes = encoded_,
          .comment = comment});
  }
  const auto packet = decode_packet(encoded_);
  if (!packet.has_value()) {
    ++counts_.unreadable;
    return;
  }
  host(copied.to).deliver(*packet);
}

}  // namespace lockstep
