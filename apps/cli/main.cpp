#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/network_environment.h"
#include "apps/cli/options_cli.h"
#include "apps/cli/terminal.h"
#include "apps/error_map.h"
#include "mote/core/error.h"
#include "mote/core/version.h"
#include "mote/pipeline/memory.h"
#include "mote/pipeline/progress.h"
#include "mote/pipeline/shell_text.h"

namespace {

using mote::cli::Subcommand;

void require_known(const std::string& name, const std::vector<Subcommand>& commands) {
  std::vector<std::string> known;
  known.reserve(commands.size());
  for (const Subcommand& command : commands) {
    known.push_back(command.app->get_name());
  }
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    throw mote::Error(mote::ErrorKind::kUsage, "'{}' is no command, expected one of {}", name,
                      fmt::join(known, ", "));
  }
}

bool is_number(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789.eE+-") == std::string::npos;
}

// `nm`, `µm`, `min`, ...
bool may_be_unit(const std::string& word) {
  return !word.empty() && word.size() <= 3 && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
  });
}

// The command and subcommands that were understood: `mote models export`, and its app.
struct Understood {
  std::string command;
  const CLI::App* app = nullptr;
};

Understood understood(const CLI::App& app) {
  Understood part{.command = app.get_name(), .app = &app};
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  if (!parsed.empty()) {
    part = understood(*parsed.front());
    part.command = app.get_name() + " " + part.command;
  }
  return part;
}

std::string not_an_option(const std::string& word, const std::string& command) {
  return fmt::format("{} is no option of {}; {} --help lists them", word, command, command);
}

// Why what is required is missing: for a subcommand, which there are.
std::string missing(const CLI::App& app, const CLI::RequiredError& error) {
  const auto [command, at] = understood(app);
  std::vector<std::string> names;
  for (const CLI::App* subcommand : at->get_subcommands(nullptr)) {
    names.push_back(subcommand->get_name());
  }
  if (names.empty()) {
    return error.what();
  }
  const std::string expected =
      fmt::format("{}{}", names.size() > 1 ? "one of " : "", fmt::join(names, ", "));
  const std::vector<std::string> rest = app.remaining(true);
  if (rest.empty()) {
    return fmt::format("{} needs {}; {} --help says what they do", command, expected, command);
  }
  return rest.front().starts_with("-") ? not_an_option(rest.front(), command)
                                       : fmt::format("'{}' is no command of {}, expected {}",
                                                     rest.front(), command, expected);
}

// What the command line holds too much of.
std::string unexpected(const std::vector<std::string>& arguments, const std::string& extra,
                       const std::string& command) {
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (is_number(arguments[i - 1]) && may_be_unit(arguments[i])) {
      return fmt::format("'{} {}': a value and its unit are one word: {}{}", arguments[i - 1],
                         arguments[i], arguments[i - 1], arguments[i]);
    }
  }
  return extra.starts_with("-")
             ? not_an_option(extra, command)
             : fmt::format("'{}' is one argument more than {} takes", extra, command);
}

int run(int argc, char** argv) {
  CLI::App app("Turns recordings of particles into tracked, measured particles.", "mote");
  app.set_version_flag("--version", std::string("mote ") + mote::version());
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  const std::vector<Subcommand> commands = {
      mote::cli::add_info_command(app),    mote::cli::add_preview_command(app),
      mote::cli::add_segment_command(app), mote::cli::add_track_command(app),
      mote::cli::add_measure_command(app), mote::cli::add_simulate_command(app),
      mote::cli::add_montage_command(app), mote::cli::add_evaluate_command(app),
      mote::cli::add_data_command(app),    mote::cli::add_convert_command(app),
      mote::cli::add_export_command(app),  mote::cli::add_import_command(app),
      mote::cli::add_models_command(app),  mote::cli::add_bench_command(app)};
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && !arguments.front().starts_with("-")) {
    require_known(arguments.front(), commands);
  }
  for (const Subcommand& command : commands) {
    if (!arguments.empty() && arguments.front() == command.app->get_name() && command.job) {
      mote::cli::apply_files(arguments, *command.job, command.any_run);
    }
    if (!arguments.empty() && arguments.front() == command.app->get_name() &&
        mote::cli::asks_for_network(arguments, command.job.get())) {
      mote::cli::start_with_passive_threads(argv);
    }
  }
  mote::cli::catch_interrupts();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ExtrasError&) {
    throw mote::Error(mote::ErrorKind::kUsage, "{}",
                      unexpected(arguments, app.remaining(true).front(), understood(app).command));
  } catch (const CLI::RequiredError& error) {
    throw mote::Error(mote::ErrorKind::kUsage, "{}", missing(app, error));
  } catch (const CLI::ParseError& error) {
    throw mote::Error(mote::ErrorKind::kUsage, "{}", error.what());
  }
  for (const Subcommand& command : commands) {
    if (command.exit_code != nullptr && *command.exit_code != 0) {
      return *command.exit_code;
    }
  }
  return 0;
}

// The command line again, to be pasted, with --resume; nothing for commands that do not resume.
std::string resume_command(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  if (command != "track" && command != "segment" && command != "measure") {
    return {};
  }
  std::string line = mote::pipeline::shell_quoted(argv[0]);
  bool resumes = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    resumes = resumes || argument == "--resume";
    if (argument != "--force") {
      line += " " + mote::pipeline::shell_quoted(argument);
    }
  }
  return resumes ? line : line + " --resume";
}

// One line on stderr; for programs (`--json`) an event on stdout as well.
int report(const mote::Error& error, int argc, char** argv) {
  const int code = mote::apps::codes_of(error.kind()).exit_code;
  fmt::print(stderr, "mote: {}\n", error.what());
  if (std::find(argv, argv + argc, std::string("--json")) != argv + argc) {
    const nlohmann::json line = {
        {"event", "error"}, {"message", error.what()}, {"exit_code", code}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return code;
}

int report_stopped(int argc, char** argv) {
  const std::string resume = resume_command(argc, argv);
  if (resume.empty()) {
    fmt::print(stderr, "mote: stopped; nothing was written\n");
  } else {
    fmt::print(stderr, "mote: stopped; what was done is kept. Continue with:\n  {}\n", resume);
  }
  return mote::apps::kExitInterrupted;
}

// What was printed must have arrived: a full disk behind a redirection is an error.
int with_output_checked(int code) {
  if ((code == 0 || code == mote::apps::kExitFindings) &&
      (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)) {
    fmt::print(stderr, "mote: standard output cannot be written\n");
    return mote::apps::codes_of(mote::ErrorKind::kResource).exit_code;
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  mote::pipeline::keep_memory();
  try {
    return with_output_checked(run(argc, argv));
  } catch (const mote::pipeline::Cancelled&) {
    return report_stopped(argc, argv);
  } catch (const mote::Error& error) {
    return report(error, argc, argv);
  } catch (const std::bad_alloc&) {
    return report({mote::ErrorKind::kResource, "out of memory"}, argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mote: this is a bug in mote {}, please report it: {}\n", mote::version(),
               error.what());
    return mote::apps::kExitBug;
  }
}
