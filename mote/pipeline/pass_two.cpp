#include "mote/pipeline/pass_two.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <nlohmann/json.hpp>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include "mote/core/error.h"
#include "mote/measure/frame.h"
#include "mote/pipeline/journal.h"
#include "mote/pipeline/journal_end.h"
#include "mote/pipeline/memory.h"
#include "mote/pipeline/sinks.h"
#include "mote/pipeline/timing.h"

namespace mote::pipeline {
namespace {

constexpr size_t kMostFrameWarnings = 20;

// A frame on its way through the sinks.
struct Task {
  std::string encoded;
  FinalFrame frame;
  std::vector<std::unique_ptr<Sink::Rendered>> rendered;
};

// Frame warnings, counted by their text.
class FrameWarnings {
 public:
  void add(const std::vector<std::string>& warnings, int64_t recorded_frame) {
    for (const std::string& warning : warnings) {
      const auto found = std::find_if(list_.begin(), list_.end(),
                                      [&](const Told& told) { return told.text == warning; });
      if (found != list_.end()) {
        ++found->frames;
      } else if (list_.size() < kMostFrameWarnings) {
        list_.push_back({warning, recorded_frame, 1});
      } else {
        ++others_;
      }
    }
  }

  /// `stills`: the names of recorded frames, where they have any.
  void tell(const std::vector<std::string>& stills, std::vector<std::string>& out) const {
    for (const Told& told : list_) {
      const std::string first = stills.empty() ? fmt::format("frame {}", told.first)
                                               : stills.at(static_cast<size_t>(told.first));
      out.push_back(told.frames == 1
                        ? fmt::format("{}: {}", first, told.text)
                        : fmt::format("{} frames, first {}: {}", told.frames, first, told.text));
    }
    if (others_ > 0) {
      out.push_back(fmt::format("{} more warnings about single frames", others_));
    }
  }

 private:
  struct Told {
    std::string text;
    int64_t first = 0;
    int64_t frames = 0;
  };
  std::vector<Told> list_;
  int64_t others_ = 0;
};

}  // namespace

struct PassTwo::Impl {
  const Job& job;
  Recording& recording;
  std::string journal;
  track::LineageBuilder lineage;
  std::vector<Point> drift;  // by frame; empty where there is none

  Point drift_at(int64_t index) const {
    return drift.empty() ? Point{} : drift[static_cast<size_t>(index)];
  }

  // ---- the first reading: what holds for the whole recording ----

  void summarise(RunSummary& summary) {
    std::set<std::string> value_names;
    FrameWarnings frame_warnings;
    std::vector<std::string> bad_frames;
    std::vector<measure::FrameInfo> infos;
    std::vector<int64_t> source_of;
    std::vector<FrameStamp> stamps;
    std::vector<Track> given;
    measure::SizeSample sizes;
    Point farthest;  // that an instance reaches from its centroid
    JournalEnd end;
    bool ended = false;
    JournalReader reader(journal);
    while (const auto record = reader.next()) {
      switch (record->type) {
        case RecordType::kHeader: break;
        case RecordType::kFrame: {
          const JournalFrame frame = decode_frame(record->payload);
          if (summary.frames == 0) {
            summary.field = frame.size;
            if (const auto sigma = frame.values.find("sigma_px"); sigma != frame.values.end()) {
              summary.sigma_px = sigma->second;
            }
          }
          // Frames of a recording show the same particles: the one with most of them counts.
          measure::SizeSample of_frame =
              job.command == Command::kSegment ? sizes : measure::SizeSample();
          for (const JournalInstance& instance : frame.instances) {
            const Point reach = measure::reach_px(instance.measures);
            farthest.y_px = std::max(farthest.y_px, reach.y_px);
            farthest.x_px = std::max(farthest.x_px, reach.x_px);
            of_frame.add(measure::particle_row(info_of(frame), instance.measures, instance.tracks,
                                               instance.cluster, frame.size));
          }
          if (of_frame.count() > sizes.count()) {
            sizes = of_frame;
          }
          summary.one_size = summary.one_size && frame.size == summary.field;
          for (const auto& [name, unused] : frame.values) {
            value_names.insert(name);
          }
          frame_warnings.add(frame.warnings, recording.recorded_index(frame.source_index));
          summary.instances += static_cast<int64_t>(frame.instances.size());
          ++summary.frames;
          if (recording.stamped() && job.command != Command::kSegment) {
            stamps.push_back({.source_index = frame.source_index,
                              .recorded_frame = recording.recorded_index(frame.source_index),
                              .time_s = frame.time_s});
          }
          if (job.command == Command::kTrack) {
            infos.push_back(info_of(frame));
            source_of.push_back(frame.source_index);
          }
          break;
        }
        case RecordType::kChanges: {
          const track::TrackerOutput changes = decode_changes(record->payload);
          if (job.command == Command::kTrack) {
            lineage.add(changes);
          } else {
            given.insert(given.end(), changes.tracks.begin(), changes.tracks.end());
          }
          break;
        }
        case RecordType::kBadFrame: {
          const auto bad = nlohmann::json::parse(record->payload);
          summary.bad_sources.push_back(bad.at("source_index").get<int64_t>());
          if (bad_frames.size() < kMostFrameWarnings) {
            bad_frames.push_back(fmt::format("left out: {}", bad.at("reason").get<std::string>()));
          }
          break;
        }
        case RecordType::kEnd:
          end = decode_end(record->payload);
          ended = true;
          break;
      }
    }
    if (!ended) {
      throw Error(ErrorKind::kBadFile, "{}: is damaged; start anew with --force", journal);
    }
    summary.lineage = job.command == Command::kTrack ? lineage.build() : Lineage{.tracks = given};
    check(summary.lineage);
    summary.value_names.assign(value_names.begin(), value_names.end());
    std::set<std::string> evidence;
    for (const Event& event : summary.lineage.events) {
      for (const auto& [name, unused] : event.evidence) {
        evidence.insert(name);
      }
    }
    summary.evidence_names.assign(evidence.begin(), evidence.end());
    take_drift(end, infos, source_of, summary);
    summary.common_window = measure::common_window(drift, summary.field, farthest);
    summary.warnings = bad_frames;
    if (const size_t more = summary.bad_sources.size() - bad_frames.size(); more > 0) {
      summary.warnings.push_back(
          fmt::format("{} more frames are left out: run.json lists them all", more));
    }
    summary.warnings.insert(summary.warnings.end(), end.warnings.begin(), end.warnings.end());
    for (const std::string& warning : stamp_warnings(stamps)) {
      summary.warnings.push_back(warning);
    }
    const bool stills = job.command == Command::kSegment;
    frame_warnings.tell(stills ? FrameNames(recording).stills() : std::vector<std::string>{},
                        summary.warnings);
    for (const std::string& warning : sizes.warnings()) {
      summary.warnings.push_back(warning);
    }
  }

