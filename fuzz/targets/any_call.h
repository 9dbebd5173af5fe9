// Any call of a Kernel, and any configuration of one, from a fuzz input.
#pragma once

#include <array>
#include <vector>

#include "fuzz/targets/byte_reader.h"
#include "stack/api/host_config.h"
#include "stack/kernel/kernel.h"

namespace lockstep {

inline constexpr IpAddress fuzzed_v4[] = {IpAddress::v4(10, 0, 0, 1), IpAddress::v4(10, 0, 0, 2)};
inline constexpr IpAddress fuzzed_v6[] = {IpAddress::v6(0xfd00'0000'0000'0000, 1),
                                          IpAddress::v6(0xfd00'0000'0000'0000, 2)};

// Carries segments of 48 bytes in either family.
inline constexpr std::uint32_t least_mtu = 60 + 48;

inline HostConfig any_config(ByteReader& in, int host) {
  HostConfig config;
  config.addresses = {fuzzed_v4[host], fuzzed_v6[host]};
  config.max_sockets = 16;
  config.time_wait_ticks = 20;
  config.fin_wait_2_ticks = 20;
  const std::uint8_t size = in.u8();
  if ((size & 1) != 0) config.receive_buffer = in.u8();
  if ((size & 2) != 0) config.send_buffer = in.u8() + 1u;
  if ((size & 4) != 0) config.mtu = least_mtu + in.u8();
  if ((size & 8) != 0) config.receive_buffer = std::uint32_t{in.u8()} << 12;
  if ((size & 16) != 0) config.ephemeral_last = config.ephemeral_first;
  if ((size & 32) != 0) config.initial_sequence = 0u - in.u8();
  if ((size & 64) != 0) config.loopback_mtu = least_mtu + in.u8();
  if ((size & 128) != 0) config.default_backlog = in.below(4);
  const std::uint8_t time = in.u8();
  if ((time & 1) != 0) config.tick_ms = std::uint32_t{in.u8()} << 4;
  if ((time & 2) != 0) config.retransmit_max = in.below(20);
  if ((time & 4) != 0) config.syn_retransmit_max = in.below(8);
  if ((time & 8) != 0) config.orphan_retransmit_max = in.below(8);
  if ((time & 16) != 0) config.delayed_ack_ticks = in.below(8);
  if ((time & 32) != 0) config.time_wait_ticks = config.fin_wait_2_ticks = in.below(3);
  if ((time & 64) != 0) config.isn_secret = in.u8();
  if ((time & 128) != 0) config.abort_on_overflow = config.unprivileged = true;
  return config;
}

inline SocketAddress any_address(ByteReader& in) {
  static constexpr std::array<std::uint16_t, 6> ports{80, 81, 0, 49152, 49153, 1};
  static constexpr std::array<IpAddress, 14> addresses{fuzzed_v4[0],
                                                       fuzzed_v4[1],
                                                       fuzzed_v6[0],
                                                       fuzzed_v6[1],
                                                       IpAddress::any(IpFamily::v4),
                                                       IpAddress::any(IpFamily::v6),
                                                       IpAddress::loopback(IpFamily::v4),
                                                       IpAddress::loopback(IpFamily::v6),
                                                       IpAddress::v4(127, 3, 2, 1),
                                                       IpAddress::v4(10, 9, 9, 9),
                                                       IpAddress::v4(224, 0, 0, 1),
                                                       IpAddress::v4(255, 255, 255, 255),
                                                       IpAddress::v6(0xff02'0000'0000'0000, 1),
                                                       IpAddress::v6(0, 0xffff'0a00'0001)};
  const std::uint8_t kind = in.u8();
  if (kind >= 230) return UnixPath::from(kind % 2 == 0 ? "/x" : "/y");
  if (kind >= 220) return Unspecified{};
  return Endpoint{addresses[kind % addresses.size()], in.of(ports)};
}

inline std::int32_t any_option_value(ByteReader& in) {
  static constexpr std::array<std::int32_t, 12> values{
      0, 1, -1, 2, 3, 100, 1000, 32767, 65536, 300'000, 0x7fffffff, -0x7fffffff - 1};
  const std::uint8_t choice = in.u8();
  return choice < 128 ? values[choice % values.size()] : in.u16();
}

// Does any call; what it returns is nobody's business here.
inline void do_any_call(ByteReader& in, Kernel& host) {
  static constexpr std::array<MsgFlags, 10> flags{0,
                                                  0,
                                                  msg_peek,
                                                  msg_trunc,
                                                  msg_oob,
                                                  msg_dontwait,
                                                  msg_oob | msg_peek,
                                                  msg_trunc | msg_peek,
                                                  msg_waitall,
                                                  0xffffffff};
  static std::vector<std::byte> storage(70'000);
  const std::uint32_t choice = in.below(20);
  if (choice == 19) {
    static_cast<void>(host.socketpair(static_cast<Type>(in.below(3))));
    return;
  }
  const auto call = static_cast<Call>(choice);
  Syscall s{.call = call, .fd = Fd{static_cast<std::int32_t>(in.below(20)) + 2}};
  const std::uint8_t details = in.u8();
  switch (call) {
    case Call::socket:
      s.domain = details < 130 ? Domain::inet : details < 210 ? Domain::inet6 : Domain::local;
      s.type = (details & 3) == 0   ? Type::dgram
               : details % 16 == 15 ? Type::seqpacket
                                    : Type::stream;
      break;
    case Call::bind:
    case Call::connect:
      s.address = any_address(in);
      break;
    case Call::listen:
      s.backlog = static_cast<std::int32_t>(details % 6) - 1;
      break;
    case Call::sendto:
      s.address = any_address(in);
      [[fallthrough]];
    case Call::send:
    case Call::recv:
    case Call::recvfrom:
      s.flags = flags[details % flags.size()];
      s.data = s.buffer = std::span(storage).first(in.length(storage.size()));
      break;
    case Call::shutdown:
      s.how = static_cast<ShutdownHow>(details & 3);
      break;
    case Call::setsockopt:
      s.option_value = {any_option_value(in), details & 7};
      [[fallthrough]];
    case Call::getsockopt:
      s.option = static_cast<OptionName>(in.below(27));
      break;
    case Call::poll:
      s.events = static_cast<PollEvents>(details * 0x41);
      break;
    case Call::accept:
    case Call::close:
    case Call::dup:
    case Call::getsockname:
    case Call::getpeername:
    case Call::siocinq:
    case Call::siocoutq:
      break;
  }
  host.call(s);
}

inline void watch_any(ByteReader& in, Kernel& host) {
  const Fd fd{static_cast<std::int32_t>(in.below(20)) + 2};
  const std::uint8_t what = in.u8();
  if ((what & 1) != 0) {
    host.unwatch(fd, (what >> 1) & 3);
  } else {
    host.watch(fd, static_cast<PollEvents>((what >> 3) | ((what & 128) << 6)), (what >> 1) & 3);
  }
  std::vector<Wake> wakes;
  if ((what & 64) != 0) host.take_wakes(wakes);
}

}  // namespace lockstep
