// The small closed sets of the socket api: domains, types, shutdown directions, message flags and
// poll bits, with Linux's numbers where the bits are visible (poll(2), send(2), recv(2)).
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace lockstep {

enum class Domain : std::uint8_t { inet, inet6, local };
enum class Type : std::uint8_t { stream, dgram, seqpacket };
// `invalid` stands for any value that is none of SHUT_RD, SHUT_WR, SHUT_RDWR.
enum class ShutdownHow : std::uint8_t { read, write, both, invalid };

// A descriptor number of one host. Negative and never-opened numbers are legal arguments (EBADF).
struct Fd {
  std::int32_t value = -1;

  friend constexpr auto operator<=>(const Fd&, const Fd&) = default;
};

// MSG_* bits, Linux values.
using MsgFlags = std::uint32_t;
inline constexpr MsgFlags msg_oob = 0x01;
inline constexpr MsgFlags msg_peek = 0x02;
inline constexpr MsgFlags msg_trunc = 0x20;
inline constexpr MsgFlags msg_dontwait = 0x40;
inline constexpr MsgFlags msg_waitall = 0x100;
inline constexpr MsgFlags msg_nosignal = 0x4000;

// POLL* bits, Linux values.
using PollEvents = std::uint16_t;
inline constexpr PollEvents poll_in = 0x001;
inline constexpr PollEvents poll_pri = 0x002;
inline constexpr PollEvents poll_out = 0x004;
inline constexpr PollEvents poll_err = 0x008;
inline constexpr PollEvents poll_hup = 0x010;
inline constexpr PollEvents poll_nval = 0x020;
inline constexpr PollEvents poll_rdhup = 0x2000;

// "IN|OUT", in the order IN PRI OUT ERR HUP NVAL RDHUP; "none" for no bits.
std::string poll_events_text(PollEvents events);
// "PEEK|TRUNC"; "" for no bits.
std::string msg_flags_text(MsgFlags flags);

}  // namespace lockstep
