// poll(2), and the registrations that are told of changes.
#include <algorithm>

#include "stack/kernel/kernel.h"
#include "stack/tcp/urgent.h"
#include "stack/tcp/user_calls.h"

namespace lockstep {
namespace {

bool is_readable(const Socket& socket) {
  const Tcb& tcb = socket.tcb;
  if (tcb.received.empty()) return false;
  // The urgent byte where the stream stands is not one to read.
  const auto wanted = static_cast<std::uint64_t>(socket.options.receive_low_water) +
                      (stands_at_urgent(tcb) ? 1 : 0);
  // A window that has become this small will not bring the rest.
  return tcb.received.size() >= wanted || tcb.rcv_wnd() <= tcb.rcv_mss;
}

// An error that a call will answer, or one in the error queue.
bool has_error(const Socket& socket) {
  return socket.pending_error != Errno::ok || socket.error_queued;
}

}  // namespace

// In the order of Linux's tcp_poll.
PollEvents Kernel::poll_stream(const Socket& socket) const {
  const TcpState state = socket.tcb.state;
  if (state == TcpState::listen) return socket.accept_queue.empty() ? PollEvents{0} : poll_in;
  PollEvents events = 0;
  if ((socket.shut_read && socket.shut_write) || state == TcpState::closed) events |= poll_hup;
  if (socket.shut_read) events |= poll_in | poll_rdhup;
  if (state != TcpState::syn_sent && state != TcpState::syn_received) {
    if (is_readable(socket)) events |= poll_in;
    if (socket.shut_write || state == TcpState::closed || send_space(socket.tcb) > 0) {
      events |= poll_out;
    }
  }
  if (socket.tcb.urgent.state == UrgentByte::State::arrived) events |= poll_pri;
  if (has_error(socket)) events |= poll_err;
  return events;
}

PollEvents Kernel::poll_datagram(const Socket& socket) const {
  PollEvents events = poll_out;
  if (has_error(socket)) events |= poll_err;
  if (socket.shut_read) events |= poll_in | poll_rdhup;
  if (socket.shut_read && socket.shut_write) events |= poll_hup;
  if (!socket.datagrams.empty()) events |= poll_in;
  return events;
}

PollEvents Kernel::ready(const Socket& socket) const {
  if (socket.is_local()) return local_.ready(socket.local_id);
  return socket.is_stream() ? poll_stream(socket) : poll_datagram(socket);
}

PollEvents Kernel::poll(Fd fd, PollEvents events) const {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return poll_nval;
  const auto shown = static_cast<PollEvents>(events | poll_err | poll_hup);
  return static_cast<PollEvents>(ready(sockets_[slot]) & shown);
}

SyscallResult Kernel::watch(Fd fd, PollEvents mask, std::uint64_t token) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  Socket& socket = sockets_[slot];
  const auto all = static_cast<PollEvents>(mask | poll_err | poll_hup);
  const auto found = std::find_if(socket.wakers.begin(), socket.wakers.end(),
                                  [token](const Waker& waker) { return waker.token == token; });
  if (found == socket.wakers.end()) {
    socket.wakers.push_back({token, all, true});
  } else {
    forget_wakes(slot, token);  // It says what was so before; what is so now is asked anew.
    *found = Waker{token, all, true};
  }
  notify(slot);
  return SyscallResult::success();
}

SyscallResult Kernel::unwatch(Fd fd, std::uint64_t token) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  std::erase_if(sockets_[slot].wakers,
                [token](const Waker& waker) { return waker.token == token; });
  forget_wakes(slot, token);
  return SyscallResult::success();
}

// Of an armed registration nothing was ready before, so whatever is ready now is news. No need to
// know what changed: one cause may bring several bits, as a FIN that shuts the second direction
// brings HUP.
void Kernel::notify(Slot slot) {
  Socket& socket = sockets_[slot];
  if (socket.wakers.empty()) return;
  const PollEvents now = ready(socket);
  if (now == 0) return;
  for (Waker& waker : socket.wakers) {
    if (!waker.armed || (waker.mask & now) == 0) continue;
    waker.armed = false;
    wakes_.push_back({slot, {waker.token, static_cast<PollEvents>(waker.mask & now)}});
  }
}

void Kernel::forget_wakes(Slot slot, std::uint64_t token) {
  std::erase_if(wakes_,
                [&](const DueWake& due) { return due.slot == slot && due.wake.token == token; });
}

void Kernel::take_wakes(std::vector<Wake>& out) {
  for (const DueWake& due : wakes_) out.push_back(due.wake);
  wakes_.clear();
}

}  // namespace lockstep
