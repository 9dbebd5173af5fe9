#include "oracle/spec/dialect.h"

namespace lockstep::oracle {

const Dialect& linux_dialect() {
  static constexpr Dialect dialect{.name = "linux"};
  return dialect;
}

const Dialect* find_dialect(std::string_view name) {
  return name == linux_dialect().name ? &linux_dialect() : nullptr;
}

}  // namespace lockstep::oracle
