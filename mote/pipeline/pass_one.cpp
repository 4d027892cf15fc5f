#include "mote/pipeline/pass_one.h"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <xxhash.h>

#include "mote/core/bytes.h"
#include "mote/imaging/regions.h"
#include "mote/measure/instance.h"
#include "mote/pipeline/drift_file.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/journal.h"
#include "mote/pipeline/journal_end.h"
#include "mote/pipeline/timing.h"
#include "mote/segment/segmenter.h"

namespace mote::pipeline {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;
using ImagePtr = std::shared_ptr<const Grid<float>>;

constexpr auto kProgressEvery = std::chrono::milliseconds(200);
constexpr uint32_t kCheckpointVersion = 1;

// A frame on its way to the tracker.
struct Task {
  int64_t source_index = 0;
  std::string bad;  // why it is left out; empty for a good frame
  std::optional<double> time_s;
  std::map<std::string, double> values;
  ImagePtr image;
  std::unique_ptr<segment::Prepared> prepared;
  Segmentation segmentation;
  LabelImage given;  // kMeasure: the labels as they came
  std::unique_ptr<track::DriftPrepared> drift;
  std::optional<std::string> segmenter_state;  // where a checkpoint is due after this frame
};

// What is kept of a frame until the tracker hands it back.
struct Waiting {
  int64_t source_index = 0;
  std::optional<double> time_s;
  std::map<std::string, double> values;
  std::vector<std::string> warnings;
  ImagePtr image;  // none after resuming: it is read again
};

// What one step of the tracker gives to the journal.
struct Batch {
  std::vector<std::pair<Waiting, track::TrackedFrame>> frames;
  std::vector<std::string> encoded;
  track::TrackerOutput changes;  // without frames
  std::string bad_frame;         // JSON, or empty
  std::optional<std::string> checkpoint;
  int64_t done = 0;
};

std::string to_text(const Waiting& waiting) {
  JournalFrame frame{.source_index = waiting.source_index,
                     .time_s = waiting.time_s,
                     .values = waiting.values,
                     .warnings = waiting.warnings};
  return encode(frame);
}

Waiting waiting_of(const std::string& text) {
  JournalFrame frame = decode_frame(text);
  return {.source_index = frame.source_index,
          .time_s = frame.time_s,
          .values = std::move(frame.values),
          .warnings = std::move(frame.warnings),
          .image = nullptr};
}

BinaryImage particles_of(const LabelImage& labels) {
  BinaryImage mask(labels.size());
  for (size_t i = 0; i < mask.values().size(); ++i) {
    mask.values()[i] = labels.values()[i] != 0 ? 1 : 0;
  }
  return mask;
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
  for (size_t i = 0; i < given.values().size(); ++i) {
    if (given.values()[i] != 0) {
      given_of.emplace(segmentation.labels.values()[i], given.values()[i]);
    }
  }
  track::TrackedFrame frame{.labels = std::move(given)};
  for (const Region& region : segmentation.regions) {
    const int32_t label = given_of.at(region.label);
    frame.instances.push_back({.label = label, .cluster = region.cluster, .tracks = {label}});
  }
  return frame;
}

}  // namespace

struct PassOne::Impl {
  const Job& job;
  Recording& recording;
  LabelInput* labels;
  int64_t checkpoint_due_ms;

  std::unique_ptr<segment::Segmenter> segmenter;  // none where labels are given
  std::unique_ptr<track::DriftEstimator> drift;   // none where drift is off or from a file
  std::vector<track::DriftRow> given_drift;       // --drift-from FILE
  std::unique_ptr<track::Tracker> tracker;        // kTrack only

  // The state of the serial steps.
  int64_t next_source = 0;  // next frame of the recording to be read
  int64_t fed = 0;          // next frame of the recording that the tracker step will meet
  int64_t pushed = 0;       // good frames so far
  std::deque<Waiting> waiting;
  std::map<int32_t, Track> given_tracks;  // kMeasure

  Impl(const Job& j, Recording& r, LabelInput* l)
      : job(j), recording(r), labels(l), checkpoint_due_ms(j.checkpoint_ms) {
    const Size field = recording.info().size;
    if (labels == nullptr) {
      segmenter = segment::make_threshold_segmenter(job.threshold);
    }
    if (job.command == Command::kTrack) {
      const TimeScale scale = time_scale(recording);
      track::OverlapOptions overlap = job.overlap;
      overlap.max_gap = tracker_time("--max-gap", job.max_gap, scale);
      overlap.confirm = tracker_time("--confirm", job.confirm, scale);
      tracker = track::make_overlap_tracker(overlap, field);
      set_up_drift(field);
    }
  }

