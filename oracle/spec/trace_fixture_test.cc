#include "oracle/spec/trace_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lockstep::oracle {
namespace {

constexpr std::uint32_t serial_streams = 5000;

SocketAddress address(std::string_view text) {
  const auto parsed = parse_socket_address(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(SocketAddress{});
}

Endpoint endpoint(std::string_view text) {
  const auto parsed = parse_endpoint(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(Endpoint{});
}

SyscallResult answer(Errno error, std::int64_t value = 0) {
  return error == Errno::ok ? SyscallResult::success(value) : SyscallResult::failure(error);
}

Syscall on(Call call, int fd) {
  Syscall out;
  out.call = call;
  out.fd = Fd{fd};
  return out;
}

}  // namespace

Trace::Trace() : oracle_(linux_dialect()) {
  config.addresses = {IpAddress::v4(10, 0, 0, 1)};
  traits.name = "trace";
  traits.features = {Feature::ipv6,           Feature::dual_stack,  Feature::urgent_data,
                     Feature::linger,         Feature::tcp_options, Feature::ip_options,
                     Feature::buffer_options, Feature::dup,         Feature::queue_sizes,
                     Feature::disconnect,     Feature::icmp,        Feature::loopback_shown};
}

void Trace::begin_step() {
  if (!started_) {
    const HostConfig* const configs[] = {&config};
    const PortTraits* const all_traits[] = {&traits};
    oracle_.start(configs, all_traits);
    started_ = true;
  }
  oracle_.on_step_end();
}

std::optional<Rule> Trace::broken() {
  begin_step();
  if (!oracle_.violation()) return std::nullopt;
  return oracle_.violation()->rule;
}

std::string Trace::text() const {
  if (!oracle_.violation()) return "nothing broken";
  const Violation& v = *oracle_.violation();
  return std::string(rule_row(v.rule).name) + ": allowed " + v.allowed + ", observed " +
         v.observed + "; " + v.state;
}

void Trace::call(Syscall call, const SyscallResult& result) {
  begin_step();
  oracle_.on_call(0, call, result, last_sent_);
}

void Trace::socket(int fd, Type type, Domain domain, Errno error) {
  Syscall c = on(Call::socket, -1);
  c.type = type;
  c.domain = domain;
  call(c, answer(error, fd));
}

void Trace::bind(int fd, std::string_view to, Errno error) {
  Syscall c = on(Call::bind, fd);
  c.address = address(to);
  call(c, answer(error));
}

void Trace::listen(int fd, Errno error) { call(on(Call::listen, fd), answer(error)); }

void Trace::accept(int fd, int child, Errno error) {
  SyscallResult result = answer(error, child);
  result.address = address("10.0.0.2:1000");
  call(on(Call::accept, fd), result);
}

void Trace::connect(int fd, std::string_view to, Errno error) {
  Syscall c = on(Call::connect, fd);
  c.address = address(to);
  call(c, answer(error));
}

void Trace::close(int fd, Errno error) { call(on(Call::close, fd), answer(error)); }

void Trace::dup(int fd, int result, Errno error) { call(on(Call::dup, fd), answer(error, result)); }

void Trace::shutdown(int fd, ShutdownHow how, Errno error) {
  Syscall c = on(Call::shutdown, fd);
  c.how = how;
  call(c, answer(error));
}

void Trace::name(int fd, std::string_view at) {
  SyscallResult result = answer(Errno::ok);
  result.address = address(at);
  call(on(Call::getsockname, fd), result);
}

void Trace::name_fails(int fd, Errno error) { call(on(Call::getsockname, fd), answer(error)); }

void Trace::peer(int fd, std::string_view at, Errno error) {
  SyscallResult result = answer(error);
  if (error == Errno::ok) result.address = address(at);
  call(on(Call::getpeername, fd), result);
}

void Trace::set(int fd, OptionName option, OptionValue value, Errno error) {
  Syscall c = on(Call::setsockopt, fd);
  c.option = option;
  c.option_value = value;
  call(c, answer(error));
}

void Trace::get(int fd, OptionName option, OptionValue value, Errno error) {
  Syscall c = on(Call::getsockopt, fd);
  c.option = option;
  SyscallResult result = answer(error);
  result.option_value = value;
  call(c, result);
}

void Trace::poll(int fd, PollEvents seen, PollEvents asked) {
  Syscall c = on(Call::poll, fd);
  c.events = asked;
  call(c, answer(Errno::ok, seen));
}

void Trace::queue_size(int fd, std::int64_t value, Call which) {
  call(on(which, fd), answer(Errno::ok, value));
}

void Trace::send(int fd, std::size_t size, std::string_view to, Errno error, MsgFlags flags) {
  Syscall c = on(to.empty() ? Call::send : Call::sendto, fd);
  if (!to.empty()) c.address = address(to);
  c.flags = flags;
  last_sent_ = {1000, next_offset_};
  next_offset_ += size;
  std::vector<std::byte> bytes(size);
  fill_payload(last_sent_, bytes);
  c.data = bytes;
  call(c, answer(error, static_cast<std::int64_t>(size)));
}

void Trace::send_takes(int fd, std::size_t size, std::string_view to, std::int64_t taken) {
  Syscall c = on(Call::sendto, fd);
  c.address = address(to);
  const std::vector<std::byte> bytes(size);
  c.data = bytes;
  call(c, answer(Errno::ok, taken));
}

Packet Trace::datagram(std::string_view from, std::string_view to, PayloadTag tag,
                       std::size_t size) {
  const Endpoint source = endpoint(from);
  const Endpoint destination = endpoint(to);
  Packet packet{.source = source.ip, .destination = destination.ip};
  packet.body =
      UdpDatagram{source.port, destination.port,
                  Slice::filled(size, [&](std::span<std::byte> out) { fill_payload(tag, out); })};
  return packet;
}

void Trace::left(std::string_view from, std::string_view to, std::size_t size) {
  oracle_.on_left(0, datagram(from, to, last_sent_, size));
}

void Trace::syn_left(std::string_view from, std::string_view to) {
  const Endpoint source = *parse_endpoint(from);
  const Endpoint destination = *parse_endpoint(to);
  TcpSegment segment;
  segment.source_port = source.port;
  segment.destination_port = destination.port;
  segment.flags = tcp_syn;
  segment.window = 65535;
  segment.options.mss = 1460;
  Packet packet;
  packet.source = source.ip;
  packet.destination = destination.ip;
  packet.body = std::move(segment);
  oracle_.on_left(0, packet);
}

namespace {

Packet bare_segment(const Endpoint& from, const Endpoint& to, TcpFlags flags, std::uint32_t seq,
                    std::uint32_t ack) {
  TcpSegment segment;
  segment.source_port = from.port;
  segment.destination_port = to.port;
  segment.flags = flags;
  segment.seq = seq;
  segment.ack = ack;
  segment.window = 65535;
  Packet packet;
  packet.source = from.ip;
  packet.destination = to.ip;
  packet.body = std::move(segment);
  return packet;
}

const Endpoint own_end{IpAddress::v4(10, 0, 0, 1), 50000};
const Endpoint peer_end{IpAddress::v4(10, 0, 0, 2), 80};

}  // namespace

void Trace::segment_left(TcpFlags flags, std::uint32_t seq, std::uint32_t ack) {
  oracle_.on_left(0, bare_segment(own_end, peer_end, flags, seq, ack));
}

void Trace::segment_arrived(TcpFlags flags, std::uint32_t seq, std::uint32_t ack) {
  begin_step();
  oracle_.on_arrived(0, bare_segment(peer_end, own_end, flags, seq, ack));
}

void Trace::left_other_bytes(std::string_view from, std::string_view to, std::size_t size) {
  oracle_.on_left(0, datagram(from, to, {77, 7}, size));
}

void Trace::arrived(std::string_view from, std::string_view to, std::size_t size,
                    std::uint32_t serial) {
  begin_step();
  oracle_.on_arrived(0, datagram(from, to, {serial_streams + serial, 0}, size));
}

void Trace::receive(int fd, std::string_view from, std::uint32_t serial, std::size_t room,
                    const SyscallResult& result, MsgFlags flags) {
  Syscall c = on(from.empty() ? Call::recv : Call::recvfrom, fd);
  c.flags = flags;
  std::vector<std::byte> buffer(room);
  const auto copied =
      std::min(room, static_cast<std::size_t>(std::max<std::int64_t>(result.value, 0)));
  fill_payload({serial_streams + serial, 0}, std::span(buffer).first(copied));
  c.buffer = buffer;
  SyscallResult with_source = result;
  if (!from.empty()) with_source.address = address(from);
  call(c, with_source);
}

void Trace::received(int fd, std::string_view from, std::size_t size, std::uint32_t serial,
                     std::size_t room, MsgFlags flags) {
  const bool whole = (flags & msg_trunc) != 0;
  SyscallResult result =
      answer(Errno::ok, static_cast<std::int64_t>(whole ? size : std::min(size, room)));
  result.truncated = size > room;
  receive(fd, from, serial, room, result, flags);
}

void Trace::received_value(int fd, std::string_view from, std::uint32_t serial, std::size_t room,
                           std::int64_t value, bool truncated, MsgFlags flags) {
  SyscallResult result = answer(Errno::ok, value);
  result.truncated = truncated;
  receive(fd, from, serial, room, result, flags);
}

void Trace::receive_fails(int fd, Errno error, MsgFlags flags) {
  receive(fd, "", 0, 100, answer(error), flags);
}

Packet Trace::icmp(std::string_view sender, std::string_view target, IcmpKind kind,
                   std::uint32_t mtu) {
  const Packet about = datagram(sender, target, {1, 0}, 8);
  Packet packet{.source = about.destination, .destination = about.source};
  packet.body = IcmpMessage{.kind = kind, .mtu = mtu, .quoted = quote_of(about)};
  return packet;
}

void Trace::icmp_left(std::string_view sender, std::string_view target, IcmpKind kind) {
  oracle_.on_left(0, icmp(sender, target, kind, 0));
}

void Trace::icmp_arrived(std::string_view sender, std::string_view target, IcmpKind kind,
                         std::uint32_t mtu) {
  begin_step();
  oracle_.on_arrived(0, icmp(sender, target, kind, mtu));
}

TEST(Trace, WithoutObservationsBreaksNothing) {
  Trace trace;
  EXPECT_EQ(trace.broken(), std::nullopt);
}

}  // namespace lockstep::oracle
