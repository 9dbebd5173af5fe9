// LocalNames: what the AF_UNIX names of one host stand for (unix(7)). Abstract names are those of
// the sockets of one type and go with their socket. Paths are those of a file system that holds
// nothing but the directories / and /tmp, the first of which is also the working directory, and
// the files that bind makes, which outlive their sockets (path_resolution(7)).
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "stack/api/address.h"
#include "stack/api/error_number.h"
#include "stack/api/socket_types.h"
#include "stack/local/local_socket.h"

namespace lockstep {

class LocalNames {
 public:
  void reset();
  // Neither a name nor a file.
  bool empty() const { return abstract_.empty() && files_.empty(); }

  // The socket that has the name, whatever its type if it is a path. ECONNREFUSED where the name is
  // none, a directory, or a file that its socket left; ENOENT and ENOTDIR where the path leads
  // nowhere. Requires: name is not empty.
  std::expected<LocalId, Errno> find(Type type, const UnixPath& name) const;

  // The name as its socket shows it: a path ends at its first zero byte.
  static UnixPath shown(const UnixPath& name);

  // Gives the name to a socket; a path becomes a file. EADDRINUSE where the name is taken or the
  // path exists; ENOENT, ENOTDIR. Requires: name is not empty.
  Errno add(Type type, const UnixPath& name, LocalId id);
  // Gives an abstract name that none of the type has, of five hexadecimal digits; an empty one when
  // there is none left.
  UnixPath add_unused(Type type, LocalId id);
  // The socket of the name is gone. A path stays, as a file.
  void remove(Type type, const UnixPath& name, LocalId id);

  // unlink(2) of a file that bind made. ENOENT, ENOTDIR; EPERM for a directory.
  Errno unlink(const UnixPath& path);

  std::uint64_t hash(std::uint64_t seed) const;
  friend bool operator==(const LocalNames&, const LocalNames&) = default;

 private:
  struct Abstract {
    Type type = Type::stream;
    UnixPath name;

    friend auto operator<=>(const Abstract&, const Abstract&) = default;
  };
  // What a path leads to. A file that does not exist stands in a directory that does.
  struct Place {
    bool directory = false;
    bool slash_follows = false;  // It is asked to be a directory.
    std::string file;            // Absolute, without "." and "..".
  };

  std::expected<Place, Errno> walk(std::string_view path) const;
  // The file of an existing path that is none of a directory: ENOENT, ENOTDIR, or `if_directory`.
  std::expected<std::string, Errno> existing(const UnixPath& path, Errno if_directory) const;

  // no_local: the socket is gone.
  std::map<std::string, LocalId, std::less<>> files_;
  std::map<Abstract, LocalId> abstract_;
  std::uint32_t next_number_ = 0;  // Where the search for an unused name begins.
};

}  // namespace lockstep
