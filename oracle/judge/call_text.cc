#include "oracle/judge/call_text.h"

namespace lockstep::judge {
namespace {

std::string option_text(const Syscall& call, const OptionValue& value) {
  if (call.option == OptionName::so_error) {
    return std::string(errno_name(static_cast<Errno>(value.value)));
  }
  std::string text = std::to_string(value.value);
  if (call.option == OptionName::so_linger) text += " " + std::to_string(value.seconds);
  return text;
}

std::string bytes_text(const SyscallResult& result, bool with_source) {
  std::string text = std::to_string(result.value);
  if (with_source && !std::holds_alternative<Unspecified>(result.address)) {
    text += " from " + to_string(result.address);
  }
  if (result.truncated) text += " truncated";
  return text;
}

}  // namespace

std::string result_text(const Syscall& call, const SyscallResult& result) {
  if (!result.ok()) return std::string(errno_name(result.error));
  switch (call.call) {
    case Call::send:
    case Call::sendto:
    case Call::siocinq:
    case Call::siocoutq:
      return std::to_string(result.value);
    case Call::recv:
      return bytes_text(result, false);
    case Call::recvfrom:
      return bytes_text(result, true);
    case Call::accept:
      return "ok from " + to_string(result.address);
    case Call::getsockname:
    case Call::getpeername:
      return to_string(result.address);
    case Call::getsockopt:
      return option_text(call, result.option_value);
    case Call::poll:
      return poll_events_text(static_cast<PollEvents>(result.value));
    case Call::socket:
    case Call::dup:
    case Call::bind:
    case Call::listen:
    case Call::connect:
    case Call::shutdown:
    case Call::close:
    case Call::setsockopt:
      return "ok";
  }
  return "ok";
}

}  // namespace lockstep::judge
