#include "oracle/scenario/parser.h"

namespace lockstep::scenario {
namespace {

constexpr std::int64_t int32_least = INT32_MIN;
constexpr std::int64_t int32_most = INT32_MAX;

std::string list_calls() {
  std::string list;
#define LOCKSTEP_LIST_CALL(id) list += list.empty() ? #id : ", " #id;
  LOCKSTEP_CALL_LIST(LOCKSTEP_LIST_CALL)
#undef LOCKSTEP_LIST_CALL
  return list;
}

lockstep::Call take_call_word(Cursor& cursor) {
  const std::string_view text = cursor.take("a call, such as 'connect c 10.0.0.2:80'");
  const std::optional<lockstep::Call> call = lockstep::parse_call(text);
  if (!call.has_value() && !cursor.failed()) {
    const bool glued = text.find('=') != std::string_view::npos;
    cursor.fail("unknown call " + quoted(text) +
                (glued ? "; '=' stands between spaces, as in 'c = socket inet stream'"
                       : "; calls are " + list_calls()));
  }
  return call.value_or(lockstep::Call::close);
}

// "local(v)": the name between the brackets, if that is what the word is.
std::optional<std::string_view> inside(std::string_view word, std::string_view function) {
  if (!word.starts_with(function) || !word.ends_with(')')) return std::nullopt;
  word.remove_prefix(function.size());
  word.remove_suffix(1);
  return word;
}

AddressOperand take_address(Parser& parser, Cursor& cursor) {
  AddressOperand operand;
  const std::string_view word = cursor.take("an address, such as 10.0.0.2:80");
  if (const auto local = inside(word, "local(")) {
    operand.kind = AddressOperand::Kind::local_of;
    operand.socket = name_in(parser, cursor, *local);
  } else if (const auto peer = inside(word, "peer(")) {
    operand.kind = AddressOperand::Kind::peer_of;
    operand.socket = name_in(parser, cursor, *peer);
  } else if (const auto address = parse_address_text(word)) {
    operand.literal = *address;
  } else if (const auto wrong = what_is_wrong_with_address(word); !wrong.empty()) {
    cursor.fail(std::string(wrong) + "; found " + quoted(word));
  } else {
    cursor.fail(
        "expected an address: 10.0.0.2:80 or [fd00::2]:80 (ports are 0 to 65535), "
        "unix:/path, unspec, local(name) or peer(name); found " +
        quoted(word));
  }
  return operand;
}

std::uint32_t take_length(Cursor& cursor) {
  return static_cast<std::uint32_t>(
      cursor.number("the length in bytes", 0, step::Call::max_length));
}

MsgFlags take_flags(Cursor& cursor) {
  if (cursor.at_end() || cursor.peek() == "->") return 0;
  return cursor.bits(msg_flag_words, "message flag", ~std::uint32_t{0});
}

OptionName take_option(Cursor& cursor) {
  const std::string_view text = cursor.take("an option, such as so_reuseaddr");
  const std::optional<OptionName> option = parse_option_name(text);
  if (!option.has_value() && !cursor.failed()) {
    cursor.fail("unknown option " + quoted(text) +
                "; options are Linux's names in lower case, such as so_reuseaddr or tcp_nodelay "
                "(unknown_option and unknown_level stand for ones that no stack knows)");
  }
  return option.value_or(OptionName::so_error);
}

void take_option_value(Cursor& cursor, step::Call& call) {
  const auto number = [&](std::string_view what) {
    return static_cast<std::int32_t>(cursor.number(what, int32_least, int32_most));
  };
  call.option_value.value = number("the option's value");
  if (!cursor.at_end() && cursor.peek() != "->") {
    call.option_value.seconds = number("the linger time in seconds");
  }
}

// The arguments behind the socket's name, in the order in which they stand in the text.
void take_arguments(Parser& parser, Cursor& cursor, step::Call& call) {
  switch (call.call) {
    case lockstep::Call::socket:
      call.domain = cursor.one_of(domain_words, "domain");
      call.type = cursor.one_of(type_words, "type");
      return;
    case lockstep::Call::bind:
    case lockstep::Call::connect:
      call.address = take_address(parser, cursor);
      return;
    case lockstep::Call::listen:
      call.backlog =
          static_cast<std::int32_t>(cursor.number("the backlog", int32_least, int32_most));
      return;
    case lockstep::Call::sendto:
      call.length = take_length(cursor);
      call.address = take_address(parser, cursor);
      call.flags = take_flags(cursor);
      return;
    case lockstep::Call::send:
    case lockstep::Call::recv:
    case lockstep::Call::recvfrom:
      call.length = take_length(cursor);
      call.flags = take_flags(cursor);
      return;
    case lockstep::Call::shutdown:
      call.how = cursor.one_of(how_words, "direction");
      return;
    case lockstep::Call::setsockopt:
      call.option = take_option(cursor);
      take_option_value(cursor, call);
      return;
    case lockstep::Call::getsockopt:
      call.option = take_option(cursor);
      return;
    case lockstep::Call::poll:
      call.events = static_cast<PollEvents>(cursor.bits(poll_words, "poll event", 0xffff));
      return;
    case lockstep::Call::accept:
    case lockstep::Call::close:
    case lockstep::Call::dup:
    case lockstep::Call::getsockname:
    case lockstep::Call::getpeername:
    case lockstep::Call::siocinq:
    case lockstep::Call::siocoutq:
      return;
  }
}

}  // namespace

step::Call parse_call_step(Parser& parser, Cursor& cursor, HostIndex host) {
  step::Call call;
  call.host = host;
  const std::uint32_t start = cursor.next_column();
  const bool named = cursor.peek(1) == "=";
  if (named) {
    call.result = take_name(parser, cursor);
    cursor.take_if("=");
  }
  call.call = take_call_word(cursor);
  if (named && !cursor.failed() && !binds_name(call.call)) {
    cursor.fail_at(start, std::string(call_name(call.call)) +
                              " makes no socket, so there is nothing to name; only socket, accept "
                              "and dup do");
  }
  if (call.call != lockstep::Call::socket) call.socket = take_name(parser, cursor);
  take_arguments(parser, cursor, call);
  return call;
}

}  // namespace lockstep::scenario
