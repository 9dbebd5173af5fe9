// setsockopt and getsockopt (socket(7), tcp(7), ip(7), ipv6(7)).
#include <algorithm>

#include "stack/kernel/kernel.h"
#include "stack/kernel/tcp_settings.h"
#include "stack/tcp/user_calls.h"

namespace lockstep {
namespace {

constexpr std::int32_t buffer_option_max = 212992;  // net.core.rmem_max, wmem_max.
constexpr std::int32_t receive_buffer_min = 2304;   // SOCK_MIN_RCVBUF as seen by getsockopt.
constexpr std::int32_t send_buffer_min = 4608;
constexpr std::int32_t linger2_seconds_max = 120;  // TCP_FIN_TIMEOUT_MAX.

enum class Level : std::uint8_t { socket, tcp, ip, ipv6, none };

Level level_of(OptionName option) {
  switch (option) {
    case OptionName::so_reuseaddr:
    case OptionName::so_reuseport:
    case OptionName::so_broadcast:
    case OptionName::so_keepalive:
    case OptionName::so_linger:
    case OptionName::so_error:
    case OptionName::so_type:
    case OptionName::so_acceptconn:
    case OptionName::so_rcvbuf:
    case OptionName::so_sndbuf:
    case OptionName::so_rcvlowat:
    case OptionName::so_oobinline:
    case OptionName::unknown_option:
      return Level::socket;
    case OptionName::tcp_nodelay:
    case OptionName::tcp_cork:
    case OptionName::tcp_maxseg:
    case OptionName::tcp_keepidle:
    case OptionName::tcp_keepintvl:
    case OptionName::tcp_keepcnt:
    case OptionName::tcp_user_timeout:
    case OptionName::tcp_linger2:
      return Level::tcp;
    case OptionName::ip_ttl:
    case OptionName::ip_mtu_discover:
    case OptionName::ip_recverr:
      return Level::ip;
    case OptionName::ipv6_v6only:
    case OptionName::ipv6_unicast_hops:
      return Level::ipv6;
    case OptionName::unknown_level:
      return Level::none;
  }
  return Level::none;
}

bool understands(const Socket& socket, Level level) {
  if (socket.is_local()) return level == Level::socket;
  switch (level) {
    case Level::socket:
    case Level::ip:
      return true;
    case Level::tcp:
      return socket.is_stream();
    case Level::ipv6:
      return socket.domain == Domain::inet6;
    case Level::none:
      return false;
  }
  return false;
}

// A negative size counts as a huge one, as in the kernel's unsigned comparison.
std::int32_t buffer_size(std::int32_t value, std::int32_t least) {
  const auto size =
      std::min(static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(buffer_option_max));
  return std::max(static_cast<std::int32_t>(size) * 2, least);
}

Errno assign(std::int32_t& field, std::int32_t value, std::int32_t least, std::int32_t most) {
  if (value < least || value > most) return Errno::einval;
  field = value;
  return Errno::ok;
}

Errno assign(bool& field, std::int32_t value) {
  field = value != 0;
  return Errno::ok;
}

Errno set_socket_level(Socket& socket, OptionName name, OptionValue value) {
  SocketOptions& options = socket.options;
  switch (name) {
    case OptionName::so_reuseaddr:
      return assign(options.reuse_address, value.value);
    case OptionName::so_reuseport:
      return assign(options.reuse_port, value.value);
    case OptionName::so_broadcast:
      return assign(options.broadcast, value.value);
    case OptionName::so_keepalive:
      return assign(options.keepalive, value.value);
    case OptionName::so_oobinline:
      return assign(options.out_of_band_inline, value.value);
    case OptionName::so_linger:
      options.linger.value = value.value != 0 ? 1 : 0;
      if (value.value != 0) options.linger.seconds = value.seconds;
      return Errno::ok;
    case OptionName::so_rcvbuf:
      options.receive_buffer = buffer_size(value.value, receive_buffer_min);
      return Errno::ok;
    case OptionName::so_sndbuf:
      options.send_buffer = buffer_size(value.value, send_buffer_min);
      return Errno::ok;
    case OptionName::so_rcvlowat: {
      // TCP asks for no more than the buffer can hold, or POLLIN would never come
      // (tcp_set_rcvlowat).
      const bool tcp = socket.is_stream() && !socket.is_local();
      const std::int32_t most = tcp ? options.receive_buffer / 2 : 0x7fffffff;
      const std::int32_t wanted = value.value < 0 ? most : std::min(value.value, most);
      options.receive_low_water = std::max(wanted, 1);
      return Errno::ok;
    }
    default:
      return Errno::enoprotoopt;
  }
}

Errno set_protocol_level(Socket& socket, OptionName name, std::int32_t value) {
  SocketOptions& options = socket.options;
  switch (name) {
    case OptionName::tcp_nodelay:
      return assign(options.no_delay, value);
    case OptionName::tcp_cork:
      return assign(options.cork, value);
    case OptionName::tcp_maxseg:
      return value == 0 ? assign(options.max_segment, 0, 0, 0)
                        : assign(options.max_segment, value, 88, 32767);
    case OptionName::tcp_keepidle:
      return assign(options.keepalive_idle_seconds, value, 1, 32767);
    case OptionName::tcp_keepintvl:
      return assign(options.keepalive_interval_seconds, value, 1, 32767);
    case OptionName::tcp_keepcnt:
      return assign(options.keepalive_count, value, 1, 127);
    case OptionName::tcp_user_timeout:
      return assign(options.user_timeout_ms, value, 0, 0x7fffffff);
    case OptionName::tcp_linger2:
      options.linger2_seconds = std::clamp(value, -1, linger2_seconds_max);
      return Errno::ok;
    case OptionName::ip_ttl:
      return value == -1 ? assign(options.ttl, 64, 64, 64) : assign(options.ttl, value, 1, 255);
    case OptionName::ip_mtu_discover:
      return assign(options.mtu_discover, value, 0, 5);
    case OptionName::ip_recverr:
      if (value == 0) socket.error_queued = false;
      return assign(options.receive_errors, value);
    case OptionName::ipv6_unicast_hops:
      return value == -1 ? assign(options.unicast_hops, 64, 64, 64)
                         : assign(options.unicast_hops, value, 0, 255);
    case OptionName::ipv6_v6only:
      return socket.has_port() ? Errno::einval : assign(options.v6_only, value);
    default:
      return Errno::enoprotoopt;
  }
}

// SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET (socket(2)).
std::int32_t type_number(Type type) {
  switch (type) {
    case Type::stream:
      return 1;
    case Type::dgram:
      return 2;
    case Type::seqpacket:
      return 5;
  }
  return 0;
}

// TCP_MAXSEG: what a connection sends; without one what was asked for, else what the last one sent
// (Linux, mss_cache).
std::int32_t segment_size(const Socket& socket) {
  const TcpState state = socket.tcb.state;
  if (is_synchronized(state)) return socket.tcb.snd_mss;
  const bool idle = state == TcpState::closed || state == TcpState::listen;
  const bool asked = idle && socket.options.max_segment != 0;
  return asked ? socket.options.max_segment : socket.last_segment_size;
}

// Which error names a level that the socket does not have.
Errno foreign_level(const Socket& socket) {
  return socket.domain == Domain::inet6 ? Errno::enoprotoopt : Errno::eopnotsupp;
}

}  // namespace

SyscallResult Kernel::set_option(Fd fd, OptionName option, OptionValue value) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  Socket& socket = sockets_[slot];
  const Level level = level_of(option);
  if (socket.is_local()) {
    // The other levels are not its own, and names are shared by nobody.
    const bool shares = option == OptionName::so_reuseport && value.value != 0;
    if (level != Level::socket || shares) return SyscallResult::failure(Errno::eopnotsupp);
  }
  if (!understands(socket, level)) return SyscallResult::failure(Errno::enoprotoopt);
  const Errno error = level == Level::socket ? set_socket_level(socket, option, value)
                                             : set_protocol_level(socket, option, value.value);
  if (error != Errno::ok) return SyscallResult::failure(error);
  if (socket.is_local()) {
    local_.configure(socket.local_id, local_settings(socket.options));
    notify(slot);
    return SyscallResult::success();
  }
  if (option == OptionName::so_reuseaddr || option == OptionName::so_reuseport) {
    PortClaim claim = socket.claim;
    claim.reuse_address = socket.options.reuse_address;
    claim.reuse_port = socket.options.reuse_port;
    change_claim(slot, claim);
  }
  if (socket.is_stream()) {
    TcpIo io = io_for(socket);
    change_settings(socket.tcb, io, tcp_settings(socket, config_));
    schedule(slot);
  }
  notify(slot);  // SO_RCVLOWAT, SO_SNDBUF or SO_OOBINLINE may make it ready.
  return SyscallResult::success();
}

