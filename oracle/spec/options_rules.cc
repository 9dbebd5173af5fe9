#include "oracle/spec/options_rules.h"

#include <algorithm>
#include <optional>

#include "oracle/spec/outcomes.h"

namespace lockstep::oracle {
namespace {

// socket(7): what is set is doubled, but the result is at least 2304 and 4608 bytes; rmem_max and
// wmem_max cap what can be asked for, and a negative number is a large one.
constexpr std::int32_t receive_buffer_least = 2304 / 2;
constexpr std::int32_t send_buffer_least = 4608 / 2;
constexpr std::int32_t buffer_most = 212'992;

constexpr std::int32_t buffer_bytes(std::int32_t asked, std::int32_t least) {
  return asked < 0 ? buffer_most : std::clamp(asked, least, buffer_most);
}

enum class Kind : std::uint8_t {
  flag,       // A get answers 0 or 1.
  number,     // A get answers the number that was set.
  buffer,     // SO_RCVBUF, SO_SNDBUF: doubled, with a minimum.
  linger,     // {on, seconds}
  loose,      // A get need not answer what was set (TCP_MAXSEG of a connection).
  read_only,  // SO_ERROR, SO_TYPE, SO_ACCEPTCONN
  unknown,
};

struct Shape {
  Kind kind;
  bool tcp = true;
  bool udp = true;
  bool v6_alone = false;
  std::optional<Feature> feature{};
  // Values that a set certainly takes as they are; others may be refused, clipped or replaced.
  std::int32_t least = 0;
  std::int32_t most = 1;
  std::optional<std::int32_t> initial{};
};

constexpr Shape flag{.kind = Kind::flag, .least = -1000, .most = 1000, .initial = 0};

constexpr Shape tcp_number(std::int32_t least, std::int32_t most,
                           std::optional<std::int32_t> initial = {}) {
  return {.kind = Kind::number,
          .udp = false,
          .feature = Feature::tcp_options,
          .least = least,
          .most = most,
          .initial = initial};
}

// Values and bounds measured on a live kernel; see semantics 65, 173.
constexpr Shape shape_of(OptionName name) {
  switch (name) {
    case OptionName::so_reuseaddr:
    case OptionName::so_reuseport:
    case OptionName::so_broadcast:
    case OptionName::so_keepalive:
      return flag;
    case OptionName::so_oobinline: {
      Shape shape = flag;
      shape.feature = Feature::urgent_data;
      return shape;
    }
    case OptionName::so_linger:
      return {.kind = Kind::linger,
              .feature = Feature::linger,
              .least = -1000,
              .most = 1000,
              .initial = 0};
    case OptionName::so_error:
    case OptionName::so_type:
    case OptionName::so_acceptconn:
      return {.kind = Kind::read_only};
    case OptionName::so_rcvbuf:
    case OptionName::so_sndbuf:
      return {.kind = Kind::buffer, .feature = Feature::buffer_options, .most = 100'000};
    case OptionName::so_rcvlowat:
      return {.kind = Kind::number, .feature = Feature::buffer_options, .least = 1, .most = 1000};
    case OptionName::tcp_nodelay: {
      Shape shape = flag;
      shape.udp = false;
      return shape;
    }
    case OptionName::tcp_cork: {
      Shape shape = flag;
      shape.udp = false;
      shape.feature = Feature::tcp_options;
      return shape;
    }
    case OptionName::tcp_maxseg:
      return {.kind = Kind::loose,
              .udp = false,
              .feature = Feature::tcp_options,
              .least = 88,
              .most = 32767};
    case OptionName::tcp_keepidle:
    case OptionName::tcp_keepintvl:
      return tcp_number(1, 32767);
    case OptionName::tcp_keepcnt:
      return tcp_number(1, 127);
    case OptionName::tcp_user_timeout:
      return tcp_number(0, 1'000'000, 0);
    case OptionName::tcp_linger2:
      return tcp_number(1, 60);
    case OptionName::ip_ttl:
      return {.kind = Kind::number, .least = 1, .most = 255};
    case OptionName::ip_mtu_discover:
      return {.kind = Kind::number, .feature = Feature::ip_options, .most = 3};
    case OptionName::ip_recverr: {
      Shape shape = flag;
      shape.feature = Feature::ip_options;
      return shape;
    }
    case OptionName::ipv6_v6only: {
      Shape shape = flag;
      shape.v6_alone = true;
      shape.feature = Feature::dual_stack;
      return shape;
    }
    case OptionName::ipv6_unicast_hops:
      return {.kind = Kind::number,
              .v6_alone = true,
              .feature = Feature::ipv6,
              .least = 1,
              .most = 255};
    case OptionName::unknown_option:
    case OptionName::unknown_level:
      return {.kind = Kind::unknown};
  }
  return {.kind = Kind::unknown};
}

constexpr bool is_inherited(OptionName name) {
  return name == OptionName::so_reuseaddr || name == OptionName::so_keepalive ||
         name == OptionName::so_linger || name == OptionName::tcp_nodelay;
}

// SOL_SOCKET, whatever the protocol.
constexpr bool is_of_any_socket(OptionName name) { return name <= OptionName::so_oobinline; }

bool knows(const SocketModel& socket, OptionName name, const Shape& shape) {
  if (shape.kind == Kind::unknown) return false;
  if (socket.domain == Domain::local) return is_of_any_socket(name);  // unix(7)
  if (shape.v6_alone && socket.domain != Domain::inet6) return false;
  return socket.type == Type::stream ? shape.tcp : shape.udp;
}

std::string value_text(OptionName name, OptionValue value) {
  std::string out = std::to_string(value.value);
  if (name == OptionName::so_linger) out += "," + std::to_string(value.seconds);
  return out;
}

std::string option_text(const OptionCall& call) {
  return std::string(option_name(call.call.option)) + " of socket " +
         std::to_string(call.socket.id);
}

// What a get answers after `asked` was set, on a stack of this dialect.
OptionValue stored(const Shape& shape, OptionName name, OptionValue asked, const Dialect& dialect) {
  if (shape.kind == Kind::flag) return {asked.value != 0 ? 1 : 0};
  if (shape.kind == Kind::linger) return {asked.value != 0 ? 1 : 0, asked.seconds};
  if (shape.kind == Kind::buffer && dialect.buffer_options_are_doubled) {
    return {std::max(2 * asked.value, name == OptionName::so_rcvbuf ? 2304 : 4608)};
  }
  return {asked.value};
}

// SocketModel repeats the options that decide what a socket may do.
void copy_into_socket(SocketModel& socket, OptionName name, OptionValue asked) {
  const bool on = asked.value != 0;
  switch (name) {
    case OptionName::so_reuseaddr:
      socket.reuse_address = on;
      return;
    case OptionName::so_reuseport:
      socket.reuse_port = on;
      return;
    case OptionName::so_broadcast:
      socket.broadcast = on;
      return;
    case OptionName::so_keepalive:
      socket.keepalive = on;
      return;
    case OptionName::so_oobinline:
      socket.oob_inline = on;
      return;
    case OptionName::ipv6_v6only:
      socket.v6_only = on;
      return;
    case OptionName::so_rcvbuf:
      socket.receive_buffer = buffer_bytes(asked.value, receive_buffer_least);
      return;
    case OptionName::so_sndbuf:
      socket.send_buffer = buffer_bytes(asked.value, send_buffer_least);
      return;
    case OptionName::so_rcvlowat:
      socket.receive_low_water = asked.value;
      return;
    case OptionName::tcp_user_timeout:
      socket.user_timeout_ms = asked.value;
      return;
    case OptionName::tcp_maxseg:
      socket.max_segment = asked.value;
      return;
    case OptionName::so_linger:
      socket.linger_on = on;
      if (on) socket.linger_seconds = asked.seconds;
      return;
    case OptionName::ip_recverr:
      socket.all_errors_asked = on;
      return;
    case OptionName::tcp_linger2:
      socket.linger2_seconds = asked.value;
      return;
    case OptionName::ip_mtu_discover:
      socket.path_mtu_set = true;
      return;
    case OptionName::so_error:
    case OptionName::so_type:
    case OptionName::so_acceptconn:
    case OptionName::tcp_nodelay:
    case OptionName::tcp_cork:
    case OptionName::tcp_keepidle:
    case OptionName::tcp_keepintvl:
    case OptionName::tcp_keepcnt:
    case OptionName::ip_ttl:
    case OptionName::ipv6_unicast_hops:
    case OptionName::unknown_option:
    case OptionName::unknown_level:
      return;
  }
}

std::int32_t type_number(Type type) {
  switch (type) {
    case Type::stream:
      return 1;
    case Type::dgram:
      return 2;
    case Type::seqpacket:
      return 5;
  }
  return 0;
}

}  // namespace

void SocketOptions::keep_inherited() {
  for (std::size_t i = 0; i < option_count; ++i) {
    const auto name = static_cast<OptionName>(i);
    if (!was_set(name)) continue;
    if (is_inherited(name) && is_known(name)) {
      inherited_ |= bit(name);
    } else {
      forget(name);
    }
  }
}

bool OptionRules::is_supported(OptionName name) const {
  const Shape shape = shape_of(name);
  return !shape.feature || traits_->features.has(*shape.feature);
}

void OptionRules::on_set(const OptionCall& c) const {
  const OptionName name = c.call.option;
  if (!is_supported(name)) return;
  const Shape shape = shape_of(name);
  Outcomes outcomes;
  if (!knows(c.socket, name, shape)) {
    const bool level = name != OptionName::unknown_option;
    const Rule rule =
        level ? Rule::option_foreign_level_is_refused : Rule::option_unknown_is_enoprotoopt;
    outcomes.must_fail(rule, Errno::enoprotoopt);
    if (level) outcomes.also(rule, Errno::eopnotsupp);
  } else if (shape.kind == Kind::read_only) {
    outcomes.must_fail(Rule::option_read_only_is_enoprotoopt, Errno::enoprotoopt);
  } else {
    // A connection that ended gave back a port that bind did not name.
    const bool returned = c.socket.type == Type::stream && !c.socket.port_chosen;
    if (name == OptionName::ipv6_v6only && c.socket.bound && returned) {
      outcomes.may_fail(Rule::option_v6only_is_fixed_by_bind, Errno::einval);
    } else if (name == OptionName::ipv6_v6only && c.socket.bound) {
      outcomes.must_fail(Rule::option_v6only_is_fixed_by_bind, Errno::einval);
    } else if (name == OptionName::ipv6_v6only && c.socket.maybe_bound) {
      outcomes.may_fail(Rule::option_v6only_is_fixed_by_bind, Errno::einval);
    }
    const std::int32_t value = c.call.option_value.value;
    if (value < shape.least || value > shape.most) {
      outcomes.may_fail(Rule::option_value_out_of_range, Errno::einval);
      outcomes.may_fail(Rule::option_value_out_of_range, Errno::edom);
    }
  }
  outcomes.judge(*judgement_, Rule::option_known_is_taken, c.result.error,
                 [&] { return option_text(c); });
  if (c.result.ok()) follow_set(c);
}

void OptionRules::follow_set(const OptionCall& c) const {
  const OptionName name = c.call.option;
  const Shape shape = shape_of(name);
  const OptionValue asked = c.call.option_value;
  copy_into_socket(c.socket, name, asked);
  const bool clipped_by_buffer = name == OptionName::so_rcvlowat && c.socket.receive_buffer != 0;
  const bool odd_linger = shape.kind == Kind::linger &&
                          (asked.value == 0 || asked.seconds < 0 || asked.seconds > 30'000);
  if (asked.value < shape.least || asked.value > shape.most || clipped_by_buffer ||
      shape.kind == Kind::loose) {
    c.options.forget(name);
    return;
  }
  c.options.set(name, stored(shape, name, asked, *dialect_));
  // Turning SO_LINGER off leaves the seconds as they were; -1 stands for any.
  if (odd_linger) c.options.set(name, {asked.value != 0 ? 1 : 0, -1});
}

void OptionRules::on_get(const OptionCall& c) const {
  const OptionName name = c.call.option;
  if (!is_supported(name)) return;
  const Shape shape = shape_of(name);
  Outcomes outcomes;
  if (!knows(c.socket, name, shape)) {
    const bool level = name != OptionName::unknown_option;
    const Rule rule =
        level ? Rule::option_foreign_level_is_refused : Rule::option_unknown_is_enoprotoopt;
    outcomes.must_fail(rule, Errno::enoprotoopt);
    if (level) outcomes.also(rule, Errno::eopnotsupp);
  }
  outcomes.judge(*judgement_, Rule::option_known_is_taken, c.result.error,
                 [&] { return option_text(c); });
  if (c.result.ok()) judge_value(c);
}

void OptionRules::judge_value(const OptionCall& c) const {
  const OptionName name = c.call.option;
  const Shape shape = shape_of(name);
  const OptionValue seen = c.result.option_value;
  const auto require = [&](Rule rule, bool holds, OptionValue expected) {
    judgement_->require(rule, holds, [&] {
      return Violation{.allowed = value_text(name, expected),
                       .observed = value_text(name, seen),
                       .state = option_text(c)};
    });
  };
  if (name == OptionName::so_type) {
    const std::int32_t number = type_number(c.socket.type);
    return require(Rule::option_type_is_the_sockets, seen.value == number, {number});
  }
  if (shape.kind == Kind::read_only || shape.kind == Kind::loose) return;
  if (!c.options.is_known(name)) {
    const bool pristine = !c.options.was_set(name);
    if (pristine && shape.initial) {
      return require(Rule::option_initial_value, seen.value == *shape.initial, {*shape.initial});
    }
    // A connection's buffers may be tuned by the stack for as long as nobody sets them.
    const bool tuned = shape.kind == Kind::buffer || name == OptionName::so_rcvlowat;
    if (!tuned) c.options.learn(name, seen);
    return;
  }
  const OptionValue expected = c.options.value(name);
  const bool seconds_match = shape.kind != Kind::linger || expected.seconds < 0 ||
                             expected.value == 0 || expected.seconds == seen.seconds;
  Rule rule = Rule::option_get_answers_the_set;
  if (shape.kind == Kind::buffer) rule = Rule::option_buffer_is_doubled;
  if (c.options.was_inherited(name)) rule = Rule::option_child_inherits;
  require(rule, seen.value == expected.value && seconds_match, expected);
}

}  // namespace lockstep::oracle
