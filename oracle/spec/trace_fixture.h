// Trace: hand-made observations of one host, for tests of rules. Every call and every arrival
// begins a step of its own; what leaves belongs to the step before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/spec/oracle.h"
#include "stack/wire/quote.h"

namespace lockstep::oracle {

class Trace {
 public:
  Trace();

  // Set before the first observation.
  HostConfig config;
  PortTraits traits;

  // Observations. A positive `fd` is what the stack answered, or the operand; results are those
  // that a test makes up, by default what an honest stack answers.
  void socket(int fd, Type type = Type::dgram, Domain domain = Domain::inet,
              Errno error = Errno::ok);
  void bind(int fd, std::string_view address, Errno error = Errno::ok);
  void listen(int fd, Errno error = Errno::ok);
  void accept(int fd, int child, Errno error = Errno::ok);
  void connect(int fd, std::string_view address, Errno error = Errno::ok);
  void close(int fd, Errno error = Errno::ok);
  void dup(int fd, int result, Errno error = Errno::ok);
  void shutdown(int fd, ShutdownHow how, Errno error = Errno::ok);
  void name(int fd, std::string_view address);
  void name_fails(int fd, Errno error);
  void peer(int fd, std::string_view address, Errno error = Errno::ok);
  void set(int fd, OptionName option, OptionValue value = {1}, Errno error = Errno::ok);
  void get(int fd, OptionName option, OptionValue value, Errno error = Errno::ok);
  void poll(int fd, PollEvents seen, PollEvents asked = 0x7f | poll_rdhup);
  void queue_size(int fd, std::int64_t value, Call call = Call::siocinq);
  // Sends `size` bytes of the trace's stream to `to` (nothing: send).
  void send(int fd, std::size_t size, std::string_view to = "", Errno error = Errno::ok,
            MsgFlags flags = 0);
  void send_takes(int fd, std::size_t size, std::string_view to, std::int64_t taken);
  // A datagram with the bytes of the last send, or others, leaves.
  void left(std::string_view from, std::string_view to, std::size_t size);
  void syn_left(std::string_view from, std::string_view to);
  // A segment of 10.0.0.1:50000 and 10.0.0.2:80 that leaves or arrives, with these numbers and no
  // text.
  void segment_left(TcpFlags flags, std::uint32_t seq, std::uint32_t ack);
  void segment_arrived(TcpFlags flags, std::uint32_t seq, std::uint32_t ack);
  void left_other_bytes(std::string_view from, std::string_view to, std::size_t size);
  // A datagram of `size` bytes of stream `serial` arrives.
  void arrived(std::string_view from, std::string_view to, std::size_t size, std::uint32_t serial);
  // A receive returns those bytes; all of them unless `room` is smaller.
  void received(int fd, std::string_view from, std::size_t size, std::uint32_t serial,
                std::size_t room = 2000, MsgFlags flags = 0);
  void received_value(int fd, std::string_view from, std::uint32_t serial, std::size_t room,
                      std::int64_t value, bool truncated, MsgFlags flags = 0);
  void receive_fails(int fd, Errno error = Errno::eagain, MsgFlags flags = 0);
  // An ICMP error about a datagram from `sender` to `target`.
  void icmp_left(std::string_view sender, std::string_view target,
                 IcmpKind kind = IcmpKind::port_unreachable);
  void icmp_arrived(std::string_view sender, std::string_view target,
                    IcmpKind kind = IcmpKind::port_unreachable, std::uint32_t mtu = 0);

  // A call that no verb above makes.
  void observe(const Syscall& made, const SyscallResult& result) { call(made, result); }

  // Ends the last step. The rule that was broken, or nothing.
  std::optional<Rule> broken();
  std::uint32_t applied(Rule rule) {
    return oracle_.judgement().applied()[static_cast<std::size_t>(rule)];
  }
  // For a person, when broken() answered a rule.
  std::string text() const;
  Oracle& oracle() { return oracle_; }

 private:
  void begin_step();
  void call(Syscall call, const SyscallResult& result);
  Packet datagram(std::string_view from, std::string_view to, PayloadTag tag, std::size_t size);
  Packet icmp(std::string_view sender, std::string_view target, IcmpKind kind, std::uint32_t mtu);
  void receive(int fd, std::string_view from, std::uint32_t serial, std::size_t room,
               const SyscallResult& result, MsgFlags flags);

  Oracle oracle_;
  bool started_ = false;
  PayloadTag last_sent_{1000, 0};
  std::uint64_t next_offset_ = 0;
};

}  // namespace lockstep::oracle
