#include "stack/fabric/transfer.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "stack/fabric/conditions.h"

namespace lockstep {
namespace {

constexpr std::uint16_t port = 80;
constexpr std::size_t read_size = 64 * 1024;

// A stream's bytes: a random table over and over. Its period, a prime, is longer than any window,
// so that a byte in another's place shows.
class Pattern {
 public:
  static constexpr std::size_t period = 1'048'573;

  // Of a stream of `bytes`: no more of the table than it reaches.
  Pattern(Random random, std::uint64_t bytes)
      : table_(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, period)) + read_size) {
    for (std::byte& byte : table_) byte = static_cast<std::byte>(random.next());
    if (bytes > period) std::copy_n(table_.begin(), read_size, table_.begin() + period);
  }
  // Bytes from `offset` on. Requires: count <= read_size.
  std::span<const std::byte> at(std::uint64_t offset, std::size_t count) const {
    return std::span(table_).subspan(offset % period, count);
  }

 private:
  std::vector<std::byte> table_;
};

// One end of the connection, as the application sees it.
struct End {
  Kernel* host = nullptr;
  Fd fd;
  const Pattern* outgoing = nullptr;
  const Pattern* incoming = nullptr;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  bool shut = false;
  bool at_end = false;
  bool closed = false;
};

class Transfer {
 public:
  explicit Transfer(const TransferPlan& plan)
      : plan_(plan),
        fabric_({.seed = plan.seed}),
        patterns_{Pattern(Random(plan.seed).fork(1), plan.bytes),
                  Pattern(Random(plan.seed).fork(2), plan.bytes)},
        buffer_(read_size) {}

  TransferResult run();

 private:
  bool failed() const { return !result_.failure.empty(); }
  void fail(std::string_view what, const End* end = nullptr, Errno error = Errno::ok);
  void connect();
  void accept_when_possible();
  void work(End& end);
  void write(End& end);
  void read(End& end);
  bool nothing_left() const;
  void step();

  const TransferPlan& plan_;
  Fabric fabric_;
  Pattern patterns_[2];
  std::vector<std::byte> buffer_;
  Fd listener_;
  End ends_[2];  // The one that connects, the one that accepts.
  TransferResult result_;
};

void Transfer::fail(std::string_view what, const End* end, Errno error) {
  if (failed()) return;
  result_.failure = what;
  if (end != nullptr) {
    result_.failure += end == &ends_[0] ? ", client" : ", server";
    result_.failure += " after " + std::to_string(end->sent) + " bytes sent and " +
                       std::to_string(end->received) + " received";
  }
  if (error != Errno::ok) (result_.failure += ": ") += errno_name(error);
}

void Transfer::connect() {
  const Domain domain = plan_.family == IpFamily::v4 ? Domain::inet : Domain::inet6;
  Kernel& client = fabric_.add_host("client", plan_.host, {plan_.family});
  Kernel& server = fabric_.add_host("server", plan_.host, {plan_.family});
  ends_[0] = {.host = &client, .outgoing = &patterns_[0], .incoming = &patterns_[1]};
  ends_[1] = {.host = &server, .outgoing = &patterns_[1], .incoming = &patterns_[0]};
  const Endpoint address{server.config().addresses.front(), port};
  listener_ = Fd{static_cast<std::int32_t>(server.open(domain, Type::stream).value)};
  ends_[0].fd = Fd{static_cast<std::int32_t>(client.open(domain, Type::stream).value)};
  ends_[1].fd = Fd{-1};
  server.bind(listener_, address);
  server.listen(listener_, 1);
  const SyscallResult connecting = client.connect(ends_[0].fd, address);
  if (connecting.error != Errno::einprogress) fail("connect", &ends_[0], connecting.error);
}

void Transfer::accept_when_possible() {
  if (ends_[1].fd.value >= 0) return;
  const SyscallResult accepted = ends_[1].host->accept(listener_);
  if (!accepted.ok()) return;
  ends_[1].fd = Fd{static_cast<std::int32_t>(accepted.value)};
  ends_[1].host->close(listener_);
}

void Transfer::work(End& end) {
  if (end.closed || end.fd.value < 0) return;
  read(end);
  write(end);
  if (end.at_end && end.shut && !end.closed) {
    end.host->close(end.fd);
    end.closed = true;
  }
}

