#include <chrono>
#include <filesystem>

#include <nlohmann/json.hpp>
#include <opencv2/core/utility.hpp>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/io/video.h"
#include "mote/pipeline/corrector.h"
#include "mote/pipeline/effective_options.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/identity.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/journal_end.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/label_input.h"
#include "mote/pipeline/memory.h"
#include "mote/pipeline/methods.h"
#include "mote/pipeline/output_folder.h"
#include "mote/pipeline/pass_one.h"
#include "mote/pipeline/pass_two.h"
#include "mote/pipeline/run_json.h"
#include "mote/pipeline/sinks.h"

namespace mote::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<std::string> input_files(const Job& job, const Recording& recording,
                                     const LabelInput* labels) {
  std::vector<std::string> files = recording.info().files;
  if (!job.recording.mask.empty()) {
    files.push_back(job.recording.mask);
  }
  if (!job.recording.log.empty()) {
    files.push_back(job.recording.log);
  }
  if (!job.tracks.empty()) {
    files.push_back(job.tracks);
  }
  std::error_code ignored;  // whether it can be read is found when it is
  if (std::filesystem::is_regular_file(job.drift_from, ignored)) {
    files.push_back(job.drift_from);
  }
  if (labels != nullptr) {
    files.insert(files.end(), labels->info().files.begin(), labels->info().files.end());
  }
  return files;
}

bool is_corrections(const Job& job) {
  return job.command == Command::kMeasure && is_correctable(job.labels);
}

void check_options(const Job& job) {
  require_option(job.overlay.max_frames >= 1 && job.overlay.max_frames <= 1'000'000'000,
                 "overlay-max-frames", job.overlay.max_frames, "1 to 1000000000");
  require_option(job.overlay.max_height_px >= 64 && job.overlay.max_height_px <= 16384,
                 "overlay-max-height-px", job.overlay.max_height_px, "64 to 16384");
  require_option(job.overlay.frames_per_second >= 0.1 && job.overlay.frames_per_second <= 1000,
                 "overlay-fps", job.overlay.frames_per_second, "0.1 to 1000");
  require_option(job.threads >= 0, "threads", job.threads, "0 or more");
  require_option(job.checkpoint_ms >= 0, "checkpoint-ms", job.checkpoint_ms, "0 or more");
  require_option(job.still_join_ratio >= 0 && job.still_join_ratio <= 1, "join-neck-ratio",
                 job.still_join_ratio, "0 to 1");
  require_effective_options(job);
  const bool corrects = is_corrections(job);
  if (job.command == Command::kMeasure && job.labels.find_first_of("*?[") == std::string::npos &&
      !job.labels.empty() && !exists(job.labels)) {
    throw Error(ErrorKind::kNotFound, "{}: no such file or folder", job.labels);
  }
  if (job.recording.path.empty() && job.command == Command::kMeasure && !corrects) {
    throw Error(ErrorKind::kUsage,
                "no micrographs given: name with --image what the label images were made of");
  }
  if (corrects && !job.tracks.empty()) {
    throw Error(
        ErrorKind::kUsage,
        "--tracks goes with label images: the parents of a run are those in its tracks.csv");
  }
  if (job.recording.path.empty() && !corrects) {
    throw Error(ErrorKind::kUsage, "no recording given: name a file, a folder or a glob of frames");
  }
  if (job.command == Command::kMeasure && job.labels.empty()) {
    throw Error(ErrorKind::kUsage,
                "no label images given: name a file, a folder, a glob or the folder of a run");
  }
  if (job.overlay.enabled && job.command != Command::kSegment) {
    io::require_video();
  }
}

// The result of the finished run that lies in the folder, which must be the one that is asked for.
JobResult finished_result(const Job& job, const nlohmann::ordered_json& header) {
  const auto run =
      nlohmann::ordered_json::parse(read_file(job.output + "/run.json"), nullptr, false);
  if (!run.is_object() || !run.contains("counts")) {
    throw Error(ErrorKind::kBadFile, "{}/run.json: is no run.json of mote", job.output);
  }
  require_same_run(run, nlohmann::ordered_json::parse(json_text(header)));
  const auto& counts = run["counts"];
  return {.output = job.output,
          .frames = run["recording"].value("frames_used", int64_t{0}),
          .instances = counts.value("instances", int64_t{0}),
          .tracks = counts.value("tracks", int64_t{0}),
          .events = counts.value("events", int64_t{0}),
          .seconds = 0,
          .warnings = run.value("warnings", std::vector<std::string>{})};
}