  void take_drift(const JournalEnd& end, std::vector<measure::FrameInfo>& infos,
                  const std::vector<int64_t>& source_of, RunSummary& summary) {
    if (end.drift.empty()) {
      return;
    }
    // A file may count from anywhere; drift here is since the first frame that was used.
    Point origin;
    if (!end.measured && !source_of.empty()) {
      origin = end.drift.at(static_cast<size_t>(source_of[0])).shift;
    }
    for (size_t i = 0; i < infos.size(); ++i) {
      const size_t row_index = end.measured ? i : static_cast<size_t>(source_of[i]);
      const track::DriftRow& row = end.drift.at(row_index);
      const Point shift{row.shift.y_px - origin.y_px, row.shift.x_px - origin.x_px};
      drift.push_back(shift);
      infos[i].drift = shift;
      measure::DriftTableRow& out = summary.drift.emplace_back();
      out.info = std::move(infos[i]);
      if (end.measured) {
        out.peak_ratio = row.peak_ratio;
        out.residual_px = row.residual_px;
      }
      out.ok = row.ok;
      out.jump = row.jump;
      out.blurred = row.blurred;
    }
  }

  measure::FrameInfo info_of(const JournalFrame& frame) const {
    return {.frame = frame.index,
            .recorded_frame = recording.recorded_index(frame.source_index),
            .time_s = frame.time_s,
            .pixel_size = recording.info().pixel_size,
            .drift = drift_at(frame.index)};
  }

  // ---- the second reading ----

  // Pixels within `box` that are no specimen in any frame.
  int64_t excluded_in(const Box& box) const {
    const BinaryImage& excluded = recording.excluded();
    int64_t count = 0;
    for (int64_t y = std::max<int64_t>(0, box.y); y < std::min(box.y_end(), excluded.height());
         ++y) {
      const auto row = excluded.row(y);
      for (int64_t x = std::max<int64_t>(0, box.x); x < std::min(box.x_end(), excluded.width());
           ++x) {
        count += row[x] != 0 ? 1 : 0;
      }
    }
    return count;
  }

  // Those within the common window as a frame of drift `shift` sees it.
  int64_t excluded_in_window(const std::optional<Box>& window, Point shift) const {
    if (!window) {
      return 0;
    }
    return excluded_in({.y = window->y + std::llround(shift.y_px),
                        .x = window->x + std::llround(shift.x_px),
                        .height = window->height,
                        .width = window->width});
  }

