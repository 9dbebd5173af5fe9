// How AF_UNIX sockets find each other: what an address means, listen, connect, accept.
#include <algorithm>

#include "oracle/spec/local_model.h"

namespace lockstep::oracle {

// What connect and sendto mean, with the errors of an address that means nothing.
LocalModel::Target LocalModel::find_target(Outcomes& outcomes, const Socket& s,
                                           const SocketAddress& address) const {
  const auto* name = std::get_if<UnixPath>(&address);
  if (name == nullptr || name->size == 0) {
    outcomes.must_fail(Rule::local_connect_bad_address, Errno::einval);
    return {};
  }
  Target target;
  if (is_abstract(*name)) {
    target = find_abstract(s, *name);
    if (target.unsure) outcomes.may_fail(Rule::local_connect_refused, Errno::econnrefused);
    if (target.id == 0 && !target.unsure) {
      outcomes.must_fail(Rule::local_connect_refused, Errno::econnrefused);
    }
    return target;
  }
  const PathLookup file = files_.look_up(stored_name(*name).view());
  using Kind = PathLookup::Kind;
  if (file.kind == Kind::missing || file.kind == Kind::free) {
    outcomes.must_fail(Rule::local_connect_no_path, Errno::enoent);
  } else if (file.kind == Kind::not_directory || (file.kind == Kind::file && file.slash_ended)) {
    outcomes.must_fail(Rule::local_connect_no_path, Errno::enotdir);
  } else if (file.owner == 0) {
    outcomes.must_fail(Rule::local_connect_refused, Errno::econnrefused);
  } else if (at(file.owner).type != s.type) {
    outcomes.must_fail(Rule::local_connect_wrong_type, Errno::eprototype);
  } else {
    target.id = file.owner;
  }
  return target;
}

// Abstract names of different types are different names.
LocalModel::Target LocalModel::find_abstract(const Socket& s, const UnixPath& name) const {
  Target target;
  for (const Socket& other : sockets_) {
    if (!other.open || !other.owns_name || other.type != s.type) continue;
    if (other.name_unseen) {
      target.unsure = target.unsure || is_autobind_name(name);
    } else if (other.name == name) {
      return {.id = other.id};
    }
  }
  return target;
}

void LocalModel::on_listen(const Turn& turn) {
  Socket& s = turn.self;
  Outcomes outcomes;
  if (is_dgram(s)) {
    outcomes.must_fail(Rule::dgram_has_no_connections, Errno::eopnotsupp);
  } else {
    const bool named = s.named || s.namesake != 0;
    if (!named) outcomes.must_fail(Rule::local_listen_needs_name, Errno::einval);
    if (s.connected) outcomes.must_fail(Rule::local_listen_needs_idle, Errno::einval);
  }
  if (!judge(outcomes, Rule::local_listen_otherwise_succeeds, turn) || !turn.result.ok()) return;
  s.listening = true;
  // listen(2): capped by somaxconn; a negative number is taken as the largest.
  s.backlog =
      std::min(static_cast<std::uint32_t>(turn.call.backlog), host_->config().default_backlog);
}

void LocalModel::on_connect(const Turn& turn) {
  Socket& s = turn.self;
  Outcomes outcomes;
  const Target target = find_target(outcomes, s, turn.call.address);
  if (target.id != 0) {
    const Socket& listener = at(target.id);
    if (!listener.listening || listener.read_shut) {
      outcomes.must_fail(Rule::local_connect_needs_listener, Errno::econnrefused);
    } else if (listener.pending.size() > listener.backlog) {
      outcomes.must_fail(Rule::local_connect_full_queue, Errno::eagain);
    } else {
      outcomes.excludes(Rule::local_connect_full_queue, Errno::eagain);
    }
  } else if (target.unsure) {
    outcomes.may_fail(Rule::local_connect_full_queue, Errno::eagain);
  }
  if (s.connected) outcomes.must_fail(Rule::local_connect_once, Errno::eisconn);
  if (s.listening) outcomes.must_fail(Rule::local_connect_once, Errno::einval);
  if (!judge(outcomes, Rule::local_connect_otherwise_succeeds, turn) || !turn.result.ok()) return;
  if (target.id == 0) return judgement_->give_up("connected to a name that was not seen");
  const SocketId child_id = host_->make_child(host_->socket(target.id), {});
  Socket& child = make(child_id, s.type);
  Socket& client = at(turn.model.id);  // make() may have moved it.
  child.namesake = at(target.id).namesake != 0 ? at(target.id).namesake : target.id;
  child.connected = client.connected = true;
  child.peer = client.id;
  client.peer = child_id;
  at(target.id).pending.push_back(child_id);
}

void LocalModel::on_connect_dgram(const Turn& turn) {
  Socket& s = turn.self;
  Outcomes outcomes;
  if (std::holds_alternative<Unspecified>(turn.call.address)) {
    if (judge(outcomes, Rule::local_connect_otherwise_succeeds, turn) && turn.result.ok()) {
      leave_peer(s);
    }
    return;
  }
  const Target target = find_target(outcomes, s, turn.call.address);
  if (target.id != 0 && at(target.id).peer != 0 && at(target.id).peer != s.id) {
    outcomes.must_fail(Rule::local_dgram_third_party, Errno::eperm);
  } else if (target.unsure) {
    outcomes.may_fail(Rule::local_dgram_third_party, Errno::eperm);
  }
  if (!judge(outcomes, Rule::local_connect_otherwise_succeeds, turn) || !turn.result.ok()) return;
  if (target.id == 0) return judgement_->give_up("connected to a name that was not seen");
  if (s.peer != target.id) leave_peer(s);
  s.peer = target.id;
  s.connected = true;
}

SocketId LocalModel::on_accept(const SocketModel& socket, const SyscallResult& result) {
  if (!knows(socket.id)) return 0;
  Socket& s = at(socket.id);
  visit(s, Call::accept);
  Outcomes outcomes;
  if (is_dgram(s)) {
    outcomes.must_fail(Rule::dgram_has_no_connections, Errno::eopnotsupp);
  } else if (!s.listening) {
    outcomes.must_fail(Rule::local_accept_needs_listener, Errno::einval);
  } else if (s.pending.empty()) {
    outcomes.must_fail(Rule::local_accept_pending, Errno::eagain);
  }
  if (!outcomes.judge(*judgement_, Rule::local_accept_pending, result.error,
                      [&] { return describe(s.id); }) ||
      !result.ok()) {
    return 0;
  }
  const SocketId child = s.pending.front();
  s.pending.erase(s.pending.begin());
  Socket& client = at(at(child).peer);
  judgement_->require(Rule::local_accept_names_the_client, fits_name(client, result.address), [&] {
    return Violation{.allowed = name_text(client),
                     .observed = to_string(result.address),
                     .state = describe(s.id)};
  });
  return child;
}

}  // namespace lockstep::oracle
