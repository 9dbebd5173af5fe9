#include "oracle/spec/local_names.h"

#include <algorithm>

namespace lockstep::oracle {
namespace {

constexpr std::size_t autobind_digits = 5;
constexpr std::string_view only_directory = "tmp";  // Beside the root.

}  // namespace

UnixPath stored_name(const UnixPath& asked) {
  if (is_abstract(asked)) return asked;
  const std::string_view text = asked.view();
  return UnixPath::from(text.substr(0, text.find('\0')));
}

bool is_autobind_name(const UnixPath& name) {
  if (!is_abstract(name) || name.size != 1 + autobind_digits) return false;
  return std::ranges::all_of(name.view().substr(1), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

const LocalFiles::File* LocalFiles::find(std::string_view key) const {
  const auto found = std::ranges::find(files_, key, &File::key);
  return found == files_.end() ? nullptr : &*found;
}

PathLookup LocalFiles::look_up(std::string_view path) const {
  using Kind = PathLookup::Kind;
  std::string at;  // The directory reached: the root, or only_directory.
  PathLookup result{.kind = Kind::directory};
  result.slash_ended = path.ends_with('/');
  while (!path.empty()) {
    const std::string_view word = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), word.size() + 1));
    if (word.empty() || word == ".") continue;
    if (result.kind == Kind::file) result.kind = Kind::not_directory;
    if (result.kind == Kind::free) result.kind = Kind::missing;
    if (result.kind != Kind::directory) return result;
    if (word == "..") {
      at.clear();
      continue;
    }
    std::string key = at.empty() ? std::string(word) : at + "/" + std::string(word);
    if (key == only_directory) {
      at = std::move(key);
      continue;
    }
    const File* file = find(key);
    result.kind = file == nullptr ? Kind::free : Kind::file;
    result.owner = file == nullptr ? 0 : file->owner;
    result.key = std::move(key);
    // A last "." or ".." asks for a directory, as a slash does.
    const std::size_t rest = path.find_first_not_of('/');
    if (rest != std::string_view::npos && path.substr(rest) == ".") result.slash_ended = true;
  }
  return result;
}

void LocalFiles::orphan(SocketId owner) {
  for (File& file : files_) {
    if (file.owner == owner) file.owner = 0;
  }
}

}  // namespace lockstep::oracle
