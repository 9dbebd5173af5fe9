// A finding: one defect as a folder that a person can read and a program can replay.
//
//   findings/<rule>-<hash>/
//     scenario.scn     shrunk, in normal form; the hash is that of its text
//     original.scn     as it was found
//     trace.txt        the ladder, then every event
//     ladder.svg
//     capture.pcapng
//     finding.json     cause, rule, replay command, trace
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "oracle/judge/trace.h"
#include "oracle/scenario/step.h"

namespace lockstep::view {

// "tcp.close.unread_sends_rst-1a2b3c4d". The hash does not depend on comments or on the machine.
std::string finding_name(const scenario::Scenario& shrunk, std::string_view cause);

// Writes `dir`/<name>/ and gives its path. What is there already is overwritten. `trace` is that of
// a run of the shrunk scenario, `cause` what that shows (Verdict::cause()).
absl::StatusOr<std::filesystem::path> write_finding(const std::filesystem::path& dir,
                                                    const scenario::Scenario& original,
                                                    const scenario::Scenario& shrunk,
                                                    std::string_view cause,
                                                    const judge::Trace& trace,
                                                    std::string_view replay_command);

// Copies a finding's scenario to `corpus`/regressions/<name>.scn, with the rule's sentence and the
// cause in its header. `finding` is such a folder, or a scenario file whose header names its cause.
absl::StatusOr<std::filesystem::path> promote(const std::filesystem::path& finding,
                                              const std::filesystem::path& corpus);

// The same for a scenario at hand.
absl::StatusOr<std::filesystem::path> promote(const scenario::Scenario& shrunk,
                                              std::string_view cause,
                                              const std::filesystem::path& corpus);

}  // namespace lockstep::view