  void set_up_drift(Size field) {
    if (job.drift_from == "none" || recording.info().frames < 2) {
      return;
    }
    track::DriftOptions options = job.drift;
    if (job.drift_from == "support") {
      options.from = track::DriftFrom::kSupport;
    } else if (job.drift_from == "all") {
      options.from = track::DriftFrom::kAll;
    } else if (job.drift_from == "particles") {
      options.from = track::DriftFrom::kParticles;
    } else {
      given_drift = read_drift_file(job.drift_from, recording.info().frames);
      return;
    }
    drift = track::make_drift_estimator(options, field);
  }

  // ---- the steps of one frame, in order ----

  std::shared_ptr<Task> read(int64_t index) {
    auto task = std::make_shared<Task>();
    task->source_index = index;
    try {
      Frame frame = recording.read(index);
      task->time_s = frame.time_s;
      task->values = std::move(frame.values);
      task->image = std::make_shared<const Grid<float>>(to_float32(frame.image));
      if (segmenter) {
        task->prepared = segmenter->prepare(input_of(*task));
      }
    } catch (const Error& error) {
      if (!job.recording.skip_bad_frames || error.kind() != ErrorKind::kBadFile) {
        throw;
      }
      task->bad = error.what();
    }
    return task;
  }

  segment::SegmenterInput input_of(const Task& task) const {
    static const BinaryImage kNone;
    const BinaryImage& excluded = recording.excluded();
    const bool fits = excluded.size() == task.image->size();
    return {*task.image, fits ? excluded : kNone};
  }

  void settle(Task& task, bool checkpoint_due) {
    if (task.bad.empty() && segmenter) {
      segmenter->settle(*task.prepared);
    }
    if (checkpoint_due) {
      task.segmenter_state = segmenter ? segmenter->save_state() : std::string();
    }
  }

  void segment(Task& task) {
    if (!task.bad.empty()) {
      return;
    }
    if (labels != nullptr) {
      LabelImage given = labels->read(task.source_index, task.image->size());
      task.segmentation = imaging::segmentation_of(given);
      task.given = std::move(given);
    } else {
      task.segmentation = segmenter->segment(input_of(task), *task.prepared);
      task.prepared.reset();
    }
    if (drift) {
      task.drift = drift->prepare(*task.image, particles_of(task.segmentation.labels));
    }
  }

  Batch follow(Task& task) {
    Batch batch;
    fed = task.source_index + 1;
    batch.done = fed;
    if (!task.bad.empty()) {
      batch.bad_frame = Json{
          {"source_index", task.source_index},
          {"recorded_frame", recording.recorded_index(task.source_index)},
          {"reason",
           task.bad}}.dump();
    } else {
      push(task, batch);
    }
    if (task.segmenter_state) {
      batch.checkpoint = save(*task.segmenter_state);
    }
    return batch;
  }

  void push(Task& task, Batch& batch) {
    const int64_t index = pushed++;
    for (auto& [key, value] : task.segmentation.values) {
      task.values[key] = value;
    }
    Waiting frame{.source_index = task.source_index,
                  .time_s = task.time_s,
                  .values = std::move(task.values),
                  .warnings = std::move(task.segmentation.warnings),
                  .image = task.image};
    if (job.command == Command::kTrack) {
      waiting.push_back(std::move(frame));
      Point shift;
      if (drift) {
        shift = drift->push(index, std::move(task.drift)).shift;
      } else if (!given_drift.empty()) {
        shift = given_drift[static_cast<size_t>(task.source_index)].shift;
      }
      const track::TrackerFrame input{
          .index = index,
          .time = task.time_s.value_or(static_cast<double>(task.source_index)),
          .image = *task.image,
          .drift = shift};
      take(tracker->push(input, [&]() -> const Segmentation& { return task.segmentation; }), batch);
      return;
    }
    track::TrackedFrame tracked =
        job.command == Command::kMeasure
            ? as_given(task.segmentation, std::move(task.given))
            : untracked(imaging::join_necks(std::move(task.segmentation), job.still_join_ratio));
    tracked.index = index;
    for (const track::TrackedInstance& instance : tracked.instances) {
      for (const int32_t id : instance.tracks) {
        Track& track =
            given_tracks.try_emplace(id, Track{.id = id, .first_frame = index}).first->second;
        track.last_frame = index;
      }
    }
    batch.frames.emplace_back(std::move(frame), std::move(tracked));
  }

  // Puts what the tracker handed back into the batch, each frame with what waited for it.
  void take(track::TrackerOutput output, Batch& batch) {
    for (track::TrackedFrame& frame : output.frames) {
      batch.frames.emplace_back(std::move(waiting.front()), std::move(frame));
      waiting.pop_front();
    }
    output.frames.clear();
    batch.changes = std::move(output);
  }

