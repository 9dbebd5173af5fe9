// DescriptorTable: the descriptors of one host. In the kernel all hosts of this process and the
// harness share one table, so that a host's numbers would tell of the others; here each host counts
// from 3 and takes the lowest free number, as POSIX has it for a process of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/api/socket_types.h"

namespace lockstep::live {

class DescriptorTable {
 public:
  // A number that is surely open nowhere: above any limit that the kernel allows.
  static constexpr int surely_closed = 0x7fff'ffff;

  struct Entry {
    int real = -1;           // Of this process; -1 for a free number.
    std::uint32_t file = 0;  // The same for dups: they are one open file description.
    bool dgram = false;
  };

  // The real descriptor for a number of the host; one that the kernel answers EBADF where the host
  // has none. Negative numbers stay as they are.
  int real(Fd fd) const;
  const Entry* find(Fd fd) const;

  Fd add(int real, std::uint32_t file, bool dgram);
  std::uint32_t fresh_file() { return next_file_++; }
  void remove(Fd fd);
  std::size_t size() const { return size_; }
  // How many descriptors name the same open file description.
  std::size_t sharers(std::uint32_t file) const;

  // Shows each real descriptor, then forgets all.
  template <typename Close>
  void clear(Close&& close) {
    for (const Entry& entry : entries_) {
      if (entry.real >= 0) close(entry);
    }
    entries_.clear();
    size_ = 0;
  }

 private:
  static constexpr std::int32_t first = 3;

  std::vector<Entry> entries_;  // Indexed by number - first.
  std::size_t size_ = 0;
  std::uint32_t next_file_ = 1;
};

}  // namespace lockstep::live
