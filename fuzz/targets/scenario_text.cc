// Any text either is refused with a place and a reason, or is a scenario that its own text gives
// back. Reading takes any bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/targets/target_check.h"
#include "oracle/scenario/text.h"

namespace {

using lockstep::scenario::parse;
using lockstep::scenario::print;

void check_text(std::string_view text) {
  const auto scenario = parse(text, "fuzz.scn");
  if (!scenario.has_value()) {
    TARGET_CHECK(scenario.error().line > 0 && scenario.error().column > 0);
    TARGET_CHECK(!scenario.error().message.empty());
    return;
  }
  const std::string printed = print(*scenario);
  const auto again = parse(printed, "printed.scn");
  TARGET_CHECK(again.has_value());
  TARGET_CHECK(*again == *scenario);
  TARGET_CHECK(print(*again) == printed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_text({reinterpret_cast<const char*>(data), size});
  return 0;
}
