// TcpEngine: the rules of TCP for one host. Each event (a call's result, a segment that arrives or
// leaves, a tick) maps every hypothesis of the connection concerned to its allowed successors; a
// hypothesis that the event refutes is dropped, and when the last one goes the rule that refuted it
// is broken. Sources: RFC 9293, 5961, 6191; the man pages; docs/oracle.md for what Linux does.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oracle/spec/outcomes.h"
#include "oracle/spec/socket_ranks.h"
#include "oracle/spec/tcp_connection.h"
#include "oracle/spec/tcp_model.h"
#include "stack/wire/quote.h"

namespace lockstep::oracle {

// Whether the acceptability test of RFC 9293 3.10.7.4 passes. The window that a stack goes by may
// be larger than the one that it showed last, hence maybe.
enum class Acceptable : std::uint8_t { no, maybe, yes };

class TcpEngine {
 public:
  TcpEngine(HostServices& host, Judgement& judgement) : host_(&host), judgement_(&judgement) {}
  void reset();

  void on_socket(SocketModel& socket);
  void on_call(SocketModel& socket, const Syscall& call, const SyscallResult& result,
               PayloadTag tag);
  SocketId on_accept(SocketModel& listener, const SyscallResult& result);
  void on_close(SocketModel& socket);
  void on_arrived(const Packet& packet, bool forged);
  void on_left(const Packet& packet);
  void on_tick(std::uint32_t ticks);
  void on_tick_elsewhere(std::uint32_t ticks);
  void on_step_end();
  void on_settled();
  bool quiet() const;
  bool desynchronised() const;
  bool awaits_long_timer() const;
  void add_holders(std::vector<PortHolder>& out) const;
  std::string describe(SocketId socket) const;
  void copy_world(const TcpEngine& other);
  void note_sockets(SocketRanks& ranks) const;
  void digest(Digest& out, const SocketRanks& ranks) const;

 private:
  // tcp_engine.cc: storage and hypotheses.
  StreamSocket& stream(SocketId id);
  const StreamSocket* find_stream(SocketId id) const;
  Connection* connection_of(const StreamSocket& s);
  Connection& make_connection(const FourTuple& tuple);
  void free_connection(Connection& c);
  void touch(Connection& c) {
    if (c.touched) return;
    c.touched = true;
    touched_.push_back(static_cast<std::uint32_t>(&c - connections_.data()));
  }
  void detach(StreamSocket& s);
  void visit(const Connection& c, const Hypothesis& h, int event);
  void settle_hypotheses(Connection& c, std::size_t kept);
  bool done() const { return judgement_->violation().has_value(); }
  bool exact_clock() const { return host_->traits().clock == PortClock::exact; }

  // Applies `step(h)` to each hypothesis of `c`; see the class comment. Not to be nested.
  template <typename Step>
  void branch(Connection& c, Step&& step) {
    forks_.clear();
    current_ = &c;
    touch(c);
    std::size_t kept = 0;
    std::optional<Violation> last;
    bool last_lives = false;
    for (std::size_t i = 0; i < c.hypotheses.size(); ++i) {
      refuted_.reset();
      step(c.hypotheses[i]);
      if (refuted_) {
        // That a connection is over says less than what is wrong with one that is not.
        const bool lives = c.hypotheses[i].alive();
        if (lives || !last_lives) last = std::move(refuted_);
        last_lives |= lives;
        continue;
      }
      if (kept != i) std::swap(c.hypotheses[kept], c.hypotheses[i]);
      ++kept;
    }
    current_ = nullptr;
    if (kept == 0 && forks_.empty()) {
      if (last) blame(std::move(*last));
      return;
    }
    settle_hypotheses(c, kept);
  }

  // Within branch: another successor of the same event.
  void fork(const Hypothesis& h) { forks_.push_back(h); }

