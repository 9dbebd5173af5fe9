// For tests: two hosts, of which b may listen and a connect.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "stack/kernel/test_world.h"

namespace lockstep::testing {

struct TwoHosts : ::testing::Test {
  Kernel a{host_at({"10.0.0.1", "fd00::1"})};
  Kernel b{host_at({"10.0.0.2", "fd00::2"})};
  Fd client = open(a, Type::stream);
  Fd listener = open(b, Type::stream);
  SocketAddress server_address = at("10.0.0.2:80");

  void listen(int backlog = 8) {
    b.bind(listener, server_address);
    b.listen(listener, backlog);
  }
  std::string connect(Fd fd) { return name_of(a.connect(fd, server_address)); }
  std::int64_t error_of(Kernel& host, Fd fd) {
    return host.get_option(fd, OptionName::so_error).option_value.value;
  }
  void settle() { exchange({&a, &b}); }
};

}  // namespace lockstep::testing
