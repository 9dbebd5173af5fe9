#include "stack/api/error_number.h"

namespace lockstep {

std::string_view errno_name(Errno error) {
  switch (error) {
    case Errno::ok:
      return "OK";
#define LOCKSTEP_ERRNO_CASE(id, number, name) \
  case Errno::id:                             \
    return name;
      LOCKSTEP_ERRNO_LIST(LOCKSTEP_ERRNO_CASE)
#undef LOCKSTEP_ERRNO_CASE
  }
  return "E?";
}

std::optional<Errno> parse_errno(std::string_view name) {
  if (name == "OK") return Errno::ok;
#define LOCKSTEP_ERRNO_MATCH(id, number, text) \
  if (name == (text)) return Errno::id;
  LOCKSTEP_ERRNO_LIST(LOCKSTEP_ERRNO_MATCH)
#undef LOCKSTEP_ERRNO_MATCH
  return std::nullopt;
}

}  // namespace lockstep
