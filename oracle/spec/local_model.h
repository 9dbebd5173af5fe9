// LocalModel: the AF_UNIX sockets of one host as the oracle sees them. There are no packets: what a
// call does is seen by the calls that follow, so that nearly everything is told exactly. Sources:
// unix(7), the pages of the calls, POSIX. HostModel has judged what is common to all protocols.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oracle/spec/local_names.h"
#include "oracle/spec/outcomes.h"
#include "oracle/spec/pending_error.h"
#include "oracle/spec/tcp_model.h"

namespace lockstep::oracle {

class LocalModel {
 public:
  LocalModel(HostServices& host, Judgement& judgement) : host_(&host), judgement_(&judgement) {}
  void reset();

  void on_socket(const SocketModel& socket);
  // Every call but socket, accept, close, dup, setsockopt, and of getsockopt SO_ERROR and
  // SO_ACCEPTCONN. `tag` names the bytes of send and sendto.
  void on_call(const SocketModel& socket, const Syscall& call, const SyscallResult& result,
               PayloadTag tag);
  // On success returns the child's id; 0 when there is none, which is a violation already recorded.
  SocketId on_accept(const SocketModel& socket, const SyscallResult& result);
  void on_close(SocketId socket);
  std::string describe(SocketId socket) const;

  // Of Oracle, for AF_UNIX alone. note_sockets: those that matter.
  void copy_world(const LocalModel& other);
  void note_sockets(SocketRanks& ranks) const;
  void digest(Digest& out, const SocketRanks& ranks) const;

 private:
  // What one send left in the receiver's queue.
  struct Message {
    SocketId sender = 0;
    PayloadTag tag;
    std::uint32_t size = 0;
    std::uint32_t read = 0;      // Of a stream's: bytes already received.
    std::uint32_t overhead = 0;  // What it may count for in SO_SNDBUF beside its bytes, at most.
  };

  struct Socket {
    SocketId id = 0;
    Type type = Type::stream;
    bool open = false;  // Also of a child that waits for accept.
    bool listening = false;
    bool connected = false;  // Of streams and records for good, whatever becomes of the peer.
    bool read_shut = false;
    bool write_shut = false;
    bool named = false;
    bool owns_name = false;    // Others find it by its name: not once it is closed.
    bool name_unseen = false;  // The kernel chose it.
    bool urgent_came = false;  // Out-of-band data: what it receives is not followed any more.
    bool urgent_sent = false;  // Nor is what counts for its buffer.
    UnixPath name;
    SocketId namesake = 0;  // A child has the name of this listener.
    SocketId peer = 0;
    std::uint32_t backlog = 0;
    PendingError error;
    std::vector<Message> queue;
    std::vector<SocketId> pending;  // A listener's children that wait for accept.
    std::uint64_t unread = 0;       // Bytes that it sent and nobody received.
    std::uint64_t charged = 0;      // What they and their overhead may count for, at most.
  };

  // The one that an address means.
  struct Target {
    SocketId id = 0;
    bool unsure = false;  // A name that the kernel may have chosen for a socket.
  };

  struct Turn {  // One call.
    Socket& self;
    const SocketModel& model;
    const Syscall& call;
    const SyscallResult& result;
  };

  bool knows(SocketId id) const { return id < sockets_.size() && sockets_[id].id != 0; }
  Socket& at(SocketId id) { return sockets_[id]; }
  const Socket& at(SocketId id) const { return sockets_[id]; }
  Socket& make(SocketId id, Type type);
  static bool has_records(const Socket& s) { return s.type != Type::stream; }
  static bool is_dgram(const Socket& s) { return s.type == Type::dgram; }
  bool judge(const Outcomes& outcomes, Rule otherwise, const Turn& turn);
  // SO_SNDBUF as it reads; 0 when it cannot be told.
  std::uint64_t send_buffer(const SocketModel& socket) const;
  void visit(const Socket& s, Call call) const;
  // local_value.cc
  static void digest_socket(Digest& out, const Socket& s, const SocketRanks& ranks);
  // local_model.cc
  void on_shutdown(const Turn& turn);
  void on_queue_size(const Turn& turn);
  void on_getsockopt(const Turn& turn);
  void release(const Message& message);
  void drop_queue(Socket& s);
  void leave_peer(Socket& s);
  // `unaccepted`: a child that nobody accepted.
  void end_connection(Socket& s, bool unaccepted);
  // local_bind.cc
  void on_bind(const Turn& turn);
  void on_getsockname(const Turn& turn);
  void on_getpeername(const Turn& turn);
  bool abstract_name_in_use(const Socket& s, const UnixPath& name, bool& unsure) const;
  bool fits_name(Socket& s, const SocketAddress& seen);
  std::string name_text(const Socket& s) const;
  // local_connect.cc
  Target find_target(Outcomes& outcomes, const Socket& s, const SocketAddress& address) const;
  Target find_abstract(const Socket& s, const UnixPath& name) const;
  void on_listen(const Turn& turn);
  void on_connect(const Turn& turn);
  void on_connect_dgram(const Turn& turn);
  // local_send.cc
  void on_send(const Turn& turn, PayloadTag tag);
  void judge_send_stream(Outcomes& outcomes, const Turn& turn) const;
  void judge_send_record(Outcomes& outcomes, const Turn& turn) const;
  void judge_send_dgram(Outcomes& outcomes, const Turn& turn, Target& target) const;
  void judge_size(Outcomes& outcomes, const Turn& turn) const;
  void judge_room(Outcomes& outcomes, const Turn& turn) const;
  void judge_taken(const Turn& turn);
  void follow_send(const Turn& turn, PayloadTag tag, SocketId to);
  std::uint32_t overhead_of(const SocketModel& socket, std::uint64_t size) const;
  bool queue_is_full(const Socket& sender, const Socket& receiver) const;
  // local_receive.cc
  void on_receive(const Turn& turn);
  void judge_oob(const Turn& turn);
  static bool may_wait_for_more(const Turn& turn);
  void on_receive_bytes(const Turn& turn);
  void on_receive_record(const Turn& turn);
  void judge_nothing(const Turn& turn);
  bool judge_reset(const Turn& turn);
  void judge_sender_name(const Turn& turn, SocketId sender);
  static bool bytes_match(const Socket& s, const Syscall& call, std::size_t size);
  // local_poll.cc
  void on_poll(const Turn& turn);
  void judge_poll(const Turn& turn, Rule rule, PollEvents must, PollEvents may);
  void add_room(const Turn& turn, PollEvents& must, PollEvents& may) const;

  HostServices* host_;
  Judgement* judgement_;
  std::vector<Socket> sockets_;  // By id; closed ones keep their names.
  LocalFiles files_;
};

}  // namespace lockstep::oracle
