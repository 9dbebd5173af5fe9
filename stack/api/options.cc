#include "stack/api/options.h"

namespace lockstep {

std::string_view option_name(OptionName name) {
  switch (name) {
#define LOCKSTEP_OPTION_CASE(id) \
  case OptionName::id:           \
    return #id;
    LOCKSTEP_OPTION_LIST(LOCKSTEP_OPTION_CASE)
#undef LOCKSTEP_OPTION_CASE
  }
  return "?";
}

std::optional<OptionName> parse_option_name(std::string_view text) {
#define LOCKSTEP_OPTION_MATCH(id) \
  if (text == #id) return OptionName::id;
  LOCKSTEP_OPTION_LIST(LOCKSTEP_OPTION_MATCH)
#undef LOCKSTEP_OPTION_MATCH
  return std::nullopt;
}

}  // namespace lockstep
