// SocketRanks: new numbers for the sockets of one host, for its digest. A SocketId tells how many
// sockets were made before, which decides nothing; who has which id does. The sockets that still
// matter are numbered from 1 on in the order of their ids.
#pragma once

#include <cstdint>
#include <vector>

#include "oracle/spec/socket_model.h"

namespace lockstep::oracle {

class SocketRanks {
 public:
  void start(SocketId last_id) { ranks_.assign(last_id + 1, 0); }
  // The socket matters. Answers whether it did not so far. Requires: id <= last_id.
  bool note(SocketId id) {
    if (id == 0 || ranks_[id] != 0) return false;
    ranks_[id] = 1;
    return true;
  }
  // After all were noted.
  void number() {
    std::uint32_t last = 0;
    for (std::uint32_t& rank : ranks_) {
      if (rank != 0) rank = ++last;
    }
  }
  // 0 for one that does not matter, and for 0.
  std::uint32_t of(SocketId id) const { return id < ranks_.size() ? ranks_[id] : 0; }

 private:
  std::vector<std::uint32_t> ranks_;  // By id.
};

}  // namespace lockstep::oracle