void Transfer::write(End& end) {
  while (end.sent < plan_.bytes) {
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(read_size, plan_.bytes - end.sent));
    const SyscallResult wrote = end.host->send(end.fd, end.outgoing->at(end.sent, count));
    if (wrote.error == Errno::eagain) return;
    if (!wrote.ok()) return fail("send", &end, wrote.error);
    end.sent += static_cast<std::uint64_t>(wrote.value);
  }
  if (end.shut) return;
  // Before the handshake is over it would be refused.
  const SyscallResult shut = end.host->shutdown(end.fd, ShutdownHow::write);
  if (!shut.ok()) return fail("shutdown", &end, shut.error);
  end.shut = true;
}

void Transfer::read(End& end) {
  while (!end.at_end) {
    const SyscallResult got = end.host->recv(end.fd, buffer_);
    if (got.error == Errno::eagain) return;
    if (!got.ok()) return fail("recv", &end, got.error);
    const auto count = static_cast<std::size_t>(got.value);
    if (count == 0) {
      end.at_end = true;
      if (end.received != plan_.bytes) fail("the stream ended too soon", &end);
      return;
    }
    if (end.received + count > plan_.bytes) return fail("more came than was sent", &end);
    const auto expected = end.incoming->at(end.received, count);
    if (std::memcmp(expected.data(), buffer_.data(), count) != 0) {
      return fail("what came is not what was sent", &end);
    }
    end.received += count;
  }
}

bool Transfer::nothing_left() const {
  if (!ends_[0].closed || !ends_[1].closed) return false;
  bool none = true;
  for (const End& end : ends_) end.host->for_each_socket([&](const Socket&) { none = false; });
  return none;
}

void Transfer::step() {
  accept_when_possible();
  for (End& end : ends_) work(end);
  if (fabric_.egress_all() == 0) fabric_.tick(1);
}

TransferResult Transfer::run() {
  using namespace conditions;
  // A network that loses nothing has no rules, and so costs none.
  std::vector<RuleGuard> guards;
  const auto install = [&](Chance chance, Rule rule) {
    if (chance > Chance{0}) guards.push_back(fabric_.install(std::move(rule)));
  };
  install(plan_.loss, loss(plan_.loss));
  install(plan_.duplication, duplication(plan_.duplication, 1));
  install(plan_.reordering, reordering(plan_.reordering, {.packets_max = 8, .ticks_max = 1}));
  install(plan_.corruption, corruption(plan_.corruption, plan_.corrupted_bits));
  connect();
  while (!failed() && !nothing_left()) {
    if (fabric_.now_ticks() > plan_.ticks_max) fail("it never ended\n" + fabric_.netstat());
    step();
  }
  for (std::size_t i = 0; i < 2; ++i) {
    if (!failed() && ends_[i].received != plan_.bytes) fail("bytes are missing", &ends_[i]);
    result_.received[i] = ends_[i].received;
  }
  result_.ticks = fabric_.now_ticks();
  result_.packets = fabric_.counts();
  result_.held = fabric_.held_count();
  return result_;
}

}  // namespace

HostConfig patient_host() {
  HostConfig config;
  config.retransmit_max = 40;
  return config;
}

TransferPlan random_plan(std::uint64_t seed, std::uint64_t bytes) {
  Random random = Random(seed).fork(3);
  const auto at_most = [&random](std::uint32_t percent) {
    return random.below(4) == 0 ? Chance{0} : Chance::percent(random.up_to(percent));
  };
  TransferPlan plan{.bytes = bytes, .seed = seed, .host = patient_host()};
  plan.loss = at_most(30);
  plan.duplication = at_most(50);
  plan.reordering = at_most(80);
  plan.corruption = at_most(10);
  plan.family = random.below(2) == 0 ? IpFamily::v4 : IpFamily::v6;
  // The least that IPv6 asks of a link, and jumbo frames (RFC 8200 5).
  plan.host.mtu = 1280 + random.up_to(9000 - 1280);
  plan.host.send_buffer = 2048u << random.below(8);
  plan.host.receive_buffer = 2048u << random.below(8);
  plan.host.retransmit_threshold_ticks = 1 + random.below(4);
  plan.host.time_wait_ticks = 1 + random.below(1000);
  // So that sequence numbers wrap at any place of the stream.
  plan.host.initial_sequence = 0u - random.up_to(static_cast<std::uint32_t>(bytes % 0x40000000));
  return plan;
}

TransferResult transfer(const TransferPlan& plan) { return Transfer(plan).run(); }

}  // namespace lockstep
