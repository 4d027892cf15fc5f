#include "mote/pipeline/evaluate.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "mote/core/error.h"
#include "mote/pipeline/event_table.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/frame_pairs.h"
#include "mote/pipeline/frame_score.h"
#include "mote/pipeline/score_collector.h"
#include "mote/pipeline/score_source.h"

namespace mote::pipeline {
namespace {

constexpr int64_t kFramesAtOnce = 32;
constexpr int64_t kSimulationSliver = 30;  // in px: a disc 6 px across
constexpr double kFewMatches = 0.1;

bool scores_tracks(const EvaluateJob& job, const ScoreInfo& truth, const ScoreInfo& result) {
  if (job.as != "auto" && job.as != "stills" && job.as != "tracks") {
    throw Error(ErrorKind::kUsage, "as is {}, expected auto, stills or tracks", job.as);
  }
  if (job.as == "tracks") {
    for (const ScoreInfo* info : {&truth, &result}) {
      if (info->format == "COCO") {
        throw Error(ErrorKind::kUsage, "{} is a COCO JSON, which has no tracks", info->path);
      }
    }
    return true;
  }
  return job.as == "auto" && truth.tracked && result.tracked;
}

int64_t border_sliver(const EvaluateJob& job, const ScoreInfo& truth) {
  if (job.border_sliver_px2.value_or(0) < 0) {
    throw Error(ErrorKind::kUsage, "border-sliver-px2 is {}, expected 0 or more",
                *job.border_sliver_px2);
  }
  return job.border_sliver_px2.value_or(truth.format == "simulation" ? kSimulationSliver : 0);
}

std::vector<std::string> warnings_of(const ScoreInfo& truth, const ScoreInfo& result, size_t frames,
                                     const eval::Counts& objects) {
  std::vector<std::string> warnings;
  if (result.format == "simulation" && truth.format != "simulation") {
    warnings.push_back(
        fmt::format("the result, {}, is a simulation, the truth, {}, is none: are "
                    "the two swapped?",
                    result.path, truth.path));
  }
  if (are_of_other_recordings(truth, result)) {
    warnings.push_back(fmt::format("the run and the simulation are of other recordings: {} and {}",
                                   result.path, truth.path));
  }
  const int64_t fewer = objects.right + std::min(objects.missed, objects.wrong);
  if (static_cast<double>(objects.right) < kFewMatches * static_cast<double>(fewer)) {
    warnings.push_back(fmt::format(
        "only {} of the truth's {} objects match any of the result's {}: are both of the same "
        "recording?",
        objects.right, objects.right + objects.missed, objects.right + objects.wrong));
  }
  if (result.reading && !result.reading->mask.empty()) {
    warnings.push_back("the result was made with --mask: particles that it left out are missed");
  }
  if (frames < truth.numbers.size()) {
    warnings.push_back(
        fmt::format("only {} of the truth's {} frames are in the result: the others are not scored",
                    frames, truth.numbers.size()));
  }
  if (!result.scored) {
    warnings.push_back(
        "the result has no confidence scores: AP depends on the order of its objects");
  }
  return warnings;
}

}  // namespace

Evaluation evaluate(const EvaluateJob& job, const EvaluateProgress& progress) {
  require_free(job.per_frame, job.force);
  require_free(job.per_object, job.force);
  require_free(job.per_event, job.force);
  if (job.events.tolerance_frames < 0) {
    throw Error(ErrorKind::kUsage, "tolerance-frames is {}, expected 0 or more",
                job.events.tolerance_frames);
  }
  const auto sources = open_score_sources(job.truth, job.result);
  ScoreSource& truth = *sources.first;
  ScoreSource& result = *sources.second;
  require_like_frames(truth.info(), result.info());
  const bool tracks = scores_tracks(job, truth.info(), result.info());
  if (!tracks && !job.per_event.empty()) {
    throw Error(ErrorKind::kUsage, "per-event needs tracks: these are scored as stills");
  }
  const bool masks = !truth.info().boxes && !result.info().boxes;
  const std::vector<FramePair> pairs = frame_pairs(truth.info(), result.info());
  std::optional<PixelSize> pixel_size = truth.info().pixel_size;
  if (!job.pixel_size.empty()) {
    pixel_size = parse_pixel_size(job.pixel_size, "--pixel-size");
  }

  const FrameScoring scoring{.masks = masks,
                             .tracks = tracks,
                             .border_sliver_px2 = border_sliver(job, truth.info()),
                             .pixel_size = pixel_size};
  ScoreCollector collector(masks, tracks);
  std::string per_frame = per_frame_header();
  std::string per_object = per_object_header();
  const auto count = static_cast<int64_t>(pairs.size());
  // The first frame goes alone, so that truth and result of two sizes are always refused at it.
  for (int64_t begin = 0, end = 1; begin < count; begin = end, end += kFramesAtOnce) {
    end = std::min(count, end);
    std::vector<FrameScore> scores(static_cast<size_t>(end - begin));
    tbb::parallel_for(begin, end, [&](int64_t i) {
      scores[static_cast<size_t>(i - begin)] =
          score_frame(truth, result, pairs[static_cast<size_t>(i)], scoring);
    });
    for (FrameScore& score : scores) {
      per_frame += job.per_frame.empty() ? "" : per_frame_row(score, masks);
      per_object += job.per_object.empty() ? "" : per_object_rows(score);
      collector.add(std::move(score));
    }
    if (progress) {
      progress(end, count);
    }
  }

  Evaluation evaluation{
      .truth = job.truth,
      .truth_format = truth.info().format,
      .result = job.result,
      .result_format = result.info().format,
      .frames = count,
      .truth_frames = static_cast<int64_t>(std::max(truth.info().numbers.size(), pairs.size())),
      .warnings = warnings_of(truth.info(), result.info(), pairs.size(), collector.objects())};
  collector.add_segmentation(pixel_size, evaluation.scores);
  if (tracks) {
    add_tracking(collector.overlaps(), collector.flat_overlaps(), truth.info(), result.info(),
                 evaluation.scores);
    const eval::HistoryScores history =
        history_of(collector.overlaps(), truth.info(), result.info(), pairs, job.events);
    add_events(history, evaluation.scores);
    if (!job.per_event.empty()) {
      write_file(job.per_event, per_event_csv(history, pairs));
    }
  }
  if (!job.per_frame.empty()) {
    write_file(job.per_frame, per_frame);
  }
  if (!job.per_object.empty()) {
    write_file(job.per_object, per_object);
  }
  return evaluation;
}

}  // namespace mote::pipeline
