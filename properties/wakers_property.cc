// Registrations for readiness (Kernel::watch): over any calls and packets, one wake is due for each
// armed registration that becomes ready, none for any other, and registrations are part of a host's
// value.
#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "oracle/scenario/choices.h"
#include "properties/generators/harness.h"
#include "stack/kernel/kernel.h"
#include "stack/kernel/test_world.h"

namespace lockstep::properties {
namespace {

// What the check is told instead of the truth, to see that it would notice.
enum class Lie : std::uint8_t { none, lost, twice, stale };

struct Registration {
  std::uint32_t socket = 0;
  PollEvents mask = 0;
  std::uint64_t token = 0;
  bool armed = false;
  bool due = false;  // A wake is due; of an armed one never.
};

// One host, and what it ought to know of registrations.
class Watched {
 public:
  explicit Watched(Kernel& kernel, Lie lie) : kernel_(kernel), lie_(lie) {}

  Kernel& kernel() { return kernel_; }
  void adopt(Fd fd) { sockets_[fd.value] = next_socket_++; }
  void duplicate(Fd fd, Fd copy) { sockets_[copy.value] = sockets_.at(fd.value); }
  void close(Fd fd) {
    const std::uint32_t socket = sockets_.at(fd.value);
    sockets_.erase(fd.value);
    if (fd_of(socket).value >= 0) return;
    std::erase_if(registrations_, [=](const Registration& r) { return r.socket == socket; });
  }
  bool is_open(Fd fd) const { return sockets_.contains(fd.value); }

  void watch(Fd fd, PollEvents mask, std::uint64_t token) {
    kernel_.watch(fd, mask, token);
    Registration& r = find(sockets_.at(fd.value), token);
    r.mask = static_cast<PollEvents>(mask | poll_err | poll_hup);
    r.armed = true;
    r.due = false;
  }
  void unwatch(Fd fd, std::uint64_t token) {
    if (lie_ != Lie::stale) kernel_.unwatch(fd, token);
    const std::uint32_t socket = sockets_.at(fd.value);
    std::erase_if(registrations_,
                  [=](const Registration& r) { return r.socket == socket && r.token == token; });
  }
  void take() {
    std::vector<Wake> wakes;
    kernel_.take_wakes(wakes);
    for (Registration& r : registrations_) r.due = false;
  }

  // After one call, packet or tick. `compound`: it may have brought readiness that is over again.
  std::string check(bool compound) {
    std::map<std::uint64_t, std::size_t> wanted;
    for (Registration& r : registrations_) {
      if (r.armed && kernel_.poll(fd_of(r.socket), r.mask) != 0) {
        r.armed = false;
        r.due = true;
        ++woken_;
      }
      if (r.due) ++wanted[r.token];
    }
    Kernel copy = kernel_;
    std::vector<Wake> wakes;
    copy.take_wakes(wakes);
    if (lie_ == Lie::lost && !wakes.empty()) wakes.pop_back();
    if (lie_ == Lie::twice && !wakes.empty()) wakes.push_back(wakes.front());
    for (const Wake& wake : wakes) {
      if (wake.events == 0) return "a wake of " + std::to_string(wake.token) + " for nothing";
      std::size_t& left = wanted[wake.token];
      if (left == 0 && !(compound && was_ready_once(wake.token))) {
        return "a wake of " + std::to_string(wake.token) + " too many";
      }
      if (left > 0) --left;
    }
    for (const auto& [token, left] : wanted) {
      if (left > 0) return "a wake of " + std::to_string(token) + " is lost";
    }
    return "";
  }

  // Registrations and wakes count in comparisons.
  std::string check_value() const {
    const Kernel same = kernel_;
    if (!(same == kernel_) || same.stable_hash() != kernel_.stable_hash()) return "a copy differs";
    for (const Registration& r : registrations_) {
      Kernel other = kernel_;
      other.unwatch(fd_of(r.socket), r.token);
      if (other == kernel_ || other.stable_hash() == kernel_.stable_hash()) {
        return "a registration does not count";
      }
    }
    std::vector<Wake> wakes;
    Kernel other = kernel_;
    other.take_wakes(wakes);
    if ((other == kernel_) != wakes.empty()) return "wakes do not count";
    return "";
  }

