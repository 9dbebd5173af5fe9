#include "oracle/discriminate/places.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "oracle/discriminate/errors.h"

namespace lockstep::discriminate {
namespace {

using judge::Observation;

bool receives(const Observation& seen) {
  return seen.call.call == Call::recv || seen.call.call == Call::recvfrom;
}
bool sends(const Observation& seen) {
  return seen.call.call == Call::send || seen.call.call == Call::sendto;
}

std::size_t payload_size(const Packet& packet) {
  if (packet.tcp() != nullptr) return packet.tcp()->payload.size();
  return packet.udp() != nullptr ? packet.udp()->payload.size() : 0;
}

bool same_flow(const Packet& a, const Packet& b) {
  const bool both_tcp = a.tcp() != nullptr && b.tcp() != nullptr;
  const bool both_udp = a.udp() != nullptr && b.udp() != nullptr;
  return (both_tcp || both_udp) && sender_tuple(a) == sender_tuple(b);
}

bool can_be_exchanged(const Observation& a, const Observation& b) {
  const bool same = a.result == b.result && a.bytes == b.bytes;
  const bool whole = !a.result.truncated && !b.result.truncated;
  return !same && whole && a.result.value <= b.room && b.result.value <= a.room &&
         a.call.call == b.call.call;
}

class Survey {
 public:
  explicit Survey(const judge::Recording& recording) : all_(recording.observations) {}

  Places run() {
    find_deadlines();
    for (std::uint32_t at = 0; at < all_.size(); ++at) {
      at_ = at;
      if (all_[at].kind == Observation::Kind::call) visit_call(all_[at]);
      if (all_[at].kind == Observation::Kind::left) visit_packet(all_[at]);
    }
    places_.free_descriptor = last_descriptor_ + 1;
    return std::move(places_);
  }

 private:
  struct Socket {
    Domain domain = Domain::inet;
    Type type = Type::stream;
    std::optional<std::uint32_t> received;  // Its last receive that returned data.
  };

  void add(Way way, std::uint32_t other = 0) {
    places_.of_kind[static_cast<std::size_t>(kind_of(way))].push_back({at_, other, way});
  }

  // The last settle, and the last step's end, that come after each observation.
  void find_deadlines() {
    next_settled_.resize(all_.size());
    std::uint32_t settled = 0;
    for (std::size_t at = all_.size(); at-- > 0;) {
      next_settled_[at] = settled;
      if (all_[at].kind == Observation::Kind::settled) settled = static_cast<std::uint32_t>(at);
      if (all_[at].kind == Observation::Kind::step_end && last_end_ == 0) {
        last_end_ = static_cast<std::uint32_t>(at);
      }
    }
  }

  Socket* socket_of(const Observation& seen) {
    const auto found = sockets_.find({seen.host, seen.call.fd.value});
    return found == sockets_.end() ? nullptr : &found->second;
  }

  void visit_call(const Observation& seen) {
    Socket* socket = seen.call.call == Call::socket ? nullptr : socket_of(seen);
    if (socket != nullptr || seen.call.call == Call::socket) {
      add_call_places(seen, socket);
    } else {
      add(seen.call.call == Call::poll ? Way::poll_bit : Way::result_error);
    }
    follow(seen, socket);
  }

  void add_call_places(const Observation& seen, Socket* socket) {
    const bool ok = seen.result.ok();
    if (seen.call.call == Call::poll) {
      add(Way::poll_bit);
    } else if (ok && seen.call.call == Call::getsockopt &&
               seen.call.option == OptionName::so_error) {
      add(Way::pending_error);
    } else {
      add(Way::result_error);
    }
    if (ok && std::holds_alternative<Endpoint>(seen.result.address)) {
      add(Way::result_ip);
      add(Way::result_port);
    }
    if (ok && std::holds_alternative<UnixPath>(seen.result.address)) add(Way::result_path);
    if (ok && sends(seen)) {
      if (seen.result.value >= 2) add(Way::result_shorter);
      if (seen.result.value < static_cast<std::int64_t>(seen.bytes.size())) add(Way::result_longer);
    }
    if (receives(seen) && socket != nullptr) add_receive_places(seen, *socket);
  }

