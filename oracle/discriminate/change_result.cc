#include <algorithm>
#include <array>

#include "oracle/discriminate/change_parts.h"
#include "oracle/discriminate/errors.h"
#include "stack/api/check.h"

namespace lockstep::discriminate {
namespace {

using judge::Observation;

// What the call would return if it succeeded, where that says nothing beside itself.
std::optional<std::int64_t> plain_success(const Observation& seen, const Places& places) {
  switch (seen.call.call) {
    case Call::bind:
    case Call::listen:
    case Call::connect:
    case Call::shutdown:
    case Call::close:
    case Call::setsockopt:
      return 0;
    case Call::send:
    case Call::sendto:
      return static_cast<std::int64_t>(seen.bytes.size());
    case Call::socket:
    case Call::dup:
      return places.free_descriptor;
    default:
      return std::nullopt;
  }
}

void change_error(Observation& seen, const Places& places, scenario::Choices& choices) {
  std::array<Errno, 24> others;
  std::uint32_t count = 0;
  for (const Errno error : errors_of(seen.call.call)) {
    if (error != seen.result.error) others[count++] = error;
  }
  const std::optional<std::int64_t> success = plain_success(seen, places);
  if (!seen.result.ok() && success) others[count++] = Errno::ok;
  // A call with one error, failing with that one, and no plain success, has no other.
  if (count == 0) others[count++] = seen.result.ok() ? Errno::ebadf : Errno::enotsock;
  const Errno error = others[choices.below(count)];
  seen.result =
      error == Errno::ok ? SyscallResult::success(*success) : SyscallResult::failure(error);
}

void change_pending_error(Observation& seen, scenario::Choices& choices) {
  std::int32_t value = seen.result.option_value.value;
  while (value == seen.result.option_value.value) {
    value = static_cast<std::int32_t>(choices.of(pending_errors));
  }
  seen.result.option_value.value = value;
}

void change_poll(Observation& seen, scenario::Choices& choices) {
  const PollEvents may = seen.call.events | poll_err | poll_hup | poll_nval;
  std::array<PollEvents, 32> bits;
  std::uint32_t count = 0;
  for (const PollEvents bit :
       {poll_in, poll_pri, poll_out, poll_err, poll_hup, poll_nval, poll_rdhup}) {
    if ((may & bit) != 0) bits[count++] = bit;
  }
  seen.result.value ^= bits[choices.below(count)];
}

void set_count(Observation& seen, std::int64_t value) {
  seen.result.value = value;
  const auto size = static_cast<std::int64_t>(seen.bytes.size());
  if (seen.room == 0 || seen.result.truncated) return;
  if (value < size) seen.bytes = seen.bytes.sub(0, static_cast<std::size_t>(value));
  if (value == size + 1) seen.bytes = longer(seen.bytes, std::byte{0});
}

Endpoint& endpoint(Observation& seen) { return std::get<Endpoint>(seen.result.address); }

void change_path(UnixPath& path) {
  if (path.size == 0) {
    path = UnixPath::from("x");
  } else {
    path.bytes[path.size - 1u] ^= 1;
  }
}

}  // namespace

void change_result(Observation& seen, const Places& places, Way way, scenario::Choices& choices) {
  switch (way) {
    case Way::result_error:
      return change_error(seen, places, choices);
    case Way::pending_error:
      return change_pending_error(seen, choices);
    case Way::result_shorter:
      return set_count(seen, seen.result.value - 1);
    case Way::result_longer:
      return set_count(seen, seen.result.value + 1);
    case Way::received_byte:
      seen.bytes = with_other_byte(seen.bytes, choices);
      return;
    case Way::result_ip:
      endpoint(seen).ip.low ^= 1;
      return;
    case Way::result_port:
      endpoint(seen).port ^= 1;
      return;
    case Way::result_path:
      return change_path(std::get<UnixPath>(seen.result.address));
    case Way::poll_bit:
      return change_poll(seen, choices);
    case Way::truncated_bit:
      seen.result.truncated = !seen.result.truncated;
      return;
    case Way::end_for_nothing:
    case Way::end_for_data:
      seen.result = SyscallResult::success(0);
      seen.bytes = {};
      return;
    case Way::nothing_for_end:
      seen.result = SyscallResult::failure(Errno::eagain);
      return;
    default:
      LOCKSTEP_CHECK(false);
  }
}

}  // namespace lockstep::discriminate
