// Lies about what leaves a host.
#pragma once

#include <memory>

#include "stack/port/port.h"

namespace lockstep {

std::unique_ptr<Port> make_rst_swallowed(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_fin_instead_of_rst(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_ack_ahead(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_retransmission_differs(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_window_shrunk(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_data_past_window(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_synack_withheld(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_dead_connection_speaks(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_wrong_source_address(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_fin_never_sent(std::unique_ptr<Port> honest);

}  // namespace lockstep
