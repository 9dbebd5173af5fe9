// Names of AF_UNIX sockets: abstract ones, and paths in a file system that has the directories /
// and /tmp, where a bind makes a file that stays when its socket is closed (unix(7), path
// resolution in path_resolution(7)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oracle/spec/socket_model.h"
#include "oracle/spec/socket_ranks.h"
#include "stack/api/address.h"
#include "stack/api/digest.h"

namespace lockstep::oracle {

inline bool is_abstract(const UnixPath& name) { return name.size > 0 && name.bytes[0] == '\0'; }

// The name that a bind to `asked` gives: a path ends at its first zero byte.
UnixPath stored_name(const UnixPath& asked);

// Whether the kernel could have chosen it (unix(7), Autobind feature).
bool is_autobind_name(const UnixPath& name);

// Where a path leads.
struct PathLookup {
  enum class Kind : std::uint8_t { free, file, directory, missing, not_directory };
  Kind kind = Kind::missing;
  std::string key;           // Of `free` and `file`: the path in its shortest form.
  SocketId owner = 0;        // Of `file`: the socket; 0 when it is closed.
  bool slash_ended = false;  // Asks for a directory.
};

class LocalFiles {
 public:
  void clear() { files_.clear(); }
  // Requires: `path` is not empty and not abstract.
  PathLookup look_up(std::string_view path) const;
  // Requires: look_up() said `free`.
  void make(const std::string& key, SocketId owner) { files_.push_back({key, owner}); }
  // The socket was closed; its file stays.
  void orphan(SocketId owner);
  void digest(Digest& out, const SocketRanks& ranks) const;

 private:
  struct File {
    std::string key;
    SocketId owner = 0;
  };
  const File* find(std::string_view key) const;

  std::vector<File> files_;
};

}  // namespace lockstep::oracle
