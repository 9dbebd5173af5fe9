// Whether a second bind to a held port succeeds, for every combination of protocol, addresses,
// SO_REUSEADDR, SO_REUSEPORT and what holds the port, against the table in
// generators/bind_table.h. Exhaustive, so no draws.
#include <algorithm>
#include <string>
#include <vector>

#include "properties/generators/bind_table.h"
#include "properties/generators/harness.h"
#include "properties/generators/lossy_pair.h"
#include "properties/generators/socket_calls.h"

namespace lockstep::properties {
namespace {

constexpr std::size_t server = 0;
constexpr std::size_t client = 1;
constexpr std::uint16_t port = 8000;

Endpoint first_address(AddressPair pair) {
  const bool wildcard = pair == AddressPair::first_wildcard || pair == AddressPair::both_wildcard;
  return {wildcard ? IpAddress::any(IpFamily::v4) : host_address(server), port};
}

Endpoint second_address(AddressPair pair) {
  if (pair == AddressPair::distinct) return {host_address(server, 1), port};
  const bool wildcard = pair == AddressPair::second_wildcard || pair == AddressPair::both_wildcard;
  return {wildcard ? IpAddress::any(IpFamily::v4) : host_address(server), port};
}

// The calls of one case on a new pair of hosts. `wrong` keeps the first call of the preparation
// that failed.
class BindTrial {
 public:
  BindTrial(const PortMaker& make, const BindCase& input)
      : network_(make, configs()), input_(input) {
    first_ = make_socket(server);
    if (!input.late) set_flags(first_, input.first_reuseaddr, input.first_reuseport);
    must(network_.call(server, calls::bind(first_, first_address(input.addresses))), "first bind");
    if (input.late) set_flags(first_, input.first_reuseaddr, input.first_reuseport);
    if (input.holder != Holder::bound) listen(first_);
    if (input.holder == Holder::child) leave_a_child();
    second_ = make_socket(server);
    set_flags(second_, input.second_reuseaddr, input.second_reuseport);
  }

  SyscallResult bind_second() {
    return network_.call(server, calls::bind(second_, second_address(input_.addresses)));
  }
  void listen_first() { listen(first_); }
  SyscallResult listen_second() { return network_.call(server, calls::listen(second_, 4)); }
  const std::string& wrong() const { return wrong_; }

 private:
  static std::array<HostConfig, 2> configs() {
    std::array<HostConfig, 2> result;
    result[server].addresses = {host_address(server), host_address(server, 1)};
    result[client].addresses = {host_address(client)};
    return result;
  }

  Fd make_socket(std::size_t host) {
    return {static_cast<std::int32_t>(network_.call(host, calls::socket(input_.type)).value)};
  }
  void set_flags(Fd fd, bool reuseaddr, bool reuseport) {
    must(network_.call(server, calls::set_flag(fd, OptionName::so_reuseaddr, reuseaddr)), "option");
    must(network_.call(server, calls::set_flag(fd, OptionName::so_reuseport, reuseport)), "option");
  }
  void listen(Fd fd) { must(network_.call(server, calls::listen(fd, 4)), "listen"); }
  void leave_a_child() {
    const Fd from = make_socket(client);
    network_.call(client, calls::connect(from, {host_address(server), port}));
    if (!network_.deliver_all() && wrong_.empty()) wrong_ = "packets fly for ever";
    must(network_.call(server, calls::accept(first_)), "accept");
    must(network_.call(server, calls::close(first_)), "close");
  }
  void must(const SyscallResult& result, const std::string& what) {
    if (!result.ok() && wrong_.empty()) {
      wrong_ = what + " answered " + std::string(errno_name(result.error));
    }
  }

  LossyPair network_;
  BindCase input_;
  Fd first_;
  Fd second_;
  std::string wrong_;
};

std::string compare(const std::string& what, const SyscallResult& result, bool succeeds) {
  const Errno expected = succeeds ? Errno::ok : Errno::eaddrinuse;
  if (result.error == expected) return "";
  return what + " answered " + std::string(errno_name(result.error)) + ", not " +
         std::string(errno_name(expected));
}

std::string try_bind(const PortMaker& make, const BindCase& input) {
  BindTrial trial(make, input);
  if (!trial.wrong().empty()) return trial.wrong();
  const bool succeeds = second_bind_succeeds(input);
  const std::string wrong = compare("the second bind", trial.bind_second(), succeeds);
  if (!wrong.empty() || !succeeds || input.type != Type::stream) return wrong;
  // listen repeats the check against what listens by then (19).
  BindCase at_listen = input;
  if (input.holder == Holder::bound) {
    trial.listen_first();
    at_listen.holder = Holder::listening;
  }
  if (!trial.wrong().empty()) return trial.wrong();
  return compare("the second listen", trial.listen_second(), second_bind_succeeds(at_listen));
}

// The cases that do not come out as the table says, one a line.
std::string deviations(const PortMaker& make) {
  std::string text;
  for (const BindCase& input : all_bind_cases()) {
    const std::string wrong = try_bind(make, input);
    if (!wrong.empty()) text += "  " + to_string(input) + ": " + wrong + "\n";
  }
  return text;
}

void check_table(Harness& harness) {
  const std::vector<BindCase> cases = all_bind_cases();
  harness.expect("there are 480 cases of TCP and 80 of UDP", cases.size() == 560);
  std::string not_once;
  for (const BindCase& input : cases) {
    const auto rows = std::ranges::count_if(
        bind_rows, [&](const BindRow& row) { return row_matches(row, input); });
    if (rows != 1) not_once += to_string(input) + ": " + std::to_string(rows) + " rows\n";
  }
  harness.expect("each case matches exactly one row of the table", not_once.empty(), not_once);
  const bool all_hit = std::ranges::all_of(bind_rows, [&](const BindRow& row) {
    return std::ranges::any_of(cases,
                               [&](const BindCase& input) { return row_matches(row, input); });
  });
  harness.expect("each row of the table is matched by some case", all_hit);
}

int run() {
  Harness harness("");
  check_table(harness);
  const std::string wrong = deviations(make_honest_port);
  harness.expect("every second bind comes out as the table says", wrong.empty(), wrong);
  harness.expect("with eaddrinuse_hidden some second bind does not",
                 !deviations(lying_port_maker("eaddrinuse_hidden")).empty());
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
