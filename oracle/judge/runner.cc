#include "oracle/judge/runner.h"

#include <algorithm>

#include "oracle/scenario/text.h"
#include "stack/api/check.h"

namespace lockstep::judge {

using scenario::HostIndex;
namespace step = scenario::step;

Runner::Runner(PortFactory factory, const oracle::Dialect& dialect)
    : factory_(std::move(factory)), witness_(dialect) {}

Runner::~Runner() = default;

Port& Runner::port_of(std::size_t host) {
  if (host == hosts_.size()) hosts_.push_back({factory_(static_cast<HostIndex>(host)), 0});
  return *hosts_[host].port;
}

// Two of a mixed world are enough to ask: worlds of three have the ports of the first two again.
FeatureSet Runner::features() {
  return port_of(0).traits().features.intersect(port_of(1).traits().features);
}

void Runner::start(std::span<const scenario::HostLine> hosts) {
  LOCKSTEP_CHECK(!hosts.empty() && hosts.size() <= scenario::hosts_max);
  lines_ = hosts;
  hosts_in_use_ = hosts.size();
  situation_.hosts = hosts;
  situation_.sockets.clear();
  situation_.features.clear();
  situation_.partitions.clear();
  situation_.flight = &flight_;
  situation_.next_label = 1;
  situation_.next_name = 0;
  const HostConfig* configs[scenario::hosts_max];
  const PortTraits* traits[scenario::hosts_max];
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    port_of(i).reset(hosts[i].config);
    hosts_[i].ticks = 0;
    hosts_[i].reboots = 0;
    configs[i] = &hosts[i].config;
    traits[i] = &hosts_[i].port->traits();
    situation_.features.push_back(traits[i]->features);
  }
  witness_.start({configs, hosts.size()}, {traits, hosts.size()});
  flight_.clear();
  bindings_.clear();
  streams_.clear();
  shown_.clear();
  recent_.clear();
  verdict_ = Verdict();
  facts_ = Facts();
  caused_ = 0;
  accepted_bytes_ = 0;
}

Effect Runner::apply(const scenario::Step& to_apply) {
  if (stopped()) return Effect::none;
  resolved_ = to_apply;
  if (resolved_.label == 0) resolved_.label = situation_.next_label;
  situation_.next_label = std::max(situation_.next_label, resolved_.label + 1);
  witness_.set_step(resolved_.label);
  if (!std::holds_alternative<step::Expect>(resolved_.action)) recent_.clear();
  caused_ = 0;
  answer_ = Answer();
  if (trace_ != nullptr && names_ != nullptr) {
    trace_event(TraceEvent::Kind::step, 0)->text = scenario::print_step(*names_, resolved_);
  }
  const Effect effect =
      std::visit([this](const auto& action) { return act(action); }, to_apply.action);
  if (effect == Effect::some) end_micro_step();
  if (trace_ != nullptr) {
    if (effect == Effect::none) {
      trace_event(TraceEvent::Kind::no_op, 0)->text = "nothing to act on";
    }
    if (stopped()) trace_event(TraceEvent::Kind::verdict, 0)->text = explain(verdict_);
  }
  return effect;
}

void Runner::end_micro_step() {
  if (stopped()) return;
  witness_.on_step_end();
  if (witness_.oracle().violation()) {
    stop(Outcome::violation, "");
  } else if (!witness_.oracle().inconclusive().empty()) {
    stop(Outcome::inconclusive, std::string(witness_.oracle().inconclusive()));
  }
}

void Runner::stop(Outcome outcome, std::string message) {
  if (stopped()) return;
  verdict_.outcome = outcome;
  verdict_.step = resolved_.label;
  verdict_.line = resolved_.line;
  verdict_.message = std::move(message);
  if (outcome == Outcome::violation) verdict_.violation = *witness_.oracle().violation();
}

Effect Runner::act(const step::Tick& tick) {
  if (tick.host >= hosts_in_use_ || tick.ticks == 0) return Effect::none;
  tick_host(tick.host, elapses(tick.host) ? std::min(tick.ticks, patience_.tick_most) : tick.ticks);
  return Effect::some;
}

Effect Runner::act(const step::Settle&) {
  std::int64_t bare = 0;
  std::uint64_t carried = 0;
  const std::uint32_t rounds = settle_rounds();
  for (std::uint32_t round = 0; round < rounds; ++round) {
    while (!flight_.empty() && !stopped()) {
      const TcpSegment* next = flight_.in_flight().front().packet.tcp();
      if (next == nullptr || next->payload.empty()) {
        ++bare;
      } else if (carried < accepted_bytes_) {
        carried += next->payload.size();
        bare -= 2;
      }
      if (bare > settle_packets_max) break;
      const std::optional<InFlight> entry = flight_.take(flight_.in_flight().front().serial);
      arrive(entry->from, entry->to, entry->packet, entry->serial + 1);
      end_micro_step();
    }
    if (stopped()) return Effect::some;
    if (bare > settle_packets_max) break;
    if (witness_.oracle().quiet() && !retransmission_pending()) {
      witness_.on_settled();
      return Effect::some;
    }
    for (std::size_t host = 0; host < hosts_in_use_ && !stopped(); ++host) {
      tick_host(static_cast<HostIndex>(host), 1);
      end_micro_step();
    }
  }
  if (witness_.oracle().may_stay_unsettled()) return Effect::some;
  if ((flight_.empty() || any_elapses()) && witness_.oracle().quiet()) {
    // Into a window that was taken back the kernel sends again for ever, in the last round, too.
    witness_.on_settled();
    return Effect::some;
  }
  // Where the clock elapses a timeout is measured, and a busy machine makes it long.
  if ((rounds < settle_rounds_max || timer_pending()) && bare <= settle_packets_max) {
    facts_.cut_short = true;
    return Effect::some;
  }
  witness_.on_settled();
  end_micro_step();
  if (witness_.oracle().awaits_long_timer()) return Effect::some;
  stop(Outcome::unsettled, unsettled_message());
  return Effect::some;
}

