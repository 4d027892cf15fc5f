#include "mote/pipeline/pass_two.h"

#include <algorithm>
#include <cmath>

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include "mote/measure/frame.h"
#include "mote/pipeline/first_reading.h"
#include "mote/pipeline/journal.h"
#include "mote/pipeline/memory.h"

namespace mote::pipeline {
namespace {

// A frame on its way through the sinks.
struct Task {
  std::string encoded;
  FinalFrame frame;
  std::vector<std::unique_ptr<Sink::Rendered>> rendered;
};

}  // namespace

struct PassTwo::Impl {
  const Job& job;
  Recording& recording;
  std::string journal;
  FirstReading known;

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

  // With final ids. A neck of two that turned out not to be two tracks, or more, tells nothing.
  std::vector<measure::NeckSample> necks_of(const JournalFrame& frame) const {
    std::vector<measure::NeckSample> necks;
    for (const track::TrackedNeck& neck : frame.necks) {
      const std::vector<int32_t> a = known.lineage.final_tracks(frame.index, {neck.a});
      const std::vector<int32_t> b = known.lineage.final_tracks(frame.index, {neck.b});
      if (a.size() != 1 || b.size() != 1) {
        continue;
      }
      measure::NeckSample sample{.a = a.front(),
                                 .b = b.front(),
                                 .ratio = neck.ratio,
                                 .width_px = neck.width_px,
                                 .apart = neck.apart};
      if (neck.excess.expected > 0) {
        sample.excess = neck.excess.share();
        sample.excess_error = neck.excess.error();
      }
      necks.push_back(sample);
    }
    return necks;
  }

  void decode(Task& task) const {
    const RunSummary& summary = known.summary;
    const JournalFrame journal_frame = decode_frame(task.encoded);
    task.encoded.clear();
    FinalFrame& frame = task.frame;
    frame.info = frame_info(journal_frame, recording, known.drift_at(journal_frame.index));
    frame.source_index = journal_frame.source_index;
    frame.labels = LabelImage(journal_frame.size);
    std::vector<const Mask*> masks;
    for (const JournalInstance& instance : journal_frame.instances) {
      std::vector<int32_t> tracks = instance.tracks;
      if (job.command != Command::kSegment) {
        tracks = known.lineage.final_tracks(journal_frame.index, tracks);
      }
      measure::InstanceMeasures measures = told_measures(instance.measures, summary);
      if (!tracks.empty()) {
        measures.label = tracks.front();
      }
      paint(frame.labels, instance.mask, measures.label);
      frame.particles.push_back(measure::particle_row(frame.info, measures, std::move(tracks),
                                                      instance.cluster, journal_frame.size));
      frame.particles.back().source = instance.source;
    }
    std::stable_sort(frame.particles.begin(), frame.particles.end(),
                     [](const measure::ParticleRow& a, const measure::ParticleRow& b) {
                       return a.measures.label < b.measures.label;
                     });
    frame.necks = necks_of(journal_frame);
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
    : impl_(new Impl{job, recording, std::move(journal), {}}) {
  impl_->known = read_whole(job, recording, impl_->journal);
}

PassTwo::~PassTwo() = default;

const RunSummary& PassTwo::summary() const {
  return impl_->known.summary;
}

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
                                           impl.decode(*task);
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
    if (context.progress && (progress.due() || done == impl.known.summary.frames)) {
      context.progress({.stage = "writing", .done = done, .total = impl.known.summary.frames});
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