SyscallResult Kernel::get_option(Fd fd, OptionName option) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  Socket& socket = sockets_[slot];
  if (!understands(socket, level_of(option))) {
    return SyscallResult::failure(foreign_level(socket));
  }
  const SocketOptions& options = socket.options;
  SyscallResult result;
  std::int32_t& value = result.option_value.value;
  switch (option) {
    case OptionName::so_reuseaddr:
      value = options.reuse_address;
      break;
    case OptionName::so_reuseport:
      value = options.reuse_port;
      break;
    case OptionName::so_broadcast:
      value = options.broadcast;
      break;
    case OptionName::so_keepalive:
      value = options.keepalive;
      break;
    case OptionName::so_oobinline:
      value = options.out_of_band_inline;
      break;
    case OptionName::so_linger:
      result.option_value = options.linger;
      break;
    case OptionName::so_error: {
      Errno error = socket.is_local() ? local_.take_error(socket.local_id) : take_error(socket);
      if (error == Errno::ok) std::swap(error, socket.soft_error);
      value = static_cast<std::int32_t>(error);
      break;
    }
    case OptionName::so_type:
      value = type_number(socket.type);
      break;
    case OptionName::so_acceptconn:
      value = socket.is_local() ? local_.is_listening(socket.local_id) : socket.is_listening();
      break;
    case OptionName::so_rcvbuf:
      value = options.receive_buffer;
      break;
    case OptionName::so_sndbuf:
      value = options.send_buffer;
      break;
    case OptionName::so_rcvlowat:
      value = options.receive_low_water;
      break;
    case OptionName::tcp_nodelay:
      value = options.no_delay;
      break;
    case OptionName::tcp_cork:
      value = options.cork;
      break;
    case OptionName::tcp_maxseg:
      value = segment_size(socket);
      break;
    case OptionName::tcp_keepidle:
      value = options.keepalive_idle_seconds;
      break;
    case OptionName::tcp_keepintvl:
      value = options.keepalive_interval_seconds;
      break;
    case OptionName::tcp_keepcnt:
      value = options.keepalive_count;
      break;
    case OptionName::tcp_user_timeout:
      value = options.user_timeout_ms;
      break;
    case OptionName::tcp_linger2:
      value = options.linger2_seconds != 0
                  ? options.linger2_seconds
                  : static_cast<std::int32_t>(config_.fin_wait_2_ticks * config_.tick_ms / 1000);
      break;
    case OptionName::ip_ttl:
      value = options.ttl;
      break;
    case OptionName::ip_mtu_discover:
      value = options.mtu_discover;
      break;
    case OptionName::ip_recverr:
      value = options.receive_errors;
      break;
    case OptionName::ipv6_v6only:
      value = options.v6_only;
      break;
    case OptionName::ipv6_unicast_hops:
      value = options.unicast_hops;
      break;
    case OptionName::unknown_option:
    case OptionName::unknown_level:
      return SyscallResult::failure(Errno::enoprotoopt);
  }
  return result;
}

}  // namespace lockstep
