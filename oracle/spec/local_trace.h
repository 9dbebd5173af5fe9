// Verbs of AF_UNIX calls for hand-made traces. Sends are those of Trace: of stream 1000, one after
// the other, failed ones included, so that a receive names the offset at which its bytes were sent.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "oracle/spec/trace_fixture.h"

namespace lockstep::oracle {

inline void allow_local(Trace& t) {
  t.traits.features = {Feature::local_sockets, Feature::urgent_data, Feature::buffer_options,
                       Feature::dup,           Feature::queue_sizes, Feature::disconnect};
}

inline Syscall made_on(Call call, int fd) {
  Syscall made;
  made.call = call;
  made.fd = Fd{fd};
  return made;
}

inline void listens(Trace& t, int fd, std::int32_t backlog, Errno error = Errno::ok) {
  Syscall made = made_on(Call::listen, fd);
  made.backlog = backlog;
  t.observe(made, error == Errno::ok ? SyscallResult::success() : SyscallResult::failure(error));
}

inline void accepts(Trace& t, int fd, int child, std::string_view client = "unix:") {
  SyscallResult result = SyscallResult::success(child);
  result.address = *parse_socket_address(client);
  t.observe(made_on(Call::accept, fd), result);
}

inline void accept_fails(Trace& t, int fd, Errno error) {
  t.observe(made_on(Call::accept, fd), SyscallResult::failure(error));
}

// A receive into `room` bytes answers `value`; the bytes are those sent at `offset`.
struct Got {
  std::uint64_t offset = 0;
  std::int64_t value = 0;
  std::size_t room = 1000;
  MsgFlags flags = 0;
  bool truncated = false;
  std::string_view from;  // Not empty: of recvfrom.
};

inline void gets(Trace& t, int fd, const Got& got) {
  Syscall made = made_on(got.from.empty() ? Call::recv : Call::recvfrom, fd);
  made.flags = got.flags;
  std::vector<std::byte> buffer(got.room);
  const std::size_t copied = std::min(got.room, static_cast<std::size_t>(got.value));
  fill_payload({1000, got.offset}, std::span(buffer).first(copied));
  made.buffer = buffer;
  SyscallResult result = SyscallResult::success(got.value);
  result.truncated = got.truncated;
  if (!got.from.empty()) result.address = *parse_socket_address(got.from);
  t.observe(made, result);
}

inline void get_fails(Trace& t, int fd, Errno error, MsgFlags flags = 0) {
  t.receive_fails(fd, error, flags);
}

// Listens at unix:@l on 3; 4 is connected to 5, the accepted one.
inline void local_pair(Trace& t, Type type = Type::stream) {
  allow_local(t);
  t.socket(3, type, Domain::local);
  t.bind(3, "unix:@l");
  listens(t, 3, 1);
  t.socket(4, type, Domain::local);
  t.connect(4, "unix:@l");
  accepts(t, 3, 5);
}

// Datagram sockets 3 at unix:@a and 4 at unix:@b, and 5 without a name.
inline void local_dgrams(Trace& t) {
  allow_local(t);
  for (const int fd : {3, 4, 5}) t.socket(fd, Type::dgram, Domain::local);
  t.bind(3, "unix:@a");
  t.bind(4, "unix:@b");
}

inline void local_dgrams_tied(Trace& t) {
  local_dgrams(t);
  t.connect(3, "unix:@b");
  t.connect(4, "unix:@a");
}

}  // namespace lockstep::oracle
