// What every target over step records gives to libFuzzer: counters for rules and (state, event)
// pairs, and mutations that keep records whole. Included by one source of each target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/mutator/mutator.h"

// One byte per rule, then one per (state, event) pair; libFuzzer reads the section as feedback.
__attribute__((section("__libfuzzer_extra_counters"),
               used)) inline std::uint8_t lockstep_extra_counters[4096 + 512];

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
  return lockstep::mutator::mutate_records(data, size, max, seed);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second,
                                                 std::size_t second_size, std::uint8_t* out,
                                                 std::size_t out_max, unsigned seed) {
  return lockstep::mutator::cross_over_records({first, first_size}, {second, second_size},
                                               {out, out_max}, seed);
}
