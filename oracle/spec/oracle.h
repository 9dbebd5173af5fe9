// Oracle: follows what is seen of a world's hosts and says whether it is allowed. It sees the two
// faces of each stack and nothing else: calls with their results, packets that leave and arrive,
// ticks. It predicts what is allowed, takes over what was chosen, and keeps what is still owed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "oracle/spec/dialect.h"
#include "oracle/spec/judgement.h"
#include "oracle/spec/payload.h"
#include "stack/api/digest.h"
#include "stack/api/host_config.h"
#include "stack/api/syscall.h"
#include "stack/port/port.h"
#include "stack/wire/packet.h"

namespace lockstep::oracle {

class Oracle {
 public:
  explicit Oracle(const Dialect& dialect);
  ~Oracle();

  // Starts a new world of hosts.size() hosts, all as new. Keeps coverage counts and capacity.
  // Requires: configs and traits have the same size, at most 8; both outlive the world.
  void start(std::span<const HostConfig* const> configs, std::span<const PortTraits* const> traits);

  // Observations, in the order in which they happened. `tag` names the bytes of send and sendto.
  void on_call(std::uint8_t host, const Syscall& call, const SyscallResult& result, PayloadTag tag);
  void on_left(std::uint8_t host, const Packet& packet);  // before any matching on_arrived
  // Well-formed, checksums right. `forged`: no host ever sent this packet.
  void on_arrived(std::uint8_t host, const Packet& packet, bool forged = false);
  // A packet arrived that the host must drop: its checksum is wrong.
  void on_dropped(std::uint8_t host);
  void on_tick(std::uint8_t host, std::uint32_t ticks);
  void on_reboot(std::uint8_t host);

  // The step is over and everything it caused was observed: checks what was owed within it.
  void on_step_end();
  // A settle is over: checks what was owed by then.
  void on_settled();
  // Nothing is owed that a settle must wait for.
  bool quiet() const;
  // A settle may end without quiet: an accepted forgery desynchronised a connection.
  bool may_stay_unsettled() const;
  // Nor need it, when what is owed waits for a timer that is longer than a settle.
  bool awaits_long_timer() const;

  const std::optional<Violation>& violation() const;
  // Why the oracle gave up on this scenario; empty when it did not.
  std::string_view inconclusive() const;
  const Judgement& judgement() const;
  Judgement& judgement();

  // Takes over the world of another oracle of the same dialect: all that decides what will be
  // allowed from now on, with violation() and inconclusive(). Coverage counts stay its own, and so
  // does storage: copying between worlds of like content allocates nothing after the first time.
  void copy_world(const Oracle& other);
  // Appends what decides what will be allowed from now on, and nothing else: equal words, equal
  // judgements of the same observations. Configurations and the dialect are not among it. The names
  // of sockets are; how many came and went before is not. Uses scratch: not to be called from two
  // threads at once.
  void digest(Digest& out) const;

  // For a person: every socket of the host as the oracle sees it, one a line.
  std::string describe_host(std::uint8_t host) const;

 private:
  struct World;
  std::unique_ptr<World> world_;
};

}  // namespace lockstep::oracle
