// close with unread data resets the connection, and without finishes it; the peer reads what it has
// queued, then ECONNRESET exactly once, then the end (RFC 9293 3.6.1, tcp(7)).
#include <algorithm>
#include <cstdint>
#include <string>

#include "properties/generators/connected_pair.h"
#include "properties/generators/harness.h"
#include "properties/generators/socket_calls.h"

namespace lockstep::properties {
namespace {

// Both fit any buffer of the hosts, so that all that was sent has arrived once nothing is in
// flight.
constexpr std::uint32_t amount_max = 20000;
constexpr std::size_t closer = 0;
constexpr std::size_t peer = 1;

// A small number half of the time: what is left unread is often one byte, or none.
std::uint32_t draw_amount(scenario::Choices& choices, std::uint32_t most) {
  const std::uint32_t bound = choices.below(2) == 0 ? std::min(most, 3u) : most;
  return choices.between(0, bound);
}

struct Amounts {
  std::uint32_t to_closer = 0;  // Sent by the peer before the close ...
  std::uint32_t read = 0;       // ... and read of it by the closer.
  std::uint32_t to_peer = 0;    // Sent by the closer before the close ...
  std::uint32_t peer_read = 0;  // ... and read of it by the peer.

  bool unread() const { return read < to_closer; }
};

Amounts draw_amounts(scenario::Choices& choices) {
  Amounts amounts;
  amounts.to_closer = draw_amount(choices, amount_max);
  amounts.read =
      choices.below(3) == 0 ? amounts.to_closer : draw_amount(choices, amounts.to_closer);
  amounts.to_peer = draw_amount(choices, amount_max);
  amounts.peer_read = draw_amount(choices, amounts.to_peer);
  return amounts;
}

// What left the closer when it closed, and nothing else of that sort.
std::string check_farewell(const ConnectedPair& pair, bool unread) {
  std::size_t resets = 0;
  std::size_t ends = 0;
  for (const Packet& packet : pair.network().left(closer)) {
    const TcpSegment* segment = packet.tcp();
    if (segment == nullptr) continue;
    if (segment->has(tcp_rst)) ++resets;
    if (segment->has(tcp_fin)) ++ends;
  }
  if (resets == (unread ? 1u : 0u) && ends == (unread ? 0u : 1u)) return "";
  return std::string("closing with ") + (unread ? "unread data" : "all read") + " sent " +
         std::to_string(resets) + " RST and " + std::to_string(ends) + " FIN";
}

// What the peer's receives give from here on.
std::string check_peer(ConnectedPair& pair, const Amounts& amounts) {
  const std::string wrong = pair.receive_exactly(peer, amounts.to_peer - amounts.peer_read);
  if (!wrong.empty()) return wrong;
  const auto receive = [&pair] { return pair.receive(peer, 100); };
  if (amounts.unread()) {
    const SyscallResult reset = receive();
    if (reset.error != Errno::econnreset) return "the peer's receive does not report ECONNRESET";
  }
  for (int again = 0; again < 2; ++again) {
    const SyscallResult end = receive();
    if (!end.ok() || end.value != 0) return "the peer's receive does not give 0 at the end";
  }
  return "";
}

Outcome close_after(const PortMaker& make, scenario::Choices& choices) {
  const Amounts amounts = draw_amounts(choices);
  ConnectedPair pair(make);
  Outcome outcome{pair.wrong(), {amounts.unread() ? "unread" : "all read"}};
  if (!outcome.holds()) return outcome;
  const auto transfer = [&](std::size_t from, std::size_t to, std::uint32_t sent,
                            std::uint32_t read) {
    if (outcome.holds()) outcome.wrong = pair.send_exactly(from, sent);
    if (outcome.holds()) outcome.wrong = pair.receive_exactly(to, read);
  };
  transfer(peer, closer, amounts.to_closer, amounts.read);
  transfer(closer, peer, amounts.to_peer, amounts.peer_read);
  if (!outcome.holds()) return outcome;
  pair.network().forget_left();
  if (!pair.network().call(closer, calls::close(pair.fd(closer))).ok()) {
    outcome.wrong = "close failed";
    return outcome;
  }
  outcome.wrong = check_farewell(pair, amounts.unread());
  if (outcome.holds() && !pair.network().deliver_all()) outcome.wrong = "packets fly for ever";
  if (outcome.holds()) outcome.wrong = check_peer(pair, amounts);
  return outcome;
}

Property close_tells_the_peer_over(const PortMaker& make) {
  return [make](const Draws& draws) {
    scenario::ListChoices choices(draws);
    return close_after(make, choices);
  };
}

int run() {
  Harness harness("max_success=1000");
  harness.holds("close sends RST exactly when data is unread, and the peer learns it once",
                close_tells_the_peer_over(make_honest_port),
                {.draws_per_size = 0.2, .sometimes = {"unread", "all read"}});
  for (const char* lie :
       {"rst_swallowed", "fin_instead_of_rst", "econnreset_twice", "fin_never_sent"}) {
    harness.is_refuted(std::string("close tells the peer, with ") + lie,
                       close_tells_the_peer_over(lying_port_maker(lie)), 100, 16);
  }
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
