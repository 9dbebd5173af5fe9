#include "fuzz/mutator/mutator.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "oracle/scenario/choices.h"
#include "oracle/scenario/records.h"
#include "stack/api/check.h"

namespace lockstep::mutator {
namespace {

using scenario::header_size;
using scenario::RandomChoices;
using scenario::record_size;

// The records of a buffer, behind its header; a part of a record at the end counts as none.
class Records {
 public:
  // Requires: max >= header_size and size <= max. Grows a short header with zeros.
  Records(std::uint8_t* data, std::size_t size, std::size_t max, RandomChoices& choices)
      : data_(data), capacity_((max - header_size) / record_size), choices_(choices) {
    if (size < header_size) std::memset(data + size, 0, header_size - size);
    count_ = size < header_size ? 0 : (size - header_size) / record_size;
  }

  std::size_t count() const { return count_; }
  std::size_t size() const { return header_size + count_ * record_size; }
  bool full() const { return count_ == capacity_; }

  void insert() {
    if (full()) return;
    const std::size_t at = draw_place();
    open_gap(at);
    fill(at);
  }
  void remove() {
    if (count_ == 0) return;
    const std::size_t at = draw_record();
    std::memmove(record(at), record(at) + record_size, (count_ - at - 1) * record_size);
    --count_;
  }
  void copy() {
    if (full() || count_ == 0) return;
    std::array<std::uint8_t, record_size> saved;
    std::memcpy(saved.data(), record(draw_record()), record_size);
    const std::size_t at = draw_place();
    open_gap(at);
    std::memcpy(record(at), saved.data(), record_size);
  }
  void swap() {
    if (count_ < 2) return;
    const std::size_t a = draw_record();
    const std::size_t b = draw_record();
    if (a != b) std::swap_ranges(record(a), record(a) + record_size, record(b));
  }
  // A new family, the operands as they were.
  void change_family() {
    if (count_ > 0) *record(draw_record()) = draw_byte();
  }
  void change_operand() {
    if (count_ == 0) return;
    // The first operands decide most: sockets, packets, addresses.
    const std::uint32_t last = choices_.one_in(3) ? record_size - 1 : 4;
    record(draw_record())[choices_.between(1, last)] = draw_byte();
  }
  void change_header() { data_[choices_.below(header_size)] = draw_byte(); }

 private:
  std::uint8_t* record(std::size_t index) { return data_ + header_size + index * record_size; }
  std::size_t draw_record() { return choices_.below(static_cast<std::uint32_t>(count_)); }
  // A place for a new record: often behind all, which keeps what was reached.
  std::size_t draw_place() {
    return choices_.one_in(3) ? count_ : choices_.below(static_cast<std::uint32_t>(count_) + 1);
  }
  std::uint8_t draw_byte() { return static_cast<std::uint8_t>(choices_.below(256)); }

  void open_gap(std::size_t at) {
    std::memmove(record(at) + record_size, record(at), (count_ - at) * record_size);
    ++count_;
  }
  void fill(std::size_t at) {
    for (std::size_t i = 0; i < record_size; ++i) record(at)[i] = draw_byte();
    // Small operands choose what is simple and what came first.
    if (choices_.one_in(2)) std::memset(record(at) + 4, 0, record_size - 4);
  }

  std::uint8_t* data_;
  std::size_t capacity_;
  std::size_t count_ = 0;
  RandomChoices& choices_;
};

void mutate_once(Records& records, RandomChoices& choices) {
  switch (choices.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return records.insert();
    case 4:
    case 5:
      return records.remove();
    case 6:
      return records.copy();
    case 7:
    case 8:
      return records.swap();
    case 9:
    case 10:
      return records.change_family();
    case 15:
      return records.change_header();
    default:
      return records.change_operand();
  }
}

std::span<const std::uint8_t> records_of(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < header_size) return {};
  const std::size_t count = (bytes.size() - header_size) / record_size;
  return bytes.subspan(header_size, count * record_size);
}

// Appends whole records while there is room.
std::size_t append(std::span<std::uint8_t> out, std::size_t size,
                   std::span<const std::uint8_t> records) {
  const std::size_t room = (out.size() - size) / record_size * record_size;
  const std::size_t taken = std::min(room, records.size());
  std::ranges::copy(records.first(taken), out.begin() + static_cast<std::ptrdiff_t>(size));
  return size + taken;
}

}  // namespace

std::size_t mutate_records(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed) {
  LOCKSTEP_CHECK(size <= max);
  RandomChoices choices(seed);
  if (max < header_size) {
    if (size > 0) {
      data[choices.below(static_cast<std::uint32_t>(size))] ^=
          static_cast<std::uint8_t>(1u << choices.below(8));
    }
    return size;
  }
  Records records(data, size, max, choices);
  if (records.count() == 0) records.insert();
  const std::uint32_t changes = choices.between(1, 4);
  for (std::uint32_t i = 0; i < changes; ++i) mutate_once(records, choices);
  return records.size();
}

std::size_t cross_over_records(std::span<const std::uint8_t> first,
                               std::span<const std::uint8_t> second, std::span<std::uint8_t> out,
                               unsigned seed) {
  RandomChoices choices(seed);
  if (out.size() < header_size) return 0;
  std::ranges::fill(out.first(header_size), std::uint8_t{0});
  std::ranges::copy(first.first(std::min(first.size(), header_size)), out.begin());
  const auto draw_cut = [&](std::span<const std::uint8_t> records) {
    return record_size *
           choices.below(static_cast<std::uint32_t>(records.size() / record_size) + 1);
  };
  const std::span<const std::uint8_t> ours = records_of(first);
  const std::span<const std::uint8_t> theirs = records_of(second);
  const std::size_t cut = draw_cut(ours);
  const std::size_t from = draw_cut(theirs);
  std::size_t size = append(out, header_size, ours.first(cut));
  size = append(out, size, theirs.subspan(from).first(draw_cut(theirs.subspan(from))));
  return choices.one_in(4) ? size : append(out, size, ours.subspan(cut));
}

}  // namespace lockstep::mutator