  std::size_t woken() const { return woken_; }

 private:
  Fd fd_of(std::uint32_t socket) const {
    for (const auto& [fd, of] : sockets_) {
      if (of == socket) return Fd{fd};
    }
    return Fd{};
  }
  Registration& find(std::uint32_t socket, std::uint64_t token) {
    for (Registration& r : registrations_) {
      if (r.socket == socket && r.token == token) return r;
    }
    return registrations_.emplace_back(Registration{.socket = socket, .token = token});
  }
  bool was_ready_once(std::uint64_t token) {
    for (Registration& r : registrations_) {
      if (r.token != token || !r.armed) continue;
      r.armed = false;
      r.due = true;
      return true;
    }
    return false;
  }

  Kernel& kernel_;
  Lie lie_;
  std::map<std::int32_t, std::uint32_t> sockets_;
  std::vector<Registration> registrations_;
  std::uint32_t next_socket_ = 0;
  std::size_t woken_ = 0;
};

HostConfig narrow(std::string_view address) {
  HostConfig config = testing::host_at({address});
  config.send_buffer = config.receive_buffer = 3000;
  config.mtu = 1040;
  config.time_wait_ticks = config.fin_wait_2_ticks = 20;
  return config;
}

class Run {
 public:
  Run(scenario::Choices& choices, Lie lie)
      : in_(choices),
        world_(narrow("10.0.0.1"), narrow("10.0.0.2")),
        hosts_{Watched(world_.a, lie), Watched(world_.b, lie)} {
    hosts_[0].adopt(world_.client);
    hosts_[1].adopt(world_.listener);
    hosts_[1].adopt(world_.server);
    for (std::size_t i = 0; i < 2; ++i) {
      const Fd fd = testing::open(hosts_[i].kernel(), Type::dgram);
      hosts_[i].kernel().bind(fd, Endpoint{address(i), 53});
      hosts_[i].kernel().connect(fd, Endpoint{address(1 - i), 53});
      hosts_[i].adopt(fd);
      const auto pair = hosts_[i].kernel().socketpair(i == 0 ? Type::stream : Type::dgram);
      hosts_[i].adopt(pair->first);
      hosts_[i].adopt(pair->second);
    }
  }

  std::string step() {
    const std::size_t index = in_.below(2);
    Watched& host = hosts_[index];
    bool compound = false;
    switch (in_.below(8)) {
      case 0:
      case 1:
        registration(host);
        break;
      case 2:
      case 3:
        call(host);
        break;
      case 4:
      case 5:
        compound = true;  // Of a host that talks to itself, several packets arrive.
        collect(index);
        break;
      case 6:
        deliver(index);
        break;
      case 7:
        compound = true;
        host.kernel().tick(in_.below(8));
        break;
    }
    std::string wrong = host.check(compound);
    if (wrong.empty() && in_.below(8) == 0) wrong = host.check_value();
    if (in_.below(3) == 0) host.take();
    return wrong;
  }
  std::size_t woken() const { return hosts_[0].woken() + hosts_[1].woken(); }

 private:
  static IpAddress address(std::size_t host) {
    return IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(host + 1));
  }
  Fd any_fd() { return Fd{first_descriptor + static_cast<std::int32_t>(in_.below(8))}; }

  void registration(Watched& host) {
    static constexpr std::array<PollEvents, 8> masks{
        poll_in,    poll_out, poll_in | poll_out,   poll_pri,
        poll_rdhup, 0,        poll_in | poll_rdhup, poll_hup};
    const Fd fd = any_fd();
    if (!host.is_open(fd)) return;
    const std::uint64_t token = in_.below(3);
    if (in_.below(4) == 0) {
      host.unwatch(fd, token);
    } else {
      host.watch(fd, masks[in_.below(masks.size())], token);
    }
  }

