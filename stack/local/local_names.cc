#include "stack/local/local_names.h"

#include <span>
#include <utility>

#include "stack/api/hash.h"

namespace lockstep {
namespace {

constexpr std::string_view root = "/";
constexpr std::string_view temporary = "/tmp";

constexpr std::uint32_t numbers = 0x100000;  // Five hexadecimal digits.

bool is_abstract(const UnixPath& name) { return name.bytes[0] == '\0'; }

// A path ends at its first zero byte, if it has one (unix(7)).
std::string_view text_of(const UnixPath& path) {
  return path.view().substr(0, path.view().find('\0'));
}

bool is_directory(std::string_view place) { return place == root || place == temporary; }

std::string child_of(std::string_view directory, std::string_view component) {
  // Every directory's parent is the root here.
  if (component == "..") return std::string(root);
  std::string place(directory);
  if (component == ".") return place;
  if (place != root) place += '/';
  return place += component;
}

UnixPath numbered_name(std::uint32_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  UnixPath name;
  for (std::size_t i = 0; i < 5; ++i) name.bytes[i + 1] = digits[(number >> (4 * (4 - i))) & 0xf];
  name.size = 6;
  return name;
}

}  // namespace

void LocalNames::reset() {
  files_.clear();
  abstract_.clear();
  next_number_ = 0;
}

std::expected<LocalNames::Place, Errno> LocalNames::walk(std::string_view path) const {
  std::string place(root);
  bool slash_follows = true;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view component = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    if (component.empty()) {
      slash_follows = true;
      continue;
    }
    // What was a last component so far turns out to be a directory to pass through.
    if (!is_directory(place)) {
      return std::unexpected(files_.contains(place) ? Errno::enotdir : Errno::enoent);
    }
    place = child_of(place, component);
    slash_follows = end != std::string_view::npos;
  }
  const bool directory = is_directory(place);
  return Place{directory, slash_follows, std::move(place)};
}

std::expected<std::string, Errno> LocalNames::existing(const UnixPath& path,
                                                       Errno if_directory) const {
  auto place = walk(text_of(path));
  if (!place) return std::unexpected(place.error());
  if (place->directory) return std::unexpected(if_directory);
  if (!files_.contains(place->file)) return std::unexpected(Errno::enoent);
  if (place->slash_follows) return std::unexpected(Errno::enotdir);
  return std::move(place->file);
}

std::expected<LocalId, Errno> LocalNames::find(Type type, const UnixPath& name) const {
  LocalId id = no_local;
  if (is_abstract(name)) {
    const auto found = abstract_.find(Abstract{type, name});
    if (found != abstract_.end()) id = found->second;
  } else {
    const auto file = existing(name, Errno::econnrefused);
    if (!file) return std::unexpected(file.error());
    id = files_.find(*file)->second;
  }
  if (id == no_local) return std::unexpected(Errno::econnrefused);
  return id;
}

UnixPath LocalNames::shown(const UnixPath& name) {
  return is_abstract(name) ? name : UnixPath::from(text_of(name));
}

Errno LocalNames::add(Type type, const UnixPath& name, LocalId id) {
  if (is_abstract(name)) {
    return abstract_.try_emplace(Abstract{type, name}, id).second ? Errno::ok : Errno::eaddrinuse;
  }
  auto place = walk(text_of(name));
  if (!place) return place.error();
  if (place->directory || files_.contains(place->file)) return Errno::eaddrinuse;
  if (place->slash_follows) return Errno::enoent;
  files_.emplace(std::move(place->file), id);
  return Errno::ok;
}

UnixPath LocalNames::add_unused(Type type, LocalId id) {
  for (std::uint32_t tried = 0; tried < numbers; ++tried) {
    const UnixPath name = numbered_name(next_number_);
    next_number_ = (next_number_ + 1) % numbers;
    if (abstract_.try_emplace(Abstract{type, name}, id).second) return name;
  }
  return {};
}

void LocalNames::remove(Type type, const UnixPath& name, LocalId id) {
  if (is_abstract(name)) {
    abstract_.erase(Abstract{type, name});
    return;
  }
  // The file may have been unlinked, and another one made in its place.
  const auto place = walk(text_of(name));
  if (!place) return;
  const auto file = files_.find(place->file);
  if (file != files_.end() && file->second == id) file->second = no_local;
}

Errno LocalNames::unlink(const UnixPath& path) {
  if (is_abstract(path)) return Errno::enoent;
  const auto file = existing(path, Errno::eperm);
  if (!file) return file.error();
  files_.erase(*file);
  return Errno::ok;
}

std::uint64_t LocalNames::hash(std::uint64_t seed) const {
  const auto mix_text = [&seed](std::string_view text) {
    seed = hash_bytes(seed, std::as_bytes(std::span(text)));
  };
  for (const auto& [file, id] : files_) {
    mix_text(file);
    seed = hash_mix(seed, id);
  }
  for (const auto& [key, id] : abstract_) {
    mix_text(key.name.view());
    seed = hash_mix(seed, (static_cast<std::uint64_t>(key.type) << 32) | id);
  }
  return hash_mix(seed, next_number_);
}

}  // namespace lockstep