  // Within branch: refutes the hypothesis unless `holds`. `allowed` says what the rule asks for: a
  // text, or a function that makes one.
  template <typename Allowed>
  bool check(Rule rule, bool holds, const Hypothesis& h, Allowed&& allowed) {
    judgement_->apply(rule);
    if (holds || refuted_) return holds;
    refute(rule, h, text_of(std::forward<Allowed>(allowed)));
    return false;
  }
  // Outside branch: a rule about the host or a socket without a connection.
  template <typename Allowed>
  bool require(Rule rule, bool holds, Allowed&& allowed, const StreamSocket* s = nullptr) {
    judgement_->apply(rule);
    if (holds) return true;
    Violation v;
    v.rule = rule;
    v.allowed = text_of(std::forward<Allowed>(allowed));
    v.observed = observed();
    v.state = s == nullptr ? std::string("no connection") : describe(s->id);
    blame(std::move(v));
    return false;
  }
  static std::string text_of(std::string_view text) { return std::string(text); }
  template <typename Make>
    requires requires(Make make) { std::string(make()); }
  static std::string text_of(Make&& make) {
    return make();
  }
  void refute(Rule rule, const Hypothesis& h, std::string allowed);
  void blame(Violation violation);
  std::string observed() const;

  // tcp_idle.cc: calls on sockets without a connection, fresh or listening.
  void idle_call(StreamSocket& s, SocketModel& socket);
  void idle_receive(StreamSocket& s);
  void idle_send(StreamSocket& s);
  void idle_poll(StreamSocket& s);
  void idle_shutdown(StreamSocket& s, SocketModel& socket);
  bool take_idle_error(StreamSocket& s);
  void on_get_error(StreamSocket& s);

  // tcp_listen.cc
  void on_listen(StreamSocket& s, SocketModel& socket);
  void stop_listening(StreamSocket& s, Rule rule);
  struct Listeners {
    StreamSocket* first = nullptr;
    StreamSocket* rival = nullptr;
    bool more = false;  // There are more than these two.
  };
  Listeners find_listeners(const Endpoint& local);
  Listeners find_maybe_listeners(const Endpoint& local);
  bool children_differ(SocketId a, SocketId b) const;
  struct Fullness {
    bool surely = false;
    bool maybe = false;
  };
  Fullness fullness_of(const Connection& c, bool with_embryos) const;
  void settle_listener(Connection& c, SocketId listener);
  void learn_listener_port(Connection& c);
  bool covers(const SocketModel& listener, const Endpoint& local) const;
  struct Room {
    std::uint32_t queued_least = 0;
    std::uint32_t queued_most = 0;
    std::uint32_t embryonic_most = 0;
  };
  Room room_of(SocketId listener, const Connection* except) const;
  void poll_listener(StreamSocket& s);

  // tcp_connect.cc
  void on_connect(StreamSocket& s, SocketModel& socket);
  void start_connect(StreamSocket& s, SocketModel& socket);
  void judge_destination(Outcomes& out, const SocketModel& socket, const Endpoint& to) const;
  void open_connection(StreamSocket& s, SocketModel& socket, const Endpoint& to);
  static void add_soft_errors(Connection& c, const PendingError& soft);
  void repeat_connect(StreamSocket& s, Connection& c);
  void disconnect(StreamSocket& s, SocketModel& socket);
  void forget_connection(StreamSocket& s, SocketModel& socket);

  // tcp_send.cc, tcp_receive.cc, tcp_close.cc, tcp_poll.cc: calls on sockets with a connection.
  void on_send(StreamSocket& s, Connection& c, PayloadTag tag);
  void accept_bytes(Connection& c, PayloadTag tag, Offset count);
  void send_fails(Hypothesis& h);
  // `share` / 2 of what is queued must fit.
  bool surely_has_room(const Connection& c, const Hypothesis& h, std::size_t share) const;
  void on_receive(Connection& c);
  void receive_nothing(const Connection& c, Hypothesis& h);
  void receive_error(const Connection& c, Hypothesis& h);
  void receive_end(Hypothesis& h, Offset readable);
  void receive_bytes(const Connection& c, Hypothesis& h);
  std::size_t bytes_that_may_be(const Hypothesis& h, Offset from,
                                std::span<const std::byte> bytes) const;
  std::string expected_bytes(const Hypothesis& h, Offset from, std::size_t at,
                             std::span<const std::byte> bytes) const;
  void on_shutdown(StreamSocket& s, SocketModel& socket, Connection& c);
  void enter_time_wait(Hypothesis& h) const;
  void end_without_fin_wait_2(Hypothesis& h);
  void shut_down(Connection& c, Hypothesis& h, bool read, bool write);
  void close_connection(Connection& c, const SocketModel& socket);
  void abort_hypothesis(Hypothesis& h, Rule rule, bool must);
  void on_getpeername(Connection& c);
  void on_poll(Connection& c);
  void on_queue_sizes(Connection& c);

