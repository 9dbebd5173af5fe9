#include "oracle/scenario/draw.h"
#include "oracle/scenario/generate_action.h"

namespace lockstep::scenario {
namespace {

using enum lockstep::Call;

bool is_idle(const OpenSocket& socket) {
  return socket.phase == Phase::fresh || socket.phase == Phase::bound;
}

// Draws a call; the drawn socket is the operand, on its own host.
class CallDraw {
 public:
  CallDraw(Choices& choices, const Situation& situation)
      : choices_(choices), situation_(situation) {}

  Action draw(Family family);

 private:
  template <typename Predicate>
  const OpenSocket* socket_that(Predicate&& wanted) {
    return draw_socket(choices_, situation_,
                       [&](const OpenSocket& socket) { return is_open(socket) && wanted(socket); });
  }
  const OpenSocket* any_open() {
    return socket_that([](const OpenSocket&) { return true; });
  }

  step::Call on(const OpenSocket& socket, lockstep::Call call) const {
    step::Call made;
    made.host = socket.host;
    made.socket = socket.name;
    made.call = call;
    return made;
  }
  SocketName new_name() const { return {situation_.next_name}; }

  Action open();
  bool draw_is_local();
  Action bind_one();
  Action listen_one();
  Action connect_one();
  Action accept_one();
  Action send_one();
  Action receive_one();
  Action send_datagram();
  Action misuse();
  Action of_family(const OpenSocket& socket, Family family);
  step::Call fill(const OpenSocket& socket, lockstep::Call call);

