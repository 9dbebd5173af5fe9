#include "oracle/spec/oracle.h"

#include <algorithm>

#include "oracle/spec/host_model.h"
#include "stack/api/check.h"

namespace lockstep::oracle {
namespace {

constexpr std::size_t most_hosts = 8;

}  // namespace

struct Oracle::World {
  explicit World(const Dialect& d) : dialect(d) {
    std::vector<bool> excused;
    for (const RuleRow& row : rule_rows()) excused.push_back(!asks_for(d, row));
    if (std::ranges::find(excused, true) != excused.end()) judgement.excuse(std::move(excused));
  }

  const Dialect& dialect;
  Judgement judgement;
  std::vector<std::unique_ptr<HostModel>> hosts;  // Those past `count` are kept for their capacity.
  std::size_t count = 0;

  // After a violation, or once it gave up, the oracle's state means nothing.
  bool is_over() const { return judgement.violation() || !judgement.inconclusive().empty(); }
  std::span<const std::unique_ptr<HostModel>> running() const {
    return std::span(hosts).first(count);
  }
  void make_hosts(std::size_t number) {
    count = number;
    while (hosts.size() < count) hosts.push_back(std::make_unique<HostModel>(dialect, judgement));
  }
  // The host to tell, or nullptr when there is nothing to follow any more.
  HostModel* follow(std::uint8_t host) {
    LOCKSTEP_CHECK(host < count);
    if (is_over()) return nullptr;
    judgement.set_host(host);
    return hosts[host].get();
  }
};

Oracle::Oracle(const Dialect& dialect) : world_(std::make_unique<World>(dialect)) {}
Oracle::~Oracle() = default;

void Oracle::start(std::span<const HostConfig* const> configs,
                   std::span<const PortTraits* const> traits) {
  World& w = *world_;
  LOCKSTEP_CHECK(configs.size() == traits.size() && configs.size() <= most_hosts);
  w.judgement.restart();
  w.make_hosts(configs.size());
  for (std::size_t i = 0; i < w.count; ++i) w.hosts[i]->start(*configs[i], *traits[i]);
}

void Oracle::on_call(std::uint8_t host, const Syscall& call, const SyscallResult& result,
                     PayloadTag tag) {
  if (HostModel* model = world_->follow(host)) model->on_call(call, result, tag);
}

void Oracle::on_left(std::uint8_t host, const Packet& packet) {
  if (HostModel* model = world_->follow(host)) model->on_left(packet);
}

void Oracle::on_arrived(std::uint8_t host, const Packet& packet, bool forged) {
  if (HostModel* model = world_->follow(host)) model->on_arrived(packet, forged);
}

void Oracle::on_dropped(std::uint8_t host) {
  if (HostModel* model = world_->follow(host)) model->on_dropped();
}

void Oracle::on_tick(std::uint8_t host, std::uint32_t ticks) {
  if (HostModel* model = world_->follow(host)) {
    model->on_tick(ticks);
    for (const auto& other : world_->running()) {
      if (other.get() != model) other->on_tick_elsewhere(ticks);
    }
  }
}

void Oracle::on_reboot(std::uint8_t host) {
  if (HostModel* model = world_->follow(host)) model->on_reboot();
}

void Oracle::on_step_end() {
  for (std::size_t i = 0; i < world_->count; ++i) {
    if (!world_->hosts[i]->is_busy()) continue;
    if (HostModel* model = world_->follow(static_cast<std::uint8_t>(i))) model->on_step_end();
  }
}

void Oracle::on_settled() {
  for (std::size_t i = 0; i < world_->count; ++i) {
    if (HostModel* model = world_->follow(static_cast<std::uint8_t>(i))) model->on_settled();
  }
}

bool Oracle::quiet() const {
  return world_->is_over() ||
         std::ranges::all_of(world_->running(), [](const auto& host) { return host->quiet(); });
}

bool Oracle::may_stay_unsettled() const {
  return std::ranges::any_of(world_->running(),
                             [](const auto& host) { return host->desynchronised(); });
}

bool Oracle::awaits_long_timer() const {
  return std::ranges::any_of(world_->running(),
                             [](const auto& host) { return host->awaits_long_timer(); });
}

const std::optional<Violation>& Oracle::violation() const { return world_->judgement.violation(); }

std::string_view Oracle::inconclusive() const { return world_->judgement.inconclusive(); }

const Judgement& Oracle::judgement() const { return world_->judgement; }
Judgement& Oracle::judgement() { return world_->judgement; }

void Oracle::copy_world(const Oracle& other) {
  World& w = *world_;
  const World& from = *other.world_;
  LOCKSTEP_CHECK(&w.dialect == &from.dialect);
  if (&w == &from) return;
  w.judgement.copy_world(from.judgement);
  w.make_hosts(from.count);
  for (std::size_t i = 0; i < w.count; ++i) w.hosts[i]->copy_world(*from.hosts[i]);
}

void Oracle::digest(Digest& out) const {
  const auto& [dialect, judgement, hosts, count] = *world_;
  judgement.digest(out);
  if (world_->is_over()) return;
  out.add(count);
  for (std::size_t i = 0; i < count; ++i) hosts[i]->digest(out);
}

std::string Oracle::describe_host(std::uint8_t host) const {
  LOCKSTEP_CHECK(host < world_->count);
  return world_->hosts[host]->describe();
}

}  // namespace lockstep::oracle