std::vector<std::unique_ptr<Sink>> make_sinks(const Job& job, const std::string& stage,
                                              const OverlayPainter& painter,
                                              const Recording& recording, const RunSummary& summary,
                                              MadeFigures& made) {
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(make_tables_sink(stage, job, recording, summary, made.tables, made.notes));
  if (draws_figures(job) || (job.report && job.command != Command::kSegment)) {
    sinks.push_back(make_figures_sink(stage, job, summary, made));
  }
  sinks.push_back(make_labels_sink(stage, recording, summary));
  if (job.overlay.enabled) {
    sinks.push_back(make_overlay_sink(stage, job, painter, recording, summary));
  }
  if (job.report) {
    sinks.push_back(make_report_sink(stage, painter, summary, [&] {
      report::ReportInfo info = report_info(job, recording, summary, made.notes);
      info.figures = std::move(made.figures);
      return info;
    }));
  }
  return sinks;
}

// A run that is corrected knows where its recording was.
Recording open_recording(const Job& job, const RecordingOptions& options) {
  try {
    return Recording::open(options);
  } catch (const Error& error) {
    if (job.corrected_from.empty() || error.kind() != ErrorKind::kNotFound) {
      throw;
    }
    throw Error(ErrorKind::kNotFound, "{}; --image says where the recording of {} is now",
                error.what(), job.corrected_from);
  }
}

// Pass 1, or what is in its place where a run is corrected.
class FirstPass {
 public:
  FirstPass(const Job& job, Recording& recording) : job_(job), recording_(recording) {
    if (!job.corrected_from.empty()) {
      corrector_ = std::make_unique<Corrector>(job, recording);
      return;
    }
    if (!job.labels.empty()) {
      labels_ = std::make_unique<LabelInput>(job.labels, job.recording, recording);
    }
    pass_one_ = std::make_unique<PassOne>(job, recording, labels_.get());
  }

  std::vector<std::string> inputs() const {
    std::vector<std::string> files = input_files(job_, recording_, labels_.get());
    if (corrector_) {
      const std::vector<std::string> edited = corrector_->files();
      files.insert(files.end(), edited.begin(), edited.end());
    }
    return files;
  }

  nlohmann::ordered_json header(const nlohmann::ordered_json& identity) const {
    return corrector_ ? corrected_header(job_, identity) : run_header(job_, identity);
  }

  void run(const nlohmann::ordered_json& header, OutputFolder& folder, const JobContext& context) {
    if (corrector_) {
      corrector_->run(header, folder, context);
    } else {
      pass_one_->run(header, folder, context);
    }
  }

 private:
  const Job& job_;
  const Recording& recording_;
  std::unique_ptr<LabelInput> labels_;
  std::unique_ptr<PassOne> pass_one_;
  std::unique_ptr<Corrector> corrector_;
};

}  // namespace

JobResult run(const Job& asked, const JobContext& context) {
  check_options(asked);
  const Job job = is_corrections(asked) ? corrected_job(asked) : asked;
  const auto start = Clock::now();
  const auto threads =
      static_cast<size_t>(job.threads > 0 ? job.threads : tbb::this_task_arena::max_concurrency());
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  cv::setNumThreads(1);  // frames run in parallel; within one there is nothing to gain

  RecordingOptions recording_options = job.recording;
  recording_options.any_size = job.command == Command::kSegment;
  Recording recording = open_recording(job, recording_options);
  auto first = std::make_unique<FirstPass>(job, recording);
  const std::vector<std::string> inputs = first->inputs();
  require_apart(inputs, job.output);
  OutputFolder folder(job.output, job.force, job.resume);
  const auto header = first->header(input_identity(inputs, job.hash));
  if (folder.finished()) {
    return finished_result(job, header);
  }
  RunTimings timings{.resumed = folder.resuming()};
  first->run(header, folder, context);
  first.reset();  // what it holds is large, and all of it is in the journal
  give_back_memory();
  timings.pass_one_s = seconds_since(start);

  const auto middle = Clock::now();
  PassTwo pass_two(job, recording, folder.journal());
  const RunSummary& summary = pass_two.summary();
  const std::string stage = folder.stage();
  const OverlayPainter painter(job, recording, summary);
  MadeFigures made;
  pass_two.run(make_sinks(job, stage, painter, recording, summary, made), context);
  timings.pass_two_s = seconds_since(middle);
  write_file(stage + "/methods.txt", methods_paragraph(job, recording, summary) + "\n");
  write_file(stage + "/run.json",
             json_text(run_json(header, job, recording, summary, made.notes, timings), 2) + "\n");
  folder.publish();
  return {.output = job.output,
          .frames = summary.frames,
          .instances = summary.instances,
          .tracks = static_cast<int64_t>(summary.lineage.tracks.size()),
          .events = static_cast<int64_t>(summary.lineage.events.size()),
          .seconds = seconds_since(start),
          .warnings = all_warnings(recording, summary)};
}

}  // namespace mote::pipeline
