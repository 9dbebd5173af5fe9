// What a socket's options and its host's configuration mean for its connection.
#pragma once

#include "stack/api/host_config.h"
#include "stack/kernel/socket.h"
#include "stack/tcp/settings.h"

namespace lockstep {

TcpSettings tcp_settings(const Socket& socket, const HostConfig& config);

}  // namespace lockstep
