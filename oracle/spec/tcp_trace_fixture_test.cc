#include "oracle/spec/tcp_trace_fixture.h"

#include <gtest/gtest.h>

#include "stack/wire/quote.h"

namespace lockstep::oracle {
namespace {

constexpr std::uint32_t our_initial = 0xfffffff0u;  // So that every trace wraps.
constexpr std::uint32_t peer_initial = 0xffffffe0u;
constexpr std::uint32_t our_stream = 9;
constexpr std::uint32_t peer_stream = 77;
constexpr std::uint32_t other_stream = 99;

std::size_t size_of(int n) { return static_cast<std::size_t>(n); }

TcpFlags flags_of(std::string_view text) {
  TcpFlags flags = 0;
  for (char c : text) {
    flags |= c == 'S'   ? tcp_syn
             : c == 'A' ? tcp_ack
             : c == 'F' ? tcp_fin
             : c == 'R' ? tcp_rst
             : c == 'P' ? tcp_psh
                        : tcp_urg;
  }
  return flags;
}

}  // namespace

TcpTrace::TcpTrace() : by_fd_(100), model_(*this, judgement_), sent_(100), read_(100) {
  config_ = &own_config_;
  dialect_ = &linux_dialect();
  traits_ = &own_traits_;
  own_config_.addresses = {IpAddress::v4(10, 0, 0, 1)};
  own_config_.tick_ms = 100;
  own_traits_.name = "made up";
  own_traits_.features = {Feature::loopback_shown, Feature::queue_sizes, Feature::linger,
                          Feature::dual_stack,     Feature::urgent_data, Feature::icmp};
}

bool TcpTrace::is_local(const IpAddress& address) const {
  return address == own_config_.addresses.front() || address.is_loopback();
}

SocketModel& TcpTrace::socket(SocketId id) { return sockets_[id - 1]; }

SocketId TcpTrace::make_child(const SocketModel& listener, const Endpoint& local) {
  SocketModel& child = sockets_.emplace_back(listener);
  child.id = static_cast<SocketId>(sockets_.size());
  child.local = local;
  return child.id;
}

void TcpTrace::adopt_child(SocketId child, const SocketModel& listener) {
  const SocketModel before = socket(child);
  socket(child) = listener;
  socket(child).id = before.id;
  socket(child).local = before.local;
}

void TcpTrace::learn_local(SocketModel& socket, const Endpoint& local) {
  socket.local = local;
  socket.bound = true;
  socket.local_known = true;
}

void TcpTrace::begin_step() {
  if (in_step_) model_.on_step_end();
  in_step_ = true;
}

void TcpTrace::open(int fd) {
  begin_step();
  SocketModel& made = sockets_.emplace_back();
  made.id = static_cast<SocketId>(sockets_.size());
  by_fd_[size_of(fd)] = made.id;
  sent_[size_of(fd)] = read_[size_of(fd)] = 0;
  model_.on_socket(made);
}

void TcpTrace::bind(int fd, std::uint16_t port) {
  SocketModel& model = socket(by_fd_[size_of(fd)]);
  model.bound = model.port_chosen = model.address_chosen = true;
  model.local = {IpAddress::v4(10, 0, 0, 1), port};
}

void TcpTrace::call(int fd, Syscall call, const SyscallResult& result) {
  begin_step();
  call.fd = Fd{fd};
  model_.on_call(socket(by_fd_[size_of(fd)]), call, result, {our_stream, sent_[size_of(fd)]});
}

void TcpTrace::listen(int fd, int backlog, Errno error) {
  Syscall made{.call = Call::listen};
  made.backlog = backlog;
  call(fd, made, error == Errno::ok ? SyscallResult::success() : SyscallResult::failure(error));
}

void TcpTrace::accept(int fd, int child, std::uint16_t peer_port, Errno error) {
  begin_step();
  SyscallResult result = SyscallResult::failure(error);
  if (error == Errno::ok) {
    result = SyscallResult::success(child);
    result.address = Endpoint{IpAddress::v4(10, 0, 0, 2), peer_port};
  }
  by_fd_[size_of(child)] = model_.on_accept(socket(by_fd_[size_of(fd)]), result);
}

void TcpTrace::connect(int fd, std::string_view to, Errno error) {
  Syscall made{.call = Call::connect};
  made.address = *parse_socket_address(to);
  call(fd, made, error == Errno::ok ? SyscallResult::success() : SyscallResult::failure(error));
}

void TcpTrace::disconnect(int fd, Errno error) {
  Syscall made{.call = Call::connect};
  call(fd, made, error == Errno::ok ? SyscallResult::success() : SyscallResult::failure(error));
}

void TcpTrace::send(int fd, int size, std::int64_t taken, Errno error) {
  std::vector<std::byte> bytes(size_of(size));
  fill_payload({our_stream, sent_[size_of(fd)]}, bytes);
  Syscall made{.call = Call::send};
  made.data = bytes;
  call(fd, made,
       error == Errno::ok ? SyscallResult::success(taken) : SyscallResult::failure(error));
  if (error == Errno::ok) sent_[size_of(fd)] += static_cast<std::uint64_t>(taken);
}

void TcpTrace::sendto(int fd, std::string_view to, int size, Errno error) {
  std::vector<std::byte> bytes(size_of(size));
  fill_payload({our_stream, sent_[size_of(fd)]}, bytes);
  Syscall made{.call = Call::sendto};
  made.data = bytes;
  made.address = *parse_socket_address(to);
  call(fd, made, error == Errno::ok ? SyscallResult::success(size) : SyscallResult::failure(error));
  if (error == Errno::ok) sent_[size_of(fd)] += size_of(size);
}

void TcpTrace::send_urgent(int fd, int size) {
  std::vector<std::byte> bytes(size_of(size));
  fill_payload({our_stream, sent_[size_of(fd)]}, bytes);
  Syscall made{.call = Call::send};
  made.data = bytes;
  made.flags = msg_oob;
  call(fd, made, SyscallResult::success(size));
  sent_[size_of(fd)] += size_of(size);
}

void TcpTrace::recv_urgent(int fd, std::int64_t offset, MsgFlags flags) {
  std::byte byte{};
  fill_payload({peer_stream, static_cast<std::uint64_t>(offset - 1)}, {&byte, 1});
  Syscall made{.call = Call::recv};
  made.buffer = {&byte, 1};
  made.flags = msg_oob | flags;
  call(fd, made, SyscallResult::success(1));
}

void TcpTrace::recv_urgent_fails(int fd, Errno error) {
  std::byte byte{};
  Syscall made{.call = Call::recv};
  made.buffer = {&byte, 1};
  made.flags = msg_oob;
  call(fd, made, error == Errno::ok ? SyscallResult::success(0) : SyscallResult::failure(error));
}

void TcpTrace::recv(int fd, int room, int got, MsgFlags flags) {
  std::vector<std::byte> bytes(size_of(room));
  fill_payload({peer_stream, read_[size_of(fd)]},
               std::span(bytes).first(std::min(size_of(got), size_of(room))));
  Syscall made{.call = Call::recv};
  made.buffer = bytes;
  made.flags = flags;
  call(fd, made, SyscallResult::success(got));
  if ((flags & msg_peek) == 0) read_[size_of(fd)] += static_cast<std::uint64_t>(got);
}

void TcpTrace::recv_other(int fd, int room, int got) {
  std::vector<std::byte> bytes(size_of(room));
  fill_payload({other_stream, 5}, std::span(bytes).first(size_of(got)));
  Syscall made{.call = Call::recv};
  made.buffer = bytes;
  call(fd, made, SyscallResult::success(got));
}

void TcpTrace::recv_fails(int fd, Errno error, int room) {
  std::vector<std::byte> bytes(size_of(room));
  Syscall made{.call = Call::recv};
  made.buffer = bytes;
  call(fd, made, SyscallResult::failure(error));
}

void TcpTrace::shutdown(int fd, ShutdownHow how, Errno error) {
  Syscall made{.call = Call::shutdown};
  made.how = how;
  call(fd, made, error == Errno::ok ? SyscallResult::success() : SyscallResult::failure(error));
}

void TcpTrace::close(int fd) {
  begin_step();
  SocketModel& model = socket(by_fd_[size_of(fd)]);
  model.descriptors = 0;
  model_.on_close(model);
}

void TcpTrace::peer(int fd, std::string_view name, Errno error) {
  SyscallResult result = SyscallResult::failure(error);
  if (error == Errno::ok) {
    result = SyscallResult::success();
    result.address = *parse_socket_address(name);
  }
  call(fd, Syscall{.call = Call::getpeername}, result);
}

void TcpTrace::so_error(int fd, Errno error) {
  Syscall made{.call = Call::getsockopt};
  made.option = OptionName::so_error;
  SyscallResult result = SyscallResult::success();
  result.option_value.value = static_cast<int>(error);
  call(fd, made, result);
}

void TcpTrace::accepting(int fd, int value) {
  Syscall made{.call = Call::getsockopt};
  made.option = OptionName::so_acceptconn;
  SyscallResult result = SyscallResult::success();
  result.option_value.value = value;
  call(fd, made, result);
}

void TcpTrace::poll(int fd, PollEvents seen, PollEvents asked) {
  Syscall made{.call = Call::poll};
  made.events = asked;
  call(fd, made, SyscallResult::success(seen));
}

void TcpTrace::inq(int fd, std::int64_t value, Errno error) {
  call(fd, Syscall{.call = Call::siocinq},
       error == Errno::ok ? SyscallResult::success(value) : SyscallResult::failure(error));
}

void TcpTrace::outq(int fd, std::int64_t value) {
  call(fd, Syscall{.call = Call::siocoutq}, SyscallResult::success(value));
}

Packet TcpTrace::packet(const Segment& segment, bool incoming, std::uint32_t key) {
  TcpSegment tcp;
  tcp.flags = flags_of(segment.flags);
  tcp.source_port = incoming ? peer_port_ : local_port_;
  tcp.destination_port = incoming ? local_port_ : peer_port_;
  const std::uint32_t peer_first = loops_ ? our_initial : peer_initial;
  tcp.seq = (incoming ? peer_first : our_initial) + static_cast<std::uint32_t>(segment.seq);
  if (tcp.has(tcp_ack)) {
    tcp.ack = (incoming ? our_initial : peer_first) + static_cast<std::uint32_t>(segment.ack);
  }
  tcp.urgent = segment.urgent;
  tcp.window = static_cast<std::uint16_t>(segment.window);
  tcp.options.mss = segment.mss;
  if (segment.timestamps) tcp.options.timestamps = TcpTimestamps{1, 1};
  tcp.payload = Slice::filled(size_of(segment.length), [&](std::span<std::byte> bytes) {
    fill_payload({key, static_cast<std::uint64_t>(segment.seq - 1)}, bytes);
  });
  Packet made;
  const IpAddress us = IpAddress::v4(10, 0, 0, 1);
  const IpAddress peer = loops_ ? us : IpAddress::v4(10, 0, 0, 2);
  made.source = incoming ? peer : us;
  made.destination = incoming ? us : peer;
  made.body = std::move(tcp);
  return made;
}

void TcpTrace::in(const Segment& segment) {
  begin_step();
  model_.on_arrived(packet(segment, true, peer_stream));
}

void TcpTrace::forged(const Segment& segment) {
  begin_step();
  model_.on_arrived(packet(segment, true, other_stream | forged_key_bit), true);
}

void TcpTrace::out(const Segment& segment) {
  Packet left = packet(segment, false, our_stream);
  // A RST without ACK that answers nothing of ours has number 0.
  if (segment.seq == -1) left.tcp()->seq = 0;
  last_left_ = left;
  model_.on_left(left);
}

void TcpTrace::out_other_bytes(const Segment& segment) {
  model_.on_left(packet(segment, false, other_stream));
}

void TcpTrace::icmp(IcmpKind kind, std::uint32_t mtu) {
  begin_step();
  IcmpMessage message;
  message.kind = kind;
  message.mtu = mtu;
  message.quoted = quote_of(last_left_);
  Packet made;
  made.source = IpAddress::v4(10, 0, 0, 2);
  made.destination = IpAddress::v4(10, 0, 0, 1);
  made.body = std::move(message);
  model_.on_arrived(made);
}

void TcpTrace::tick(std::uint32_t ticks) {
  begin_step();
  model_.on_tick(ticks);
}

void TcpTrace::settled() {
  begin_step();
  model_.on_settled();
}

void TcpTrace::server() {
  open(3);
  bind(3, 80);
  listen(3);
  in({"S", 0});
  out({"SA", 0, 1});
  in({"A", 1, 1});
  accept(3, 4);
}

void TcpTrace::client() {
  open(4);
  ends(50000, 80);
  connect(4);
  out({"S", 0});
  in({"SA", 0, 1});
  out({"A", 1, 1});
}

void TcpTrace::close_both() {
  client();
  close(4);
  out({"FA", 1, 1});
  in({"A", 1, 2});
  in({"FA", 1, 2});
  out({"A", 2, 2});
}

std::optional<Rule> TcpTrace::broken() {
  begin_step();
  EXPECT_TRUE(judgement_.inconclusive().empty()) << judgement_.inconclusive();
  if (!judgement_.violation()) return std::nullopt;
  return judgement_.violation()->rule;
}

std::string TcpTrace::text() const {
  if (!judgement_.violation()) return "allowed";
  const Violation& v = *judgement_.violation();
  return std::string(rule_row(v.rule).name) + ": allowed " + v.allowed + ", observed " +
         v.observed + "; " + v.state;
}

void check_tcp_rule_cases(std::span<const TcpRuleCase> cases) {
  for (const TcpRuleCase& c : cases) {
    SCOPED_TRACE(rule_row(c.rule).name);
    TcpTrace kept;
    c.kept(kept);
    EXPECT_EQ(kept.broken(), std::nullopt) << kept.text();
    EXPECT_GT(kept.applied(c.rule), 0u) << "the premise never held";
    if (c.broken == nullptr) {
      EXPECT_EQ(rule_row(c.rule).force, Force::may);
      continue;
    }
    TcpTrace broken;
    c.broken(broken);
    EXPECT_EQ(broken.broken(), c.rule) << broken.text();
    if (!broken.judgement().violation()) continue;
    EXPECT_FALSE(broken.judgement().violation()->allowed.empty());
    EXPECT_FALSE(broken.judgement().violation()->observed.empty());
  }
}

}  // namespace lockstep::oracle
