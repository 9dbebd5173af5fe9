#include "stack/ports/linux/processor.h"

#include <sched.h>
#include <unistd.h>

#include <cstddef>

namespace lockstep::live {

void stay_on_one_processor() {
  thread_local bool stays = false;
  if (stays) return;
  stays = true;
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  int ahead = static_cast<int>(::getpid() % CPU_COUNT(&allowed));
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || ahead-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ::sched_setaffinity(0, sizeof(one), &one);
    return;
  }
}

}  // namespace lockstep::live
