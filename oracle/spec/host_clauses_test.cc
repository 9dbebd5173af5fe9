// As rule_clauses_test.cc, of what a whole host shows: duplicated descriptors and groups of binds.
#include <gtest/gtest.h>

#include "oracle/spec/trace_fixture.h"

namespace lockstep::oracle {
namespace {

// A connection of the descriptors 3 and 4, which are one socket.
void twice(Trace& t) {
  t.socket(3, Type::stream);
  t.connect(3, "10.0.0.2:80", Errno::einprogress);
  t.syn_left("10.0.0.1:50000", "10.0.0.2:80");
  t.segment_arrived(tcp_syn | tcp_ack, 100, 1);
  t.segment_left(tcp_ack, 1, 101);
  t.dup(3, 4);
}

TEST(HostClauses, OnlyTheLastDescriptorCloses) {
  Trace kept;
  twice(kept);
  kept.close(3);
  kept.poll(4, poll_out);
  kept.close(4);
  kept.segment_left(tcp_fin | tcp_ack, 1, 101);
  EXPECT_EQ(kept.broken(), std::nullopt) << kept.text();
  Trace fin;
  twice(fin);
  fin.close(3);
  fin.segment_left(tcp_fin | tcp_ack, 1, 101);
  EXPECT_EQ(fin.broken(), Rule::tcp_fin_needs_close) << fin.text();
  Trace reset;
  twice(reset);
  reset.close(3);
  reset.segment_left(tcp_rst | tcp_ack, 1, 101);
  EXPECT_EQ(reset.broken(), Rule::tcp_reset_needs_cause) << reset.text();
}

TEST(HostClauses, ShutdownActsThroughEachDescriptor) {
  Trace kept;
  twice(kept);
  kept.shutdown(3, ShutdownHow::write);
  kept.segment_left(tcp_fin | tcp_ack, 1, 101);
  kept.send(4, 1, "", Errno::epipe);
  EXPECT_EQ(kept.broken(), std::nullopt) << kept.text();
  Trace broken;
  twice(broken);
  broken.shutdown(3, ShutdownHow::write);
  broken.segment_left(tcp_fin | tcp_ack, 1, 101);
  broken.send(4, 1);
  EXPECT_EQ(broken.broken(), Rule::tcp_send_after_end) << broken.text();
}

// Semantics 28: sockets with both options share with either kind, and who joins decides who may.
void bind_with(Trace& t, int fd, bool address, bool port, Errno error = Errno::ok) {
  t.socket(fd, Type::stream);
  if (address) t.set(fd, OptionName::so_reuseaddr);
  if (port) t.set(fd, OptionName::so_reuseport);
  t.bind(fd, "10.0.0.1:80", error);
}

TEST(HostClauses, AGroupOfBothOptionsBecomesOneOfThoseWhoJoin) {
  Trace kept;
  bind_with(kept, 3, true, true);
  bind_with(kept, 4, true, false);
  bind_with(kept, 5, true, true);
  bind_with(kept, 6, false, false, Errno::eaddrinuse);
  EXPECT_EQ(kept.broken(), std::nullopt) << kept.text();
  Trace refused;
  bind_with(refused, 3, true, true);
  bind_with(refused, 4, true, false, Errno::eaddrinuse);
  EXPECT_EQ(refused.broken(), Rule::bind_free_port_is_free) << refused.text();
  Trace joined;
  bind_with(joined, 3, true, true);
  bind_with(joined, 4, false, true);
  bind_with(joined, 5, true, false);
  EXPECT_EQ(joined.broken(), Rule::bind_tcp_overlap) << joined.text();
  Trace left;
  bind_with(left, 3, true, true);
  bind_with(left, 4, false, true);
  left.close(4);
  bind_with(left, 5, true, false);
  EXPECT_EQ(left.broken(), std::nullopt) << left.text();
}

}  // namespace
}  // namespace lockstep::oracle
