#include "apps/cli/options_cli.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "apps/cli/terminal.h"
#include "mote/core/counted.h"
#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/pipeline/json_text.h"

namespace mote::cli {
namespace {

// What the help calls the value of an option of text.
std::string form_of(const std::string& name) {
  static const std::map<std::string, std::string> forms = {{"frames", "A:B:STEP"},
                                                           {"roi", "BOX"},
                                                           {"mask", "FILE"},
                                                           {"pixel-size", "SIZE"},
                                                           {"labels", "LABELS"},
                                                           {"max-gap", "TIME"},
                                                           {"frame-interval", "TIME"},
                                                           {"exposure", "TIME"},
                                                           {"confirm", "TIME"},
                                                           {"drift-from", "WHAT"},
                                                           {"log", "FILE"},
                                                           {"tracks", "FILE"},
                                                           {"log-offset", "TIME"},
                                                           {"model", "NAME"},
                                                           {"weights", "FILE"},
                                                           {"device", "NAME"},
                                                           {"point", "POINT"},
                                                           {"box", "BOX"},
                                                           {"tracker-model", "NAME"},
                                                           {"tracker-weights", "FILE"}};
  const auto found = forms.find(name);
  return found == forms.end() ? "TEXT" : found->second;
}

class CliOptions : public pipeline::OptionVisitor {
 public:
  explicit CliOptions(CLI::App& command) : command_(command) {}

  void group(const std::string& title) override { group_ = title; }
  void number(const std::string& name, double& value, const std::string& help) override {
    add(command_.add_option("--" + name, value, help)->capture_default_str());
  }
  void number(const std::string& name, std::optional<double>& value,
              const std::string& help) override {
    add(command_.add_option("--" + name, value, help));
  }
  void texts(const std::string& name, std::vector<std::string>& values,
             const std::string& help) override {
    // Each time that it is given adds one; what a file said gives way.
    CLI::Option* option = command_.add_option("--" + name, values, help);
    add(option->type_name(form_of(name))->expected(1)->take_all()->delimiter('\0'));
  }
  void count(const std::string& name, int64_t& value, const std::string& help) override {
    add(command_.add_option("--" + name, value, help)->capture_default_str());
  }
  void count(const std::string& name, std::optional<int64_t>& value,
             const std::string& help) override {
    add(command_.add_option("--" + name, value, help));
  }
  void flag(const std::string& name, bool& value, const std::string& help) override {
    // Both directions work, whatever a file said; the help shows the one that changes something.
    const auto on = command_.add_flag_callback(
        "--" + name, [&value] { value = true; }, help);
    std::string off_help = help;
    off_help.front() = static_cast<char>(std::tolower(off_help.front()));
    const auto off = command_.add_flag_callback(
        "--no-" + name, [&value] { value = false; }, "Do not " + off_help);
    on->group(value ? "" : group_);
    off->group(value ? group_ : "");
  }
  void text(const std::string& name, std::string& value, const std::string& help) override {
    CLI::Option* option = command_.add_option("--" + name, value, help)->type_name(form_of(name));
    add(value.empty() ? option : option->capture_default_str());
  }
  void choice(const std::string& name, const pipeline::Choice& choice,
              const std::string& help) override {
    CLI::Option* option = command_.add_option_function<std::string>("--" + name, choice.set, help);
    option->check(one_of(name, choice.names))->default_str(choice.get());
    add(option);
  }

 private:
  void add(CLI::Option* option) { option->group(group_); }

  CLI::App& command_;
  std::string group_ = "Options";
};

void apply_preset(const std::string& name, pipeline::Job& job) {
  if (name == "tiles") {
    job.threshold = segment::tiles_preset();
    job.still_join_ratio = 0;
    job.preset = name;
    job.given.insert("preset");
  } else if (name != "default") {
    throw Error(ErrorKind::kUsage, "--preset {}: expected default or tiles", name);
  }
}

void apply_run(const std::string& path, pipeline::Job& job, bool any_run) {
  using pipeline::Command;
  const nlohmann::ordered_json run = pipeline::read_options_of_run(path);
  const std::string command = run.value("command", "?");
  pipeline::Job filled = job;
  for (const Command known : {Command::kSegment, Command::kTrack, Command::kMeasure}) {
    if (any_run && command == pipeline::name(known)) {
      filled.command = known;
    }
  }
  if (command != pipeline::name(filled.command)) {
    throw Error(ErrorKind::kUsage, "{}: is of mote {}, not of mote {}", path, command,
                pipeline::name(job.command));
  }
  pipeline::options_from_json(run.at("options"), filled);
  const auto recording = run.value("recording", nlohmann::ordered_json::object());
  filled.recording.path = recording.value("path", "");
  filled.labels = recording.value("labels", "");
  filled.command = job.command;
  job = std::move(filled);
}

void tell_result(const pipeline::JobResult& result, const RunFlags& flags, bool report) {
  if (flags.json) {
    const nlohmann::ordered_json line = {
        {"event", "done"},           {"output", result.output},
        {"frames", result.frames},   {"instances", result.instances},
        {"tracks", result.tracks},   {"events", result.events},
        {"seconds", result.seconds}, {"warnings", result.warnings}};
    fmt::print("{}\n", pipeline::json_text(line));
    return;
  }
  for (const std::string& warning : result.warnings) {
    fmt::print(stderr, "warning: {}\n", warning);
  }
  fmt::print(stderr, "{}, {}", counted(result.frames, "frame"),
             counted(result.instances, "instance"));
  if (result.tracks > 0) {
    fmt::print(stderr, ", {}, {}", counted(result.tracks, "track"),
               counted(result.events, "event"));
  }
  fmt::print(stderr, " in {:.1f} s\n", result.seconds);
  fmt::print(stderr, "{}{}\n", result.output, report ? "/report.html" : "");
}

}  // namespace

CLI::Validator one_of(const std::string& name, const std::vector<std::string>& names) {
  return {[name, names](std::string& given) {
            require_option(std::find(names.begin(), names.end(), given) != names.end(), name, given,
                           fmt::format("one of {}", fmt::join(names, ", ")));
            return std::string();
          },
          CLI::IsMember(names).get_description()};
}

std::optional<std::string> value_of(const std::vector<std::string>& arguments,
                                    const std::string& name) {
  std::optional<std::string> value;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == name && i + 1 < arguments.size()) {
      value = arguments[i + 1];
    } else if (arguments[i].starts_with(name + "=")) {
      value = arguments[i].substr(name.size() + 1);
    }
  }
  return value;
}

