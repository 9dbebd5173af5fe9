// Draws of AF_UNIX addresses.
#include <string>

#include "oracle/scenario/draw.h"

namespace lockstep::scenario {
namespace {

using namespace std::string_view_literals;

// Few, so that sockets meet: paths, abstract names, one path in two forms.
constexpr std::array usual_paths{"/tmp/x"sv, "/tmp/y"sv, "\0x"sv, "\0y"sv, "/z"sv, "z"sv};

constexpr std::array odd_paths{"/tmp"sv,     "/"sv,         "/nowhere/x"sv,  "/tmp/x/y"sv,
                               "/tmp/x/"sv,  "/tmp/../z"sv, "/tmp/nobody"sv, "\0"sv,
                               "\0nobody"sv, "\0x\0y"sv,    "tmp/x"sv,       "/tmp/./y"sv};

UnixPath draw_path(Choices& choices) {
  switch (choices.below(16)) {
    case 13:
    case 14:
      return UnixPath::from(choices.of(odd_paths));
    case 15: {
      // As long as a name can be: abstract, or a path.
      std::string longest(UnixPath::max_size, 'l');
      longest.front() = choices.one_in(2) ? '\0' : '/';
      return UnixPath::from(longest);
    }
    default:
      return UnixPath::from(choices.of(usual_paths));
  }
}

}  // namespace

SocketAddress draw_unix_local(Choices& choices, const Situation& situation,
                              const OpenSocket& socket) {
  switch (choices.below(24)) {
    case 20:
    case 21:
    case 22:
      return UnixPath();  // Binds to a name of the kernel's choice.
    case 23:
      return Endpoint{address_of(situation.hosts[socket.host], IpFamily::v4), 8000};
    default:
      return draw_path(choices);
  }
}

SocketAddress draw_unix_remote(Choices& choices, const Situation& situation,
                               const OpenSocket& socket) {
  if (choices.one_in(32)) return UnixPath();
  if (choices.one_in(32)) {
    return Endpoint{address_of(situation.hosts[socket.host], IpFamily::v4), 8000};
  }
  const bool any_type = choices.one_in(10);
  const OpenSocket* target = draw_socket(choices, situation, [&](const OpenSocket& other) {
    if (!is_local(other) || other.host != socket.host || other.path.size == 0) return false;
    if (any_type) return true;
    return other.type == socket.type &&
           (is_datagram(other) ? is_open(other) : other.phase == Phase::listening);
  });
  if (target != nullptr && !choices.one_in(10)) return target->path;
  return draw_path(choices);
}

}  // namespace lockstep::scenario
