// What the oracle knows of one TCP connection: the values it has seen, and the hypotheses about
// what it cannot see. Plain values; the rules that move them are in tcp_engine.h and its sources.
//
//   send side, in offsets from our ISS         receive side, in offsets from the peer's ISS
//   0   1 ........ una ........ nxt ... end    0   1 ..... read ...... rcv_nxt ...... edge
//   SYN | acked     | in flight  | queued       SYN | consumed | readable | window     |
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "oracle/spec/copies.h"
#include "oracle/spec/payload.h"
#include "oracle/spec/pending_error.h"
#include "oracle/spec/rule.h"
#include "oracle/spec/socket_model.h"
#include "oracle/spec/tcp_sequence.h"
#include "stack/api/address.h"
#include "stack/api/error_number.h"
#include "stack/api/slice.h"

namespace lockstep::oracle {

// RFC 9293 3.3.2. LISTEN is a state of the socket, not of a connection.
enum class TcpState : std::uint8_t {
  closed,
  syn_sent,
  syn_received,
  established,
  fin_wait_1,
  fin_wait_2,
  close_wait,
  closing,
  last_ack,
  time_wait,
};

// What is known of the byte that the peer marked last by its urgent pointer. `taken`: read with
// MSG_OOB; it still stops the stream.
enum class Urgent : std::uint8_t { none, awaited, arrived, taken };

// A RST that a hypothesis lets the host send in this step.
struct DueReset {
  Rule rule{};
  bool must = true;
  bool sent = false;
  bool answers_ack = false;      // The segment answered had an ACK, so its number is the RST's.
  bool from_connection = false;  // Any number between una and nxt will do, too.
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;  // Of a RST|ACK.

  friend bool operator==(const DueReset&, const DueReset&) = default;
};

// One way in which everything seen so far can have happened.
struct Hypothesis {
  TcpState state = TcpState::closed;

  // Send side.
  std::uint32_t iss = 0;
  bool iss_known = false;
  Offset una = 0;
  Offset nxt = 0;            // The highest number sent, plus one.
  Offset wnd_right = 0;      // The edge that the peer allows: of the last update it may have taken.
  Offset wnd_right_low = 0;  // The least edge that it may go by.
  Offset wnd_right_last = 0;  // What the last segment said, taken or not.
  Offset wnd_max = 0;         // The largest window ever seen.
  Offset wnd_first = 0;       // That of the peer's SYN.
  Offset wnd_refused = 0;     // The largest edge of updates that came too late.
  Offset wl1 = 0;
  Offset wl1_least = 0;  // The same, if what may have been dropped was.
  Offset wl2 = 0;
  TcpState state_before = TcpState::closed;
  Offset una_before = 0;      // Values at the start of the step: what leaves in a step may
  Offset nxt_before = 0;      // have been made before the last arrival in it.
  Offset wnd_right_step = 0;  // The largest edge within the step.
  std::uint16_t peer_mss = 536;
  std::uint8_t peer_scale = 0;
  bool scaled = false;  // Both SYNs offered a window scale.
  bool timestamps = false;
  bool sack = false;

  // Receive side.
  std::uint32_t irs = 0;
  Offset rcv_nxt = 0;
  Offset rcv_before = 0;  // At the start of the step.
  Offset read = 1;
  Offset edge = 0;              // The right edge of the window last advertised.
  bool edge_is_capped = false;  // By the field of a SYN, which is never scaled.
  Offset read_at_edge = 1;      // `read` when it was.
  Offset ack_shown = 0;         // The highest acknowledgment sent.
  bool keeps_scale = false;     // Shifts the windows that it shows though `scaled` is false.
  bool peer_fin = false;        // The peer's FIN was taken.
  bool second_fin = false;      // One past it may be acknowledged (dialect).
  bool stream_unknown = false;  // Urgent data beside a gap: bytes cannot be told any more.
  Urgent urgent = Urgent::none;
  std::byte urgent_byte{};
  bool urgent_unknown = false;  // The byte is none that the peer sent (dialect).
  Offset urgent_at = 0;
  Copies copies;             // Not read yet; those past rcv_nxt may or may not be held.
  std::vector<Offset> fins;  // Offsets of FINs past rcv_nxt that may or may not be held.

