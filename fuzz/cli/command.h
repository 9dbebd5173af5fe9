// What the sub-commands of `lockstep` share: exit codes, loading scenarios, and one function each
// that adds the sub-command to the parser.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "fuzz/campaign/ports.h"
#include "oracle/judge/runner.h"
#include "oracle/scenario/step.h"
#include "oracle/spec/dialect.h"

namespace lockstep::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_violation = 1;
inline constexpr int exit_unsupported = 2;
inline constexpr int exit_signal = 128;  // Plus the signal's number, as a shell says it.
inline constexpr int exit_usage = 254;
inline constexpr int exit_internal = 255;

// Ends a command with one line on stderr: "lockstep: " and the text.
struct UsageError {
  std::string text;
};

// The files that an argument names: a file as it is, of a directory every *.scn beneath, sorted.
// Symbolic links are followed, but no directory is entered twice. Throws UsageError when there is
// none or one is missing.
std::vector<std::filesystem::path> scenario_files(const std::string& argument);
// The same of several arguments, one after the other.
std::vector<std::filesystem::path> scenario_files(const std::vector<std::string>& arguments);

// Throws UsageError on a file that cannot be read or a line that is wrong.
scenario::Scenario load_scenario(const std::filesystem::path& file);

// Throws UsageError when it cannot be written.
void write_file(const std::filesystem::path& file, const std::string& text);
// Throws what write_file would, and leaves the file as it is: for before a long work.
void check_writable(const std::filesystem::path& file);

// Makes the folder, and those above it. Throws UsageError when nothing could be written in it.
void make_folder(const std::filesystem::path& folder);

// Throws UsageError on an unknown dialect.
const oracle::Dialect& dialect_named(const std::string& name);

// Throws UsageError on an unknown port or lie.
judge::PortFactory factory_for(const campaign::PortChoice& choice,
                               const scenario::Scenario& scenario);

// For an option that takes a std::uint64_t: CLI11 by itself takes -1 and 10^20 for the largest one.
CLI::Validator whole_number();

// The options that many commands have.
struct WorldOptions {
  campaign::PortChoice choice;
  std::string dialect = "linux";
};
void add_world_options(CLI::App& command, WorldOptions& options);

// Each adds its sub-command; running it sets `exit_code`.
void add_run(CLI::App& app, int& exit_code);
void add_fuzz(CLI::App& app, int& exit_code);
void add_worker(CLI::App& app, int& exit_code);
void add_shrink(CLI::App& app, int& exit_code);
void add_promote(CLI::App& app, int& exit_code);
void add_show(CLI::App& app, int& exit_code);
void add_diff(CLI::App& app, int& exit_code);
void add_rules(CLI::App& app, int& exit_code);
void add_ports(CLI::App& app, int& exit_code);
void add_lies(CLI::App& app, int& exit_code);
void add_generator(CLI::App& app, int& exit_code);
void add_discriminate(CLI::App& app, int& exit_code);
void add_explore(CLI::App& app, int& exit_code);
void add_example(CLI::App& app, int& exit_code);

}  // namespace lockstep::cli