  Choices& choices_;
  const Situation& situation_;
};

// Mostly of the same sort as the last one, so that they find each other.
bool CallDraw::draw_is_local() {
  const bool after_local = !situation_.sockets.empty() && is_local(situation_.sockets.back());
  return after_local ? !choices_.one_in(6) : choices_.one_in(12);
}

Action CallDraw::open() {
  step::Call made;
  made.host =
      static_cast<HostIndex>(choices_.below(static_cast<std::uint32_t>(situation_.hosts.size())));
  made.call = socket;
  made.result = new_name();
  const FeatureSet features = situation_.features[made.host];
  const bool has_v6 =
      address_of(situation_.hosts[made.host], IpFamily::v6) != IpAddress::loopback(IpFamily::v6);
  if (has_v6 && features.has(Feature::ipv6) && choices_.one_in(3)) made.domain = Domain::inet6;
  if (features.has(Feature::local_sockets) && draw_is_local()) made.domain = Domain::local;
  if (choices_.one_in(4)) made.type = Type::dgram;
  if (choices_.one_in(made.domain == Domain::local ? 3 : 128)) made.type = Type::seqpacket;
  return made;
}

// The call with all its arguments drawn.
step::Call CallDraw::fill(const OpenSocket& operand, lockstep::Call call) {
  step::Call made = on(operand, call);
  switch (call) {
    case socket:
    case close:
    case getsockname:
    case getpeername:
    case siocinq:
    case siocoutq:
      break;
    case accept:
    case dup:
      made.result = new_name();
      break;
    case bind:
      made.address.literal = draw_local_address(choices_, situation_, operand);
      break;
    case connect:
      made.address.literal = draw_remote_address(choices_, situation_, operand);
      break;
    case listen: {
      constexpr std::array<std::int32_t, 8> backlogs{8, 8, 8, 1, 0, 2, -1, 5000};
      made.backlog = choices_.of(backlogs);
      break;
    }
    case sendto:
      made.address.literal = draw_remote_address(choices_, situation_, operand);
      [[fallthrough]];
    case send:
      made.length = draw_length(choices_, situation_, operand.host);
      made.flags = draw_send_flags(choices_);
      break;
    case recv:
    case recvfrom: {
      constexpr std::array<std::uint32_t, 8> rooms{65'536, 65'536, 1000, 100, 10, 1, 0, 200'000};
      made.length = choices_.of(rooms);
      made.flags = draw_receive_flags(choices_);
      break;
    }
    case shutdown: {
      constexpr std::array<ShutdownHow, 8> hows{
          ShutdownHow::write, ShutdownHow::write, ShutdownHow::write, ShutdownHow::both,
          ShutdownHow::both,  ShutdownHow::read,  ShutdownHow::read,  ShutdownHow::invalid};
      made.how = choices_.of(hows);
      break;
    }
    case setsockopt: {
      const OptionSetting setting = draw_option_setting(choices_);
      made.option = setting.option;
      made.option_value = setting.value;
      break;
    }
    case getsockopt:
      made.option = draw_option(choices_);
      break;
    case poll:
      made.events = draw_poll_events(choices_);
      break;
  }
  return made;
}

Action CallDraw::bind_one() {
  const OpenSocket* found =
      socket_that([](const OpenSocket& socket) { return socket.phase == Phase::fresh; });
  if (found == nullptr) return step::Settle{};
  return fill(*found, bind);
}

Action CallDraw::listen_one() {
  const bool needs_bound = choices_.below(8) != 7;
  const OpenSocket* found = socket_that([&](const OpenSocket& socket) {
    return is_connecting_type(socket) && is_idle(socket) &&
           (!needs_bound || socket.phase == Phase::bound);
  });
  if (found == nullptr && needs_bound) return bind_one();
  if (found == nullptr) return step::Settle{};
  return fill(*found, listen);
}

Action CallDraw::connect_one() {
  const bool again = choices_.one_in(8);
  const OpenSocket* found = socket_that([&](const OpenSocket& socket) {
    if (is_datagram(socket)) return true;
    return is_idle(socket) || (again && socket.phase == Phase::connecting);
  });
  if (found == nullptr) return step::Settle{};
  step::Call made = fill(*found, connect);
  if (is_datagram(*found) && choices_.one_in(8)) made.address.literal = Unspecified{};
  return made;
}

Action CallDraw::accept_one() {
  const OpenSocket* found = socket_that([](const OpenSocket& socket) {
    return socket.phase == Phase::listening && socket.pending > 0;
  });
  if (found == nullptr) return step::Settle{};
  return fill(*found, accept);
}

Action CallDraw::send_one() {
  const OpenSocket* found =
      socket_that([](const OpenSocket& socket) { return socket.phase == Phase::connected; });
  if (found == nullptr) return step::Settle{};
  return fill(*found, send);
}

Action CallDraw::receive_one() {
  const bool wants_unread = choices_.below(4) != 3;
  const OpenSocket* found = socket_that([&](const OpenSocket& socket) {
    if (wants_unread) return socket.unread > 0 || socket.peer_finished;
    return socket.phase == Phase::connected || is_datagram(socket);
  });
  if (found == nullptr) found = any_open();
  if (found == nullptr) return step::Settle{};
  return fill(*found, choices_.one_in(is_datagram(*found) ? 2 : 6) ? recvfrom : recv);
}

Action CallDraw::send_datagram() {
  const OpenSocket* found =
      socket_that([](const OpenSocket& socket) { return is_datagram(socket); });
  if (found == nullptr) return step::Settle{};
  step::Call made = fill(*found, sendto);
  if (choices_.one_in(12)) made.address.literal = Unspecified{};
  return made;
}

// Any call on any socket, closed ones included.
Action CallDraw::misuse() {
  constexpr std::array<lockstep::Call, 18> calls{
      poll,     getsockname, getpeername, recv,    send, getsockopt,
      shutdown, listen,      accept,      connect, bind, sendto,
      recvfrom, siocinq,     siocoutq,    close,   dup,  setsockopt};
  const OpenSocket* found =
      draw_socket(choices_, situation_, [](const OpenSocket&) { return true; });
  if (found == nullptr) return step::Settle{};
  step::Call made = fill(*found, choices_.of(calls));
  // To dissolve an association resets a connection: a family of defects by itself.
  if (made.call == connect && choices_.one_in(2)) made.address.literal = Unspecified{};
  return made;
}

Action CallDraw::of_family(const OpenSocket& operand, Family family) {
  if (family == Family::poll) return fill(operand, poll);
  if (family == Family::close) return fill(operand, close);
  if (family == Family::names) return fill(operand, choices_.one_in(2) ? getpeername : getsockname);
  if (family == Family::get_option) return fill(operand, getsockopt);
  if (family == Family::set_option) return fill(operand, setsockopt);
  if (family == Family::queues) return fill(operand, choices_.one_in(2) ? siocoutq : siocinq);
  if (family == Family::dup) return fill(operand, dup);
  return step::Settle{};
}

Action CallDraw::draw(Family family) {
  if (family == Family::open) return open();
  if (family == Family::bind) return bind_one();
  if (family == Family::listen) return listen_one();
  if (family == Family::connect) return connect_one();
  if (family == Family::accept) return accept_one();
  if (family == Family::send) return send_one();
  if (family == Family::receive) return receive_one();
  if (family == Family::send_datagram) return send_datagram();
  if (family == Family::misuse) return misuse();
  if (family == Family::shutdown) {
    const OpenSocket* found = socket_that([](const OpenSocket& socket) {
      return socket.phase == Phase::connected || socket.phase == Phase::connecting;
    });
    return found == nullptr ? Action(step::Settle{}) : Action(fill(*found, shutdown));
  }
  const OpenSocket* found = any_open();
  return found == nullptr ? Action(step::Settle{}) : of_family(*found, family);
}

bool is_call(Family family) {
  switch (family) {
    case Family::open:
    case Family::bind:
    case Family::listen:
    case Family::connect:
    case Family::accept:
    case Family::send:
    case Family::receive:
    case Family::poll:
    case Family::shutdown:
    case Family::close:
    case Family::send_datagram:
    case Family::names:
    case Family::get_option:
    case Family::set_option:
    case Family::queues:
    case Family::dup:
    case Family::misuse:
      return true;
    case Family::settle:
    case Family::deliver:
    case Family::tick:
    case Family::drop:
    case Family::hold:
    case Family::duplicate:
    case Family::replay:
    case Family::corrupt:
    case Family::forge:
    case Family::icmp:
    case Family::partition:
    case Family::heal:
    case Family::reboot:
      return false;
  }
  return false;
}

}  // namespace

Action generate_call(Choices& choices, Family family, const Situation& situation) {
  return CallDraw(choices, situation).draw(family);
}

Action generate_action(Choices& choices, Family family, const Situation& situation) {
  return is_call(family) ? generate_call(choices, family, situation)
                         : generate_packet_step(choices, family, situation);
}

}  // namespace lockstep::scenario