  // What the application can see beside data.
  Errno error = Errno::ok;
  Rule error_rule = Rule::tcp_error_reported_once;  // What brought the error.
  Errno soft_error = Errno::ok;
  bool read_shut = false;
  bool write_shut = false;
  bool queued = false;  // In the accept queue.
  std::uint64_t queued_at = 0;

  // The rule by which the last segment that was dropped was; blamed when it shows an effect.
  bool spurned = false;
  Rule spurn_rule{};

  // What is owed or allowed within the step.
  bool ack_due = false;
  Rule ack_rule{};
  bool ack_allowed = false;  // A challenge ACK and the like.
  bool hushed = false;       // What arrived must not be answered.
  Rule hush_rule{};
  bool ended_by_text = false;  // Something may leave yet: the acknowledgment beside the text, or a
                               // call that still runs, let it.
  bool syn_due = false;        // A SYN or SYN-ACK.
  Rule syn_rule{};
  std::vector<DueReset> resets;

  // Timers, in ticks.
  std::uint32_t waited = 0;  // Since the oldest unacknowledged number was first sent or progress.
  std::uint32_t waited_more = 0;  // By how much `waited` may be short of that.
  std::uint32_t retries = 0;      // How often it was sent again.
  // The same, of a closed window's too: what the timeout grew by. It shrinks when a round trip is
  // measured, of what was sent once (RFC 6298 3, 5.7).
  std::uint32_t doublings = 0;
  Offset resent_to = 0;           // The end of what was sent more than once.
  std::uint32_t ack_waited = 0;   // Since data arrived that no ACK has shown.
  std::uint32_t state_age = 0;    // In TIME_WAIT or FIN_WAIT_2.
  std::uint32_t probes = 0;       // Of a closed window or of an idle peer, since anything arrived.
  std::uint32_t stalled_for = 0;  // Since only a closed window holds back what is to be sent.
  std::uint32_t stalled_probes = 0;  // Of that window, answered or not.
  std::uint32_t duplicate_acks = 0;
  std::uint32_t duplicates_in_row = 0;  // As RFC 5681 counts them.
  Offset recover = 0;                   // What was sent when something last was sent again.
  bool fast_due = false;                // The third duplicate asks for the earliest byte.
  bool shown_in_step = false;           // A segment with an ACK left in this step.
  bool text_in_step = false;            // Text came in this step; its ACK may be delayed.
  bool resent = false;                  // The earliest unacknowledged byte left again in this step.
  bool timed_out = false;               // Given up, as far as can be told.
  bool doubtful = false;  // A forgery or its consequence: nothing is owed by the settle.

  bool alive() const { return state != TcpState::closed; }
  bool synchronized() const {
    return state != TcpState::closed && state != TcpState::syn_sent &&
           state != TcpState::syn_received;
  }
  // Readable bytes: the FIN takes a number but is none.
  Offset readable() const { return rcv_nxt - (peer_fin ? 1 : 0) - read; }

