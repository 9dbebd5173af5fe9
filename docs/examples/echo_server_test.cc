// An application tested on the simulated stack: an echo server and its client on two hosts of a
// fabric that loses the first two packets with bytes. Calls never block, and nothing moves but in
// run_until_quiet() and tick(), so that every run is the same.
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stack/fabric/fabric.h"

namespace {

using namespace lockstep;

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "echo_server_test: not so: %s\n", what);
  std::exit(1);
}

Fd descriptor(const SyscallResult& result) {
  check(result.ok(), "there is a socket");
  return Fd{static_cast<std::int32_t>(result.value)};
}

// What is under test: accepts one client and sends back what comes. As any server with
// non-blocking sockets it does what it can when it is run, and keeps what it could not send.
class EchoServer {
 public:
  EchoServer(Kernel& host, std::uint16_t port) : host_(host) {
    listener_ = descriptor(host_.open(Domain::inet, Type::stream));
    check(host_.bind(listener_, Endpoint{host_.config().addresses.front(), port}).ok(), "bind");
    check(host_.listen(listener_, 8).ok(), "listen");
  }

  void run() {
    if (client_.value < 0) {
      const SyscallResult accepted = host_.accept(listener_);
      if (accepted.error == Errno::eagain) return;
      client_ = descriptor(accepted);
    }
    std::byte buffer[4096];
    while (true) {
      const SyscallResult got = host_.recv(client_, buffer);
      if (got.value <= 0) break;
      const std::span<const std::byte> bytes(buffer, static_cast<std::size_t>(got.value));
      waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    }
    const SyscallResult sent = host_.send(client_, waiting_, msg_nosignal);
    if (sent.value > 0) waiting_.erase(waiting_.begin(), waiting_.begin() + sent.value);
  }

 private:
  Kernel& host_;
  Fd listener_;
  Fd client_{-1};
  std::vector<std::byte> waiting_;
};

std::string receive_all(Kernel& host, Fd socket) {
  std::string text;
  std::byte buffer[4096];
  while (true) {
    const SyscallResult got = host.recv(socket, buffer);
    if (got.value <= 0) return text;
    for (std::int64_t i = 0; i < got.value; ++i) text += static_cast<char>(buffer[i]);
  }
}

}  // namespace

int main() {
  Fabric fabric({.seed = 7});
  Kernel& server_host = fabric.add_host("server");
  Kernel& client_host = fabric.add_host("client");
  int lost = 0;
  const RuleGuard loss = fabric.install(Rule("two losses", [&lost](const Transit& transit) {
    const TcpSegment* segment = transit.packet.tcp();
    if (segment == nullptr || segment->payload.empty() || lost == 2) return Passage::pass();
    ++lost;
    return Passage::drop();
  }));

  EchoServer server(server_host, 7);
  const Fd client = descriptor(client_host.open(Domain::inet, Type::stream));
  const Endpoint address{fabric.resolve("server").front(), 7};
  check(client_host.connect(client, address).error == Errno::einprogress, "connect begins");
  fabric.run_until_quiet();
  check((client_host.poll(client, poll_out) & poll_out) != 0, "the client is connected");

  const std::string_view greeting = "as it was sent, in spite of losses";
  const SyscallResult sent = client_host.send(client, std::as_bytes(std::span(greeting)));
  check(sent.value == static_cast<std::int64_t>(greeting.size()), "all is sent");
  std::string echoed;
  for (int tick = 0; tick < 100 && echoed.size() < greeting.size(); ++tick) {
    fabric.run_until_quiet();
    server.run();
    fabric.run_until_quiet();
    echoed += receive_all(client_host, client);
    fabric.tick(1);  // Time for what was lost to be sent again.
  }
  check(lost == 2, "two packets were lost");
  check(echoed == greeting, "the bytes come back as they were sent");
  std::printf("%s, after %d losses and %llu ticks\n", echoed.c_str(), lost,
              static_cast<unsigned long long>(fabric.now_ticks()));
  return 0;
}
