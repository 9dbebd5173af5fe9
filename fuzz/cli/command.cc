#include "fuzz/cli/command.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

#include "oracle/scenario/text.h"

namespace lockstep::cli {

namespace fs = std::filesystem;

namespace {

void add_files_beneath(const fs::path& directory, std::set<fs::path>& entered,
                       std::vector<fs::path>& files) {
  if (!entered.insert(fs::canonical(directory)).second) return;
  std::vector<fs::path> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    entries.push_back(entry.path());
  }
  std::sort(entries.begin(), entries.end());
  for (const fs::path& entry : entries) {
    std::error_code dangling;
    if (fs::is_directory(entry, dangling)) {
      add_files_beneath(entry, entered, files);
    } else if (entry.extension() == ".scn") {
      files.push_back(entry);
    }
  }
}

}  // namespace

std::vector<fs::path> scenario_files(const std::string& argument) {
  std::error_code error;
  if (!fs::exists(argument, error)) throw UsageError{argument + ": no such file or directory"};
  if (!fs::is_directory(argument, error)) return {argument};
  std::vector<fs::path> files;
  std::set<fs::path> entered;
  try {
    add_files_beneath(argument, entered, files);
  } catch (const fs::filesystem_error& failed) {
    throw UsageError{argument + ": a directory in it cannot be read; " + failed.code().message()};
  }
  if (files.empty()) throw UsageError{argument + ": no .scn file beneath this directory"};
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> scenario_files(const std::vector<std::string>& arguments) {
  std::vector<fs::path> files;
  for (const std::string& argument : arguments) {
    for (fs::path& file : scenario_files(argument)) files.push_back(std::move(file));
  }
  return files;
}

scenario::Scenario load_scenario(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error)) {
    throw UsageError{file.string() + ": a directory, where one scenario file is needed"};
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) throw UsageError{file.string() + ": cannot be read; is the path right?"};
  std::ostringstream text;
  text << in.rdbuf();
  auto parsed = scenario::parse(text.str(), file.string());
  if (!parsed) throw UsageError{scenario::to_string(parsed.error())};
  return std::move(*parsed);
}

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) {
    throw UsageError{file.string() + ": cannot be written; is there a folder for it, and room?"};
  }
}

void check_writable(const fs::path& file) {
  const bool existed = fs::exists(file);
  const bool writable = std::ofstream(file, std::ios::binary | std::ios::app).is_open();
  std::error_code ignored;
  if (writable && !existed) fs::remove(file, ignored);
  if (!writable) {
    throw UsageError{file.string() + ": cannot be written; is there a folder for it, and room?"};
  }
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !fs::is_directory(folder)) error = std::make_error_code(std::errc::not_a_directory);
  if (!error && access(folder.c_str(), W_OK | X_OK) != 0)
    error.assign(errno, std::generic_category());
  if (error) {
    throw UsageError{"'" + folder.string() + "': " + error.message() +
                     "; name a folder that can be made and written"};
  }
}

const oracle::Dialect& dialect_named(const std::string& name) {
  const oracle::Dialect* dialect = oracle::find_dialect(name);
  if (dialect != nullptr) return *dialect;
  std::string known;
  for (const oracle::Dialect& each : oracle::dialects()) {
    known += (known.empty() ? "" : ", ") + std::string(each.name);
  }
  throw UsageError{"unknown dialect '" + name + "': use one of " + known};
}

judge::PortFactory factory_for(const campaign::PortChoice& choice,
                               const scenario::Scenario& scenario) {
  absl::StatusOr<judge::PortFactory> factory = campaign::make_factory(choice, scenario.hosts);
  if (!factory.ok()) {
    const absl::string_view message = factory.status().message();
    throw UsageError{std::string(message.data(), message.size())};
  }
  return *std::move(factory);
}

CLI::Validator whole_number() {
  return CLI::Validator(
      [](std::string& text) {
        std::uint64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, value);
        const bool good = error == std::errc() && rest == end;
        return good ? std::string() : "'" + text + "' is no whole number from 0 to 2^64 - 1";
      },
      "");
}

void add_world_options(CLI::App& command, WorldOptions& options) {
  command.add_option("--port", options.choice.port, "The stack, or HOST=STACK,HOST=STACK")
      ->capture_default_str();
  command.add_option("--dialect", options.dialect, "What the oracle holds the stack to")
      ->capture_default_str();
  command.add_option("--lie", options.choice.lie, "Give the stack a defect (see lockstep lies)");
}

}  // namespace lockstep::cli
