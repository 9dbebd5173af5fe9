// Lies about what calls return.
#pragma once

#include <memory>

#include "stack/port/port.h"

namespace lockstep {

std::unique_ptr<Port> make_recv_byte_flipped(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_recv_byte_repeated(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_recv_byte_skipped(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_datagrams_swapped(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_datagram_twice(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_errno_replaced(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_eaddrinuse_hidden(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_eof_too_early(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_econnreset_twice(std::unique_ptr<Port> honest);
std::unique_ptr<Port> make_accept_out_of_order(std::unique_ptr<Port> honest);

}  // namespace lockstep
