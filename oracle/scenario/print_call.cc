#include "oracle/scenario/print_step.h"
#include "oracle/scenario/text.h"
#include "oracle/scenario/words.h"

namespace lockstep::scenario {
namespace {

std::string operand_text(const Scenario& scenario, const AddressOperand& operand) {
  switch (operand.kind) {
    case AddressOperand::Kind::literal:
      return address_text(operand.literal);
    case AddressOperand::Kind::local_of:
      return "local(" + name_text(scenario, operand.socket) + ")";
    case AddressOperand::Kind::peer_of:
      return "peer(" + name_text(scenario, operand.socket) + ")";
  }
  return "?";
}

std::string flags_text(MsgFlags flags) {
  return flags == 0 ? std::string() : " " + bits_text(msg_flag_words, flags);
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string option_text(const step::Call& call) {
  const OptionValue& value = call.option_value;
  std::string text =
      " " + std::string(option_name(call.option)) + " " + std::to_string(value.value);
  if (call.option == OptionName::so_linger || value.seconds != 0) {
    text += " " + std::to_string(value.seconds);
  }
  return text;
}

// What stands behind the socket's name.
std::string arguments_text(const Scenario& scenario, const step::Call& call) {
  switch (call.call) {
    case lockstep::Call::socket:
      return " " + std::string(word_for(domain_words, call.domain)) + " " +
             std::string(word_for(type_words, call.type));
    case lockstep::Call::bind:
    case lockstep::Call::connect:
      return " " + operand_text(scenario, call.address);
    case lockstep::Call::listen:
      return " " + std::to_string(call.backlog);
    case lockstep::Call::sendto:
      return " " + std::to_string(call.length) + " " + operand_text(scenario, call.address) +
             flags_text(call.flags);
    case lockstep::Call::send:
    case lockstep::Call::recv:
    case lockstep::Call::recvfrom:
      return " " + std::to_string(call.length) + flags_text(call.flags);
    case lockstep::Call::shutdown:
      return " " + std::string(word_for(how_words, call.how));
    case lockstep::Call::setsockopt:
      return option_text(call);
    case lockstep::Call::getsockopt:
      return " " + std::string(option_name(call.option));
    case lockstep::Call::poll:
      return " " + lower_case(bits_text(poll_words, call.events));
    case lockstep::Call::accept:
    case lockstep::Call::close:
    case lockstep::Call::dup:
    case lockstep::Call::getsockname:
    case lockstep::Call::getpeername:
    case lockstep::Call::siocinq:
    case lockstep::Call::siocoutq:
      return "";
  }
  return "";
}

bool answers_address(lockstep::Call call) {
  return call == lockstep::Call::getsockname || call == lockstep::Call::getpeername;
}

std::string value_text(const step::Call& call, std::int64_t value) {
  const bool events = call.call == lockstep::Call::poll && value >= 0 && value <= 0xffff;
  return events ? bits_text(poll_words, static_cast<std::uint32_t>(value)) : std::to_string(value);
}

}  // namespace

std::string print_call(const Scenario& scenario, const step::Call& call) {
  std::string text;
  if (binds_name(call.call) && !call.result.none()) {
    text += name_text(scenario, call.result) + " = ";
  }
  text += call_name(call.call);
  if (call.call != lockstep::Call::socket) text += " " + name_text(scenario, call.socket);
  return text + arguments_text(scenario, call);
}

std::string print_expected(const step::Call& call, const ExpectedResult& expected) {
  std::string text = "->";
  if (expected.error.has_value()) text += " " + std::string(errno_name(*expected.error));
  if (expected.value.has_value()) text += " " + value_text(call, *expected.value);
  if (!expected.address.has_value()) return text;
  const bool alone = !expected.error.has_value() && !expected.value.has_value();
  text += alone && answers_address(call.call) ? " " : " from ";
  return text + address_text(*expected.address);
}

}  // namespace lockstep::scenario
