#include "stack/fabric/netstat.h"

namespace lockstep {
namespace {

std::string line_of(std::string_view host, const Socket& socket) {
  std::size_t incoming = 0;
  std::size_t outgoing = 0;
  std::string_view state;
  if (socket.is_stream()) {
    const bool listening = socket.is_listening();
    incoming = listening ? socket.accept_queue.size() : socket.tcb.received.size();
    outgoing = listening ? socket.backlog : socket.tcb.send_buffer.size();
    state = tcp_state_name(socket.tcb.state);
  } else {
    incoming = socket.datagrams.size();
    state = socket.peer_set ? "CONNECTED" : "UNCONNECTED";
  }
  std::string line(host);
  line += socket.is_stream() ? " tcp " : " udp ";
  line += std::to_string(incoming) + ' ' + std::to_string(outgoing) + ' ';
  line += to_string(socket.local) + ' ' + to_string(socket.peer) + ' ';
  line += state;
  line += '\n';
  return line;
}

}  // namespace

std::string netstat(std::string_view host, const Kernel& kernel) {
  std::string text;
  kernel.for_each_socket([&](const Socket& socket) { text += line_of(host, socket); });
  return text;
}

}  // namespace lockstep
