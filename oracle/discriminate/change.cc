#include "oracle/discriminate/change.h"

#include "oracle/discriminate/change_parts.h"
#include "oracle/judge/call_text.h"
#include "stack/wire/packet_kind.h"

namespace lockstep::discriminate {
namespace {

using judge::Observation;
using judge::Recording;

std::string text_of(const Observation& seen) {
  if (seen.kind != Observation::Kind::call) return "leaves " + to_string(seen.packet);
  return std::string(call_name(seen.call.call)) + " " + judge::result_text(seen.call, seen.result);
}

// "recv 10", in which numbers that are no constants of an interface are left out.
std::string outline_of(const Observation& seen) {
  if (seen.kind != Observation::Kind::call)
    return std::string(packet_kind_name(packet_kind(seen.packet)));
  return std::string(call_name(seen.call.call));
}

std::string short_result(const Observation& seen) {
  if (seen.call.call == Call::poll || seen.call.option == OptionName::so_error) {
    return judge::result_text(seen.call, seen.result);
  }
  return seen.result.ok() ? "ok" : std::string(errno_name(seen.result.error));
}

// The byte that follows the segment's in the stream, when a later segment shows it.
std::byte byte_after(const Recording& recording, const Place& place) {
  const Observation& seen = recording.observations[place.at];
  const Slice& payload = payload_of(seen.packet);
  if (const TcpSegment* segment = seen.packet.tcp()) {
    const std::uint32_t end = segment->seq + static_cast<std::uint32_t>(payload.size());
    for (std::size_t at = place.at + 1; at < recording.observations.size(); ++at) {
      const Observation& later = recording.observations[at];
      if (later.kind != Observation::Kind::left || later.host != seen.host) continue;
      const TcpSegment* next = later.packet.tcp();
      if (next == nullptr || sender_tuple(later.packet) != sender_tuple(seen.packet)) continue;
      const std::uint32_t ahead = end - next->seq;
      if (ahead < next->payload.size()) return next->payload.bytes()[ahead];
    }
  }
  return payload.bytes().back();
}

class Maker {
 public:
  Maker(const Recording& recording, const Places& places, const Place& place,
        scenario::Choices& choices)
      : recording_(recording), places_(places), choices_(choices) {
    change_.place = place;
    change_.shown.reserve(recording.observations.size() + 1);
    for (const Observation& seen : recording.observations) change_.shown.push_back(&seen);
    change_.before = text_of(seen());
    change_.subject = outline_of(seen());
  }

  Change make() {
    switch (change_.place.way) {
      case Way::packet_removed:
      case Way::reset_missing:
        take_out(change_.place.at);
        change_.after = "nothing";
        break;
      case Way::packet_repeated:
        put_in(change_.place.at + 1, seen());
        change_.after = "twice";
        break;
      case Way::old_packet:
        put_old_packet();
        break;
      case Way::bare_ack: {
        Observation& ack = put_in(change_.place.at + 1, seen());
        change_packet(ack.packet, Way::bare_ack, choices_);
        change_.after = "and " + text_of(ack);
        break;
      }
      case Way::packet_delayed:
        put_in(change_.place.other + 1, seen());
        take_out(change_.place.at);
        change_.after = "after the next settle";
        break;
      case Way::packets_exchanged:
      case Way::results_exchanged:
        exchange();
        break;
      default:
        change_one();
    }
    return std::move(change_);
  }

 private:
  const Observation& seen() const { return recording_.observations[change_.place.at]; }

  Observation& replace(std::uint32_t at) {
    Observation& made = change_.made.emplace_back(recording_.observations[at]);
    change_.shown[at] = &made;
    return made;
  }

  Observation& put_in(std::uint32_t at, const Observation& like) {
    Observation& made = change_.made.emplace_back(like);
    change_.shown.insert(change_.shown.begin() + at, &made);
    return made;
  }

  void take_out(std::uint32_t at) { change_.shown.erase(change_.shown.begin() + at); }

  void put_old_packet() {
    const auto size = static_cast<std::uint32_t>(recording_.observations.size());
    const auto ends = [&](std::uint32_t at) {
      return recording_.observations[at].kind == Observation::Kind::step_end;
    };
    std::uint32_t at = choices_.between(change_.place.at + 1, size - 1);
    while (at < size && !ends(at)) ++at;
    if (at == size) {
      // The choice fell behind the last end of a step.
      --at;
      while (!ends(at)) --at;
    }
    const Observation& again = put_in(at, seen());
    change_.made.back().step = recording_.observations[at].step;
    change_.after = "again in step " + std::to_string(again.step);
  }

  void exchange() {
    Observation& later = replace(change_.place.at);
    Observation& earlier = replace(change_.place.other);
    std::swap(later.packet, earlier.packet);
    std::swap(later.result, earlier.result);
    std::swap(later.bytes, earlier.bytes);
    change_.before = text_of(recording_.observations[change_.place.other]) + "; " + change_.before;
    change_.after = text_of(earlier) + "; " + text_of(later);
    change_.subject = outline_of(later) + ", " + outline_of(earlier);
  }

  void change_one() {
    Observation& made = replace(change_.place.at);
    if (made.kind == Observation::Kind::call) {
      change_result(made, places_, change_.place.way, choices_);
      if (kind_of(change_.place.way) == Kind::errno_value || change_.place.way == Way::poll_bit) {
        change_.subject += " " + short_result(seen()) + " -> " + short_result(made);
      }
    } else if (change_.place.way == Way::payload_longer) {
      Slice& payload = payload_of(made.packet);
      payload = longer(payload, byte_after(recording_, change_.place));
    } else {
      change_packet(made.packet, change_.place.way, choices_);
    }
    change_.after = text_of(made);
  }

  const Recording& recording_;
  const Places& places_;
  scenario::Choices& choices_;
  Change change_;
};

}  // namespace

Change make_change(const Recording& recording, const Places& places, const Place& place,
                   scenario::Choices& choices) {
  return Maker(recording, places, place, choices).make();
}

}  // namespace lockstep::discriminate
