#include "mote/pipeline/frame_steps.h"

#include <algorithm>
#include <cassert>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/imaging/components.h"
#include "mote/imaging/regions.h"
#include "mote/measure/instance.h"
#include "mote/pipeline/drift_file.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/networks.h"

namespace mote::pipeline {
namespace {

std::string to_text(const WaitingFrame& waiting) {
  JournalFrame frame{.source_index = waiting.source_index,
                     .time_s = waiting.time_s,
                     .excluded_px = waiting.excluded_px,
                     .values = waiting.values,
                     .warnings = waiting.warnings};
  return encode(frame);
}

WaitingFrame waiting_of(const std::string& text) {
  JournalFrame frame = decode_frame(text);
  return {.source_index = frame.source_index,
          .time_s = frame.time_s,
          .values = std::move(frame.values),
          .warnings = std::move(frame.warnings),
          .excluded_px = frame.excluded_px,
          .image = nullptr,
          .excluded = nullptr};
}

// What is no support: particles, and pixels that are no specimen.
BinaryImage not_support(BinaryImage mask, const BinaryImage& excluded) {
  for (size_t i = 0; i < excluded.values().size(); ++i) {
    mask.values()[i] |= excluded.values()[i];
  }
  return mask;
}

int64_t pixels_in(const BinaryImage& image) {
  const auto pixels = image.values();
  return std::count(pixels.begin(), pixels.end(), uint8_t{1});
}

track::TrackedFrame untracked(Segmentation segmentation) {
  track::TrackedFrame frame{.labels = std::move(segmentation.labels),
                            .coverage = std::move(segmentation.coverage)};
  for (const Region& region : segmentation.regions) {
    frame.instances.push_back({.label = region.label, .cluster = region.cluster, .tracks = {}});
  }
  return frame;
}

// Instances whose label in `given` is their track.
track::TrackedFrame as_given(const Segmentation& segmentation, LabelImage given) {
  std::map<int32_t, int32_t> given_of;
  int32_t last = 0;
  for (size_t i = 0; i < given.values().size(); ++i) {
    if (given.values()[i] != 0 && given.values()[i] != last) {
      last = given.values()[i];
      given_of.emplace(segmentation.labels.values()[i], last);
    }
  }
  track::TrackedFrame frame{.labels = std::move(given)};
  for (const Region& region : segmentation.regions) {
    const int32_t label = given_of.at(region.label);
    frame.instances.push_back({.label = label, .cluster = region.cluster, .tracks = {label}});
  }
  for (const Neck& neck : segmentation.necks) {
    const auto centroid = [&](int32_t label) {
      return segmentation.regions.at(static_cast<size_t>(label) - 1).centroid;
    };
    const bool in_order = given_of.at(neck.a) < given_of.at(neck.b);
    const int32_t low = in_order ? neck.a : neck.b;
    const int32_t high = in_order ? neck.b : neck.a;
    frame.necks.push_back({.a = given_of.at(low),
                           .b = given_of.at(high),
                           .ratio = neck.ratio,
                           .width_px = neck.width_px,
                           .apart = centroid(high) - centroid(low),
                           .excess = {}});
  }
  return frame;
}

}  // namespace

FrameSteps::FrameSteps(const Job& job, Recording& recording, LabelInput* labels)
    : job_(job),
      recording_(recording),
      labels_(labels),
      prompts_(job),
      source_(job.command == Command::kMeasure ? Source::kImported : Source::kAuto),
      clock_(TimeScale{}) {
  const Size field = recording_.info().size;
  if (labels_ == nullptr) {
    prompts_.require_inside(field);
    segmenter_ = make_segmenter(job_);
    segmenter_state_ = segmenter_->save_state();
  }
  if (!job_.tracks.empty()) {
    given_parents_ = read_edited_tracks(job_.tracks);
  }
  if (job_.command == Command::kTrack) {
    const TimeScale scale = time_scale(recording_);
    clock_ = TrackerClock(scale);
    tracker_ = make_tracker(job_, scale, field);
    set_up_drift(field);
  }
}

void FrameSteps::set_up_drift(Size field) {
  if (job_.drift_from == "none" || recording_.info().frames < 2) {
    return;
  }
  track::DriftOptions options = job_.drift;
  if (job_.drift_from == "support") {
    options.from = track::DriftFrom::kSupport;
  } else if (job_.drift_from == "all") {
    options.from = track::DriftFrom::kAll;
  } else if (job_.drift_from == "particles") {
    options.from = track::DriftFrom::kParticles;
  } else {
    given_drift_ = read_drift_file(job_.drift_from, recording_.info().frames);
    return;
  }
  drift_ = track::make_drift_estimator(options, field);
}

// Stills may differ in size.
void FrameSteps::require_prompts_inside(const FrameTask& task) const {
  try {
    prompts_.require_inside(task.image->size());
  } catch (const Error& error) {
    throw error.in(fmt::format("frame {}", recording_.recorded_index(task.source_index)));
  }
}

std::shared_ptr<FrameTask> FrameSteps::read(int64_t index) {
  auto task = std::make_shared<FrameTask>();
  task->source_index = index;
  try {
    auto [frame, excluded, warnings] = recording_.read_field(index);
    task->excluded = std::move(excluded);
    task->warnings = std::move(warnings);
    task->time_s = frame.time_s;
    task->values = std::move(frame.values);
    task->image = std::make_shared<const Grid<float>>(to_float32(frame.image));
    if (segmenter_) {
      require_prompts_inside(*task);
      task->prepared = segmenter_->prepare({*task->image, *task->excluded});
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadFile) {
      throw;
    }
    if (!job_.recording.skip_bad_frames) {
      throw Error(error.kind(), "{}; --skip-bad-frames goes on without such frames", error.what());
    }
    task->bad = error.what();
  }
  return task;
}

void FrameSteps::settle(FrameTask& task) {
  if (task.bad.empty()) {
    task.index = settled_++;
    if (segmenter_) {
      segmenter_->settle(*task.prepared);
    }
  }
  if (segmenter_) {
    task.segmenter_state = segmenter_->save_state();
  }
}

void FrameSteps::segment(FrameTask& task, const segment::ShareDone& progress) {
  if (!task.bad.empty()) {
    return;
  }
  if (labels_ != nullptr) {
    LabelImage given = labels_->read(task.source_index, task.image->size());
    task.segmentation = imaging::segmentation_of(given);
    imaging::mark_cut(task.segmentation, *task.excluded);
    task.given = std::move(given);
  } else {
    const bool asked = !tracker_ || tracker_->asks_for_segmentation(task.index);
    const std::unique_ptr<segment::Prepared> prepared = std::move(task.prepared);
    if (!asked) {
      return;
    }
    task.segmentation = segmenter_->segment(
        {.image = *task.image, .excluded = *task.excluded, .progress = progress}, *prepared);
  }
  if (drift_) {
    task.drift = drift_->prepare(
        *task.image, not_support(imaging::mask_of(task.segmentation.labels), *task.excluded));
  }
}

FrameBatch FrameSteps::follow(FrameTask& task) {
  FrameBatch batch;
  next_source_ = task.source_index + 1;
  segmenter_state_ = std::move(task.segmenter_state);
  batch.done = next_source_;
  if (!task.bad.empty()) {
    batch.bad_frame = json_text({{"source_index", task.source_index},
                                 {"recorded_frame", recording_.recorded_index(task.source_index)},
                                 {"reason", task.bad}});
  } else {
    push(task, batch);
  }
  return batch;
}

// Where a frame was not segmented, particles are taken to be where the tracker saw them in the
// frame before.
Point FrameSteps::drift_of(FrameTask& task) {
  if (!drift_) {
    return given_drift_.empty() ? Point{}
                                : given_drift_[static_cast<size_t>(task.source_index)].shift;
  }
  if (!task.drift) {
    task.drift = drift_->prepare(*task.image, not_support(tracker_->particles(), *task.excluded));
  }
  return drift_->push(task.index, std::move(task.drift)).shift;
}

void FrameSteps::push(FrameTask& task, FrameBatch& batch) {
  ++pushed_;
  for (auto& [key, value] : task.segmentation.values) {
    task.values[key] = value;
  }
  task.warnings.insert(task.warnings.end(), task.segmentation.warnings.begin(),
                       task.segmentation.warnings.end());
  WaitingFrame frame{.source_index = task.source_index,
                     .time_s = task.time_s,
                     .values = std::move(task.values),
                     .warnings = std::move(task.warnings),
                     .excluded_px = pixels_in(*task.excluded),
                     .image = task.image,
                     .excluded = task.excluded};
  if (job_.command == Command::kTrack) {
    waiting_.push_back(std::move(frame));
    const track::TrackerFrame input{.index = task.index,
                                    .time = clock_.time(task.source_index, task.time_s),
                                    .image = *task.image,
                                    .drift = drift_of(task),
                                    .excluded = *task.excluded};
    take(tracker_->push(input,
                        [&]() -> const Segmentation& {
                          assert(!task.segmentation.labels.empty());
                          return task.segmentation;
                        }),
         batch);
    return;
  }
  track::TrackedFrame tracked =
      job_.command == Command::kMeasure
          ? as_given(task.segmentation, std::move(task.given))
          : untracked(imaging::join_necks(std::move(task.segmentation), job_.still_join_ratio));
  tracked.index = task.index;
  for (const track::TrackedInstance& instance : tracked.instances) {
    for (const int32_t id : instance.tracks) {
      Track& track =
          given_tracks_
              .try_emplace(
                  id, Track{.id = id, .first_frame = task.index, .parents = {}, .source = source_})
              .first->second;
      track.last_frame = task.index;
    }
  }
  batch.frames.emplace_back(std::move(frame), std::move(tracked));
}

// Puts what the tracker handed back into the batch, each frame with what waited for it.
void FrameSteps::take(track::TrackerOutput output, FrameBatch& batch) {
  for (track::TrackedFrame& frame : output.frames) {
    waiting_.front().values.insert(frame.values.begin(), frame.values.end());
    batch.frames.emplace_back(std::move(waiting_.front()), std::move(frame));
    waiting_.pop_front();
  }
  output.frames.clear();
  batch.changes = std::move(output);
}

void FrameSteps::measure(FrameBatch& batch) {
  for (auto& [frame, tracked] : batch.frames) {
    if (!frame.image) {
      FieldFrame again = recording_.read_field(frame.source_index);
      frame.image = std::make_shared<const Grid<float>>(to_float32(again.frame.image));
      frame.excluded = std::move(again.excluded);
    }
    batch.encoded.push_back(encode(measured(frame, tracked)));
  }
  batch.frames.clear();
}

JournalFrame FrameSteps::measured(const WaitingFrame& frame,
                                  const track::TrackedFrame& tracked) const {
  measure::InstanceMeasureOptions options{.excluded = frame.excluded.get()};
  if (const auto& pixel = recording_.info().pixel_size) {
    options.y_over_x = pixel->y_nm / pixel->x_nm;
  }
  const std::vector<measure::InstanceMeasures> measures =
      measure::measure_instances(*frame.image, tracked.labels, tracked.coverage, options);
  std::map<int32_t, Mask> masks = masks_of(tracked.labels);
  JournalFrame out{.index = tracked.index,
                   .source_index = frame.source_index,
                   .time_s = frame.time_s,
                   .size = tracked.labels.size(),
                   .excluded_px = frame.excluded_px,
                   .values = frame.values,
                   .warnings = frame.warnings,
                   .necks = tracked.necks};
  size_t k = 0;
  for (const track::TrackedInstance& instance : tracked.instances) {
    while (k < measures.size() && measures[k].label < instance.label) {
      ++k;
    }
    assert(k < measures.size() && measures[k].label == instance.label);
    out.instances.push_back({.cluster = instance.cluster,
                             .tracks = instance.tracks,
                             .source = source_,
                             .measures = measures[k],
                             .mask = std::move(masks[instance.label])});
  }
  return out;
}

FrameBatch FrameSteps::finish() {
  FrameBatch batch;
  if (tracker_) {
    take(tracker_->finish(), batch);
  }
  for (auto& [id, track] : given_tracks_) {
    take_parents(track);
    batch.changes.tracks.push_back(track);
  }
  return batch;
}

// What --tracks says, as far as it can be.
void FrameSteps::take_parents(Track& track) {
  const auto row = given_parents_.find(track.id);
  if (row == given_parents_.end()) {
    return;
  }
  for (const int32_t id : row->second.parents) {
    const auto parent = given_tracks_.find(id);
    if (parent != given_tracks_.end() && parent->second.last_frame < track.first_frame) {
      track.parents.push_back(id);
      continue;
    }
    given_warnings_.push_back(
        fmt::format("{}: line {}: parent {} of track {} {}; it is left out", job_.tracks,
                    row->second.line, id, track.id,
                    parent == given_tracks_.end()
                        ? "is in no label image"
                        : fmt::format("is seen until frame {}, the track from frame {}",
                                      parent->second.last_frame, track.first_frame)));
  }
}

JournalEnd FrameSteps::end() const {
  JournalEnd end;
  if (drift_) {
    end.measured = true;
    track::DriftResult result = drift_->solve();
    end.drift = std::move(result.rows);
    end.warnings = std::move(result.warnings);
  } else {
    end.drift = given_drift_;
  }
  end.warnings.insert(end.warnings.end(), given_warnings_.begin(), given_warnings_.end());
  if (labels_ != nullptr && labels_->masks() && job_.command == Command::kMeasure) {
    end.warnings.emplace_back(
        "the label images are masks, whose parts are numbered anew in every frame: their tracks "
        "mean nothing and no events are told; mote track --labels links them");
  }
  return end;
}

void FrameSteps::save(ByteWriter& out) const {
  out.put(next_source_);
  out.put(pushed_);
  out.put(segmenter_state_);
  out.put(std::string_view(tracker_ ? tracker_->save_state() : std::string()));
  out.put(std::string_view(clock_.save_state()));
  out.put<uint64_t>(waiting_.size());
  for (const WaitingFrame& frame : waiting_) {
    out.put(std::string_view(to_text(frame)));
  }
  out.put<uint64_t>(given_tracks_.size());
  for (const auto& [id, track] : given_tracks_) {
    out.put(id);
    out.put(track.first_frame);
    out.put(track.last_frame);
  }
  if (drift_) {
    drift_->save_state(out);  // the largest, to the end
  }
}

void FrameSteps::load(std::string_view state) {
  ByteReader in(state);
  next_source_ = in.get<int64_t>();
  pushed_ = in.get<int64_t>();
  settled_ = pushed_;
  in.get(segmenter_state_);
  const auto tracker_state = in.get<std::string_view>();
  clock_.load_state(in.get<std::string>());
  if (segmenter_) {
    segmenter_->load_state(segmenter_state_);
  }
  if (tracker_) {
    tracker_->load_state(tracker_state);
  }
  const uint64_t frames = in.get_count(8);
  for (uint64_t i = 0; i < frames; ++i) {
    waiting_.push_back(waiting_of(in.get<std::string>()));
  }
  const uint64_t tracks = in.get_count(20);
  for (uint64_t i = 0; i < tracks; ++i) {
    const auto id = in.get<int32_t>();
    Track& track = given_tracks_[id];
    track.id = id;
    track.source = source_;
    track.first_frame = in.get<int64_t>();
    track.last_frame = in.get<int64_t>();
  }
  if (drift_) {
    drift_->load_state(in.take_rest());
  }
  in.expect_end();
}

}  // namespace mote::pipeline
