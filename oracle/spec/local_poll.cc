// What poll answers for AF_UNIX sockets.
#include "oracle/spec/local_model.h"

namespace lockstep::oracle {

void LocalModel::on_poll(const Turn& turn) {
  const Socket& s = turn.self;
  PollEvents must = 0;
  PollEvents may = 0;
  if (s.read_shut) must |= poll_in | poll_rdhup;
  if (s.read_shut && s.write_shut) must |= poll_hup;
  if (!s.queue.empty() || !s.pending.empty()) must |= poll_in;
  if (!s.error.may_be_none()) must |= poll_err;
  if (s.error.may_be_some()) may |= poll_err;
  if (s.urgent_came) may |= poll_in | poll_pri;
  if (s.listening) return judge_poll(turn, Rule::local_poll_listener, must, may);
  add_room(turn, must, may);
  if (is_dgram(s)) return judge_poll(turn, Rule::local_poll_dgram, must, may);
  if (!s.connected) must |= poll_hup;
  judge_poll(turn, Rule::local_poll_connection, must, may);
}

// unix(7), poll(2): writable while what was not received takes a quarter of the buffer at most.
void LocalModel::add_room(const Turn& turn, PollEvents& must, PollEvents& may) const {
  const Socket& s = turn.self;
  const std::uint64_t buffer = send_buffer(turn.model);
  bool may_write = true;
  bool must_write = 4 * s.charged <= buffer;
  if (s.urgent_sent) {
    must_write = false;
  } else if (buffer != 0 && 4 * s.unread > buffer) {
    may_write = false;
  }
  if (is_dgram(s) && s.peer != 0 && at(s.peer).open && queue_is_full(s, at(s.peer))) {
    must_write = false;
    if (!at(s.peer).read_shut) may_write = false;
  }
  if (may_write) may |= poll_out;
  if (must_write) must |= poll_out;
}

void LocalModel::judge_poll(const Turn& turn, Rule rule, PollEvents must, PollEvents may) {
  const auto seen = static_cast<PollEvents>(turn.result.value);
  const PollEvents filter = turn.call.events | poll_err | poll_hup;
  must &= filter;
  may = static_cast<PollEvents>((may | must) & filter);
  Socket& s = turn.self;
  judgement_->require(rule, (seen & must) == must && (seen & ~may) == 0, [&] {
    std::string allowed = poll_events_text(must);
    if (may != must) allowed += " to " + poll_events_text(may);
    return Violation{
        .allowed = std::move(allowed), .observed = poll_events_text(seen), .state = describe(s.id)};
  });
  if ((seen & poll_err) != 0) {
    s.error.become_some();
  } else {
    s.error.become_none();
  }
}

}  // namespace lockstep::oracle
