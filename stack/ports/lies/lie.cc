#include "stack/ports/lies/lie.h"

#include <array>

#include "stack/ports/lies/api_lies.h"
#include "stack/ports/lies/wire_lies.h"

namespace lockstep {
namespace {

using Make = std::unique_ptr<Port> (*)(std::unique_ptr<Port>);

struct Entry {
  LieRow row;
  Make make;
};

constexpr auto entries = std::to_array<Entry>({
    {{"rst_swallowed", "No RST ever leaves."}, make_rst_swallowed},
    {{"fin_instead_of_rst", "A close with unread data sends a FIN where a RST is due."},
     make_fin_instead_of_rst},
    {{"recv_byte_flipped", "A bit of what recv returns is flipped."}, make_recv_byte_flipped},
    {{"recv_byte_repeated", "A byte of what recv returns comes twice."}, make_recv_byte_repeated},
    {{"recv_byte_skipped", "A byte is missing from what recv returns."}, make_recv_byte_skipped},
    {{"datagrams_swapped", "The second datagram of the queue is received before the first."},
     make_datagrams_swapped},
    {{"datagram_twice", "A datagram that arrived once is received twice."}, make_datagram_twice},
    {{"errno_replaced", "A call that should answer ENOTCONN answers EINVAL."}, make_errno_replaced},
    {{"eaddrinuse_hidden", "A bind that conflicts reports success."}, make_eaddrinuse_hidden},
    {{"ack_ahead", "An ACK acknowledges a byte more than arrived."}, make_ack_ahead},
    {{"retransmission_differs", "A retransmission carries other bytes than the first time."},
     make_retransmission_differs},
    {{"window_shrunk", "The right edge of the offered window moves back."}, make_window_shrunk},
    {{"data_past_window", "Data is sent past the peer's window."}, make_data_past_window},
    {{"synack_withheld", "A SYN is never answered."}, make_synack_withheld},
    {{"eof_too_early", "recv reports the end of a stream that has not ended."}, make_eof_too_early},
    {{"econnreset_twice", "ECONNRESET is reported by two receives."}, make_econnreset_twice},
    {{"dead_connection_speaks", "A segment leaves for a connection that was reset."},
     make_dead_connection_speaks},
    {{"wrong_source_address", "Packets leave with a source address that is not the host's."},
     make_wrong_source_address},
    {{"fin_never_sent", "No FIN ever leaves."}, make_fin_never_sent},
    {{"accept_out_of_order", "The second connection of the queue is accepted before the first."},
     make_accept_out_of_order},
});

constexpr auto rows = [] {
  std::array<LieRow, entries.size()> result{};
  for (std::size_t i = 0; i < entries.size(); ++i) result[i] = entries[i].row;
  return result;
}();

}  // namespace

std::span<const LieRow> lies() { return rows; }

std::unique_ptr<Port> make_lying_port(std::string_view name, std::unique_ptr<Port> honest) {
  for (const Entry& entry : entries) {
    if (entry.row.name == name) return entry.make(std::move(honest));
  }
  return nullptr;
}

}  // namespace lockstep