  void add_receive_places(const Observation& seen, Socket& socket) {
    const std::int64_t value = seen.result.value;
    if (socket.type == Type::stream && seen.room > 0) {
      if (seen.result.error == Errno::eagain) add(Way::end_for_nothing);
      if (value > 0) add(Way::end_for_data);
      if (value == 0) add(Way::nothing_for_end);
    }
    if (!seen.result.ok()) return;
    if (socket.type != Type::stream) add(Way::truncated_bit);
    if (value >= 2) add(Way::result_shorter);
    if (value > 0 && (value < seen.room || value > static_cast<std::int64_t>(seen.bytes.size()))) {
      add(Way::result_longer);
    }
    const bool discards = socket.type == Type::stream && (seen.call.flags & msg_trunc) != 0;
    if (!seen.bytes.empty() && !discards) add(Way::received_byte);
    if (value <= 0 || discards || (seen.call.flags & msg_peek) != 0) return;
    if (socket.received && can_be_exchanged(all_[*socket.received], seen)) {
      add(Way::results_exchanged, *socket.received);
    }
    socket.received = at_;
  }

  void follow(const Observation& seen, Socket* socket) {
    if (!seen.result.ok()) return;
    const auto made = static_cast<std::int32_t>(seen.result.value);
    switch (seen.call.call) {
      case Call::socket:
        sockets_[{seen.host, made}] = {seen.call.domain, seen.call.type, {}};
        break;
      case Call::accept:
      case Call::dup:
        if (socket != nullptr) sockets_[{seen.host, made}] = {socket->domain, socket->type, {}};
        break;
      case Call::close:
        sockets_.erase({seen.host, seen.call.fd.value});
        return;
      default:
        return;
    }
    last_descriptor_ = std::max(last_descriptor_, seen.result.value);
  }

  void visit_packet(const Observation& seen) {
    const Packet& packet = seen.packet;
    add(Way::source_ip);
    add(Way::destination_ip);
    if (packet.tcp() != nullptr || packet.udp() != nullptr) {
      add(Way::source_port);
      add(Way::destination_port);
      add_payload_places(packet);
      exchange_with_earlier(seen);
    }
    if (packet.tcp() != nullptr) add_segment_places(*packet.tcp());
    add(Way::packet_removed);
    add(Way::packet_repeated);
    if (at_ < last_end_) add(Way::old_packet);
    if (next_settled_[at_] != 0) add(Way::packet_delayed, next_settled_[at_]);
  }

  void add_payload_places(const Packet& packet) {
    const std::size_t size = payload_size(packet);
    if (size == 0) return;
    add(Way::payload_byte);
    if (size >= 2) add(Way::payload_shorter);
    add(Way::payload_longer);
  }

  void add_segment_places(const TcpSegment& segment) {
    for (const Way way : {Way::fin_bit, Way::syn_bit, Way::psh_bit, Way::ack_bit, Way::urg_bit,
                          Way::ece_bit, Way::cwr_bit}) {
      add(way);
    }
    for (const Way way : {Way::seq_one_more, Way::seq_one_less, Way::seq_anything}) add(way);
    if (segment.has(tcp_ack)) {
      for (const Way way : {Way::ack_one_more, Way::ack_one_less, Way::ack_anything}) add(way);
    }
    if (segment.window > 1) add(Way::window_none);
    if (segment.window > 0) add(Way::window_one_less);
    if (segment.window < 0xffff) add(Way::window_one_more);
    add(Way::window_anything);
    if (segment.has(tcp_rst)) {
      add(Way::segment_for_reset);
      add(Way::reset_missing);
      return;
    }
    add(Way::reset_for_segment);
    if (segment.has(tcp_ack)) add(Way::bare_ack);
  }

  void exchange_with_earlier(const Observation& seen) {
    for (std::uint32_t at = at_; at-- > 0;) {
      const Observation& earlier = all_[at];
      if (earlier.kind != Observation::Kind::left || earlier.host != seen.host) continue;
      if (!same_flow(earlier.packet, seen.packet)) continue;
      if (!(earlier.packet == seen.packet)) add(Way::packets_exchanged, at);
      return;
    }
  }

  const std::vector<Observation>& all_;
  Places places_;
  std::uint32_t at_ = 0;
  std::uint32_t last_end_ = 0;
  std::vector<std::uint32_t> next_settled_;  // 0 for none.
  std::map<std::pair<std::uint8_t, std::int32_t>, Socket> sockets_;
  std::int64_t last_descriptor_ = 2;
};

}  // namespace

Places find_places(const judge::Recording& recording) { return Survey(recording).run(); }

}  // namespace lockstep::discriminate
