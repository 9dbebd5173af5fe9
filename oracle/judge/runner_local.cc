// What calls on AF_UNIX sockets tell a chooser of steps: names, and who has something to take.
#include "oracle/judge/runner.h"

namespace lockstep::judge {

using scenario::OpenSocket;
using scenario::Phase;

// The result is a success. Whose queue a send went to is an estimate: whoever has the address, or
// all that are connected.
void Runner::follow_local(OpenSocket& socket, const Syscall& call, const SyscallResult& result) {
  const auto* path = std::get_if<UnixPath>(&call.address);
  const auto* seen = std::get_if<UnixPath>(&result.address);
  if (call.call == Call::getsockname && seen != nullptr) socket.path = *seen;
  if (call.call == Call::bind && path != nullptr && path->size > 0) socket.path = *path;
  const bool sends = call.call == Call::send || call.call == Call::sendto;
  if (!sends && call.call != Call::connect) return;
  for (OpenSocket& other : situation_.sockets) {
    if (other.domain != Domain::local || other.host != socket.host || other.type != socket.type) {
      continue;
    }
    const bool meant = path != nullptr && path->size > 0 && other.path == *path;
    if (call.call == Call::connect && meant && other.phase == Phase::listening) ++other.pending;
    if (!sends || &other == &socket) continue;
    const bool connected = path == nullptr && other.phase == Phase::connected;
    if (meant || connected) other.unread += static_cast<std::uint32_t>(result.value) + 1;
  }
}

}  // namespace lockstep::judge
