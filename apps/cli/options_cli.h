#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/options.h"

namespace mote::cli {

/// A check that the value of the option `name` is one of `names`, told as all of mote tells it:
/// `tracker is foo, expected one of overlap, deaot`.
CLI::Validator one_of(const std::string& name, const std::vector<std::string>& names);

/// Puts every option of a job on a subcommand, with its default in the help.
void add_job_options(CLI::App& command, pipeline::Job& job);

/// Those of them that choose a recording.
void add_recording_options(CLI::App& command, pipeline::RecordingOptions& options);

/// Those of them that choose frames and field, and the calibration.
void add_selection_options(CLI::App& command, pipeline::RecordingOptions& options);

/// Those of them that a preview needs.
void add_segment_options(CLI::App& command, pipeline::Job& job);

/// Puts `--config FILE.toml`, `--from run.json` and (where a segmenter runs) `--preset` on a
/// subcommand. They were applied by `apply_files` before the command line is parsed, so that an
/// option given there wins.
void add_file_options(CLI::App& command, bool presets);

/// The value of the last `--name VALUE` or `--name=VALUE` among the arguments, for what must be
/// known before they are parsed.
std::optional<std::string> value_of(const std::vector<std::string>& arguments,
                                    const std::string& name);

/// Applies what `--preset`, `--from` and `--config` among `arguments` name, in this order.
/// With `any_run` the run.json may be of any command. Throws Error.
void apply_files(const std::vector<std::string>& arguments, pipeline::Job& job, bool any_run);

/// What every subcommand that runs a job shares after its own options: -o, --force, --resume,
/// --threads, --json.
struct RunFlags {
  bool json = false;
};
void add_run_options(CLI::App& command, pipeline::Job& job, RunFlags& flags);

/// Adds to job.given what stands on the parsed command line.
void add_given_options(const CLI::App& command, pipeline::Job& job);

/// Runs the job that was parsed from `command`, tells how it goes and what came out.
void run_job(const CLI::App& command, pipeline::Job& job, const RunFlags& flags);

}  // namespace mote::cli
