#include "oracle/view/finding.h"

#include <absl/status/status.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>

#include "oracle/scenario/text.h"
#include "oracle/spec/rule.h"
#include "oracle/view/capture.h"
#include "oracle/view/json.h"
#include "oracle/view/ladder.h"
#include "oracle/view/svg.h"
#include "stack/api/hash.h"

namespace lockstep::view {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view cause_key = "cause: ";

absl::Status write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file.fail()) return absl::UnavailableError("cannot write " + path.string());
  return absl::OkStatus();
}

absl::StatusOr<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError("cannot read " + path.string());
  return text.str();
}

absl::Status make_directories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return absl::UnavailableError("cannot make " + path.string() + ": " + error.message());
  return absl::OkStatus();
}

// Eight hexadecimal digits.
std::string hash_text(const std::string& text) {
  const std::uint64_t hash = hash_bytes(0, std::as_bytes(std::span(text)));
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08x", static_cast<unsigned>(hash ^ (hash >> 32)));
  return digits.data();
}

// What the scenario is about, as comments at its head.
scenario::Scenario with_header(const scenario::Scenario& shrunk, std::string_view cause) {
  scenario::Scenario result = shrunk;
  result.comments.clear();
  if (const auto rule = oracle::find_rule(cause)) {
    const oracle::RuleRow& row = oracle::rule_row(*rule);
    result.comments.emplace_back(row.sentence);
    result.comments.push_back("source: " + std::string(row.source) + "; docs/semantics.md " +
                              std::string(row.sections));
  }
  result.comments.push_back(std::string(cause_key) + std::string(cause));
  return result;
}

std::string cause_in_header(const scenario::Scenario& scenario) {
  for (const std::string& comment : scenario.comments) {
    if (comment.starts_with(cause_key)) return comment.substr(cause_key.size());
  }
  return "";
}

std::string finding_json(const judge::Trace& trace, std::string_view name,
                         std::string_view replay_command) {
  nlohmann::ordered_json json;
  json["name"] = name;
  json["cause"] = trace.verdict.cause();
  json["replay"] = replay_command;
  json.update(json_of(trace));
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string finding_name(const scenario::Scenario& shrunk, std::string_view cause) {
  scenario::Scenario plain = shrunk;
  plain.comments.clear();
  std::string name(cause);
  for (char& c : name) {
    if (c == ' ' || c == '/') c = '_';
  }
  return name + "-" + hash_text(scenario::print(plain));
}

absl::StatusOr<fs::path> write_finding(const fs::path& dir, const scenario::Scenario& original,
                                       const scenario::Scenario& shrunk, std::string_view cause,
                                       const judge::Trace& trace, std::string_view replay_command) {
  const std::string name = finding_name(shrunk, cause);
  const fs::path folder = dir / name;
  if (absl::Status made = make_directories(folder); !made.ok()) return made;
  const std::array<std::pair<const char*, std::string>, 6> files{{
      {"scenario.scn", scenario::print(with_header(shrunk, cause))},
      {"original.scn", scenario::print(original)},
      {"trace.txt", to_ladder(trace) + "\n" + judge::to_text(trace)},
      {"ladder.svg", to_svg(trace)},
      {"capture.pcapng", to_pcapng(trace)},
      {"finding.json", finding_json(trace, name, replay_command)},
  }};
  for (const auto& [file, bytes] : files) {
    if (absl::Status written = write_file(folder / file, bytes); !written.ok()) return written;
  }
  return folder;
}

absl::StatusOr<fs::path> promote(const scenario::Scenario& shrunk, std::string_view cause,
                                 const fs::path& corpus) {
  if (cause.empty() || cause == "allowed") {
    return absl::InvalidArgumentError("a scenario that does not fail is no regression test");
  }
  const fs::path folder = corpus / "regressions";
  if (absl::Status made = make_directories(folder); !made.ok()) return made;
  const fs::path file = folder / (finding_name(shrunk, cause) + ".scn");
  const absl::Status written = write_file(file, scenario::print(with_header(shrunk, cause)));
  if (!written.ok()) return written;
  return file;
}

absl::StatusOr<fs::path> promote(const fs::path& finding, const fs::path& corpus) {
  std::error_code error;
  const fs::path file = fs::is_directory(finding, error) ? finding / "scenario.scn" : finding;
  const absl::StatusOr<std::string> text = read_file(file);
  if (!text.ok()) return text.status();
  const auto parsed = scenario::parse(*text, file.string());
  if (!parsed) return absl::InvalidArgumentError(scenario::to_string(parsed.error()));
  const std::string cause = cause_in_header(*parsed);
  if (cause.empty()) {
    return absl::InvalidArgumentError(file.string() +
                                      " does not name its cause; its header needs a line such as "
                                      "'# cause: tcp.close.unread_sends_rst'");
  }
  return promote(*parsed, cause, corpus);
}

}  // namespace lockstep::view
