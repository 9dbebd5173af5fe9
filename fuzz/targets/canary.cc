// The conformance target on a port with one defect that only five dependent steps reach: a searcher
// that does not find it is blind. Aborting is success here; other defects are passed over.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/campaign/canary_port.h"
#include "fuzz/campaign/conformance_world.h"
#include "fuzz/targets/record_hooks.h"
#include "stack/ports/in_process.h"

namespace {

using namespace lockstep;
using namespace lockstep::campaign;

TargetOptions options;

judge::PortFactory canary_factory() {
  return [](scenario::HostIndex) { return make_canary_port(make_in_process_port()); };
}

ConformanceWorld& world() {
  static ConformanceWorld instance(options, canary_factory());
  return instance;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  options = parse_target_options(*argc, *argv);
  options.only = "tcp.peer.name";  // The rule that the defect breaks.
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  world().run(std::as_bytes(std::span(data, size)));
  if (options.feedback) world().add_coverage(lockstep_extra_counters);
  return 0;
}
