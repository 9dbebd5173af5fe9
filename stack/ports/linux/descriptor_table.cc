#include "stack/ports/linux/descriptor_table.h"

#include <algorithm>

#include "stack/api/check.h"

namespace lockstep::live {

const DescriptorTable::Entry* DescriptorTable::find(Fd fd) const {
  if (fd.value < first) return nullptr;
  const auto index = static_cast<std::size_t>(fd.value - first);
  if (index >= entries_.size() || entries_[index].real < 0) return nullptr;
  return &entries_[index];
}

int DescriptorTable::real(Fd fd) const {
  if (fd.value < 0) return fd.value;
  const Entry* entry = find(fd);
  return entry == nullptr ? surely_closed : entry->real;
}

Fd DescriptorTable::add(int real, std::uint32_t file, bool dgram) {
  LOCKSTEP_CHECK(real >= 0);
  auto free = std::ranges::find_if(entries_, [](const Entry& entry) { return entry.real < 0; });
  if (free == entries_.end()) free = entries_.insert(entries_.end(), Entry{});
  *free = Entry{real, file, dgram};
  ++size_;
  return Fd{first + static_cast<std::int32_t>(free - entries_.begin())};
}

void DescriptorTable::remove(Fd fd) {
  LOCKSTEP_CHECK(find(fd) != nullptr);
  entries_[static_cast<std::size_t>(fd.value - first)] = Entry{};
  --size_;
}

std::size_t DescriptorTable::sharers(std::uint32_t file) const {
  const auto shares = [&](const Entry& entry) { return entry.real >= 0 && entry.file == file; };
  return static_cast<std::size_t>(std::ranges::count_if(entries_, shares));
}

}  // namespace lockstep::live
