#include "stack/ports/in_process.h"

#include <gtest/gtest.h>

#include "stack/kernel/test_world.h"
#include "stack/wire/codec.h"

namespace lockstep {
namespace {

using testing::at;
using testing::bytes_of;
using testing::host_at;

struct TwoPorts : ::testing::Test {
  std::unique_ptr<Port> a = make_in_process_port();
  std::unique_ptr<Port> b = make_in_process_port();

  void SetUp() override {
    a->reset(host_at({"10.0.0.1"}));
    b->reset(host_at({"10.0.0.2"}));
  }
  void carry(Port& from, Port& to, bool as_bytes) {
    std::vector<WireEvent> events;
    from.egress(events);
    for (const WireEvent& event : events) {
      if (event.kind != WireEvent::Kind::left) continue;
      if (!as_bytes) {
        to.deliver(event.packet);
        continue;
      }
      std::vector<std::byte> bytes;
      ASSERT_TRUE(encode_packet(event.packet, bytes).has_value());
      to.deliver_bytes(bytes);
    }
  }
  void settle(bool as_bytes = false) {
    for (int i = 0; i < 20; ++i) {
      carry(*a, *b, as_bytes);
      carry(*b, *a, as_bytes);
    }
  }
  static SyscallResult with_address(Port& port, Call call, Fd fd, std::string_view address) {
    return port.call({.call = call, .fd = fd, .backlog = 8, .address = at(address)});
  }
  static Fd open(Port& port, Type type) {
    return Fd{static_cast<std::int32_t>(port.call({.call = Call::socket, .type = type}).value)};
  }
};

TEST_F(TwoPorts, CarryAConnectionFromHandshakeToClose) {
  for (bool as_bytes : {false, true}) {
    SetUp();
    const Fd listener = open(*b, Type::stream);
    EXPECT_TRUE(with_address(*b, Call::bind, listener, "10.0.0.2:80").ok());
    EXPECT_TRUE(b->call({.call = Call::listen, .fd = listener, .backlog = 8}).ok());
    const Fd client = open(*a, Type::stream);
    EXPECT_EQ(with_address(*a, Call::connect, client, "10.0.0.2:80").error, Errno::einprogress);
    settle(as_bytes);
    const SyscallResult accepted = b->call({.call = Call::accept, .fd = listener});
    ASSERT_TRUE(accepted.ok());
    const Fd server{static_cast<std::int32_t>(accepted.value)};
    const auto data = bytes_of("hello");
    EXPECT_EQ(a->call({.call = Call::send, .fd = client, .data = data}).value, 5);
    settle(as_bytes);
    std::vector<std::byte> buffer(10);
    EXPECT_EQ(b->call({.call = Call::recv, .fd = server, .buffer = buffer}).value, 5);
    EXPECT_TRUE(a->call({.call = Call::close, .fd = client}).ok());
    settle(as_bytes);
    EXPECT_EQ(b->call({.call = Call::recv, .fd = server, .buffer = buffer}).value, 0);
    EXPECT_TRUE(b->call({.call = Call::close, .fd = server}).ok());
    settle(as_bytes);
  }
}

TEST_F(TwoPorts, DropBytesThatAreNoPacket) {
  const std::vector<std::byte> noise(60, std::byte{0x45});
  b->deliver_bytes(noise);
  b->deliver_bytes({});
  std::vector<WireEvent> events;
  b->egress(events);
  EXPECT_TRUE(events.empty());
}

}  // namespace
}  // namespace lockstep
