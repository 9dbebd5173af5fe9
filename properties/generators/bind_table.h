// When a second bind to the same port succeeds: docs/semantics.md 13-16 and 18-20 as a table, and
// everything that two binds can differ in. Sources: bind(2), socket(7), tcp(7), udp(7).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stack/api/socket_types.h"

namespace lockstep::properties {

// The addresses of the first and of the second bind; `a` and `b` are two of the host's own.
enum class AddressPair : std::uint8_t {
  equal,            // a, a
  distinct,         // a, b
  first_wildcard,   // 0.0.0.0, a
  second_wildcard,  // a, 0.0.0.0
  both_wildcard,    // 0.0.0.0, 0.0.0.0
};

// What holds the port when the second bind comes.
enum class Holder : std::uint8_t {
  bound,
  listening,
  child,  // An established connection that a listener accepted before it was closed.
};

struct BindCase {
  Type type = Type::stream;  // TCP or UDP.
  AddressPair addresses = AddressPair::equal;
  Holder holder = Holder::bound;
  bool first_reuseaddr = false;
  bool second_reuseaddr = false;
  bool first_reuseport = false;
  bool second_reuseport = false;
  bool late = false;  // The first socket's flags are set after its bind (TCP alone: 18).

  friend bool operator==(const BindCase&, const BindCase&) = default;
};

// One row's demand on a condition.
enum class When : std::uint8_t { any, no, yes };

// TCP       the sockets are TCP's, not UDP's
// OVERLAP   the addresses are equal or one of them is the wildcard
// ADDR      both sockets have SO_REUSEADDR
// PORT      both sockets have SO_REUSEPORT (of one user)
// LISTEN    the holder listens
struct BindRow {
  When tcp, overlap, addr, port, listen;
  bool succeeds;  // Else EADDRINUSE.
  std::string_view source;
};

inline constexpr auto bind_rows = std::to_array<BindRow>({
    //  TCP        OVERLAP    ADDR       PORT       LISTEN     succeeds
    {When::any, When::no, When::any, When::any, When::any, true, "13"},
    {When::no, When::yes, When::yes, When::any, When::any, true, "16"},
    {When::no, When::yes, When::no, When::yes, When::any, true, "16"},
    {When::no, When::yes, When::no, When::no, When::any, false, "13, 16"},
    {When::yes, When::yes, When::any, When::yes, When::any, true, "15"},
    {When::yes, When::yes, When::yes, When::no, When::no, true, "15, 20"},
    {When::yes, When::yes, When::yes, When::no, When::yes, false, "15, 19"},
    {When::yes, When::yes, When::no, When::no, When::any, false, "13, 15"},
});

bool row_matches(const BindRow& row, const BindCase& input);

// Whether the second bind succeeds. Requires: exactly one row matches.
bool second_bind_succeeds(const BindCase& input);

// Every case that there is, each once.
std::vector<BindCase> all_bind_cases();

std::string to_string(const BindCase& input);

}  // namespace lockstep::properties
