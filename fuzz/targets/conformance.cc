// Any bytes are a scenario; the stack must do nothing in it that the oracle forbids.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/campaign/conformance_world.h"
#include "fuzz/targets/record_hooks.h"

namespace {

using namespace lockstep::campaign;

TargetOptions options;

ConformanceWorld& world() {
  static ConformanceWorld instance(options, target_factory(options));
  return instance;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  options = parse_target_options(*argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  world().run(std::as_bytes(std::span(data, size)));
  if (options.feedback) world().add_coverage(lockstep_extra_counters);
  return 0;
}
