// For tests and benchmarks: hosts joined by a wire without loss, and short names for the calls.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "stack/kernel/kernel.h"

namespace lockstep::testing {

inline SocketAddress at(std::string_view text) { return *parse_socket_address(text); }
inline IpAddress ip(std::string_view text) { return *parse_ip_address(text); }

inline std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> bytes;
  for (char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

inline HostConfig host_at(std::initializer_list<std::string_view> addresses) {
  HostConfig config;
  for (std::string_view address : addresses) config.addresses.push_back(ip(address));
  return config;
}

inline Fd open(Kernel& host, Type type, Domain domain = Domain::inet) {
  return Fd{static_cast<std::int32_t>(host.open(domain, type).value)};
}

// What recv gives: the text, or the errno's name.
inline std::string receive(Kernel& host, Fd fd, std::size_t size = 100'000, MsgFlags flags = 0) {
  std::vector<std::byte> buffer(size);
  const SyscallResult result = host.recv(fd, buffer, flags);
  if (!result.ok()) return std::string(errno_name(result.error));
  std::string text;
  for (std::size_t i = 0; i < buffer.size() && i < static_cast<std::size_t>(result.value); ++i) {
    text.push_back(static_cast<char>(buffer[i]));
  }
  return text;
}

inline std::string send(Kernel& host, Fd fd, std::string_view text, MsgFlags flags = 0) {
  const std::vector<std::byte> bytes = bytes_of(text);
  const SyscallResult result = host.send(fd, bytes, flags);
  return result.ok() ? std::to_string(result.value) : std::string(errno_name(result.error));
}

inline std::string name_of(const SyscallResult& result) {
  return std::string(errno_name(result.error));
}

inline TcpState state_of(const Kernel& host, Fd fd) { return host.find_socket(fd)->tcb.state; }

// The packets that leave a host now.
inline std::vector<Packet> drain(Kernel& host) {
  std::vector<WireEvent> events;
  host.egress(events);
  std::vector<Packet> packets;
  for (WireEvent& event : events) {
    if (event.kind == WireEvent::Kind::left) packets.push_back(std::move(event.packet));
  }
  host.check_invariants();
  return packets;
}

// Carries packets between the hosts until none is under way.
inline void exchange(std::initializer_list<Kernel*> hosts, int rounds = 1000) {
  for (int round = 0; round < rounds; ++round) {
    bool any = false;
    for (Kernel* from : hosts) {
      for (const Packet& packet : drain(*from)) {
        any = true;
        for (Kernel* to : hosts) {
          if (to != from) to->deliver(packet);
        }
      }
    }
    if (!any) return;
  }
}

// Two hosts and a connection between them: `client` on a, `server` on b.
struct Connected {
  Kernel a{host_at({"10.0.0.1"})};
  Kernel b{host_at({"10.0.0.2"})};
  Fd listener;
  Fd client;
  Fd server;

  Connected() : Connected(host_at({"10.0.0.1"}), host_at({"10.0.0.2"})) {}
  Connected(const HostConfig& config_a, const HostConfig& config_b) : a(config_a), b(config_b) {
    listener = open(b, Type::stream);
    b.bind(listener, at("10.0.0.2:80"));
    b.listen(listener, 8);
    client = open(a, Type::stream);
    a.connect(client, at("10.0.0.2:80"));
    exchange({&a, &b});
    server = Fd{static_cast<std::int32_t>(b.accept(listener).value)};
    a.connect(client, at("10.0.0.2:80"));
  }
  void settle() { exchange({&a, &b}); }
  TcpState client_state() const { return state_of(a, client); }
  TcpState server_state() const { return state_of(b, server); }
};

}  // namespace lockstep::testing
