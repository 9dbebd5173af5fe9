// The AF_UNIX sockets of one host as a value: their copy, and what tells them from others.
#include "oracle/spec/local_model.h"

namespace lockstep::oracle {

void LocalModel::copy_world(const LocalModel& other) {
  const auto& [host, judgement, sockets, files] = other;
  sockets_ = sockets;
  files_ = files;
}

// Open sockets matter, and those that one that matters refers to: its peer, the sender of what it
// did not receive, though both may be closed.
void LocalModel::note_sockets(SocketRanks& ranks) const {
  for (bool more = true; more;) {
    more = false;
    const auto note = [&](SocketId id) { more |= ranks.note(id); };
    for (const Socket& s : sockets_) {
      if (s.id == 0) continue;
      if (s.open) note(s.id);
      if (ranks.of(s.id) == 0) continue;
      note(s.namesake);
      note(s.peer);
      for (const Message& message : s.queue) note(message.sender);
      for (const SocketId child : s.pending) note(child);
    }
  }
}

void LocalModel::digest(Digest& out, const SocketRanks& ranks) const {
  const auto& [host, judgement, sockets, files] = *this;
  for (const Socket& s : sockets) {
    if (s.id == 0 || ranks.of(s.id) == 0) continue;
    out.add(ranks.of(s.id));
    digest_socket(out, s, ranks);
  }
  out.add(0);
  files.digest(out, ranks);
}

void LocalModel::digest_socket(Digest& out, const Socket& s, const SocketRanks& ranks) {
  const auto& [id, type, open, listening, connected, read_shut, write_shut, named, owns_name,
               name_unseen, urgent_came, urgent_sent, name, namesake, peer, backlog, error, queue,
               pending, unread, charged] = s;
  out.add_packed(type, open, listening, connected, read_shut, write_shut, named, owns_name,
                 name_unseen, urgent_came, urgent_sent, backlog);
  out.add_packed(ranks.of(namesake), ranks.of(peer));
  out.add(name);
  error.digest(out);
  out.add(queue.size());
  for (const Message& message : queue) {
    const auto& [sender, tag, size, read, overhead] = message;
    const auto& [key, offset] = tag;
    out.add_packed(ranks.of(sender), key, size, read);
    out.add(overhead);
    out.add(offset);
  }
  out.add(pending.size());
  for (const SocketId child : pending) out.add(ranks.of(child));
  out.add(unread);
  out.add(charged);
}

void LocalFiles::digest(Digest& out, const SocketRanks& ranks) const {
  const auto& [files] = *this;
  out.add(files.size());
  for (const File& file : files) {
    const auto& [key, owner] = file;
    out.add(std::as_bytes(std::span(key)));
    out.add(ranks.of(owner));
  }
}

}  // namespace lockstep::oracle
