// SendBuffer: what the application wrote and the peer has not acknowledged yet.
//
//     first()          SND.NXT              end()
//     [ in flight ..... | unsent ........... ]
//
// Where SND.NXT stands is the connection's business; the buffer only knows positions.
#pragma once

#include <cstdint>

#include "stack/api/ring.h"
#include "stack/api/slice.h"
#include "stack/tcp/seq.h"

namespace lockstep {

class SendBuffer {
 public:
  // Empties the buffer; the next byte appended gets the number `first`.
  void start_at(SequenceNumber first);

  SequenceNumber first() const { return first_; }
  SequenceNumber end() const { return first_ + size_; }
  std::uint32_t size() const { return size_; }

  void append(Slice bytes);

  // Forgets the bytes before `position`; positions outside the buffer are brought to its ends.
  void drop_before(SequenceNumber position);

  // Bytes [from, from + count) as one slice; copies only when they span several writes.
  // Requires: the range lies in the buffer.
  Slice gather(SequenceNumber from, std::uint32_t count) const;

  std::uint64_t hash(std::uint64_t seed) const;
  friend bool operator==(const SendBuffer&, const SendBuffer&) = default;

 private:
  struct Piece {
    SequenceNumber start;
    Slice bytes;

    friend bool operator==(const Piece&, const Piece&) = default;
  };

  // The piece that holds the byte at `position`, by bisection.
  std::size_t piece_at(SequenceNumber position) const;

  Ring<Piece> pieces_;
  SequenceNumber first_;
  std::uint32_t size_ = 0;
};

}  // namespace lockstep