  void measure(Batch& batch) {
    for (auto& [frame, tracked] : batch.frames) {
      if (!frame.image) {
        frame.image = std::make_shared<const Grid<float>>(
            to_float32(recording.read(frame.source_index).image));
      }
      batch.encoded.push_back(encode(measured(frame, tracked)));
    }
    batch.frames.clear();
  }

  JournalFrame measured(const Waiting& frame, const track::TrackedFrame& tracked) const {
    measure::InstanceMeasureOptions options;
    if (const auto& pixel = recording.info().pixel_size) {
      options.y_over_x = pixel->y_nm / pixel->x_nm;
    }
    const std::vector<measure::InstanceMeasures> measures =
        measure::measure_instances(*frame.image, tracked.labels, tracked.coverage, options);
    std::map<int32_t, Mask> masks = masks_of(tracked.labels);
    JournalFrame out{.index = tracked.index,
                     .source_index = frame.source_index,
                     .time_s = frame.time_s,
                     .size = tracked.labels.size(),
                     .values = frame.values,
                     .warnings = frame.warnings};
    size_t k = 0;
    for (const track::TrackedInstance& instance : tracked.instances) {
      while (k < measures.size() && measures[k].label < instance.label) {
        ++k;
      }
      assert(k < measures.size() && measures[k].label == instance.label);
      out.instances.push_back({.cluster = instance.cluster,
                               .tracks = instance.tracks,
                               .measures = measures[k],
                               .mask = std::move(masks[instance.label])});
    }
    return out;
  }

  void append(JournalWriter& journal, Batch& batch, const OutputFolder& folder) const {
    if (!batch.bad_frame.empty()) {
      journal.append(RecordType::kBadFrame, batch.bad_frame);
    }
    for (const std::string& frame : batch.encoded) {
      journal.append(RecordType::kFrame, frame);
    }
    const track::TrackerOutput& changes = batch.changes;
    if (!changes.tracks.empty() || !changes.events.empty() || !changes.reassignments.empty()) {
      journal.append(RecordType::kChanges, encode_changes(changes));
    }
    if (batch.checkpoint) {
      write_checkpoint(journal, *batch.checkpoint, folder);
    }
  }

  // ---- checkpoints ----

  void write_checkpoint(JournalWriter& journal, const std::string& state,
                        const OutputFolder& folder) const {
    journal.sync();
    ByteWriter out;
    out.put(kCheckpointVersion);
    out.put(journal.bytes());
    out.put<uint64_t>(XXH3_64bits(state.data(), state.size()));
    out.put(std::string_view(state));
    write_file(folder.checkpoint(), out.take());
  }

  std::string save(const std::string& segmenter_state) const {
    ByteWriter out;
    out.put(fed);
    out.put(pushed);
    out.put(std::string_view(segmenter_state));
    out.put(std::string_view(drift ? drift->save_state() : std::string()));
    out.put(std::string_view(tracker ? tracker->save_state() : std::string()));
    out.put<uint64_t>(waiting.size());
    for (const Waiting& frame : waiting) {
      out.put(std::string_view(to_text(frame)));
    }
    out.put<uint64_t>(given_tracks.size());
    for (const auto& [id, track] : given_tracks) {
      out.put(id);
      out.put(track.first_frame);
      out.put(track.last_frame);
    }
    return out.take();
  }

  // Restores the last checkpoint; gives the journal's length at that moment, or 0 where there is
  // none to continue from.
  int64_t restore(const OutputFolder& folder) {
    std::string content;
    try {
      content = read_file(folder.checkpoint());
    } catch (const Error&) {
      return 0;  // killed before the first one: pass 1 starts anew
    }
    ByteReader file(content);
    if (file.get<uint32_t>() != kCheckpointVersion) {
      throw Error(ErrorKind::kBadFile, "{}: checkpoint of another version", folder.checkpoint());
    }
    const auto bytes = file.get<int64_t>();
    const auto hash = file.get<uint64_t>();
    const std::string state = file.get_text();
    if (XXH3_64bits(state.data(), state.size()) != hash) {
      throw Error(ErrorKind::kBadFile, "{}: checkpoint is damaged; start anew with --force",
                  folder.checkpoint());
    }
    ByteReader in(state);
    fed = in.get<int64_t>();
    next_source = fed;
    pushed = in.get<int64_t>();
    const std::string segmenter_state = in.get_text();
    const std::string drift_state = in.get_text();
    const std::string tracker_state = in.get_text();
    if (segmenter) {
      segmenter->load_state(segmenter_state);
    }
    if (drift) {
      drift->load_state(drift_state);
    }
    if (tracker) {
      tracker->load_state(tracker_state);
    }
    const uint64_t frames = in.get_count(8);
    for (uint64_t i = 0; i < frames; ++i) {
      waiting.push_back(waiting_of(in.get_text()));
    }
    const uint64_t tracks = in.get_count(20);
    for (uint64_t i = 0; i < tracks; ++i) {
      const auto id = in.get<int32_t>();
      Track& track = given_tracks[id];
      track.id = id;
      track.first_frame = in.get<int64_t>();
      track.last_frame = in.get<int64_t>();
    }
    return bytes;
  }

