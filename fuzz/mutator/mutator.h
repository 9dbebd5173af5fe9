// Mutations that respect the byte form of a scenario (oracle/scenario/records.h): they insert,
// remove, move and change whole records, where a blind mutator would shift all that follow. They
// fit libFuzzer's LLVMFuzzerCustomMutator and LLVMFuzzerCustomCrossOver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lockstep::mutator {

// Changes data[0, size) in place, at most `max` bytes, and gives the new size: a header and whole
// records, unless `max` has no room for them. The same seed makes the same change.
// Requires: size <= max, and `data` has room for `max` bytes.
std::size_t mutate_records(std::uint8_t* data, std::size_t size, std::size_t max, unsigned seed);

// Writes to `out` a child of two: the header and a first part of `first`, a run of records of
// `second`, and mostly the rest of `first`. Gives its size, at most out.size().
std::size_t cross_over_records(std::span<const std::uint8_t> first,
                               std::span<const std::uint8_t> second, std::span<std::uint8_t> out,
                               unsigned seed);

}  // namespace lockstep::mutator
