// One function each that describes a model; catalogue.cc lists them.
#pragma once

#include "properties/models/catalogue.h"

namespace lockstep::models {

ModelRow bind_conflicts_row();
ModelRow udp_pair_row();
ModelRow handshake_row();
ModelRow simultaneous_open_row();
ModelRow data_row();
ModelRow half_close_row();
ModelRow close_race_row();
ModelRow lossy_row();
ModelRow stale_duplicate_row();
ModelRow zero_window_row();
ModelRow zero_window_drains_row();
ModelRow blind_attacker_row();
ModelRow backlog_row();
ModelRow reboot_row();
ModelRow unix_pair_row();

}  // namespace lockstep::models
