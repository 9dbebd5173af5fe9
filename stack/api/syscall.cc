#include "stack/api/syscall.h"

namespace lockstep {

std::string_view call_name(Call call) {
  switch (call) {
#define LOCKSTEP_CALL_CASE(id) \
  case Call::id:               \
    return #id;
    LOCKSTEP_CALL_LIST(LOCKSTEP_CALL_CASE)
#undef LOCKSTEP_CALL_CASE
  }
  return "?";
}

std::optional<Call> parse_call(std::string_view text) {
#define LOCKSTEP_CALL_MATCH(id) \
  if (text == #id) return Call::id;
  LOCKSTEP_CALL_LIST(LOCKSTEP_CALL_MATCH)
#undef LOCKSTEP_CALL_MATCH
  return std::nullopt;
}

}  // namespace lockstep
