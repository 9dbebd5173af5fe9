// Calls on AF_UNIX sockets of one host: to LocalModel, or to the rules of options.
#include "oracle/spec/host_model.h"

namespace lockstep::oracle {

void HostModel::on_local_call(Entry& e, const Syscall& call, const SyscallResult& result,
                              PayloadTag tag) {
  if (!traits_->features.has(Feature::local_sockets)) return;
  if (call.call == Call::accept) {
    const SocketId id = local_.on_accept(e.model, result);
    if (!result.ok() || id == 0) return;
    // It starts as any new socket does (unix(7) says nothing of options that a child would
    // inherit).
    Entry& child = entry(id);
    child.model = SocketModel{.id = id, .domain = Domain::local, .type = e.model.type};
    child.options = SocketOptions{};
    return open_descriptor(result.value, id);
  }
  const bool of_protocol =
      call.option == OptionName::so_error || call.option == OptionName::so_acceptconn;
  if (call.call == Call::setsockopt || (call.call == Call::getsockopt && !of_protocol)) {
    // It has no meaning there, and newer kernels refuse to set it.
    if (call.option == OptionName::so_reuseport) return;
    const OptionCall option{e.model, e.options, call, result};
    return call.call == Call::getsockopt ? option_rules_.on_get(option)
                                         : option_rules_.on_set(option);
  }
  local_.on_call(e.model, call, result, tag);
}

}  // namespace lockstep::oracle
