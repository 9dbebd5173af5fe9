// A host's sockets as `netstat -tunaW` of Linux's net-tools 2.10 shows them, columns and widths
// included; blanks at the end of a line are left out.
//
//   Proto Recv-Q Send-Q Local Address           Foreign Address         State
//   tcp        1      5 0.0.0.0:80              0.0.0.0:*               LISTEN
//   tcp6       0      0 fd00::1:49152           fd00::2:80              ESTABLISHED
//   udp        3      0 10.0.0.1:53             0.0.0.0:*
//
// tcp, tcp6, udp, udp6; of TCP listeners first, then in the order in which they were made. Sockets
// without a port, and streams that neither listen nor have a connection, are not in Linux's tables
// either.
//
//   Recv-Q  bytes to be read; of a listener, connections to be accepted
//   Send-Q  bytes not acknowledged, with one for SYN and one for FIN; of a listener, its backlog
//
// Unlike Linux: a received FIN is not counted in Recv-Q, a UDP queue is its payload without the
// kernel's overhead, and a listener's backlog is shown as netstat(8) and ss(8) have it, where the
// file that netstat reads, /proc/net/tcp, says 0.
#pragma once

#include <string>

#include "stack/kernel/kernel.h"

namespace lockstep {

// The column titles and a line for each socket.
std::string netstat(const Kernel& kernel);

}  // namespace lockstep