// The oracle may think it possible that a connection was given up when the kernel is about to.
bool Runner::retransmission_pending() {
  bool pending = false;
  for (std::size_t host = 0; host < hosts_in_use_; ++host) {
    pending |= elapses(static_cast<HostIndex>(host)) && hosts_[host].port->retransmits();
  }
  return pending;
}

bool Runner::timer_pending() {
  bool pending = false;
  for (std::size_t host = 0; host < hosts_in_use_; ++host) {
    pending |= elapses(static_cast<HostIndex>(host)) && hosts_[host].port->awaits_timer();
  }
  return pending;
}

bool Runner::elapses(HostIndex host) const {
  return hosts_[host].port->traits().clock == PortClock::elapsing;
}

bool Runner::any_elapses() const {
  for (std::size_t host = 0; host < hosts_in_use_; ++host) {
    if (elapses(static_cast<HostIndex>(host))) return true;
  }
  return false;
}

std::uint32_t Runner::settle_rounds() const {
  if (!any_elapses()) return settle_rounds_max;
  // What one settle did not see the end of the next is not likely to.
  const std::uint32_t rounds =
      facts_.cut_short ? patience_.settle_rounds / 4 : patience_.settle_rounds;
  return std::clamp(rounds, 1u, settle_rounds_max);
}

std::string Runner::unsettled_message() const {
  std::string text =
      "after " + std::to_string(settle_rounds_max) + " rounds or " +
      std::to_string(settle_packets_max) +
      " packets without payload something is still in flight or owed; the oracle sees";
  for (std::size_t host = 0; host < hosts_in_use_; ++host) {
    text += "\n" + lines_[host].name + ": " +
            witness_.oracle().describe_host(static_cast<HostIndex>(host));
  }
  return text;
}

Effect Runner::act(const step::Expect& expect) {
  const auto matches = [&](const LeftPacket& left) {
    if (left.from != expect.from || left.to != expect.to) return false;
    if (expect.kind && packet_kind(left.packet) != *expect.kind) return false;
    const TcpSegment* segment = left.packet.tcp();
    const UdpDatagram* datagram = left.packet.udp();
    if (expect.flags) {
      if (segment == nullptr) return false;
      if ((segment->flags & ~tcp_psh) != (*expect.flags & ~tcp_psh)) return false;
    }
    if (expect.length) {
      const std::size_t length = segment != nullptr    ? segment->payload.size()
                                 : datagram != nullptr ? datagram->payload.size()
                                                       : 0;
      if (length != *expect.length) return false;
    }
    return true;
  };
  const bool found = std::any_of(recent_.begin(), recent_.end(), matches);
  if (found == expect.absent) {
    std::string seen;
    for (const LeftPacket& left : recent_) {
      if (left.from == expect.from && left.to == expect.to) seen += "\n  " + to_string(left.packet);
    }
    stop(Outcome::expectation_failed,
         std::string(expect.absent ? "such a packet left" : "no such packet left") +
             (seen.empty() ? "; nothing left there" : "; what left there:" + seen));
  }
  return Effect::some;
}

Effect Runner::act(const step::Reboot& reboot) {
  if (reboot.host >= hosts_in_use_) return Effect::none;
  HostConfig config = lines_[reboot.host].config;
  config.boot_count += ++hosts_[reboot.host].reboots;
  hosts_[reboot.host].port->reset(config);
  witness_.on_reboot(reboot.host);
  if (trace_ != nullptr) trace_event(TraceEvent::Kind::reboot, reboot.host);
  for (scenario::OpenSocket& socket : situation_.sockets) {
    if (socket.host == reboot.host) socket.phase = scenario::Phase::closed;
  }
  std::erase_if(shown_, [&](const Shown& shown) { return shown.host == reboot.host; });
  return Effect::some;
}

TraceEvent* Runner::trace_event(TraceEvent::Kind kind, HostIndex host) {
  TraceEvent& event = trace_->events.emplace_back();
  event.kind = kind;
  event.host = host;
  event.peer = TraceEvent::none_host;
  event.step = resolved_.label;
  event.ticks = host < hosts_in_use_ ? hosts_[host].ticks : 0;
  return &event;
}

}  // namespace lockstep::judge
