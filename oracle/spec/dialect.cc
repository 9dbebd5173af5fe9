#include "oracle/spec/dialect.h"

#include <algorithm>
#include <array>

namespace lockstep::oracle {
namespace {

// Every choice as the RFCs have it.
constexpr Dialect rfc9293{
    .name = "rfc9293",
    .rfcs_alone = true,
    .time_wait_keeps_syn_at_edge = false,
    .buffer_options_are_doubled = false,
    .simultaneous_open_keeps_own_scale = false,
    .text_across_fin_resets = false,
    .second_fin_is_acknowledged = false,
    .no_ack_is_dropped_unseen = false,
    .odd_range_loses_its_last_port = false,
    .ipv6_loopback_may_leave = false,
    .refused_attempt_keeps_poll_err = false,
    .soft_errors_end_handshakes_of_ipv4 = false,
    .ack_clears_soft_error = false,
    .least_segment_bytes = 0,
    .disconnect_keeps_soft_error = false,
    .orphan_ignores_acknowledgments = false,
    .ack_before_first_is_dropped = false,
    .same_numbers_never_narrow_window = false,
    .urgent_byte_may_be_of_header = false,
    .reuse_port_may_outdo_peer = false,
    .poll_counts_damaged_datagrams = false,
    .reset_before_fin_kills = false,
    .syn_received_looks_at_ack_first = false,
    .old_ack_opens_simultaneously = false,
    .children_inherit_shutdown = false,
    .ipv6_disconnect_keeps_peer_address = false,
    .siocoutq_is_stale_without_connection = false,
    .failed_connect_misdirects = false,
    .first_reuse_port_decides = false,
    .connected_sendto_ignores_address = false,
    .connect_avoids_bound_ports = false,
    .udp_port_zero_may_share = false,
};

// turmoil-net 0.1.0 counts passes over its queue instead of time, and goes back to the earliest
// byte that was not acknowledged.
constexpr std::array not_of_turmoil{
    Rule::tcp_time_wait_acks,
    Rule::tcp_time_wait_gives_way,
    Rule::tcp_fast_retransmit,
};
constexpr Dialect turmoil{
    .name = "turmoil",
    .excused = not_of_turmoil,
    .has_time_wait = false,
    .timeouts_double = false,
    .given_up = Errno::econnreset,
    .keeps_text_past_gap = false,
};

constexpr std::array all{Dialect{.name = "linux"}, rfc9293, turmoil};

}  // namespace

const Dialect& linux_dialect() { return all.front(); }

std::span<const Dialect> dialects() { return all; }

const Dialect* find_dialect(std::string_view name) {
  const auto found = std::ranges::find(all, name, &Dialect::name);
  return found == all.end() ? nullptr : &*found;
}

bool asks_for(const Dialect& dialect, const RuleRow& row) {
  if (dialect.rfcs_alone && row.source.find("RFC ") == std::string_view::npos) return false;
  return std::ranges::find(dialect.excused, row.rule) == dialect.excused.end();
}

}  // namespace lockstep::oracle
