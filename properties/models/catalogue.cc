#include "properties/models/catalogue.h"

#include <algorithm>
#include <vector>

#include "properties/models/rows.h"

namespace lockstep::models {

std::span<const ModelRow> model_rows() {
  static const std::vector<ModelRow> rows = {
      bind_conflicts_row(),
      udp_pair_row(),
      handshake_row(),
      simultaneous_open_row(),
      data_row(),
      half_close_row(),
      close_race_row(),
      lossy_row(),
      stale_duplicate_row(),
      zero_window_row(),
      zero_window_drains_row(),
      blind_attacker_row(),
      backlog_row(),
      reboot_row(),
      unix_pair_row(),
  };
  return rows;
}

const ModelRow* find_model(std::string_view name) {
  const auto rows = model_rows();
  const auto found = std::ranges::find(rows, name, &ModelRow::name);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace lockstep::models
