// Calls on stream sockets without a connection: fresh ones, listeners, and those whose connection
// was dissolved. Sources: send(2), recv(2), shutdown(2), poll(2), tcp(7), getpeername(2).
#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

// The pending error is answered by one failing call. Answers whether this one was it.
bool TcpEngine::take_idle_error(StreamSocket& s) {
  const Errno seen = result_->error;
  PendingError& error = s.error.pending;
  if (!error.may_be_some()) return false;
  if (seen == Errno::ok || !error.may_be(seen)) {
    if (error.may_be_none()) {
      error.become_none();
      return false;
    }
    require(Rule::tcp_error_reported_once, false, [&] { return error.text(); }, &s);
    return true;
  }
  error.become_none();
  return true;
}

void TcpEngine::idle_send(StreamSocket& s) {
  if (take_idle_error(s)) return;
  if (s.listening) {
    require(Rule::tcp_listener_calls, result_->error == Errno::epipe, "EPIPE", &s);
    return;
  }
  require(Rule::tcp_unconnected_calls, result_->error == Errno::epipe, "EPIPE", &s);
}

void TcpEngine::idle_receive(StreamSocket& s) {
  if (s.listening) {
    require(Rule::tcp_listener_calls, result_->error == Errno::enotconn, "ENOTCONN", &s);
    return;
  }
  const bool empty_request = call_->buffer.empty() && result_->ok() && result_->value == 0;
  if ((call_->flags & msg_oob) != 0) {
    require(Rule::tcp_urgent_none_is_einval, result_->error == Errno::einval, "EINVAL", &s);
    return;
  }
  if (empty_request) return;
  if (take_idle_error(s)) return;
  if (s.read_shut) {
    require(Rule::tcp_unconnected_calls,
            (result_->ok() && result_->value == 0) || result_->error == Errno::enotconn,
            "0 or ENOTCONN", &s);
    return;
  }
  require(Rule::tcp_unconnected_calls, result_->error == Errno::enotconn, "ENOTCONN", &s);
}

void TcpEngine::idle_shutdown(StreamSocket& s, SocketModel&) {
  if (call_->how == ShutdownHow::invalid) {
    require(Rule::tcp_shutdown_bad_how,
            result_->error == Errno::einval || (!s.listening && result_->error == Errno::enotconn),
            "EINVAL", &s);
    return;
  }
  const bool read = call_->how != ShutdownHow::write;
  if (s.listening) {
    require(Rule::tcp_shutdown_listener, result_->ok(), "success", &s);
    if (read) stop_listening(s, Rule::tcp_shutdown_listener);
    return;
  }
  require(Rule::tcp_shutdown_needs_connection, result_->error == Errno::enotconn, "ENOTCONN", &s);
  s.read_shut |= read;
  s.write_shut |= call_->how != ShutdownHow::read;
}

void TcpEngine::idle_call(StreamSocket& s, SocketModel&) {
  if (call_->call == Call::getpeername) {
    require(Rule::tcp_peer_name, result_->error == Errno::enotconn, "ENOTCONN", &s);
  } else if (s.listening) {
    require(Rule::tcp_listener_calls, result_->error == Errno::einval, "EINVAL", &s);
  } else {
    const bool stale = call_->call == Call::siocoutq && s.had_connection &&
                       host_->dialect().siocoutq_is_stale_without_connection;
    require(Rule::tcp_queue_sizes, result_->ok() && (stale || result_->value == 0), "0", &s);
  }
}

void TcpEngine::idle_poll(StreamSocket& s) {
  if (s.listening) {
    poll_listener(s);
    return;
  }
  const auto revents = static_cast<PollEvents>(result_->value);
  PollEvents all = poll_out | poll_hup;
  if (s.error.pending.may_be_some()) all |= poll_err;
  if (s.read_shut) all |= poll_in | poll_rdhup;
  const PollEvents asked = call_->events | poll_err | poll_hup;
  if (s.errors_queued) all |= revents & poll_err;
  if (s.error.pending.may_be_none() && (revents & poll_err) == 0) {
    all = static_cast<PollEvents>(all & ~poll_err);
    s.error.pending.become_none();
  }
  require(
      Rule::tcp_poll_unconnected, revents == (all & asked),
      [&] { return poll_events_text(all & asked); }, &s);
}

void TcpEngine::on_get_error(StreamSocket& s) {
  if (call_->option == OptionName::so_acceptconn) {
    require(Rule::tcp_accepting,
            result_->ok() && result_->option_value.value == (s.listening ? 1 : 0),
            s.listening ? "1" : "0", &s);
    return;
  }
  if (call_->option != OptionName::so_error) return;
  const auto got = static_cast<Errno>(result_->option_value.value);
  Connection* c = connection_of(s);
  if (!result_->ok() || c == nullptr) {
    if (require(
            Rule::tcp_error_reported_once, result_->ok() && s.error.may_answer(got),
            [&] { return s.error.text(); }, &s)) {
      s.error.answered(got);
    }
    return;
  }
  branch(*c, [&](Hypothesis& h) {
    const bool soft = h.error == Errno::ok && h.soft_error != Errno::ok;
    if (!check(h.soft_error != Errno::ok ? Rule::tcp_icmp_is_soft : error_rule(h),
               got == h.error || (soft && got == h.soft_error), h,
               [&] { return std::string(errno_name(h.error)); })) {
      return;
    }
    judgement_->apply(Rule::tcp_error_reported_once);
    if (got == h.error && h.error != Errno::ok) {
      h.error = Errno::ok;
    } else {
      h.soft_error = Errno::ok;
    }
  });
}

}  // namespace lockstep::oracle
