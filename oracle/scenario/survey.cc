#include "oracle/scenario/survey.h"

#include "oracle/scenario/draw.h"

namespace lockstep::scenario {

Survey survey(const Situation& situation) {
  Survey at;
  for (const OpenSocket& socket : situation.sockets) {
    if (!is_open(socket)) continue;
    ++at.open;
    const bool idle = socket.phase == Phase::fresh || socket.phase == Phase::bound;
    if (socket.phase == Phase::fresh) ++at.fresh;
    if (is_datagram(socket)) ++at.datagrams;
    if (is_connecting_type(socket) && idle) ++at.idle_streams;
    if (socket.phase == Phase::listening) ++at.listeners;
    if (socket.phase == Phase::listening && socket.pending > 0) ++at.pending;
    if (socket.phase == Phase::connecting) ++at.connecting;
    if (socket.phase == Phase::connected) ++at.connected;
    if (socket.unread > 0 || socket.peer_finished) ++at.unread;
    if (is_tcp(socket) && socket.peer.port != 0) ++at.on_the_wire;
  }
  return at;
}

}  // namespace lockstep::scenario