  // ---- the whole pass ----

  void stream(JournalWriter& journal, const OutputFolder& folder, const JobContext& context) {
    const int64_t frames = recording.info().frames;
    const size_t threads =
        tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    auto last_progress = Clock::now() - kProgressEvery;
    auto last_checkpoint = Clock::now();
    using Mode = tbb::filter_mode;
    tbb::parallel_pipeline(
        2 * threads + 2,
        tbb::make_filter<void, int64_t>(Mode::serial_in_order,
                                        [&](tbb::flow_control& control) -> int64_t {
                                          if (next_source == frames || context.cancelled()) {
                                            control.stop();
                                            return 0;
                                          }
                                          return next_source++;
                                        }) &
            tbb::make_filter<int64_t, std::shared_ptr<Task>>(
                Mode::parallel, [&](int64_t index) { return read(index); }) &
            tbb::make_filter<std::shared_ptr<Task>, std::shared_ptr<Task>>(
                Mode::serial_in_order,
                [&](std::shared_ptr<Task> task) {
                  const auto now = Clock::now();
                  const bool due =
                      now - last_checkpoint >= std::chrono::milliseconds(checkpoint_due_ms);
                  settle(*task, due);
                  last_checkpoint = due ? now : last_checkpoint;
                  return task;
                }) &
            tbb::make_filter<std::shared_ptr<Task>, std::shared_ptr<Task>>(
                Mode::parallel,
                [&](std::shared_ptr<Task> task) {
                  segment(*task);
                  return task;
                }) &
            tbb::make_filter<std::shared_ptr<Task>, std::shared_ptr<Batch>>(
                Mode::serial_in_order,
                [&](const std::shared_ptr<Task>& task) {
                  return std::make_shared<Batch>(follow(*task));
                }) &
            tbb::make_filter<std::shared_ptr<Batch>, std::shared_ptr<Batch>>(
                Mode::parallel,
                [&](std::shared_ptr<Batch> batch) {
                  measure(*batch);
                  return batch;
                }) &
            tbb::make_filter<std::shared_ptr<Batch>, void>(
                Mode::serial_in_order, [&](const std::shared_ptr<Batch>& batch) {
                  append(journal, *batch, folder);
                  const auto now = Clock::now();
                  if (context.progress &&
                      (now - last_progress >= kProgressEvery || batch->done == frames)) {
                    last_progress = now;
                    context.progress({.stage = stage_name(), .done = batch->done, .total = frames});
                  }
                }));
  }

  std::string stage_name() const {
    switch (job.command) {
      case Command::kSegment: return "segmenting";
      case Command::kTrack: return labels == nullptr ? "segmenting and tracking" : "tracking";
      case Command::kMeasure: return "measuring";
    }
    return "";
  }

  void finish(JournalWriter& journal, const OutputFolder& folder) {
    if (pushed == 0) {
      throw Error(ErrorKind::kBadFile, "no frame could be read");
    }
    Batch batch;
    JournalEnd end;
    if (tracker) {
      take(tracker->finish(), batch);
    }
    for (const auto& [id, track] : given_tracks) {
      batch.changes.tracks.push_back(track);
    }
    measure(batch);
    append(journal, batch, folder);
    if (drift) {
      end.measured = true;
      end.drift = drift->solve();
      end.warnings = drift->warnings();
    } else {
      end.drift = given_drift;
    }
    journal.append(RecordType::kEnd, encode(end));
    journal.sync();
  }
};

PassOne::PassOne(const Job& job, Recording& recording, LabelInput* labels)
    : impl_(std::make_unique<Impl>(job, recording, labels)) {}

PassOne::~PassOne() = default;

void PassOne::run(const Json& header, OutputFolder& folder, const JobContext& context) {
  int64_t keep_bytes = 0;
  if (folder.resuming()) {
    const JournalSummary summary = summarise(folder.journal());
    require_same_run(Json::parse(summary.header), header);
    if (summary.complete) {
      return;
    }
    keep_bytes = impl_->restore(folder);
  }
  JournalWriter journal(folder.journal(), keep_bytes);
  if (keep_bytes == 0) {
    journal.append(RecordType::kHeader, header.dump());
  }
  impl_->stream(journal, folder, context);
  if (context.cancelled() && impl_->fed < impl_->recording.info().frames) {
    const std::string state = impl_->segmenter ? impl_->segmenter->save_state() : std::string();
    impl_->write_checkpoint(journal, impl_->save(state), folder);
    throw Cancelled();
  }
  impl_->finish(journal, folder);
}

}  // namespace mote::pipeline