void add_job_options(CLI::App& command, pipeline::Job& job) {
  CliOptions visitor(command);
  pipeline::visit_options(visitor, job);
}

void add_recording_options(CLI::App& command, pipeline::RecordingOptions& options) {
  CliOptions visitor(command);
  pipeline::visit_recording_options(visitor, options);
}

void add_selection_options(CLI::App& command, pipeline::RecordingOptions& options) {
  CliOptions visitor(command);
  pipeline::visit_selection_options(visitor, options);
}

void add_segment_options(CLI::App& command, pipeline::Job& job) {
  CliOptions visitor(command);
  pipeline::visit_segment_options(visitor, job);
}

void add_file_options(CLI::App& command, bool presets) {
  // Read by apply_files before; here they only have their place in help and syntax.
  static std::string unused;
  command.add_option("--config", unused, "TOML file of options, named as here")->type_name("FILE");
  command.add_option("--from", unused, "run.json whose input and options are repeated")
      ->type_name("FILE");
  if (presets) {
    command.add_option("--preset", unused, "tiles: how the published tiles were labelled")
        ->check(one_of("preset", {"default", "tiles"}));
  }
}

void apply_files(const std::vector<std::string>& arguments, pipeline::Job& job, bool any_run) {
  const auto preset = value_of(arguments, "--preset");
  const auto run = value_of(arguments, "--from");
  if (preset && run) {
    throw Error(ErrorKind::kUsage,
                "--preset {} counts only without --from: run.json says all options", *preset);
  }
  if (preset) {
    apply_preset(*preset, job);
  }
  if (run) {
    apply_run(*run, job, any_run);
  }
  if (const auto config = value_of(arguments, "--config")) {
    try {
      const nlohmann::ordered_json options = pipeline::read_options_toml(*config);
      pipeline::options_from_json(options, job);
      for (const auto& [name, unused] : options.items()) {
        job.given.insert(name);
      }
    } catch (const Error& error) {
      const bool named = std::string(error.what()).starts_with(*config);
      throw named ? error : error.in(*config);
    }
  }
}

void add_run_options(CLI::App& command, pipeline::Job& job, RunFlags& flags) {
  command.add_option("-o,--output", job.output, "Folder to write to")
      ->required()
      ->type_name("DIR")
      ->group("Run");
  command.add_flag("--force", job.force, "Overwrite what an earlier run left in the folder")
      ->group("Run");
  command.add_flag("--resume", job.resume, "Continue a run that was stopped or killed")
      ->group("Run");
  command.add_option("--threads", job.threads, "Processors to use; 0 for all")
      ->capture_default_str()
      ->group("Run");
  command
      .add_option("--checkpoint-ms", job.checkpoint_ms,
                  "A kill loses at most so many milliseconds of work")
      ->capture_default_str()
      ->group("Run");
  command.add_flag("--json", flags.json, "Tell progress and result as JSON, one object a line")
      ->group("Run");
}

void add_given_options(const CLI::App& command, pipeline::Job& job) {
  const nlohmann::ordered_json options = pipeline::options_to_json(job);
  for (const auto& [name, unused] : options.items()) {
    for (const char* before : {"--", "--no-"}) {
      const CLI::Option* option = command.get_option_no_throw(before + name);
      if (option != nullptr && option->count() > 0) {
        job.given.insert(name);
      }
    }
  }
}

void run_job(const CLI::App& command, pipeline::Job& job, const RunFlags& flags) {
  add_given_options(command, job);
  pipeline::JobResult result;
  {
    ProgressTeller teller(flags.json);
    result = pipeline::run(job, {.progress = [&](const auto& event) { teller.tell(event); },
                                 .cancel = &interrupted()});
  }
  tell_result(result, flags, job.report);
}

}  // namespace mote::cli
