#include "oracle/spec/rule_sections.h"

#include <algorithm>
#include <charconv>

namespace lockstep::oracle {
namespace {

constexpr std::string_view one_user = "hosts have one user";
constexpr std::string_view no_block = "every call returns at once";
constexpr std::string_view no_signal = "calls are values: no signal is raised";
constexpr std::string_view no_passing = "descriptor passing is not part of the calls";
constexpr std::string_view no_pointer = "calls are values: no pointer can be bad";
constexpr std::string_view no_timestamps =
    "no port offers timestamps: Linux would go by measured time, the simulated stack has none";
constexpr std::string_view no_bad_options =
    "no step makes malformed options: damage fails the checksum, and the codec has its own tests";
constexpr std::string_view poll_alone = "the calls have poll alone: no edge, nobody who waits";

// clang-format off
constexpr SectionTitle titles[] = {
    // A. Descriptors, bind, ports
    {1, "EBADF and ENOTSOCK come first", ""},
    {2, "EMFILE when the table is full", ""},
    {3, "bind of a bound or connected socket", ""},
    {4, "bind to an address of another host", ""},
    {5, "bind below port 1024 without privilege", ""},
    {6, "bad lengths and families of addresses", ""},
    {7, "port 0 picks a port nobody holds", ""},
    {8, "errors of an exhausted port range", ""},
    {9, "which calls choose a port", ""},
    {10, "connect replaces a wildcard address", ""},
    {11, "TCP connects share one port across peers", ""},
    {12, "a four-tuple cannot exist twice", ""},
    // B. Bind conflicts
    {13, "when two binds overlap", ""},
    {14, "TCP and UDP ports are independent", ""},
    {15, "flags that let TCP binds overlap", ""},
    {16, "flags that let UDP binds overlap", ""},
    {17, "SO_REUSEPORT of another user", one_user},
    {18, "TCP flags set after the first bind", ""},
    {19, "only one of two sharing sockets listens", ""},
    {20, "accepted children hold the port", ""},
    {21, "TIME_WAIT holds the port", ""},
    {22, "dual-stack :: overlaps IPv4", ""},
    {23, "IPv6-only :: never overlaps IPv4", ""},
    {24, "IPv4-mapped addresses are IPv4", ""},
    {25, "IPV6_V6ONLY and mapped addresses", ""},
    {26, "demultiplexing prefers the closest match", ""},
    {27, "who receives on a shared UDP port", ""},
    {28, "REUSEADDR and REUSEPORT groups convert", ""},
    // C. listen, accept, backlog
    {29, "listen on sockets of every state", ""},
    {30, "the accept queue holds backlog + 1", ""},
    {31, "an overflowing backlog drops silently", ""},
    {32, "accept is first in, first out", ""},
    {33, "accept where nothing can be accepted", ""},
    {34, "what a child inherits", ""},
    {35, "a child reset before accept", ""},
    {36, "data and FIN before accept are kept", ""},
    {37, "shutdown of a listener", ""},
    {38, "close of a listener resets its children", ""},
    {39, "calls that a listener refuses", ""},
    {40, "SO_RCVTIMEO bounds accept", no_block},
    // D. TCP connect
    {41, "a refused connect", ""},
    {42, "the answers of a connect in progress", ""},
    {43, "connect after a failed connect", ""},
    {44, "calls in SYN_SENT", ""},
    {45, "odd destinations of connect", ""},
    {46, "a socket connects to itself", ""},
    {47, "simultaneous open", ""},
    {48, "connect with AF_UNSPEC", ""},
    {49, "SYN retries run out", ""},
    {50, "ICMP errors in SYN_SENT", ""},
    {51, "SO_SNDTIMEO bounds connect", no_block},
    // E. send, recv, peek
    {52, "what is received is a prefix of what was sent", ""},
    {53, "send and recv on a socket never connected", ""},
    {54, "send and recv of no bytes", ""},
    {55, "MSG_WAITALL stops at FIN", no_block},
    {56, "MSG_PEEK, and MSG_TRUNC on a stream", ""},
    {57, "MSG_DONTWAIT answers EAGAIN", ""},
    {58, "sendto's address on a connected stream", ""},
    {59, "after the peer's FIN", ""},
    {60, "send to a peer that closed", ""},
    {61, "RST while established", ""},
    {62, "names and calls after RST", ""},
    {63, "a full send buffer", ""},
    {64, "SO_RCVTIMEO on recv", no_block},
    {65, "buffer sizes and SO_RCVLOWAT", ""},
    {66, "SIOCINQ does not count FIN", ""},
    {67, "out-of-band data", ""},
    {68, "EINTR, and shutdown wakes a receiver", no_block},
    {69, "SIGPIPE", no_signal},
    {70, "EFAULT in the middle of a buffer", no_pointer},
    // F. shutdown, close, linger
    {71, "errors of shutdown", ""},
    {72, "SHUT_RD", ""},
    {73, "SHUT_WR", ""},
    {74, "SHUT_RDWR", ""},
    {75, "shutdown in SYN_SENT", ""},
    {76, "calls in TIME_WAIT and CLOSED", ""},
    {77, "close and shutdown of duplicates", ""},
    {78, "close with unread data sends RST", ""},
    {79, "close with all read sends FIN", ""},
    {80, "close in SYN_SENT", ""},
    {81, "close in SYN_RCVD", ""},
    {82, "data for a closed socket gets RST", ""},
    {83, "data queued at close is sent", ""},
    {84, "SO_LINGER of 0 seconds resets", ""},
    {85, "SO_LINGER of n seconds blocks close", no_block},
    {86, "SO_LINGER where nothing is established", ""},
    {87, "TCP_LINGER2", ""},
    // G. RST and challenge ACK
    {88, "segments to a closed port", ""},
    {89, "segments to a listener", ""},
    {90, "RST and bare ACK in SYN_SENT", ""},
    {91, "a bad ack in SYN_SENT", ""},
    {92, "segments in SYN_RCVD", ""},
    {93, "RST exactly at RCV.NXT", ""},
    {94, "RST in the window", ""},
    {95, "RST outside the window", ""},
    {96, "SYN on a connection", ""},
    {97, "an ACK of what was never sent", ""},
    {98, "a very old ACK", ""},
    {99, "challenge ACKs are rate-limited", ""},
    {100, "a segment without ACK is dropped", ""},
    {101, "RST in CLOSE_WAIT", ""},
    {102, "RST in TIME_WAIT", ""},
    {103, "segments that are dropped unseen", ""},
    {104, "a listener ignores foreign RSTs", ""},
    // H. Sequence space and window
    {105, "the acceptability table", ""},
    {106, "comparisons are modulo 2^32", ""},
    {107, "overlap is delivered once", ""},
    {108, "out-of-order segments get a duplicate ACK", ""},
    {109, "data after FIN is never delivered", ""},
    {110, "RCV.NXT and SND.UNA never go back", ""},
    {111, "options need both SYNs", ""},
    {112, "PAWS and timestamp echo", no_timestamps},
    {113, "malformed options never loop", no_bad_options},
    {114, "MSS and window scale limits", ""},
    {115, "the right window edge does not shrink", ""},
    {116, "nothing is sent past the window", ""},
    {117, "old window updates are ignored", ""},
    {118, "zero-window probes", ""},
    {119, "a closed window still takes ACK and RST", ""},
    {120, "silly-window avoidance and Nagle", ""},
    {121, "delayed ACK", ""},
    // I. Timers, FIN, TIME-WAIT
    {122, "the retransmission timeout doubles", ""},
    {123, "SYN-ACK is retransmitted", ""},
    {124, "fast retransmit", ""},
    {125, "giving up answers ETIMEDOUT", ""},
    {126, "FIN is retransmitted", ""},
    {127, "keepalive is off by default", ""},
    {128, "nothing leaves for what does not exist", ""},
    {129, "finite loss delivers and closes", ""},
    {130, "ICMP errors are soft once established", ""},
    {131, "packet too big lowers the MSS", ""},
    {132, "every edge of the state diagram", ""},
    {133, "only the active closer waits", ""},
    {134, "TIME_WAIT acknowledges a FIN again", ""},
    {135, "a SYN in TIME_WAIT", ""},
    {136, "an orphan in FIN_WAIT_2 times out", ""},
    // J. UDP
    {137, "send without destination", ""},
    {138, "a connected socket filters by peer", ""},
    {139, "sendto elsewhere while connected", ""},
    {140, "disconnecting a UDP socket", ""},
    {141, "port unreachable", ""},
    {142, "a pending error survives reconnect", ""},
    {143, "datagrams of no bytes", ""},
    {144, "truncation", ""},
    {145, "the longest datagram", ""},
    {146, "a full receive buffer", ""},
    {147, "broadcast needs SO_BROADCAST", ""},
    {148, "port 0 and the wildcard as destinations", ""},
    {149, "shutdown of an unconnected socket", ""},
    {150, "what shutdown leaves", ""},
    {151, "MSG_OOB", ""},
    {152, "boundaries, loss, order", ""},
    {153, "multicast", ""},
    // K. AF_UNIX
    {154, "names of AF_UNIX sockets", ""},
    {155, "listen on an unbound AF_UNIX socket", ""},
    {156, "the queue of an AF_UNIX listener", ""},
    {157, "calls on unconnected AF_UNIX sockets", ""},
    {158, "boundaries of AF_UNIX types", ""},
    {159, "AF_UNIX peer closed with unread data", ""},
    {160, "AF_UNIX listener closed with connections", ""},
    {161, "AF_UNIX SHUT_RD", ""},
    {162, "AF_UNIX datagrams: peers and limits", ""},
    {163, "AF_UNIX sizes and MSG_OOB", ""},
    {164, "SCM_RIGHTS and credentials", no_passing},
    // L. poll and SO_ERROR
    {165, "poll of a fresh TCP socket", ""},
    {166, "poll of a listener", ""},
    {167, "poll of SYN_SENT and ESTABLISHED", ""},
    {168, "poll after the peer's FIN", ""},
    {169, "poll with both directions shut", ""},
    {170, "poll after an error", ""},
    {171, "poll of UDP", ""},
    {172, "ERR iff an error is pending", ""},
    {173, "unknown options and levels", ""},
    {174, "what IN and OUT promise", ""},
    {175, "an edge per arrival", poll_alone},
    {176, "no lost wake-ups", poll_alone},
    {177, "POLLNVAL on a closed descriptor", ""},
};
// clang-format on

}  // namespace

std::span<const SectionTitle> section_titles() { return titles; }

bool cites(const RuleRow& row, int section) {
  std::string_view rest = row.sections;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    int number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    if (number == section) return true;
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  }
  return false;
}

std::vector<SectionTitle> missing_sections() {
  std::vector<SectionTitle> out;
  for (const SectionTitle& title : titles) {
    const auto cited = [&](const RuleRow& row) { return cites(row, title.number); };
    if (title.excluded.empty() && std::ranges::none_of(rule_rows(), cited)) out.push_back(title);
  }
  return out;
}

}  // namespace lockstep::oracle