  friend bool operator==(const Hypothesis&, const Hypothesis&) = default;
};

// A stretch of bytes that send accepted.
struct Run {
  Offset begin = 0;
  Offset end = 0;
  PayloadTag tag;
};

// A connection: what all hypotheses share, and the hypotheses.
struct Connection {
  FourTuple tuple;
  bool tuple_known = true;      // False until the SYN shows the local end that was chosen.
  SocketId socket = 0;          // 0: a tuple that no socket owns (a stray segment came for it).
  SocketId listener = 0;        // The listener whose child it is.
  SocketId rival = 0;           // Another of its group whose child it may be instead.
  bool maybe_listener = false;  // It may be another's: that listener's port is not known.
  bool accepted = false;        // A child that accept returned.
  bool orphan = false;          // The application closed it.
  std::int32_t user_timeout_ms = 0;  // Of the socket that closed it.
  bool in_use = false;
  // The former connection between its ends may live yet, so that this one may not be there
  // (tcp_contest.cc).
  bool contested = false;
  bool former_ends = false;  // Another one between these ends was over in this very step.
  bool wants_fin = false;    // The application closed its sending side.
  // TIME-WAIT holds the port by itself, with the flags that the socket had when it was entered.
  bool reached_time_wait = false;
  bool was_dual = false;  // As PortHolder has it.
  bool reuse_address = false;
  bool reuse_port = false;
  bool syn_was_sent = false;
  bool syn_was_repeated = false;
  Offset end = 1;                // One past the last byte that send accepted.
  Offset urgent_end = 0;         // One past the last that it accepted with MSG_OOB.
  Offset urgent_end_before = 0;  // At the start of the step.
  Offset text_end = 0;           // No copy of any hypothesis reaches past it.
  std::vector<Run> runs;
  std::vector<Offset> piece_ends;         // Where segments with bytes or a FIN ended.
  std::optional<std::uint8_t> own_scale;  // As offered in our SYN.
  bool own_timestamps = false;
  bool own_sack = false;
  std::uint32_t path_mtu = 0;  // The least that an ICMP error about it asked for; 0: none did.
  std::optional<std::uint32_t> iss_floor;  // SND.NXT of the connection in TIME-WAIT it replaced.
  std::uint16_t own_window = 0;            // In our SYN.
  bool uneven = false;                     // Where the pieces of what is queued end is not known.
  bool blocked = false;                    // A send answered EAGAIN and nothing has happened since.
  std::int32_t linger2_seconds = 0;        // TCP_LINGER2 of the socket that closed it.
  std::int32_t child_buffer = 0;           // The least SO_RCVBUF of its listener while embryonic.
  std::int32_t writable_buffer = 0;        // SO_SNDBUF as it was then.
  std::size_t send_buffer_most = 0;        // The largest that bytes still queued were sent with.
  bool writable = false;                   // A poll answered OUT and nothing has happened since.
  bool touched = false;                    // Something happened in this step.
  std::uint32_t longest_round_trip = 0;    // In ticks, at most.
  std::uint32_t arrivals = 0;              // Segments that arrived in this step.
  std::optional<DueReset> refusal;         // What answers the last of them where nobody is.
  std::vector<Hypothesis> hypotheses;

  bool child_of(SocketId id) const { return listener == id || (rival == id && rival != 0); }
  bool may_be_alive() const {
    for (const Hypothesis& h : hypotheses) {
      if (h.alive()) return true;
    }
    return false;
  }
  bool surely_alive() const {
    for (const Hypothesis& h : hypotheses) {
      if (!h.alive()) return false;
    }
    return !hypotheses.empty();
  }
  bool surely_waits() const {
    for (const Hypothesis& h : hypotheses) {
      if (h.state != TcpState::time_wait) return false;
    }
    return !hypotheses.empty();
  }
  // Where the FIN stands, once the application asked for one.
  Offset fin_offset() const { return end; }
};

// A stream socket as its calls see it.
struct StreamSocket {
  // Linux: socket.state of the file, beside the state of the connection (inet_stream_connect).
  enum class Phase : std::uint8_t { unconnected, connecting, connected, disconnecting };

  SocketId id = 0;
  Phase phase = Phase::unconnected;
  bool listening = false;
  std::uint32_t backlog = 0;        // As capped.
  std::uint32_t backlog_least = 0;  // The smallest in this step or since children queued.
  bool read_shut = false;           // Of a socket without a connection: sticky.
  bool write_shut = false;
  SocketErrors error;            // Of a socket without a connection.
  std::int32_t connection = -1;  // Index of its connection, -1: none.
  bool errors_queued = false;    // poll may answer ERR for ever (dialect).
  bool had_connection = false;   // Its port may be another one next time.
};

}  // namespace lockstep::oracle
