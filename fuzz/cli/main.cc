// The `lockstep` command.
#include <cstdio>
#include <exception>
#include <string>

#include "CLI/CLI.hpp"
#include "fuzz/cli/command.h"

namespace {

// CLI11 would say of `lockstep rnu` that a sub-command is missing.
void check_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  const std::string name = argv[1];
  const auto is_named = [&](const CLI::App* command) { return command->check_name(name); };
  if (!app.get_subcommands(is_named).empty()) return;
  throw lockstep::cli::UsageError{"unknown command '" + name + "'; lockstep --help lists them"};
}

int run_command(int argc, char** argv) {
  using namespace lockstep::cli;
  CLI::App app{"Fuzzing and model checking of TCP and UDP stacks against an oracle.", "lockstep"};
  app.require_subcommand(1);
  app.set_version_flag("--version", LOCKSTEP_VERSION);
  int exit_code = exit_ok;
  add_run(app, exit_code);
  add_fuzz(app, exit_code);
  add_shrink(app, exit_code);
  add_promote(app, exit_code);
  add_show(app, exit_code);
  add_diff(app, exit_code);
  add_rules(app, exit_code);
  add_ports(app, exit_code);
  add_lies(app, exit_code);
  add_generator(app, exit_code);
  add_explore(app, exit_code);
  add_discriminate(app, exit_code);
  add_example(app, exit_code);
  add_worker(app, exit_code);
  try {
    check_command(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    std::fprintf(stderr, "lockstep: %s; see lockstep --help\n", error.what());
    return exit_usage;
  } catch (const UsageError& error) {
    std::fprintf(stderr, "lockstep: %s\n", error.text.c_str());
    return exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lockstep: internal error: %s\n", error.what());
    return exit_internal;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  const int exit_code = run_command(argc, argv);
  // What was printed counts only once it is out: a full disk must not pass for success.
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  std::fputs("lockstep: standard output cannot be written; is there room?\n", stderr);
  return lockstep::cli::exit_usage;
}
