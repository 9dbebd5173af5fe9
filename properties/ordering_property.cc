// At every moment, what was received is a prefix of what was sent: no byte is lost in between,
// repeated, misplaced, or from elsewhere (RFC 9293 3.8), even on connections that break.
#include "properties/generators/harness.h"
#include "properties/generators/stream_exchange.h"

namespace lockstep::properties {
namespace {

Property received_is_a_prefix_over(const PortMaker& make) {
  return [make](const Draws& draws) {
    scenario::ListChoices choices(draws);
    StreamExchange exchange(make, Hardness::may_break, choices);
    while (!choices.used_up() && exchange.wrong().empty()) exchange.act();
    Outcome outcome{exchange.wrong(), exchange.tags()};
    if (exchange.received() > 0) outcome.tags.insert("receives");
    return outcome;
  };
}

int run() {
  Harness harness("max_success=1500");
  harness.holds(
      "what was received is a prefix of what was sent", received_is_a_prefix_over(make_honest_port),
      {.draws_per_size = 6,
       .sometimes = {"drops", "duplicates", "reorders", "replays", "closes", "receives"}});
  for (const char* lie : {"recv_byte_flipped", "recv_byte_repeated", "recv_byte_skipped"}) {
    harness.is_refuted(std::string("what was received is a prefix of what was sent, with ") + lie,
                       received_is_a_prefix_over(lying_port_maker(lie)), 200, 300);
  }
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