  void decode(Task& task, const RunSummary& summary) const {
    const JournalFrame journal_frame = decode_frame(task.encoded);
    task.encoded.clear();
    FinalFrame& frame = task.frame;
    frame.info = info_of(journal_frame);
    frame.source_index = journal_frame.source_index;
    frame.labels = LabelImage(journal_frame.size);
    std::vector<const Mask*> masks;
    for (const JournalInstance& instance : journal_frame.instances) {
      std::vector<int32_t> tracks = instance.tracks;
      if (job.command == Command::kTrack) {
        tracks = lineage.final_tracks(journal_frame.index, tracks);
      }
      measure::InstanceMeasures measures = instance.measures;
      if (!tracks.empty()) {
        measures.label = tracks.front();
      }
      paint(frame.labels, instance.mask, measures.label);
      frame.particles.push_back(measure::particle_row(frame.info, measures, std::move(tracks),
                                                      instance.cluster, journal_frame.size));
    }
    std::stable_sort(frame.particles.begin(), frame.particles.end(),
                     [](const measure::ParticleRow& a, const measure::ParticleRow& b) {
                       return a.measures.label < b.measures.label;
                     });
    frame.row = measure::frame_row(
        frame.info, frame.particles, journal_frame.size,
        {.seed = static_cast<uint64_t>(job.seed),
         .excluded_px = journal_frame.excluded_px,
         .common_window = summary.common_window,
         .window_excluded_px = excluded_in_window(summary.common_window, frame.info.drift)});
    frame.row.values = journal_frame.values;
    frame.row.warnings = static_cast<int64_t>(journal_frame.warnings.size());
    frame.image = [this, index = frame.source_index,
                   image = std::make_shared<Grid<float>>()]() -> const Grid<float>& {
      if (image->empty()) {
        *image = to_float32(recording.read(index).image);
      }
      return *image;
    };
  }
};

PassTwo::PassTwo(const Job& job, Recording& recording, std::string journal)
    : impl_(new Impl{job, recording, std::move(journal), {}, {}}) {
  impl_->summarise(summary_);
}

PassTwo::~PassTwo() = default;

void PassTwo::run(const std::vector<std::unique_ptr<Sink>>& sinks, const JobContext& context) {
  const Impl& impl = *impl_;
  JournalReader reader(impl.journal);
  report::Trails trails;
  Every progress(kProgressEvery, true);
  int64_t done = 0;
  const size_t threads =
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  using Mode = tbb::filter_mode;
  using TaskPtr = std::shared_ptr<Task>;
  const auto next_record = [&](tbb::flow_control& control) -> TaskPtr {
    while (auto record = context.cancelled() ? std::nullopt : reader.next()) {
      if (record->type == RecordType::kFrame) {
        auto task = std::make_shared<Task>();
        task->encoded = std::move(record->payload);
        return task;
      }
    }
    control.stop();
    return nullptr;
  };
  const auto follow_trails = [&](TaskPtr task) {
    FinalFrame& frame = task->frame;
    std::vector<report::OverlayInstance> instances;
    for (const measure::ParticleRow& particle : frame.particles) {
      instances.push_back({.label = particle.measures.label,
                           .tracks = particle.tracks,
                           .centroid = particle.measures.centroid});
    }
    trails.push(frame.info.frame, instances, frame.info.drift);
    frame.trails = trails.now();
    return task;
  };
  const auto render = [&](TaskPtr task) {
    for (const auto& sink : sinks) {
      task->rendered.push_back(sink->render(task->frame));
    }
    return task;
  };
  tbb::filter<void, TaskPtr> steps =
      tbb::make_filter<void, TaskPtr>(Mode::serial_in_order, next_record) &
      tbb::make_filter<TaskPtr, TaskPtr>(Mode::parallel,
                                         [&](TaskPtr task) {
                                           impl.decode(*task, summary_);
                                           return task;
                                         }) &
      tbb::make_filter<TaskPtr, TaskPtr>(Mode::serial_in_order, follow_trails) &
      tbb::make_filter<TaskPtr, TaskPtr>(Mode::parallel, render);
  // A step for each sink: while one encodes video, another packs the label images of later frames.
  for (size_t i = 0; i < sinks.size(); ++i) {
    steps = steps & tbb::make_filter<TaskPtr, TaskPtr>(
                        Mode::serial_in_order, [sink = sinks[i].get(), i](TaskPtr task) {
                          sink->write(task->frame, std::move(task->rendered[i]));
                          return task;
                        });
  }
  const auto tell = [&](const TaskPtr&) {
    ++done;
    if (context.progress && (progress.due() || done == summary_.frames)) {
      context.progress({.stage = "writing", .done = done, .total = summary_.frames});
    }
  };
  tbb::parallel_pipeline(2 * threads + 2,
                         steps & tbb::make_filter<TaskPtr, void>(Mode::serial_in_order, tell));
  if (context.cancelled()) {
    throw Cancelled();
  }
  give_back_memory();
  for (const auto& sink : sinks) {
    sink->finish();
  }
}

}  // namespace mote::pipeline
