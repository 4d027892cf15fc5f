#include "mote/pipeline/frame_score.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "mote/core/disc.h"
#include "mote/core/error.h"
#include "mote/eval/davis.h"

namespace mote::pipeline {
namespace {

std::string cell(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

std::map<int32_t, const Mask*> masks_by_id(const eval::ObjectImage& image) {
  std::map<int32_t, const Mask*> masks;
  for (const eval::Object& object : image.objects) {
    masks[object.id] = &object.mask;
  }
  return masks;
}

void add_rims(const eval::ObjectImage& truth, const eval::ObjectImage& result,
              const std::optional<PixelSize>& pixel_size, FrameScore& score) {
  const auto truth_masks = masks_by_id(truth);
  const auto result_masks = masks_by_id(result);
  for (const eval::Match& match : score.instances.matches) {
    const Mask& wanted = *truth_masks.at(match.truth_id);
    const Mask& found = *result_masks.at(match.result_id);
    RimScore& rim = score.rims.emplace_back();
    rim.px = eval::rim_distances(wanted, found, truth.size);
    if (pixel_size && !pixel_size->isotropic()) {
      rim.nm = eval::rim_distances(wanted, found, truth.size, pixel_size->y_nm, pixel_size->x_nm);
    }
  }
}

void score_masks(const eval::ObjectImage& truth, const eval::ObjectImage& result,
                 const std::optional<PixelSize>& pixel_size, FrameScore& score) {
  score.overlaps = eval::overlaps_of(truth, result);
  score.instances = eval::instance_counts(score.overlaps);
  score.instances.eroded_iou_sum = eval::eroded_iou_sum(truth);
  score.foreground =
      eval::foreground_counts(eval::foreground_of(truth), eval::foreground_of(result));
  score.boundary_fs = eval::boundary_fs(truth, result, score.overlaps);
  add_rims(truth, result, pixel_size, score);
}

std::vector<eval::ObjectBox> boxes_at(ScoreSource& source, int64_t index) {
  return index < 0 ? std::vector<eval::ObjectBox>() : source.boxes(index);
}

}  // namespace

FrameScore score_frame(ScoreSource& truth, ScoreSource& result, const FramePair& frame,
                       const FrameScoring& options) {
  FrameScore score{.number = frame.number};
  if (!options.masks) {
    score.overlaps =
        eval::overlaps_of(boxes_at(truth, frame.truth), boxes_at(result, frame.result));
    score.instances = eval::instance_counts(score.overlaps);
    return score;
  }
  eval::ObjectImage wanted = truth.read(frame.truth);
  eval::ObjectImage found = result.read(frame.result);
  if (wanted.size != found.size) {
    throw Error(ErrorKind::kUsage, "frame {} of {} is {} x {} px, that of {} {} x {} px",
                frame.number, truth.info().path, wanted.size.width, wanted.size.height,
                result.info().path, found.size.width, found.size.height);
  }
  score.slivers = eval::leave_out_slivers(wanted, found, options.border_sliver_px2);
  score_masks(wanted, found, options.pixel_size, score);
  if (options.tracks && (truth.info().overlapping || result.info().overlapping)) {
    score.flat_overlaps = eval::overlaps_of(eval::flattened(wanted), eval::flattened(found));
  }
  return score;
}

std::string per_frame_header() {
  return "frame,truths,results,matches,pq,dsb,iou,iou_eroded,dice,boundary_mean_px,"
         "boundary_p95_px\n";
}

std::string per_frame_row(const FrameScore& frame, bool masks) {
  const auto scores = eval::instance_scores({&frame.instances, 1});
  eval::Distances rims;
  for (const RimScore& rim : frame.rims) {
    rims.add(rim.px);
  }
  const auto of_masks = [&](double value) { return masks ? std::optional(value) : std::nullopt; };
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{}\n", frame.number, frame.instances.truths,
      frame.instances.results, frame.instances.matches.size(), cell(scores->pq), scores->dsb_mean,
      cell(of_masks(frame.foreground.iou())), cell(of_masks(frame.foreground.eroded_iou())),
      cell(of_masks(frame.foreground.dice())), cell(rims.mean()), cell(rims.percentile(0.95)));
}

std::string per_object_header() {
  return "frame,truth,result,iou,truth_area_px2,result_area_px2,ecd_error_px,boundary_mean_px,"
         "boundary_p95_px\n";
}

std::string per_object_rows(const FrameScore& frame) {
  std::string rows;
  std::set<int32_t> truths;
  std::set<int32_t> results;
  const eval::InstanceCounts& instances = frame.instances;
  for (size_t i = 0; i < instances.matches.size(); ++i) {
    const eval::Match& match = instances.matches[i];
    const eval::Distances rim = i < frame.rims.size() ? frame.rims[i].px : eval::Distances();
    truths.insert(match.truth_id);
    results.insert(match.result_id);
    rows += fmt::format(
        "{},{},{},{},{},{},{},{},{}\n", frame.number, match.truth_id, match.result_id, match.iou,
        match.truth_area_px, match.result_area_px,
        equivalent_diameter_px(match.result_area_px) - equivalent_diameter_px(match.truth_area_px),
        cell(rim.mean()), cell(rim.percentile(0.95)));
  }
  const eval::Overlaps& overlaps = frame.overlaps;
  for (size_t i = 0; i < overlaps.truth_ids.size(); ++i) {
    if (overlaps.truth_crowds[i] == 0 && !truths.contains(overlaps.truth_ids[i])) {
      rows += fmt::format("{},{},,,{},,,,\n", frame.number, overlaps.truth_ids[i],
                          overlaps.truth_areas[i]);
    }
  }
  for (size_t i = 0; i < overlaps.result_ids.size(); ++i) {
    if (!results.contains(overlaps.result_ids[i])) {
      rows += fmt::format("{},,{},,,{},,,\n", frame.number, overlaps.result_ids[i],
                          overlaps.result_areas[i]);
    }
  }
  return rows;
}

}  // namespace mote::pipeline
