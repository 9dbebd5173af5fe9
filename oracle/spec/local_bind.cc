// Names of AF_UNIX sockets: bind, getsockname, getpeername, and every answer that names a socket.
#include "oracle/spec/local_model.h"

namespace lockstep::oracle {
namespace {

std::string answer_text(const SyscallResult& result) {
  return result.ok() ? to_string(result.address) : std::string(errno_name(result.error));
}

}  // namespace

// `unsure`: a socket has a name that the kernel chose and that could be this one.
bool LocalModel::abstract_name_in_use(const Socket& s, const UnixPath& name, bool& unsure) const {
  for (const Socket& other : sockets_) {
    if (!other.open || !other.owns_name || other.type != s.type || other.id == s.id) continue;
    if (other.name_unseen) {
      unsure = unsure || is_autobind_name(name);
    } else if (other.name == name) {
      return true;
    }
  }
  return false;
}

void LocalModel::on_bind(const Turn& turn) {
  Socket& s = turn.self;
  const auto* asked = std::get_if<UnixPath>(&turn.call.address);
  Outcomes outcomes;
  PathLookup file;
  if (asked == nullptr) {
    outcomes.must_fail(Rule::local_bind_bad_address, Errno::einval);
  } else if (asked->size > 0) {
    if (s.named || s.namesake != 0) outcomes.must_fail(Rule::local_bind_once, Errno::einval);
    bool in_use = false;
    bool unsure = false;
    if (is_abstract(*asked)) {
      in_use = abstract_name_in_use(s, *asked, unsure);
      // Its own name is taken by itself.
      in_use = in_use || (s.owns_name && !s.name_unseen && s.name == *asked);
    } else {
      file = files_.look_up(stored_name(*asked).view());
      using Kind = PathLookup::Kind;
      in_use = file.kind == Kind::file || file.kind == Kind::directory;
      const bool missing = file.kind == Kind::free && file.slash_ended;
      if (file.kind == Kind::missing || missing) {
        outcomes.must_fail(Rule::local_bind_needs_directory, Errno::enoent);
      } else if (file.kind == Kind::not_directory) {
        outcomes.must_fail(Rule::local_bind_needs_directory, Errno::enotdir);
      }
    }
    if (in_use) {
      outcomes.must_fail(Rule::local_bind_name_in_use, Errno::eaddrinuse);
    } else if (unsure) {
      outcomes.may_fail(Rule::local_bind_name_in_use, Errno::eaddrinuse);
    } else {
      outcomes.never(Rule::local_bind_name_in_use, Errno::eaddrinuse);
    }
  }
  if (!judge(outcomes, Rule::local_bind_otherwise_succeeds, turn) || !turn.result.ok()) return;
  if (asked == nullptr || s.named || s.namesake != 0) return;
  s.named = s.owns_name = true;
  s.name_unseen = asked->size == 0;
  s.name = stored_name(*asked);
  if (!s.name_unseen && !is_abstract(s.name)) files_.make(file.key, s.id);
}

// Whether `seen` is the socket's name; takes over one that the kernel chose.
bool LocalModel::fits_name(Socket& s, const SocketAddress& seen) {
  Socket& named = s.namesake != 0 ? at(s.namesake) : s;
  const auto* path = std::get_if<UnixPath>(&seen);
  if (!named.named) {
    return std::holds_alternative<Unspecified>(seen) || (path != nullptr && path->size == 0);
  }
  if (path == nullptr || path->size == 0) return false;
  if (!named.name_unseen) return *path == named.name;
  bool unsure = false;
  const bool taken = named.owns_name && abstract_name_in_use(named, *path, unsure);
  judgement_->require(Rule::local_autobind_five_digits, is_autobind_name(*path) && !taken, [&] {
    return Violation{.allowed = "a free name of five hexadecimal digits",
                     .observed = to_string(*path),
                     .state = describe(named.id)};
  });
  named.name = *path;
  named.name_unseen = false;
  return true;
}

std::string LocalModel::name_text(const Socket& s) const {
  const Socket& named = s.namesake != 0 ? at(s.namesake) : s;
  if (!named.named) return "no name";
  return named.name_unseen ? "a name of five digits" : to_string(named.name);
}

void LocalModel::on_getsockname(const Turn& turn) {
  Socket& s = turn.self;
  judgement_->require(Rule::local_name, turn.result.ok() && fits_name(s, turn.result.address), [&] {
    return Violation{
        .allowed = name_text(s), .observed = answer_text(turn.result), .state = describe(s.id)};
  });
}

void LocalModel::on_getpeername(const Turn& turn) {
  Socket& s = turn.self;
  const bool holds = s.connected ? turn.result.ok() && fits_name(at(s.peer), turn.result.address)
                                 : turn.result.error == Errno::enotconn;
  judgement_->require(Rule::local_peer_name, holds, [&] {
    return Violation{.allowed = s.connected ? name_text(at(s.peer)) : "ENOTCONN",
                     .observed = answer_text(turn.result),
                     .state = describe(s.id)};
  });
}

}  // namespace lockstep::oracle
