#include "stack/port/port.h"

namespace lockstep {

std::string_view feature_name(Feature feature) {
  switch (feature) {
    case Feature::ipv6:
      return "ipv6";
    case Feature::local_sockets:
      return "local_sockets";
    case Feature::dual_stack:
      return "dual_stack";
    case Feature::urgent_data:
      return "urgent_data";
    case Feature::linger:
      return "linger";
    case Feature::buffer_options:
      return "buffer_options";
    case Feature::tcp_options:
      return "tcp_options";
    case Feature::ip_options:
      return "ip_options";
    case Feature::dup:
      return "dup";
    case Feature::queue_sizes:
      return "queue_sizes";
    case Feature::disconnect:
      return "disconnect";
    case Feature::icmp:
      return "icmp";
    case Feature::window_scale:
      return "window_scale";
    case Feature::multicast:
      return "multicast";
    case Feature::loopback_shown:
      return "loopback_shown";
    case Feature::reboot:
      return "reboot";
  }
  return "?";
}

}  // namespace lockstep
