// Kinds and ways of changing one observation of an accepted trace. What each kind leaves out is
// what would change nothing that a program or the network sees, or what would need an observation
// to be made up out of nothing.
//
//   errno     The result of a call: another error, success for an error or an error for success.
//             Errors are those that the call's man page names for sockets and that say something
//             about the socket or the arguments (errors.h). Left out: poll, which has none; success
//             of a call whose success would carry an address, data or an option's value.
//   length    A length that recv, recvfrom, send or sendto returned, or the payload of a TCP
//             segment or UDP datagram that left, by one byte. A segment grows by the byte that
//             follows in the stream where the trace shows it. Left out: shrinking to nothing, which
//             changes what the thing is (of a stream that is `eof`); more than was asked for.
//   byte      One byte of what a receive returned or of the payload of what left. Left out: a TCP
//             receive with MSG_TRUNC, which throws the bytes away.
//   order     The results of two successive receives on a descriptor that returned data, or two
//             successive packets of a flow, exchange places. Left out: two that are equal, peeks,
//             those that throw bytes away, a result that would not fit the other's buffer.
//   address   One bit of an IP address, the lowest bit of a port or of a path's last byte: in a
//             result (recvfrom, accept, getsockname, getpeername) or in a packet that left. A
//             socket without a name gets one.
//   flag      A control bit but RST of a segment that left, a bit of poll's answer that may be in
//             it, or MSG_TRUNC of a receive on a datagram or seqpacket socket.
//   seq       SEG.SEQ of a segment that left.
//   ack       SEG.ACK of a segment that left with ACK.
//   window    SEG.WND of a segment that left.
//   eof       The result of a receive on a stream with room for a byte: 0 for EAGAIN or for
//             data, EAGAIN for 0.
//   rst       A RST in the place of another segment, an ACK in the place of a RST, or no RST.
//   removed   A packet does not leave.
//   repeated  A packet leaves twice in succession.
//   added     A packet that left earlier leaves again at the end of some later step; or an ACK
//             without payload, with the numbers that follow, leaves after a segment.
//   delayed   A packet leaves after the end of the next settle instead of before it. Left out:
//             packets after the last settle, which have no deadline that the trace shows.
//
// What arrives is no observation of the stack but what was done to it, and stays as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lockstep::discriminate {

// clang-format off
#define LOCKSTEP_KIND_LIST(X)                                                              \
  X(errno_value, "errno") X(length, "length") X(byte, "byte") X(order, "order")             \
  X(address, "address") X(flag, "flag") X(seq, "seq") X(ack, "ack") X(window, "window")     \
  X(eof, "eof") X(rst, "rst") X(removed, "removed") X(repeated, "repeated")                 \
  X(added, "added") X(delayed, "delayed")

#define LOCKSTEP_WAY_LIST(X)                                                               \
  X(errno_value, result_error, "result")                                                    \
  X(errno_value, pending_error, "SO_ERROR")                                                 \
  X(length, result_shorter, "result shorter")                                               \
  X(length, result_longer, "result longer")                                                 \
  X(length, payload_shorter, "payload shorter")                                             \
  X(length, payload_longer, "payload longer")                                               \
  X(byte, received_byte, "received byte")                                                   \
  X(byte, payload_byte, "payload byte")                                                     \
  X(order, results_exchanged, "results exchanged")                                          \
  X(order, packets_exchanged, "packets exchanged")                                          \
  X(address, result_ip, "result IP")                                                        \
  X(address, result_port, "result port")                                                    \
  X(address, result_path, "result path")                                                    \
  X(address, source_ip, "source IP")                                                        \
  X(address, source_port, "source port")                                                    \
  X(address, destination_ip, "destination IP")                                              \
  X(address, destination_port, "destination port")                                          \
  X(flag, fin_bit, "FIN")                                                                   \
  X(flag, syn_bit, "SYN")                                                                   \
  X(flag, psh_bit, "PSH")                                                                   \
  X(flag, ack_bit, "ACK")                                                                   \
  X(flag, urg_bit, "URG")                                                                   \
  X(flag, ece_bit, "ECE")                                                                   \
  X(flag, cwr_bit, "CWR")                                                                   \
  X(flag, poll_bit, "poll")                                                                 \
  X(flag, truncated_bit, "MSG_TRUNC")                                                       \
  X(seq, seq_one_more, "one more")                                                          \
  X(seq, seq_one_less, "one less")                                                          \
  X(seq, seq_anything, "anything")                                                          \
  X(ack, ack_one_more, "one more")                                                          \
  X(ack, ack_one_less, "one less")                                                          \
  X(ack, ack_anything, "anything")                                                          \
  X(window, window_none, "0")                                                               \
  X(window, window_one_more, "one more")                                                    \
  X(window, window_one_less, "one less")                                                    \
  X(window, window_anything, "anything")                                                    \
  X(eof, end_for_nothing, "0 for EAGAIN")                                                   \
  X(eof, end_for_data, "0 for data")                                                        \
  X(eof, nothing_for_end, "EAGAIN for 0")                                                   \
  X(rst, reset_for_segment, "RST in place of")                                              \
  X(rst, segment_for_reset, "ACK in place of")                                              \
  X(rst, reset_missing, "missing")                                                          \
  X(removed, packet_removed, "removed")                                                     \
  X(repeated, packet_repeated, "repeated")                                                  \
  X(added, old_packet, "an earlier one again")                                              \
  X(added, bare_ack, "bare ACK after")                                                      \
  X(delayed, packet_delayed, "past the settle")
// clang-format on

enum class Kind : std::uint8_t {
#define LOCKSTEP_KIND_ENUMERATOR(id, name) id,
  LOCKSTEP_KIND_LIST(LOCKSTEP_KIND_ENUMERATOR)
#undef LOCKSTEP_KIND_ENUMERATOR
};

#define LOCKSTEP_KIND_COUNT(id, name) +1
inline constexpr std::size_t kind_count = 0 LOCKSTEP_KIND_LIST(LOCKSTEP_KIND_COUNT);
#undef LOCKSTEP_KIND_COUNT

enum class Way : std::uint8_t {
#define LOCKSTEP_WAY_ENUMERATOR(kind, id, name) id,
  LOCKSTEP_WAY_LIST(LOCKSTEP_WAY_ENUMERATOR)
#undef LOCKSTEP_WAY_ENUMERATOR
};

constexpr std::string_view kind_name(Kind kind) {
  switch (kind) {
#define LOCKSTEP_KIND_NAME(id, name) \
  case Kind::id:                     \
    return name;
    LOCKSTEP_KIND_LIST(LOCKSTEP_KIND_NAME)
#undef LOCKSTEP_KIND_NAME
  }
  return "";
}

constexpr std::string_view way_name(Way way) {
  switch (way) {
#define LOCKSTEP_WAY_NAME(kind, id, name) \
  case Way::id:                           \
    return name;
    LOCKSTEP_WAY_LIST(LOCKSTEP_WAY_NAME)
#undef LOCKSTEP_WAY_NAME
  }
  return "";
}

constexpr Kind kind_of(Way way) {
  switch (way) {
#define LOCKSTEP_WAY_KIND(kind, id, name) \
  case Way::id:                           \
    return Kind::kind;
    LOCKSTEP_WAY_LIST(LOCKSTEP_WAY_KIND)
#undef LOCKSTEP_WAY_KIND
  }
  return Kind::errno_value;
}

}  // namespace lockstep::discriminate
