#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "mote/pipeline/jobs.h"

namespace mote::cli {

/// A subcommand, and the job that its options fill: what `--config`, `--from` and `--preset` are
/// applied to.
struct Subcommand {
  CLI::App* app = nullptr;
  std::shared_ptr<pipeline::Job> job;
  bool any_run = false;            ///< `--from` may name a run of another command
  std::shared_ptr<int> exit_code;  ///< where the command ended well; null for 0
};

Subcommand add_info_command(CLI::App& app);
Subcommand add_preview_command(CLI::App& app);
Subcommand add_segment_command(CLI::App& app);
Subcommand add_track_command(CLI::App& app);
Subcommand add_measure_command(CLI::App& app);
Subcommand add_simulate_command(CLI::App& app);
Subcommand add_montage_command(CLI::App& app);
Subcommand add_evaluate_command(CLI::App& app);
Subcommand add_data_command(CLI::App& app);
Subcommand add_convert_command(CLI::App& app);
Subcommand add_export_command(CLI::App& app);
Subcommand add_import_command(CLI::App& app);
Subcommand add_models_command(CLI::App& app);
Subcommand add_bench_command(CLI::App& app);

}  // namespace mote::cli
