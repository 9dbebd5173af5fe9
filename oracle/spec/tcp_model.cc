#include "oracle/spec/tcp_model.h"

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

struct TcpModel::State {
  TcpEngine engine;
};

TcpModel::TcpModel(HostServices& host, Judgement& judgement)
    : state_(new State{TcpEngine(host, judgement)}) {}
TcpModel::~TcpModel() = default;

void TcpModel::reset() { state_->engine.reset(); }
void TcpModel::on_socket(SocketModel& socket) { state_->engine.on_socket(socket); }

void TcpModel::on_call(SocketModel& socket, const Syscall& call, const SyscallResult& result,
                       PayloadTag tag) {
  state_->engine.on_call(socket, call, result, tag);
}

SocketId TcpModel::on_accept(SocketModel& listener, const SyscallResult& result) {
  return state_->engine.on_accept(listener, result);
}

void TcpModel::on_close(SocketModel& socket) { state_->engine.on_close(socket); }
void TcpModel::on_arrived(const Packet& packet, bool forged) {
  state_->engine.on_arrived(packet, forged);
}
void TcpModel::on_left(const Packet& packet) { state_->engine.on_left(packet); }
void TcpModel::on_tick(std::uint32_t ticks) { state_->engine.on_tick(ticks); }
void TcpModel::on_tick_elsewhere(std::uint32_t ticks) { state_->engine.on_tick_elsewhere(ticks); }
void TcpModel::on_step_end() { state_->engine.on_step_end(); }
void TcpModel::on_settled() { state_->engine.on_settled(); }
bool TcpModel::quiet() const { return state_->engine.quiet(); }
bool TcpModel::desynchronised() const { return state_->engine.desynchronised(); }
bool TcpModel::awaits_long_timer() const { return state_->engine.awaits_long_timer(); }

void TcpModel::add_holders(std::vector<PortHolder>& out) const { state_->engine.add_holders(out); }

void TcpModel::copy_world(const TcpModel& other) {
  state_->engine.copy_world(other.state_->engine);
}
void TcpModel::note_sockets(SocketRanks& ranks) const { state_->engine.note_sockets(ranks); }
void TcpModel::digest(Digest& out, const SocketRanks& ranks) const {
  state_->engine.digest(out, ranks);
}

std::string TcpModel::describe(SocketId socket) const { return state_->engine.describe(socket); }

}  // namespace lockstep::oracle
