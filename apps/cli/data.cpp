#include <cstdio>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"
#include "apps/cli/terminal.h"
#include "apps/error_map.h"
#include "mote/pipeline/audit_files.h"
#include "mote/pipeline/data_audit.h"
#include "mote/pipeline/data_split.h"
#include "mote/pipeline/json_text.h"

namespace mote::cli {
namespace {

template <typename Result, typename Job>
Result run(Result (*run_job)(const Job&, const pipeline::JobContext&), const Job& job) {
  ProgressTeller teller(false, "");
  return run_job(
      job, {.progress = [&](const auto& event) { teller.tell(event); }, .cancel = &interrupted()});
}

void tell_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    fmt::print(stderr, "warning: {}\n", warning);
  }
}

void add_kinship_options(CLI::App& command, data::KinshipOptions& options) {
  command
      .add_option("--min-confidence", options.min_confidence,
                  "Least standard deviations above chance that count as a finding")
      ->check(CLI::Range(6.0, 1000.0))
      ->capture_default_str();
}

void add_audit_command(CLI::App& data, const std::shared_ptr<int>& exit_code) {
  struct AuditOptions {
    pipeline::AuditJob job;
    bool json = false;
    bool exit_zero = false;
  };
  const auto options = std::make_shared<AuditOptions>();
  pipeline::AuditJob& job = options->job;
  CLI::App* command = data.add_subcommand(
      "audit", "Find images that share specimen, pixels or detector, across and within splits");
  command->add_option("folder", job.folder, "Folder of images, as in docs/data-sets.md")
      ->required()
      ->type_name("DIR");
  command
      ->add_option("-o,--output", job.output,
                   "Folder to write audit.csv, audit.json and audit.html to, with pictures")
      ->type_name("DIR");
  command->add_option("--max-pictures", job.max_pictures, "Most pictures in audit.html")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_kinship_options(*command, job.kinship);
  command->add_flag("--force", job.force, "Overwrite what an earlier audit left in the folder");
  command->add_flag("--exit-zero", options->exit_zero, "Exit with 0 also where there are leaks");
  command->add_flag("--json", options->json, "Print the audit as JSON");
  command->callback([options, exit_code] {
    const pipeline::Audit audit = run(pipeline::audit, options->job);
    tell_warnings(audit.warnings);
    fmt::print("{}", options->json ? pipeline::json_text(json_of(audit)) + "\n" : table_of(audit));
    if (audit.failure) {
      throw Error(*audit.failure);
    }
    *exit_code = audit.leaks() > 0 && !options->exit_zero ? apps::kExitFindings : 0;
  });
}

void add_split_command(CLI::App& data) {
  const auto job = std::make_shared<pipeline::SplitJob>();
  CLI::App* command =
      data.add_subcommand("split", "Split images so that no specimen region is in two splits");
  command->add_option("folder", job->folder, "Folder of images, as in docs/data-sets.md")
      ->required()
      ->type_name("DIR");
  command->add_option("-o,--output", job->output, "Folder to write split.csv and the audit to")
      ->required()
      ->type_name("DIR");
  command->add_option("--ratio", job->ratio, "Shares of train, val and test, or of train and test")
      ->capture_default_str();
  command->add_option("--seed", job->seed, "Another seed, another split")->capture_default_str();
  command
      ->add_option("--files", job->files,
                   "manifest: write the list only; copy, link: put the files into folders as well")
      ->check(one_of("files", {"manifest", "copy", "link"}))
      ->capture_default_str();
  add_kinship_options(*command, job->kinship);
  command->add_flag("--force", job->force, "Overwrite an earlier split.csv and audit");
  command->callback([job] {
    const pipeline::Split split = run(pipeline::split, *job);
    tell_warnings(split.audit.warnings);
    tell_warnings(split.warnings);
    fmt::print("{}", table_of(split));
  });
}

}  // namespace

Subcommand add_data_command(CLI::App& app) {
  const auto exit_code = std::make_shared<int>(0);
  CLI::App* command = app.add_subcommand("data", "Check and split sets of labelled images");
  command->require_subcommand(1);
  add_audit_command(*command, exit_code);
  add_split_command(*command);
  return {.app = command, .job = nullptr, .exit_code = exit_code};
}

}  // namespace mote::cli
