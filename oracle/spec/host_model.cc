#include "oracle/spec/host_model.h"

#include <algorithm>

namespace lockstep::oracle {
namespace {

std::string call_text(const Syscall& call) {
  return std::string(call_name(call.call)) + " on descriptor " + std::to_string(call.fd.value);
}

bool makes_descriptor(Call call) {
  return call == Call::socket || call == Call::accept || call == Call::dup;
}

}  // namespace

HostModel::HostModel(const Dialect& dialect, Judgement& judgement)
    : judgement_(&judgement),
      option_rules_(dialect, judgement),
      tcp_(*this, judgement),
      udp_(*this, judgement),
      local_(*this, judgement) {
  dialect_ = &dialect;
}

void HostModel::start(const HostConfig& config, const PortTraits& traits) {
  config_ = &config;
  traits_ = &traits;
  option_rules_.start(traits);
  last_id_ = 0;
  last_taken_ = 0;
  on_reboot();
}

void HostModel::on_reboot() {
  tcp_.reset();
  udp_.reset();
  local_.reset();
  by_number_.clear();
  far_.clear();
  holders_.clear();
  open_count_ = 0;
  touched_ = false;
  looping_ = 0;
}

HostModel::Entry& HostModel::make_entry(Domain domain, Type type) {
  const SocketId id = ++last_id_;
  if ((id - 1) / chunk_size == chunks_.size()) {
    chunks_.push_back(std::make_unique<std::array<Entry, chunk_size>>());
  }
  Entry& e = entry(id);
  e = Entry{};
  e.model.id = id;
  e.model.domain = domain;
  e.model.type = type;
  e.model.local.ip = IpAddress::any(family_of(domain));
  return e;
}

SocketId HostModel::find(Fd fd) const {
  if (fd.value < 0) return 0;
  const auto number = static_cast<std::size_t>(fd.value);
  if (number < direct_numbers) return number < by_number_.size() ? by_number_[number] : 0;
  for (const OpenDescriptor& open : far_) {
    if (open.number == fd.value) return open.socket;
  }
  return 0;
}

void HostModel::open_descriptor(std::int64_t number, SocketId socket) {
  const Fd fd{static_cast<std::int32_t>(number)};
  const bool fits = number >= 0 && number == fd.value;
  judgement_->require(Rule::descriptor_fresh_is_unused, fits && find(fd) == 0, [&] {
    return Violation{.allowed = "a number of no open descriptor",
                     .observed = std::to_string(number),
                     .state = std::to_string(open_count_) + " open descriptors"};
  });
  if (!fits || find(fd) != 0) return;
  ++open_count_;
  const auto index = static_cast<std::size_t>(number);
  if (index >= direct_numbers) return far_.push_back({fd.value, socket});
  if (index >= by_number_.size()) by_number_.resize(index + 1);
  by_number_[index] = socket;
}

void HostModel::forget_descriptor(Fd fd) {
  --open_count_;
  const auto number = static_cast<std::size_t>(fd.value);
  if (number < direct_numbers) {
    by_number_[number] = 0;
  } else {
    std::erase_if(far_, [&](const OpenDescriptor& open) { return open.number == fd.value; });
  }
}

void HostModel::on_call(const Syscall& call, const SyscallResult& result, PayloadTag tag) {
  touched_ = true;
  if (call.call == Call::socket) return on_socket(call, result);
  const SocketId id = find(call.fd);
  if (id == 0) return on_closed_call(call, result);
  Entry& e = entry(id);
  const bool unknown = result.error == Errno::ebadf || result.error == Errno::enotsock;
  if (!judgement_->require(Rule::descriptor_open_is_known, !unknown, [&] {
        return Violation{.allowed = "any other answer",
                         .observed = std::string(errno_name(result.error)),
                         .state = call_text(call) + ", which is open"};
      })) {
    return;
  }
  if (makes_descriptor(call.call) && on_full_table(result)) return;
  const bool was_bound = e.model.bound;
  on_open_call(e, call, result, tag);
  if (!was_bound && e.model.bound) note_port_taken(e);
}

void HostModel::on_closed_call(const Syscall& call, const SyscallResult& result) {
  if (call.call == Call::poll) {
    judgement_->require(Rule::poll_closed_is_nval, result.ok() && result.value == poll_nval, [&] {
      return Violation{.allowed = "NVAL",
                       .observed = poll_events_text(static_cast<PollEvents>(result.value)),
                       .state = call_text(call) + ", which is not open"};
    });
    return;
  }
  judgement_->require(Rule::descriptor_bad_is_ebadf, result.error == Errno::ebadf, [&] {
    return Violation{.allowed = "EBADF",
                     .observed = std::string(errno_name(result.error)),
                     .state = call_text(call) + ", which is not open"};
  });
}

void HostModel::on_socket(const Syscall& call, const SyscallResult& result) {
  if (on_full_table(result)) return;
  const FeatureSet features = traits_->features;
  const bool local = call.domain == Domain::local;
  const bool lacking = (call.domain == Domain::inet6 && !features.has(Feature::ipv6)) ||
                       (local && !features.has(Feature::local_sockets));
  const bool odd = !local && call.type == Type::seqpacket;
  Outcomes outcomes;
  // A port that lacks the domain may still have some of it; then it is not judged.
  if (lacking || odd) {
    constexpr Rule rule = Rule::socket_unknown_kind_is_refused;
    for (Errno error : {Errno::eafnosupport, Errno::eprotonosupport, Errno::esocktnosupport,
                        Errno::eopnotsupp, Errno::eprototype, Errno::einval}) {
      if (lacking) {
        outcomes.may_fail(rule, error);
      } else {
        outcomes.also(rule, error);
      }
    }
    if (odd && !lacking) outcomes.must_fail(rule, Errno::esocktnosupport);
  }
  outcomes.judge(*judgement_, Rule::socket_known_kind_is_made, result.error,
                 [&] { return std::to_string(open_count_) + " open descriptors"; });
  if (!result.ok()) return;
  Entry& e = make_entry(call.domain, call.type);
  // A stack without IPv4-mapped addresses has IPV6_V6ONLY on for good (RFC 3493 5.3).
  e.model.v6_only = call.domain == Domain::inet6 && !features.has(Feature::dual_stack);
  open_descriptor(result.value, e.model.id);
  if (local && features.has(Feature::local_sockets)) local_.on_socket(e.model);
  if (local || odd) return;
  if (call.type == Type::stream) {
    tcp_.on_socket(e.model);
  } else {
    udp_.on_socket(e.model);
  }
}

// The limit is part of a host's configuration; a live kernel has limits of its own instead.
bool HostModel::on_full_table(const SyscallResult& result) {
  const bool full = open_count_ >= config_->max_sockets;
  const bool refused = result.error == Errno::emfile;
  const bool own_limit = traits_->clock == PortClock::elapsing;
  // An error of the call itself may come first.
  const bool holds = full ? own_limit || !result.ok() : !refused;
  if (!full && !refused) return false;
  judgement_->require(Rule::descriptor_table_full, holds, [&] {
    return Violation{.allowed = full ? "EMFILE" : "anything but EMFILE",
                     .observed = std::string(errno_name(result.error)),
                     .state = std::to_string(open_count_) + " of " +
                              std::to_string(config_->max_sockets) + " descriptors open"};
  });
  return refused;
}

void HostModel::on_open_call(Entry& e, const Syscall& call, const SyscallResult& result,
                             PayloadTag tag) {
  if (call.call == Call::close) return on_close(e, call, result);
  if (call.call == Call::dup) {
    if (!result.ok()) return;
    ++e.model.descriptors;
    return open_descriptor(result.value, e.model.id);
  }
  if (call.call == Call::poll) on_poll(e, call, result);
  if (e.model.domain == Domain::local) return on_local_call(e, call, result, tag);
  // Kinds of socket that no rule describes.
  if (e.model.type == Type::seqpacket) return;
  switch (call.call) {
    case Call::bind:
      return on_bind(e, call, result);
    case Call::getsockname:
      return on_getsockname(e, result);
    case Call::setsockopt:
    case Call::getsockopt:
      return on_option(e, call, result, tag);
    case Call::socket:
    case Call::close:
    case Call::dup:
      return;
    case Call::listen:
    case Call::accept:
    case Call::connect:
    case Call::send:
    case Call::sendto:
    case Call::recv:
    case Call::recvfrom:
    case Call::shutdown:
    case Call::getpeername:
    case Call::poll:
    case Call::siocinq:
    case Call::siocoutq:
      break;
  }
  if (e.model.type == Type::stream) return on_stream_call(e, call, result, tag);
  udp_.on_call(e.model, call, result, tag);
  if (e.model.bound || e.model.maybe_bound) note_holder(e);
}

void HostModel::on_stream_call(Entry& e, const Syscall& call, const SyscallResult& result,
                               PayloadTag tag) {
  if (call.call == Call::accept) return on_accept(e, call, result);
  tcp_.on_call(e.model, call, result, tag);
  follow_stream_call(e, call, result);
}

void HostModel::on_accept(Entry& e, const Syscall& call, const SyscallResult& result) {
  static_cast<void>(call);
  const SocketId id = tcp_.on_accept(e.model, result);
  if (!result.ok() || id == 0 || id > last_id_) return;
  Entry& child = entry(id);
  child.model.descriptors = 1;
  note_holder(child);
  open_descriptor(result.value, id);
}

// Which calls take a port, and whether the socket listens, is needed for the bind rules.
void HostModel::follow_stream_call(Entry& e, const Syscall& call, const SyscallResult& result) {
  SocketModel& s = e.model;
  const auto autobind = [&] {
    if (!s.bound) {
      s.bound = true;
      s.local_known = false;
      s.local.port = 0;
    }
    s.maybe_bound = false;
  };
  if (call.call == Call::listen && result.ok()) {
    autobind();
    // A port that the stack chose ends with the connection or the listening, so that listen may
    // have chosen another.
    if (!e.listening && !s.port_chosen) {
      s.local_known = false;
      s.local.port = 0;
    }
    // Only a socket without a connection may listen, and its end gave the address back.
    if (!e.listening && !s.address_chosen && !s.mapped_wildcard) {
      s.local.ip = IpAddress::any(family_of(s.domain));
    }
    e.maybe_wildcard = false;
    e.listening = true;
    e.by_bind = true;
  } else if (call.call == Call::connect && std::holds_alternative<Unspecified>(call.address)) {
    if (!result.ok()) return;
    e.listening = false;
    e.disconnected = true;
    // A child keeps its address only where bind named its listener's.
    if (e.of_wildcard) s.address_chosen = false;
    if (!s.address_chosen && !s.mapped_wildcard) {
      s.local.ip = IpAddress::any(family_of(s.domain));
    }
  } else if (call.call == Call::connect) {
    const bool begun = result.ok() || result.error == Errno::einprogress;
    if (begun) autobind();
    if (!begun && !s.bound) s.maybe_bound = true;
    if (!begun) note_address_may_be_dropped(e);
  } else if (call.call == Call::shutdown && result.ok()) {
    // In SYN-SENT it dissolves the connection.
    note_address_may_be_dropped(e);
    if (call.how != ShutdownHow::write) e.listening = false;
  } else {
    return;
  }
  if (s.bound || s.maybe_bound) note_holder(e);
}

// A connection that failed or was dissolved gives back an address that bind() did not name.
void HostModel::note_address_may_be_dropped(Entry& e) {
  if (e.model.bound && !e.model.address_chosen) e.maybe_wildcard = true;
}

void HostModel::on_close(Entry& e, const Syscall& call, const SyscallResult& result) {
  if (!judgement_->require(Rule::descriptor_close_succeeds, result.ok(), [&] {
        return Violation{.allowed = "success",
                         .observed = std::string(errno_name(result.error)),
                         .state = call_text(call)};
      })) {
    return;
  }
  forget_descriptor(call.fd);
  if (--e.model.descriptors > 0) return;
  if (e.holds) std::erase(holders_, e.model.id);
  e.holds = false;
  e.listening = false;
  if (e.model.domain == Domain::local) return local_.on_close(e.model.id);
  if (e.model.type == Type::seqpacket) return;
  if (e.model.type == Type::stream) {
    tcp_.on_close(e.model);
  } else {
    udp_.on_close(e.model);
  }
}

void HostModel::on_poll(const Entry& e, const Syscall& call, const SyscallResult& result) {
  const auto seen = static_cast<PollEvents>(result.value);
  const PollEvents may = call.events | poll_err | poll_hup;
  const bool holds = result.ok() && (seen & ~may) == 0 && (seen & poll_nval) == 0;
  judgement_->require(Rule::poll_only_asked, holds, [&] {
    return Violation{
        .allowed = "a part of " + poll_events_text(may),
        .observed = result.ok() ? poll_events_text(seen) : std::string(errno_name(result.error)),
        .state = "socket " + std::to_string(e.model.id)};
  });
}

void HostModel::on_option(Entry& e, const Syscall& call, const SyscallResult& result,
                          PayloadTag tag) {
  const bool of_protocol =
      call.option == OptionName::so_error || call.option == OptionName::so_acceptconn;
  if (call.call == Call::getsockopt && of_protocol) {
    if (e.model.type == Type::stream) return tcp_.on_call(e.model, call, result, tag);
    return udp_.on_call(e.model, call, result, tag);
  }
  const OptionCall option{e.model, e.options, call, result};
  if (call.call == Call::getsockopt) return option_rules_.on_get(option);
  option_rules_.on_set(option);
  e.had_reuse_address = e.had_reuse_address || e.model.reuse_address;
  e.had_reuse_port = e.had_reuse_port || e.model.reuse_port;
  // A child that nobody accepted yet may have been made before or after this.
  if (!e.listening || !result.ok()) return;
  for (SocketId id = 1; id <= last_id_; ++id) {
    Entry& child = entry(id);
    if (child.parent == e.model.id && child.model.descriptors == 0) {
      child.options.forget(call.option);
    }
  }
}

SocketId HostModel::make_child(const SocketModel& listener, const Endpoint& local) {
  Entry& child = make_entry(listener.domain, listener.type);
  child.model.local = unmapped(local);
  adopt_child(child.model.id, listener);
  note_port_taken(child);
  return child.model.id;
}

void HostModel::adopt_child(SocketId id, const SocketModel& listener) {
  Entry& child = entry(id);
  const Entry& parent = entry(listener.id);
  const Endpoint local = child.model.local;
  child.model = listener;
  child.model.id = id;
  child.model.descriptors = 0;
  child.model.bound = true;
  child.model.local = local;
  child.model.local_known = true;
  child.model.address_chosen = true;
  child.model.port_chosen = false;
  child.options = parent.options;
  child.options.keep_inherited();
  child.parent = listener.id;
  child.of_wildcard = !listener.address_chosen;
}

bool HostModel::is_local(const IpAddress& address) const {
  const IpAddress plain = unmapped(address);
  if (plain.is_loopback()) return true;
  return std::ranges::find(config_->addresses, plain) != config_->addresses.end();
}

}  // namespace lockstep::oracle
