// The seventh and eighth steps of SEGMENT ARRIVES: text and FIN (RFC 9293 3.10.7.4).
#include <algorithm>
#include <utility>

#include "stack/tcp/checks.h"
#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/transmit.h"

namespace lockstep::detail {
namespace {

void drain_reassembly(Tcb& tcb) {
  while (true) {
    Slice bytes = tcb.out_of_order.take(tcb.rcv_nxt);
    if (bytes.empty()) return;
    tcb.rcv_nxt = tcb.rcv_nxt + static_cast<std::uint32_t>(bytes.size());
    tcb.received.append(std::move(bytes));
  }
}

void receive_fin(Tcb& tcb, TcpIo& io) {
  tcb.rcv_nxt = tcb.rcv_nxt + 1;
  tcb.rcv_adv = later_of(tcb.rcv_adv, tcb.rcv_nxt);
  tcb.out_of_order.clear();
  io.peer_finished = true;
  io.events |= poll_in | poll_rdhup;
  if (tcb.state == TcpState::established) {
    tcb.state = TcpState::close_wait;
  } else if (tcb.state == TcpState::fin_wait_1) {
    tcb.state = TcpState::closing;  // Our FIN is not acknowledged, or this were FIN-WAIT-2.
  } else {
    enter_time_wait(tcb, io);
  }
}

}  // namespace

bool process_text(Tcb& tcb, Incoming& in, TcpIo& io) {
  if (!receives_text(tcb.state)) {
    if (in.seg_len > 0) in.answer = Answer::now;
    return true;
  }
  const Slice& payload = in.segment.payload;
  SequenceNumber start = in.seg_seq;
  SequenceNumber end = start + static_cast<std::uint32_t>(payload.size());
  const bool after_our_fin = tcb.state != TcpState::established;
  if (io.reader_gone && after_our_fin && in.seg_len > 0 && end.after(tcb.rcv_nxt)) {
    // RFC 9293 3.6.1: nobody is left to read it.
    send_reset_for_ack(tcb, io, in.seg_ack.value());
    end_connection(tcb, io, Errno::econnreset);
    return false;
  }
  if (in.seg_len > 0) in.answer = Answer::now;
  if (start.before(tcb.rcv_nxt)) start = tcb.rcv_nxt;
  if (end.after(tcb.rcv_adv)) end = tcb.rcv_adv;
  if (!end.after(start)) return true;
  // A FIN taken in order ends the stream, whatever came beyond it before.
  const bool ends_stream = in.fin && end.before(tcb.rcv_adv) && start == tcb.rcv_nxt;
  Slice text = payload.sub(start.distance_from(in.seg_seq), end.distance_from(start));
  if (start == tcb.rcv_nxt) {
    // What is new and in order may be acknowledged later; whatever else came tells of a loss (RFC
    // 5681 4.2).
    const bool plain = !in.fin && start == in.seg_seq && tcb.out_of_order.empty();
    if (plain) in.answer = Answer::delayed;
    tcb.rcv_full = std::max(tcb.rcv_full, static_cast<std::uint16_t>(text.size()));
    tcb.rcv_nxt = end;
    tcb.received.append(std::move(text));
    if (ends_stream) tcb.out_of_order.clear();
    if (!tcb.out_of_order.empty()) drain_reassembly(tcb);
    io.events |= poll_in;
  } else {
    tcb.out_of_order.insert(start, std::move(text));
  }
  return true;
}

void check_fin(Tcb& tcb, Incoming& in, TcpIo& io) {
  if (!receives_text(tcb.state)) return;
  if (in.fin) {
    const auto position = in.seg_seq + (in.seg_len - 1);
    if (position == tcb.rcv_nxt && position.before(tcb.rcv_adv)) return receive_fin(tcb, io);
    if (position.after(tcb.rcv_nxt) && position.before(tcb.rcv_adv)) {
      tcb.out_of_order.insert_fin(position);
    }
  }
  if (tcb.out_of_order.fin_at(tcb.rcv_nxt)) receive_fin(tcb, io);
}

}  // namespace lockstep::detail
