// HostState: what the oracle keeps of one host beside what each protocol keeps: sockets with their
// names and options, descriptors, who holds which port. Plain values; the rules are HostModel's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "oracle/spec/options_rules.h"
#include "oracle/spec/socket_model.h"

namespace lockstep::oracle {

struct HostState {
  struct Entry {
    SocketModel model;
    SocketOptions options;
    SocketId parent = 0;          // The listener whose child it is.
    bool of_wildcard = false;     // A child whose listener's address bind() did not name.
    bool maybe_wildcard = false;  // A local address that connect chose may be given back.
    bool listening = false;
    bool disconnected = false;  // connect(AF_UNSPEC) succeeded once.
    bool holds = false;         // It is in holders_.
    bool by_bind = false;       // bind or listen took its port, not connect, which may share one.
    // The flag was on at some time since the socket took its port.
    bool had_reuse_address = false;
    bool had_reuse_port = false;
    std::uint32_t taken_at = 0;  // When it took its port, in the order of such events.
  };
  struct OpenDescriptor {
    std::int32_t number = -1;
    SocketId socket = 0;
  };

  Entry& entry(SocketId id) { return (*chunks_[(id - 1) / chunk_size])[(id - 1) % chunk_size]; }
  const Entry& entry(SocketId id) const {
    return (*chunks_[(id - 1) / chunk_size])[(id - 1) % chunk_size];
  }

  // Copies the sockets that were made, and no storage beyond them.
  void copy_state(const HostState& other);

  static constexpr std::size_t chunk_size = 4;
  static constexpr std::size_t direct_numbers = 1 << 16;

  // Entries never move, since TcpModel keeps references across make_child.
  std::vector<std::unique_ptr<std::array<Entry, chunk_size>>> chunks_;
  SocketId last_id_ = 0;
  std::vector<SocketId> by_number_;  // Descriptor numbers below direct_numbers.
  std::vector<OpenDescriptor> far_;  // The others.
  std::uint32_t open_count_ = 0;
  bool touched_ = false;       // Something happened in this step.
  std::uint32_t looping_ = 0;  // Packets with a loopback address that left and did not arrive.
  std::uint32_t last_taken_ = 0;
  std::vector<SocketId> holders_;  // Sockets that may hold a port and have a descriptor.
};

}  // namespace lockstep::oracle
