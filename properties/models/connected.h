// The beginning that many models share: a client on host a and a server on host b, connected.
#pragma once

#include <string>

namespace lockstep::models {

// `a_settings` and `b_settings` as on a host line: "receive_buffer=4".
inline std::string connected_pair(const std::string& a_settings = "",
                                  const std::string& b_settings = "") {
  return "host a 10.0.0.1 " + a_settings + "\nhost b 10.0.0.2 " + b_settings + R"(
b: l = socket inet stream
b: bind l 10.0.0.2:80
b: listen l 4
a: c = socket inet stream
a: connect c 10.0.0.2:80
settle
b: s = accept l
b: close l
)";
}

}  // namespace lockstep::models
