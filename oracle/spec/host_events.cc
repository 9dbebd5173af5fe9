// What happens to a host beside its calls: packets, time, the end of a step; and how it is told.
#include "oracle/spec/host_model.h"

namespace lockstep::oracle {
namespace {

bool names_loopback(const Packet& packet) {
  return packet.source.is_loopback() || packet.destination.is_loopback();
}

}  // namespace

void HostModel::on_left(const Packet& packet) {
  touched_ = true;
  if (is_local(packet.destination) && names_loopback(packet)) ++looping_;
  if (packet.udp() == nullptr) tcp_.on_left(packet);
  if (packet.tcp() == nullptr) udp_.on_left(packet);
}

void HostModel::on_arrived(const Packet& packet, bool forged) {
  touched_ = true;
  // Of and to a loopback address nothing comes from outside (RFC 1122 3.2.1.3, RFC 4291 2.5.3).
  if (names_loopback(packet)) {
    if (looping_ == 0) return;
    --looping_;
  }
  if (packet.udp() == nullptr) tcp_.on_arrived(packet, forged);
  if (packet.tcp() == nullptr) udp_.on_arrived(packet);
}

void HostModel::on_tick(std::uint32_t ticks) {
  touched_ = true;
  tcp_.on_tick(ticks);
}

void HostModel::on_step_end() {
  touched_ = false;
  tcp_.on_step_end();
  udp_.on_step_end();
}

std::string HostModel::describe() const {
  std::string out;
  for (SocketId id = 1; id <= last_id_; ++id) {
    const SocketModel& s = entry(id).model;
    if (s.domain == Domain::local && s.descriptors > 0) out += local_.describe(id) + "\n";
    if (s.domain == Domain::local || s.type == Type::seqpacket) continue;
    if (s.type == Type::dgram && s.descriptors == 0) continue;
    const std::string line = s.type == Type::stream ? tcp_.describe(id) : udp_.describe(id);
    if (!line.empty()) out += line + "\n";
  }
  return out;
}

}  // namespace lockstep::oracle
