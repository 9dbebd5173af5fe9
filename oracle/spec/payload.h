// Position-coded payload: the byte at offset i of stream k is a function of (k, i), so that steps
// carry lengths only, the oracle keeps counts, and yet a lost, repeated, misplaced, foreign or
// damaged byte shows. Bytes of offsets below 16 of streams below 16 are pairwise distinct.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lockstep::oracle {

// Names the bytes of one send: stream `key`, from `offset` on. Every open file description that a
// scenario makes has a stream of its own; a forged segment has one with `forged_key_bit` set.
struct PayloadTag {
  std::uint32_t key = 0;
  std::uint64_t offset = 0;

  friend bool operator==(const PayloadTag&, const PayloadTag&) = default;
};

inline constexpr std::uint32_t forged_key_bit = 0x8000'0000;

// Writes the bytes [tag.offset, tag.offset + out.size()) of the stream.
void fill_payload(PayloadTag tag, std::span<std::byte> out);

// Whether `bytes` are exactly those.
bool payload_matches(PayloadTag tag, std::span<const std::byte> bytes);

}  // namespace lockstep::oracle
