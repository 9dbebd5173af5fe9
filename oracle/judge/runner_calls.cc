// The runner's syscalls: from a step's names to a call on the port, and what its result teaches.
#include <algorithm>

#include "oracle/judge/call_text.h"
#include "oracle/judge/runner.h"
#include "oracle/scenario/needed_feature.h"
#include "oracle/scenario/text.h"

namespace lockstep::judge {

using scenario::HostIndex;
using scenario::OpenSocket;
using scenario::Phase;
namespace step = scenario::step;

namespace {

// A number that no port hands out: it names the descriptor of a closed socket (EBADF), never a
// reused one.
constexpr Fd closed_fd{0x3fff'ffff};

bool makes_socket(Call call) {
  return call == Call::socket || call == Call::accept || call == Call::dup;
}

bool sends(Call call) { return call == Call::send || call == Call::sendto; }
bool receives(Call call) { return call == Call::recv || call == Call::recvfrom; }

}  // namespace

Effect Runner::act(const step::Call& call_step) {
  if (call_step.host >= hosts_in_use_) return Effect::none;
  Syscall call;
  oracle::PayloadTag tag;
  if (!fill_call(call_step, call, tag)) {
    if (!resolved_.expected) return Effect::none;
    stop(Outcome::expectation_failed,
         "expected " + scenario::print_expected(call_step, *resolved_.expected) +
             ", but no call was made: a name in it was never bound to a socket of this host");
    return Effect::some;
  }
  const std::optional<Feature> needed = scenario::needed_feature(call_step);
  if (needed && !situation_.features[call_step.host].has(*needed)) {
    stop(Outcome::unsupported, "port " + hosts_[call_step.host].port->traits().name +
                                   " does not have the feature " +
                                   std::string(feature_name(*needed)));
    return Effect::some;
  }
  catch_up(call_step.host);
  if (stopped()) return Effect::some;
  const SyscallResult result = hosts_[call_step.host].port->call(call);
  witness_.on_call(call_step.host, call, result, tag);
  answer_ = {result.error,
             call.call == Call::getsockopt ? result.option_value.value : result.value};
  if (sends(call.call) && result.ok()) accepted_bytes_ += static_cast<std::uint64_t>(result.value);
  if (trace_ != nullptr) {
    trace_event(TraceEvent::Kind::call, call_step.host)->text = result_text(call, result);
  }
  follow_call(call_step, call, result);
  collect_touched(call_step.host);
  if (!stopped() && witness_.oracle().violation()) stop(Outcome::violation, "");
  if (resolved_.expected) check_expected(call_step, result);
  return Effect::some;
}

// False when a name in the step was never bound, or is another host's.
bool Runner::fill_call(const step::Call& call_step, Syscall& call, oracle::PayloadTag& tag) {
  call.call = call_step.call;
  call.domain = call_step.domain;
  call.type = call_step.type;
  call.how = call_step.how;
  call.option = call_step.option;
  call.option_value = call_step.option_value;
  call.events = call_step.events;
  call.flags = call_step.flags;
  call.backlog = call_step.backlog;
  const std::optional<SocketAddress> address = resolve_address(call_step.address);
  if (!address) return false;
  call.address = *address;
  if (call.call == Call::socket) return true;
  const OpenSocket* socket = open_socket(call_step.socket);
  if (socket == nullptr || socket->host != call_step.host) return false;
  const Binding* bound = binding(call_step.socket);
  call.fd = socket->phase == Phase::closed ? closed_fd : bound->fd;
  const std::uint32_t length = std::min(call_step.length, step::Call::max_length);
  if (sends(call.call) || receives(call.call)) {
    if (payload_.size() < length) payload_.resize(length);
    if (sends(call.call)) {
      const Stream& stream = streams_[bound->stream];
      tag = {stream.key, stream.sent};
      fill_payload(tag, std::span(payload_).first(length));
      call.data = std::span(payload_).first(length);
    } else {
      call.buffer = std::span(payload_).first(length);
    }
  }
  return true;
}

std::optional<SocketAddress> Runner::resolve_address(const scenario::AddressOperand& operand) {
  using Kind = scenario::AddressOperand::Kind;
  switch (operand.kind) {
    case Kind::literal:
      return operand.literal;
    case Kind::local_of:
      if (const auto local = local_endpoint(operand.socket)) return SocketAddress(*local);
      return std::nullopt;
    case Kind::peer_of: {
      const OpenSocket* socket = open_socket(operand.socket);
      if (socket == nullptr || socket->peer.port == 0) return std::nullopt;
      return SocketAddress(socket->peer);
    }
  }
  return std::nullopt;
}

// Where the socket is bound; asks the port when nothing seen so far tells.
std::optional<Endpoint> Runner::local_endpoint(scenario::SocketName name) {
  OpenSocket* socket = open_socket(name);
  if (socket == nullptr || socket->phase == Phase::closed) return std::nullopt;
  if (socket->local.port == 0) {
    Syscall call;
    call.call = Call::getsockname;
    call.fd = binding(name)->fd;
    const SyscallResult result = hosts_[socket->host].port->call(call);
    witness_.on_call(socket->host, call, result, {});
    const Endpoint* local = std::get_if<Endpoint>(&result.address);
    if (!result.ok() || local == nullptr || local->port == 0) return std::nullopt;
    socket->local = *local;
  }
  Endpoint local = socket->local;
  if (local.ip.is_unspecified()) {
    const auto& addresses = lines_[socket->host].config.addresses;
    const auto same = std::find_if(addresses.begin(), addresses.end(), [&](const IpAddress& ip) {
      return ip.family == local.ip.family;
    });
    local.ip = same != addresses.end() ? *same : IpAddress::loopback(local.ip.family);
  }
  return local;
}

void Runner::bind_name(const step::Call& call_step, const SyscallResult& result) {
  if (call_step.result.none()) return;
  const std::size_t index = call_step.result.index;
  if (index >= bindings_.size()) bindings_.resize(index + 1);
  OpenSocket made;
  Binding bound;
  bound.fd = Fd{static_cast<std::int32_t>(result.value)};
  bound.stream = static_cast<std::uint32_t>(streams_.size());
  if (call_step.call == Call::socket) {
    made.domain = call_step.domain;
    made.type = call_step.type;
    if (made.type == Type::stream && made.domain != Domain::local) facts_.stream_socket = true;
  } else {
    const OpenSocket& source = *open_socket(call_step.socket);
    made = source;
    if (call_step.call == Call::dup) {
      bound.stream = binding(call_step.socket)->stream;
    } else {
      made.phase = Phase::connected;
      made.unread = made.sent = made.pending = 0;
      if (const Endpoint* peer = std::get_if<Endpoint>(&result.address)) made.peer = *peer;
      for (const Shown& shown : shown_) {
        if (shown.host == call_step.host && shown.tcp && shown.tuple.peer == made.peer &&
            shown.tuple.local.port == source.local.port) {
          made.local = shown.tuple.local;
        }
      }
    }
  }
  if (call_step.call != Call::dup) streams_.push_back({resolved_.label, 0});
  made.name = call_step.result;
  made.host = call_step.host;
  bound.socket = static_cast<std::uint32_t>(situation_.sockets.size());
  situation_.sockets.push_back(made);
  bindings_[index] = bound;
  situation_.next_name =
      std::max(situation_.next_name, static_cast<std::uint16_t>(call_step.result.index + 1));
}

void Runner::follow_call(const step::Call& call_step, const Syscall& call,
                         const SyscallResult& result) {
  if (makes_socket(call.call)) {
    if (call.call == Call::accept && result.ok()) {
      OpenSocket* listener = open_socket(call_step.socket);
      if (listener->pending > 0) --listener->pending;
    }
    if (result.ok()) bind_name(call_step, result);
    return;
  }
  OpenSocket* socket = open_socket(call_step.socket);
  if (socket->domain == Domain::local && result.ok()) follow_local(*socket, call, result);
  const Endpoint* address = std::get_if<Endpoint>(&call.address);
  if (!result.ok()) {
    if (call.call == Call::connect && result.error == Errno::einprogress && address != nullptr) {
      socket->phase = Phase::connecting;
      socket->peer = *address;
    }
    return;
  }
  const auto count = static_cast<std::uint32_t>(std::max<std::int64_t>(result.value, 0));
  switch (call.call) {
    case Call::bind:
      if (address != nullptr) socket->local = *address;
      socket->phase = Phase::bound;
      break;
    case Call::listen:
      socket->phase = Phase::listening;
      break;
    case Call::connect:
      socket->phase =
          std::holds_alternative<Unspecified>(call.address) ? Phase::bound : Phase::connected;
      socket->peer = address != nullptr ? *address : Endpoint{};
      break;
    case Call::send:
    case Call::sendto:
      streams_[binding(call_step.socket)->stream].sent += count;
      socket->sent += count;
      break;
    case Call::recv:
    case Call::recvfrom:
      if ((call.flags & msg_peek) == 0) socket->unread -= std::min(socket->unread, count);
      break;
    case Call::shutdown:
      if (call.how != ShutdownHow::read) socket->write_shut = true;
      break;
    case Call::close:
      socket->phase = Phase::closed;
      break;
    case Call::getsockname:
      if (const Endpoint* local = std::get_if<Endpoint>(&result.address)) socket->local = *local;
      break;
    case Call::getpeername:
      if (socket->phase == Phase::connecting) socket->phase = Phase::connected;
      break;
    case Call::socket:
    case Call::accept:
    case Call::dup:
    case Call::setsockopt:
    case Call::getsockopt:
    case Call::poll:
    case Call::siocinq:
    case Call::siocoutq:
      break;
  }
}

void Runner::check_expected(const step::Call& call_step, const SyscallResult& result) {
  const scenario::ExpectedResult& expected = *resolved_.expected;
  const bool is_option = call_step.call == Call::getsockopt;
  const std::int64_t value = is_option ? result.option_value.value : result.value;
  bool holds = true;
  if (expected.error) {
    holds = is_option && result.ok() && *expected.error != Errno::ok
                ? value == static_cast<std::int64_t>(*expected.error)
                : result.error == *expected.error;
  }
  if (expected.value) holds = holds && result.ok() && value == *expected.value;
  if (expected.address) holds = holds && result.ok() && result.address == *expected.address;
  if (holds) return;
  Syscall call;
  call.call = call_step.call;
  call.option = call_step.option;
  stop(Outcome::expectation_failed, "expected " + scenario::print_expected(call_step, expected) +
                                        ", observed -> " + result_text(call, result));
}

scenario::OpenSocket* Runner::open_socket(scenario::SocketName name) {
  Binding* bound = binding(name);
  return bound == nullptr ? nullptr : &situation_.sockets[bound->socket];
}

Runner::Binding* Runner::binding(scenario::SocketName name) {
  if (name.none() || name.index >= bindings_.size()) return nullptr;
  Binding& bound = bindings_[name.index];
  return bound.socket == Binding::unbound ? nullptr : &bound;
}

}  // namespace lockstep::judge
