// Every byte that send took arrives, once and intact, and then the end of the stream, however the
// network treated the packets before it healed (RFC 9293 3.8; TCP's reason to be).
#include "properties/generators/harness.h"
#include "properties/generators/stream_exchange.h"

namespace lockstep::properties {
namespace {

Property everything_arrives_over(const PortMaker& make) {
  return [make](const Draws& draws) {
    scenario::ListChoices choices(draws);
    StreamExchange exchange(make, Hardness::must_survive, choices);
    while (!choices.used_up() && exchange.wrong().empty()) exchange.act();
    exchange.finish_on_healed_network();
    return Outcome{exchange.wrong(), exchange.tags()};
  };
}

int run() {
  Harness harness("max_success=1000");
  harness.holds(
      "all that was sent arrives once the network heals", everything_arrives_over(make_honest_port),
      {.draws_per_size = 6, .sometimes = {"drops", "duplicates", "reorders", "full buffers"}});
  for (const char* lie : {"recv_byte_skipped", "eof_too_early", "fin_never_sent", "synack_withheld",
                          "retransmission_differs"}) {
    harness.is_refuted(std::string("all that was sent arrives, with ") + lie,
                       everything_arrives_over(lying_port_maker(lie)), 200, 300);
  }
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
