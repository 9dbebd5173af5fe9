// For tests: a host with AF_UNIX sockets, and short names for their calls.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/kernel/test_world.h"

namespace lockstep::testing {

struct Local : ::testing::Test {
  Kernel host;

  ~Local() override { host.check_invariants(); }

  Fd open(Type type, std::string_view name = "") {
    const Fd fd = testing::open(host, type, Domain::local);
    if (!name.empty()) {
      EXPECT_EQ(bind(fd, name), "OK");
    }
    return fd;
  }
  Fd listener(Type type, std::string_view name, std::int32_t backlog = 4) {
    const Fd fd = open(type, name);
    EXPECT_EQ(name_of(host.listen(fd, backlog)), "OK");
    return fd;
  }
  std::pair<Fd, Fd> pair(Type type) { return host.socketpair(type).value(); }
  Fd accept(Fd fd) { return Fd{static_cast<std::int32_t>(host.accept(fd).value)}; }
  std::string bind(Fd fd, std::string_view name) { return name_of(host.bind(fd, at(name))); }
  std::string connect(Fd fd, std::string_view name) { return name_of(host.connect(fd, at(name))); }
  std::string sendto(Fd fd, std::string_view text, std::string_view to) {
    const SyscallResult result = host.sendto(fd, bytes_of(text), 0, at(to));
    return result.ok() ? std::to_string(result.value) : name_of(result);
  }
  std::string source(Fd fd) {
    std::vector<std::byte> buffer(100);
    return to_string(host.recvfrom(fd, buffer).address);
  }
  std::string name(Fd fd) { return to_string(host.local_address(fd).address); }
  std::string peer(Fd fd) {
    const SyscallResult result = host.peer_address(fd);
    return result.ok() ? to_string(result.address) : name_of(result);
  }
  std::string poll(Fd fd) {
    return poll_events_text(host.poll(fd, poll_in | poll_pri | poll_out | poll_rdhup));
  }
  std::string error(Fd fd) {
    const std::int32_t value = host.get_option(fd, OptionName::so_error).option_value.value;
    return std::string(errno_name(static_cast<Errno>(value)));
  }
  std::vector<Wake> wakes() {
    std::vector<Wake> wakes;
    host.take_wakes(wakes);
    return wakes;
  }
};

}  // namespace lockstep::testing
