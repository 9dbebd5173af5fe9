// The rules of TCP segments and timers.
// X(enumerator, name, force, sections, source, sentence)
#pragma once

// clang-format off
#define LOCKSTEP_TCP_SEGMENT_RULES(X)                                                                                  \
  X(tcp_source_is_local, "tcp.source_is_local", must, "10", "RFC 1122 4.2.3.7",                                        \
    "A SYN leaves from an address of the host.")                                                                       \
  X(tcp_segment_needs_connection, "tcp.segment_needs_connection", must, "128 136", "RFC 9293 3.10",                    \
    "No segment but a RST leaves for a connection that does not exist any more.")                                      \
  X(tcp_state_allows_flags, "tcp.state_allows_flags", must, "132", "RFC 9293 3.3.2, 3.10",                             \
    "SYN and ACK stand in a segment as the connection's state asks for.")                                              \
  X(tcp_syn_numbers, "tcp.syn.numbers", must, "132", "RFC 9293 3.10.1",                                                \
    "A SYN leaves when a connection is opened, and carries no bytes.")                                                 \
  X(tcp_syn_is_repeated, "tcp.syn.is_repeated", must, "49 122 123", "RFC 9293 3.8.1",                                  \
    "A SYN that is sent again has the same initial number.")                                                           \
  X(tcp_syn_ack_numbers, "tcp.syn.ack_numbers", must, "88 92", "RFC 9293 3.10.7.2",                                    \
    "A SYN-ACK acknowledges the SYN and nothing more.")                                                                \
  X(tcp_listener_answers_syn, "tcp.listener.answers_syn", must, "30 104", "RFC 9293 3.10.7.2",                         \
    "A listener with room in its queue answers a SYN by a SYN-ACK at once.")                                           \
  X(tcp_listener_full_is_silent, "tcp.listener.full_is_silent", must, "30 31", "listen(2)",                            \
    "A SYN or final ACK that finds the accept queue full is dropped silently.")                                        \
  X(tcp_listener_resets_ack, "tcp.listener.resets_ack", must, "89", "RFC 9293 3.10.7.2",                               \
    "A listener answers a segment with an ACK by a RST.")                                                              \
  X(tcp_listener_ignores, "tcp.listener.ignores", must, "89 103 104", "RFC 9293 3.10.7.2",                             \
    "A listener ignores RST, FIN, and SYN with FIN.")                                                                  \
  X(tcp_duplicate_syn_is_answered, "tcp.duplicate_syn_is_answered", must, "92", "RFC 9293 3.10.7.4",                   \
    "In SYN_RECEIVED the same SYN once more is answered by the same SYN-ACK.")                                         \
  X(tcp_syn_received_resets_bad_ack, "tcp.syn.received_resets_bad_ack", must, "92", "RFC 9293 3.10.7.4",               \
    "In SYN_RECEIVED an ACK that is not of our SYN is answered by a RST.")                                             \
  X(tcp_simultaneous_open, "tcp.simultaneous_open", must, "47", "RFC 9293 3.5",                                        \
    "A SYN that meets a SYN is answered by a SYN-ACK.")                                                                \
  X(tcp_self_connect, "tcp.self_connect", must, "46", "RFC 9293 3.5",                                                  \
    "A SYN that arrives at the socket that sent it is answered by a SYN-ACK, and that opens the connection.")          \
  X(tcp_handshake_is_acked, "tcp.handshake_is_acked", must, "42", "RFC 9293 3.10.7.3",                                 \
    "A SYN-ACK that answers our SYN is acknowledged at once.")                                                         \
  X(tcp_syn_sent_resets_bad_ack, "tcp.syn.sent_resets_bad_ack", must, "91", "RFC 9293 3.10.7.3",                       \
    "In SYN_SENT an ACK of something never sent is answered by a RST.")                                                \
  X(tcp_syn_sent_ignores, "tcp.syn.sent_ignores", must, "90", "RFC 9293 3.10.7.3",                                     \
    "In SYN_SENT a RST without a good ACK, or an ACK alone, is ignored.")                                              \
  X(tcp_closed_answers_reset, "tcp.closed_answers_reset", must, "48 80 88 133 136", "RFC 9293 3.10.7.1",               \
    "A segment for no connection and no listener is answered by a RST.")                                               \
  X(tcp_reset_never_answers_reset, "tcp.reset.never_answers_reset", must, "88", "RFC 9293 3.10.7.1",                   \
    "A RST is never answered by a RST.")                                                                               \
  X(tcp_reset_numbers, "tcp.reset.numbers", must, "88 91 92", "RFC 9293 3.5.2",                                        \
    "A RST has the number that the segment it answers acknowledged, else 0 and acknowledges it.")                      \
  X(tcp_reset_needs_cause, "tcp.reset.needs_cause", must, "77 88 93 103 128", "RFC 9293 3.5.2",                        \
    "A RST leaves only for a reason.")                                                                                 \
  X(tcp_exact_reset_kills, "tcp.exact_reset_kills", must, "61 92 93 101 119", "RFC 9293 3.10.7.4; RFC 5961 3.2",       \
    "A RST at RCV.NXT ends the connection.")                                                                           \
  X(tcp_inexact_reset_is_challenged, "tcp.inexact_reset_is_challenged", must, "94", "RFC 5961 3.2",                    \
    "A RST elsewhere in the window does not end the connection.")                                                      \
  X(tcp_reset_outside_window_is_ignored, "tcp.reset.outside_window_is_ignored", must, "95", "RFC 5961 3.2",            \
    "A RST outside the window is ignored in silence.")                                                                 \
  X(tcp_syn_on_connection_is_challenged, "tcp.syn.on_connection_is_challenged", must, "96", "RFC 5961 4.2",            \
    "A SYN on a synchronized connection ends nothing and is answered by an ACK.")                                      \
  X(tcp_ack_too_old_is_challenged, "tcp.ack.too_old_is_challenged", must, "98", "RFC 5961 5.2",                        \
    "A segment that acknowledges less than SND.UNA - MAX.SND.WND is dropped and answered by an ACK.")                  \
  X(tcp_challenge_may_be_withheld, "tcp.challenge.may_be_withheld", may, "99", "RFC 5961 7",                           \
    "Past ten in five seconds a challenge ACK may be withheld.")                                                       \
  X(tcp_no_ack_is_dropped, "tcp.no_ack_is_dropped", must, "100", "RFC 9293 3.10.7.4",                                  \
    "On a connection a segment without ACK is dropped.")                                                               \
  X(tcp_ack_of_unsent_is_dropped, "tcp.ack.of_unsent_is_dropped", must, "97", "RFC 9293 3.10.7.4",                     \
    "A segment that acknowledges something never sent is dropped, its bytes too.")                                     \
  X(tcp_unacceptable_is_acked, "tcp.unacceptable_is_acked", must, "105", "RFC 9293 3.10.7.4",                          \
    "A segment outside the window is dropped and answered by an ACK.")                                                 \
  X(tcp_old_duplicate_is_acked, "tcp.old_duplicate_is_acked", must, "105 107", "RFC 9293 3.10.7.4",                    \
    "Bytes or a FIN that were taken already are acknowledged again.")                                                  \
  X(tcp_out_of_order_is_acked, "tcp.out_of_order_is_acked", must, "108", "RFC 5681 4.2",                               \
    "Bytes that leave a gap are answered by an ACK at once.")                                                          \
  X(tcp_filled_gap_is_acked, "tcp.filled_gap_is_acked", must, "108", "RFC 5681 4.2",                                   \
    "Bytes that fill a gap are acknowledged at once.")                                                                 \
  X(tcp_fin_is_acked, "tcp.fin.is_acked", must, "108 134 136", "RFC 9293 3.10.7.4",                                    \
    "A FIN in sequence is acknowledged at once.")                                                                      \
  X(tcp_data_after_fin_is_ignored, "tcp.data_after_fin_is_ignored", must, "109", "RFC 9293 3.10.7.4",                  \
    "Bytes past the peer's FIN are never acknowledged nor delivered.")                                                 \
  X(tcp_ack_is_timely, "tcp.ack.is_timely", must, "110 121", "RFC 9293 3.8.6.3",                                       \
    "What arrived is acknowledged within 500 ms.")                                                                     \
  X(tcp_ack_of_arrived_only, "tcp.ack.of_arrived_only", must, "103 106 110", "RFC 9293 3.4, 3.10.7.4",                 \
    "An acknowledgment covers only what arrived, up to the first gap.")                                                \
  X(tcp_ack_never_goes_back, "tcp.ack.never_goes_back", must, "110", "RFC 9293 3.4",                                   \
    "An acknowledgment covers all that was taken and never less than one before it.")                                  \
  X(tcp_ack_has_next_number, "tcp.ack.has_next_number", must, "105 132", "RFC 9293 3.10.7.4",                          \
    "A segment without bytes stands at SND.NXT.")                                                                      \
  X(tcp_sends_accepted_bytes, "tcp.sends_accepted_bytes", must, "52 83 116", "RFC 9293 3.7, 3.8",                      \
    "Bytes that leave are bytes that send accepted, at their place, and not yet acknowledged.")                        \
  X(tcp_same_bytes_again, "tcp.same_bytes_again", must, "122", "RFC 9293 3.8.1",                                       \
    "Bytes that are sent again are the same bytes.")                                                                   \
  X(tcp_no_gap_in_sending, "tcp.no_gap_in_sending", must, "52", "RFC 9293 3.8",                                        \
    "New bytes follow those sent before without a gap.")                                                               \
  X(tcp_stays_in_window, "tcp.stays_in_window", must, "116 117", "RFC 9293 3.8.6",                                     \
    "Nothing new is sent past the window that the peer offered, but a probe of one byte.")                             \
  X(tcp_window_old_update_is_ignored, "tcp.window.old_update_is_ignored", must, "117", "RFC 9293 3.10.7.4",            \
    "An ACK of nothing new, overtaken by a segment of higher number, does not move the window.")                       \
  X(tcp_window_is_probed, "tcp.window.is_probed", must, "117 118", "RFC 9293 3.8.6.1",                                 \
    "A window that closed on something to send is probed, at twice the interval each time.")                           \
  X(tcp_stays_in_mss, "tcp.stays_in_mss", must, "114", "RFC 9293 3.7.1",                                               \
    "No segment carries more than the peer's MSS, 536 when it offered none.")                                          \
  X(tcp_packet_too_big_lowers_segments, "tcp.packet_too_big_lowers_segments", must, "131", "RFC 1191 4; RFC 8201 4",   \
    "After an ICMP error that asks for smaller packets no segment of the connection is longer.")                       \
  X(tcp_no_silly_segment, "tcp.no_silly_segment", must, "120", "RFC 9293 3.8.6.2.1",                                   \
    "Bytes leave in full segments, up to the end of a send or the edge of the window, or as they left before.")        \
  X(tcp_window_never_shrinks, "tcp.window.never_shrinks", must, "115", "RFC 9293 3.8.6",                               \
    "The right edge of the offered window never moves back.")                                                          \
  X(tcp_urgent_is_announced, "tcp.urgent.is_announced", must, "67", "RFC 9293 3.8.5; RFC 6093 3.1",                    \
    "Until the byte sent last with MSG_OOB is acknowledged, what leaves at or before it has URG and points past it, and nothing else has.") \
  X(tcp_options_need_both, "tcp.options_need_both", must, "111", "RFC 7323 2.2, 3.2; RFC 2018 2",                      \
    "Timestamps and SACK are used only if both SYNs offered them.")                                                    \
  X(tcp_fin_needs_close, "tcp.fin.needs_close", must, "73 77 79", "RFC 9293 3.6",                                      \
    "A FIN leaves only after close or a shutdown of the sending side.")                                                \
  X(tcp_fin_follows_data, "tcp.fin.follows_data", must, "73 83", "RFC 9293 3.6.1",                                     \
    "A FIN follows the last byte that send accepted, and nothing follows it.")                                         \
  X(tcp_fin_is_sent, "tcp.fin.is_sent", must, "73 79 83", "RFC 9293 3.6",                                              \
    "After close or SHUT_WR the queue and a FIN are sent.")                                                            \
  X(tcp_fin_is_retransmitted, "tcp.fin.is_retransmitted", must, "126", "RFC 9293 3.6, 3.8.1",                          \
    "A FIN is sent again until it is acknowledged.")                                                                   \
  X(tcp_data_after_close_is_reset, "tcp.data_after_close_is_reset", must, "82", "RFC 9293 3.6.1; RFC 1122 4.2.2.13",   \
    "Bytes that arrive after the application closed the socket are answered by a RST.")                                \
  X(tcp_data_after_shutdown_is_reset, "tcp.data_after_shutdown_is_reset", must, "74", "shutdown(2); RFC 1122 4.2.2.13", \
    "Bytes that arrive after both directions were shut down are answered by a RST.")                                   \
  X(tcp_time_wait_acks, "tcp.time_wait_acks", must, "102 134", "RFC 9293 3.10.7.4",                                    \
    "In TIME_WAIT a FIN or bytes are acknowledged again.")                                                             \
  X(tcp_time_wait_gives_way, "tcp.time_wait_gives_way", must, "135", "RFC 9293 3.10.7.4; RFC 6191",                    \
    "In TIME_WAIT a SYN above the old numbers opens a new connection above ours, an old one is acknowledged.")         \
  X(tcp_icmp_is_soft, "tcp.icmp.is_soft", must, "50 130", "RFC 1122 4.2.3.9",                                          \
    "An ICMP error ends a connection that is being opened and no other.")                                              \
  X(tcp_retransmits_in_time, "tcp.retransmits_in_time", must, "122 123 126", "RFC 6298 5",                             \
    "What is not acknowledged is sent again, at twice the interval each time.")                                        \
  X(tcp_retransmits_earliest, "tcp.retransmits_earliest", must, "122", "RFC 6298 5.4",                                 \
    "When time alone makes a host send again, it begins at the earliest byte not acknowledged.")                       \
  X(tcp_fast_retransmit, "tcp.fast_retransmit", must, "124", "RFC 5681 3.2",                                           \
    "The third ACK that repeats another in all makes a host send the earliest of four segments in flight again at once.") \
  X(tcp_keepalive_only_if_asked, "tcp.keepalive.only_if_asked", must, "127", "RFC 9293 3.8.4",                         \
    "An idle connection without SO_KEEPALIVE sends nothing.")                                                          \
  X(tcp_retry_limit, "tcp.retry.limit", must, "49 125", "RFC 9293 3.8.3",                                              \
    "After the last retransmission, and not before, a connection is given up with ETIMEDOUT.")                         \
  X(tcp_syn_is_answered, "tcp.syn.is_answered", must, "49 129", "RFC 9293 3.5",                                        \
    "An attempt to connect ends: connected, refused or timed out.")                                                    \
  X(tcp_delivers_at_last, "tcp.delivers_at_last", must, "129", "RFC 9293 3.8",                                         \
    "When the network lets packets through, everything that send accepted is delivered.")
// clang-format on