  // tcp_arrive*.cc: segments that arrive. RFC 9293 3.10.7.
  Connection& make_connection_for(const FourTuple& tuple, bool opens);
  void on_segment(const Packet& packet, const TcpSegment& seg, bool forged);
  bool gives_way(Connection& c, const TcpSegment& seg, std::optional<std::uint32_t>& floor);
  void arrive(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_closed(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_listen(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_syn_sent(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_syn_received(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_time_wait(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_synchronized(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void take_acknowledged_fin(Connection& c, Hypothesis& h);
  bool ends_within_step(const FourTuple& tuple) const;
  void note_child_buffer(Connection& c) const;
  void arrive_syn(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_unacceptable(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_reset(Connection& c, Hypothesis& h, const TcpSegment& seg, Acceptable acceptable);
  void refuse_ack(Hypothesis& h, Offset ack);
  bool arrive_ack(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void arrive_established(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void take_text_and_fin(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq);
  void become_established(Connection& c, Hypothesis& h);
  void learn_syn(Connection& c, Hypothesis& h, const TcpSegment& seg);
  static bool tells_nothing_new(const Hypothesis& h, const TcpSegment& seg);
  bool may_be_held(const Connection& c, const Hypothesis& h, const TcpSegment& seg) const;
  static Offset window_of(const Hypothesis& h, const TcpSegment& seg);
  void count_duplicate(const Connection& c, Hypothesis& h, Offset seq, Offset right);
  void take_window(Hypothesis& h, const TcpSegment& seg, Offset seq, Offset ack);
  void fin_acknowledged(Connection& c, Hypothesis& h);
  // `rule`: why it ends; blamed when the stack does not show it.
  void reset_connection(Connection& c, Hypothesis& h, Errno error, Rule rule);
  void spurn(Hypothesis& h, Rule rule);
  void hush(Hypothesis& h, Rule rule);
  // A challenge ACK may come; the second asks for it unless the host has sent too many.
  void challenge(Hypothesis& h);
  void owe_challenge(Hypothesis& h, Rule rule);
  // The rule that speaks for the pending error, or for its absence.
  static Rule error_rule(const Hypothesis& h);
  static DueReset reset_for(const TcpSegment& seg, Rule rule, bool must);
  void owe_reset(Hypothesis& h, const TcpSegment& seg, Rule rule, bool must);
  void owe_ack(Hypothesis& h, Rule rule);
  Acceptable acceptable(const Connection& c, const Hypothesis& h, Offset seq, Offset length) const;
  void on_icmp(const Packet& packet, const IcmpMessage& icmp);
  void arrive_icmp_in_handshake(const Connection& c, Hypothesis& h, IcmpKind kind, bool quotes_syn);
  void fork_hastened(Connection& c, const Hypothesis& h, IcmpKind kind, Errno error);
  void note_path_mtu(Connection& c, std::uint32_t mtu, const Quote& quote);

  // tcp_urgent.cc: urgent data.
  void arrive_urgent(const Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq);
  bool urgent_inline(const Connection& c) const;
  // Whether the urgent byte is the next one of the stream, and left out of it.
  bool at_urgent_hole(const Connection& c, const Hypothesis& h) const;
  bool header_passes_for_urgent(const Hypothesis& h, const TcpSegment& seg, Offset seq) const;
  void receive_urgent(Connection& c);
  void judge_urgent(const Connection& c, Hypothesis& h);
  void emit_urgent(const Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq);

  // tcp_text.cc: what arrives as bytes and FINs, and what may have become of it.
  void arrive_text(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq);
  static void keep_copy(Connection& c, Hypothesis& h, Offset begin, const Slice& bytes);
  bool memory_may_be_short(const Connection& c, const Hypothesis& h) const;
  bool next_point(const Hypothesis& h, Offset from, Offset& to, bool& by_fin) const;
  bool is_closure(const Hypothesis& h, Offset ack) const;
  bool text_reaches(const Hypothesis& h, Offset ack) const;
  bool unresolved(const Connection& c, const Hypothesis& h) const;
  void resolve(Connection& c, Hypothesis& h, Offset ack);
  void peer_fin_taken(Connection& c, Hypothesis& h);
  void drop_read_copies(Hypothesis& h);

  // tcp_contest.cc: a SYN for a listener from the peer of a connection that may be over.
  Connection* contest_of(const FourTuple& tuple);
  bool may_be_over(const Connection& c);
  void open_contest(const FourTuple& tuple, const TcpSegment& seg);
  Connection* judge_contest(const FourTuple& tuple, const TcpSegment& seg);
  void end_contests();
  void keep_former(Connection& former, Connection& contested);

  // tcp_emit.cc: segments that leave.
  void emit(Connection& c, Hypothesis& h, const TcpSegment& seg);
  bool shows_smaller_path(const Connection& c, const TcpSegment& syn) const;
  void fork_gone_before(Connection& c, const Hypothesis& h);
  bool crossed_its_end(const Connection& c, const Hypothesis& h, const TcpSegment& seg) const;
  void emit_reset(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void count_retry(Connection& c, Hypothesis& h, std::uint32_t& counter);
  void count_probe(Connection& c, Hypothesis& h);
  void fork_given_up(Connection& c, const Hypothesis& h);
  void emit_syn(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void emit_ack(Connection& c, Hypothesis& h, const TcpSegment& seg);
  void emit_window(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset ack);
  Connection* find_for_tuple(const FourTuple& tuple, bool alive);
  bool repeats_its_syn(const FourTuple& tuple, const TcpSegment& seg);
  Connection* find_opening(const FourTuple& tuple);

  // tcp_emit_bytes.cc: what they carry.
  void emit_sequence(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq);
  void emit_payload(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq);
  bool payload_was_sent(const Connection& c, Offset begin, std::span<const std::byte> bytes) const;
  Offset room_in_segment(const Connection& c, const Hypothesis& h) const;
  Offset room_on_path(const Connection& c) const;
  bool drops_itself() const;
  bool pieces_are_known(const Connection& c) const;
  bool emit_piece(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq);
  static void note_piece(Connection& c, const Hypothesis& h, Offset end);
  bool may_stand_at(const Connection& c, const Hypothesis& h, Offset seq) const;
  void emit_options(Connection& c, Hypothesis& h, const TcpSegment& seg);

  // tcp_timers.cc: ticks; tcp_deadlines.cc: what is owed by the end of a step or a settle.
  void count_challenge_time(std::uint32_t ticks);
  bool time_changes_nothing(const Connection& c) const;
  void end_step(Connection& c);
  void note_time_wait(Connection& c);
  static bool is_dual(const SocketModel& socket, const Endpoint& local);
  static void begin_step(Hypothesis& h);
  void count_paid(const Connection& c);
  void step_deadlines(Connection& c, Hypothesis& h);
  // Amid a long tick, over loopback, what is overdue by its end may still come.
  enum class StepPart : std::uint8_t { amid, end };
  void step_timers(Connection& c, Hypothesis& h, StepPart part);
  void fork_over(const Connection& c, Hypothesis& over);
  bool timers_due(const Connection& c, const Hypothesis& h) const;
  bool may_give_up(const Connection& c, const Hypothesis& h) const;
  bool surely_gave_up(const Connection& c, const Hypothesis& h) const;
  struct Term {
    std::uint64_t least = 0;  // In ticks.
    std::uint64_t most = 0;
  };
  Term waiting_term(const Connection& c, const Hypothesis& h) const;
  static void expire(Hypothesis& h);
  bool expires_amid_step(const Connection& c, const Hypothesis& h) const;
  std::uint64_t least_attempt_ticks() const;
  bool attempt_may_outlast_settle(const Connection& c, const Hypothesis& h) const;
  std::uint64_t attempt_ticks(std::uint64_t interval) const;
  std::uint64_t user_timeout_ms(const Connection& c) const;
  void begin_wait(Hypothesis& h) const;
  static void note_round_trip(Connection& c, const Hypothesis& h);
  void time_out(Connection& c, Hypothesis& h);
  void resolve_step(Connection& c, Hypothesis& h);
  bool outstanding(const Connection& c, const Hypothesis& h) const;
  bool stalled(const Connection& c, const Hypothesis& h) const;
  Offset end_of_send(const Connection& c, const Hypothesis& h) const;
  std::uint64_t latest_retransmission(const Connection& c, const Hypothesis& h,
                                      std::uint32_t number) const;
  // What keeps a settle from ending; an invalid rule when nothing does.
  struct Debt {
    bool owed = false;
    Rule rule{};
    std::string_view allowed;
    bool may_outlast_settle = false;  // The timer that pays it may be longer than a settle.
  };
  std::uint64_t next_timeout_ticks(const Connection& c, const Hypothesis& h) const;
  std::uint64_t first_timeout_ticks(const Connection& c, const Hypothesis& h) const;
  bool may_exceed_link(const Connection& c, const Hypothesis& h) const;
  Debt debt_of(const Connection& c, const Hypothesis& h) const;
  bool owes(const Connection& c) const;
  std::string describe(const Connection& c, const Hypothesis& h) const;

  // tcp_value.cc
  void note_queue_times() const;
  static void digest_stream(Digest& out, const StreamSocket& s);
  void digest_connection(Digest& out, const Connection& c, const SocketRanks& ranks) const;
  void digest_hypothesis(Digest& out, const Hypothesis& h) const;

  static constexpr std::size_t hypotheses_max = 32;
  static constexpr std::uint32_t duplicates_that_tell = 3;
  static constexpr std::uint32_t challenges_surely_answered = 10;

  HostServices* host_;
  Judgement* judgement_;
  std::vector<Connection> connections_;  // Those past used_ are kept for their capacity.
  std::size_t used_ = 0;
  std::size_t contests_ = 0;            // How many of them are `contested`.
  std::vector<std::uint32_t> touched_;  // Slots of connections that are `touched`, and past ones.
  std::vector<StreamSocket> streams_;   // Likewise.
  std::size_t streams_used_ = 0;
  std::vector<std::uint32_t> stream_by_id_;  // Index + 1.
  std::uint64_t events_ = 0;                 // Orders what happened on this host.

  // Of the event at hand.
  std::vector<Hypothesis> forks_;
  std::optional<Violation> refuted_;
  Connection* current_ = nullptr;
  const Syscall* call_ = nullptr;
  const SyscallResult* result_ = nullptr;
  const Packet* packet_ = nullptr;
  bool forged_ = false;
  bool ticked_ = false;                             // Time passed in this step.
  std::uint32_t step_ticks_ = 0;                    // How much.
  bool challenged_ = false;                         // It may be answered by a challenge ACK.
  mutable std::vector<std::uint64_t> queue_times_;  // Scratch of a digest.

  // Such segments within five seconds: an answer to more than ten may be withheld.
  std::uint32_t challenges_ = 0;
  std::uint32_t least_path_mtu_ = 0xffff'ffff;  // Of all that ICMP errors told.
  std::uint32_t challenge_ticks_ = 0;           // Since the first of them.
};

}  // namespace lockstep::oracle