  void call(Watched& host) {
    Kernel& kernel = host.kernel();
    const Fd fd = any_fd();
    std::vector<std::byte> bytes(in_.below(3) == 0 ? 4000 : in_.below(5));
    SocketAddress to =
        Endpoint{address(in_.below(2)), in_.below(2) == 0 ? std::uint16_t{80} : std::uint16_t{53}};
    if (in_.below(3) == 0) to = UnixPath::from("/name");
    switch (in_.below(12)) {
      case 0: {
        const SyscallResult made = kernel.open(in_.below(3) == 0 ? Domain::local : Domain::inet,
                                               in_.below(4) == 0 ? Type::dgram : Type::stream);
        if (made.ok()) host.adopt(Fd{static_cast<std::int32_t>(made.value)});
        break;
      }
      case 1:
        kernel.bind(fd, to);
        break;
      case 2:
        kernel.listen(fd, static_cast<std::int32_t>(in_.below(2)));
        break;
      case 3: {
        const SyscallResult made = kernel.accept(fd);
        if (made.ok()) host.adopt(Fd{static_cast<std::int32_t>(made.value)});
        break;
      }
      case 4:
        kernel.connect(fd, in_.below(8) == 0 ? SocketAddress(Unspecified{}) : to);
        break;
      case 5:
      case 6:
        kernel.send(fd, bytes, in_.below(4) == 0 ? msg_oob : 0);
        break;
      case 7:
        kernel.recv(fd, bytes, in_.below(4) == 0 ? msg_oob : 0);
        break;
      case 8:
        kernel.shutdown(fd, static_cast<ShutdownHow>(in_.below(3)));
        break;
      case 9:
        if (in_.below(3) == 0 && kernel.close(fd).ok()) host.close(fd);
        break;
      case 10: {
        const SyscallResult made = kernel.dup(fd);
        if (made.ok()) host.duplicate(fd, Fd{static_cast<std::int32_t>(made.value)});
        break;
      }
      case 11:
        change_option(kernel, fd);
        break;
    }
  }

  void change_option(Kernel& kernel, Fd fd) {
    static constexpr std::array<OptionName, 7> names{
        OptionName::so_rcvlowat,  OptionName::so_sndbuf, OptionName::so_rcvbuf,
        OptionName::so_oobinline, OptionName::so_linger, OptionName::tcp_cork,
        OptionName::so_keepalive};
    const auto value = static_cast<std::int32_t>(in_.below(2) == 0 ? in_.below(3) : 6000);
    kernel.set_option(fd, names[in_.below(names.size())], {value, 0});
  }

  void collect(std::size_t index) {
    std::vector<WireEvent> events;
    hosts_[index].kernel().egress(events);
    for (WireEvent& event : events) {
      if (event.kind == WireEvent::Kind::left) wire_[1 - index].push_back(std::move(event.packet));
    }
  }

  // One packet, mostly the first that waits, now and then lost or changed into a reset.
  void deliver(std::size_t index) {
    auto& waiting = wire_[index];
    if (waiting.empty()) return;
    Packet packet = std::move(waiting.front());
    waiting.erase(waiting.begin());
    const std::uint32_t fate = in_.below(20);
    if (fate == 1) return;
    if (TcpSegment* segment = packet.tcp(); fate == 2 && segment != nullptr) {
      segment->flags = tcp_rst | tcp_ack;
      segment->payload = Slice();
    }
    hosts_[index].kernel().deliver(packet);
  }

  scenario::Choices& in_;
  testing::Connected world_;
  std::array<Watched, 2> hosts_;
  std::array<std::vector<Packet>, 2> wire_;
};

Property wakes_are_exact(Lie lie) {
  return [lie](const Draws& draws) {
    scenario::ListChoices choices(draws);
    Run run(choices, lie);
    Outcome outcome;
    for (std::size_t step = 0; step < draws.size() / 4 + 1 && outcome.holds(); ++step) {
      outcome.wrong = run.step();
      if (!outcome.holds()) outcome.wrong += " after step " + std::to_string(step);
    }
    outcome.tags.insert(run.woken() == 0 ? "none woken" : run.woken() < 5 ? "some" : "many");
    return outcome;
  };
}

int run() {
  Harness harness("max_success=1500");
  harness.holds("one wake is due for each armed registration that becomes ready, and no other",
                wakes_are_exact(Lie::none), {.draws_per_size = 12, .sometimes = {"some", "many"}});
  for (const auto& [name, lie] :
       {std::pair{"lost", Lie::lost}, {"told twice", Lie::twice}, {"stale", Lie::stale}}) {
    harness.is_refuted(std::string("wakes are exact, with one ") + name, wakes_are_exact(lie), 50,
                       800);
  }
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
