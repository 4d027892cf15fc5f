#include "mote/pipeline/pass_one.h"

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include "mote/core/error.h"
#include "mote/pipeline/checkpoint.h"
#include "mote/pipeline/frame_steps.h"
#include "mote/pipeline/journal.h"
#include "mote/pipeline/journal_end.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/told_journal.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;
using TaskPtr = std::shared_ptr<FrameTask>;
using BatchPtr = std::shared_ptr<FrameBatch>;

std::string stage_name(const Job& job) {
  switch (job.command) {
    case Command::kSegment: return "segmenting";
    case Command::kTrack: return job.labels.empty() ? "segmenting and tracking" : "tracking";
    case Command::kMeasure: return "measuring";
  }
  return "";
}

std::unique_ptr<CheckpointWriter> state_of(const FrameSteps& steps,
                                           const std::string& checkpoint_path) {
  auto checkpoint = std::make_unique<CheckpointWriter>(checkpoint_path, steps.next_source());
  ByteWriter out([&](std::string_view bytes) { checkpoint->write(bytes); });
  steps.save(out);
  out.flush();
  return checkpoint;
}

void append(JournalWriter& journal, const FrameBatch& batch) {
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
    journal.sync();
    batch.checkpoint->publish(journal.bytes());
  }
}

// Tells how far frames have come that pass the steps side by side.
class StreamProgress {
 public:
  // `context` is referred to.
  StreamProgress(const JobContext& context, std::string stage, int64_t done, int64_t total)
      : context_(context), event_{.stage = std::move(stage), .done = done, .total = total} {}

  // `share` of one frame is done. Throws Cancelled.
  void part(int64_t frame, double share) {
    if (context_.cancelled()) {
      throw Cancelled();
    }
    const std::lock_guard lock(mutex_);
    shares_[frame] = share;
    tell();
  }

  // `frames` of all are done.
  void done(int64_t frames) {
    const std::lock_guard lock(mutex_);
    event_.done = frames;
    shares_.erase(shares_.begin(), shares_.lower_bound(frames));
    tell();
  }

 private:
  void tell() {
    if (context_.progress && (often_.due() || event_.done == event_.total)) {
      event_.under_way = 0;
      for (const auto& [frame, share] : shares_) {
        event_.under_way += share;
      }
      context_.progress(event_);
    }
  }

  const JobContext& context_;
  std::mutex mutex_;
  ProgressEvent event_;
  std::map<int64_t, double> shares_;  // of frames that are not done
  Every often_{kProgressEvery, true};
};

// Feeds the frames that are left through the steps, many in flight at once. Once the job is
// cancelled, no frame is followed any more: what was followed before can be continued from.
void stream(FrameSteps& steps, const Job& job, int64_t frames, JournalWriter& journal,
            const std::string& checkpoint_path, const JobContext& context) {
  const size_t threads =
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  int64_t next = steps.next_source();
  StreamProgress progress(context, stage_name(job), next, frames);
  Every checkpoint(std::chrono::milliseconds(job.checkpoint_ms), false);
  const auto next_frame = [&](tbb::flow_control& control) -> int64_t {
    if (next == frames || context.cancelled()) {
      control.stop();
      return 0;
    }
    return next++;
  };
  const auto settle = [&](TaskPtr task) {
    steps.settle(*task);
    task->checkpoint_due = checkpoint.due();
    return task;
  };
  const auto segment = [&](TaskPtr task) {
    try {
      steps.segment(*task, [&](double share) { progress.part(task->source_index, share); });
    } catch (const Cancelled&) {  // as `follow` will see
    }
    return task;
  };
  const auto follow = [&](const TaskPtr& task) -> BatchPtr {
    if (context.cancelled()) {
      return nullptr;
    }
    auto batch = std::make_shared<FrameBatch>(steps.follow(*task));
    if (task->checkpoint_due) {
      batch->checkpoint = state_of(steps, checkpoint_path);
    }
    return batch;
  };
  const auto measure = [&](BatchPtr batch) {
    if (batch) {
      steps.measure(*batch);
    }
    return batch;
  };
  const auto record = [&](const BatchPtr& batch) {
    if (batch) {
      append(journal, *batch);
      progress.done(batch->done);
    }
  };
  using Mode = tbb::filter_mode;
  tbb::parallel_pipeline(2 * threads + 2,
                         tbb::make_filter<void, int64_t>(Mode::serial_in_order, next_frame) &
                             tbb::make_filter<int64_t, TaskPtr>(
                                 Mode::parallel, [&](int64_t index) { return steps.read(index); }) &
                             tbb::make_filter<TaskPtr, TaskPtr>(Mode::serial_in_order, settle) &
                             tbb::make_filter<TaskPtr, TaskPtr>(Mode::parallel, segment) &
                             tbb::make_filter<TaskPtr, BatchPtr>(Mode::serial_in_order, follow) &
                             tbb::make_filter<BatchPtr, BatchPtr>(Mode::parallel, measure) &
                             tbb::make_filter<BatchPtr, void>(Mode::serial_in_order, record));
}

}  // namespace

struct PassOne::Impl {
  const Job& job;
  const Recording& recording;
  int64_t frames;
  /// The numbers in the label images are tracks, whose events are asked for.
  bool tracks_are_given;
  FrameSteps steps;

  Impl(const Job& j, Recording& r, LabelInput* labels)
      : job(j),
        recording(r),
        frames(r.info().frames),
        tracks_are_given(j.command == Command::kMeasure && !labels->masks()),
        steps(j, r, labels) {}

  void tell_events(const std::vector<Track>& tracks, const std::string& path,
                   JournalWriter& journal) const {
    std::set<int32_t> all;
    for (const Track& track : tracks) {
      all.insert(track.id);
    }
    journal.sync();
    track::TrackerOutput changes;
    changes.events =
        told_by_journal(path, job, recording, tracks, all, [](int64_t) { return Point{}; });
    for (Event& event : changes.events) {
      event.source = Source::kImported;
    }
    journal.append(RecordType::kChanges, encode_changes(changes));
  }
};

PassOne::PassOne(const Job& job, Recording& recording, LabelInput* labels)
    : impl_(std::make_unique<Impl>(job, recording, labels)) {}

PassOne::~PassOne() = default;

void PassOne::run(const Json& header, OutputFolder& folder, const JobContext& context) {
  FrameSteps& steps = impl_->steps;
  int64_t keep_bytes = 0;
  if (folder.resuming()) {
    const JournalSummary summary = summarise(folder.journal());
    if (!summary.header.empty()) {
      require_same_run(Json::parse(summary.header), Json::parse(json_text(header)));
    }
    if (summary.complete) {
      return;
    }
    // Where a kill came before the first checkpoint, pass 1 starts anew.
    if (const auto checkpoint = read_checkpoint(folder.checkpoint())) {
      if (checkpoint->journal_bytes > summary.bytes) {
        throw Error(ErrorKind::kBadFile, "{}: is damaged; start anew with --force",
                    folder.journal());
      }
      steps.load(checkpoint->state);
      keep_bytes = checkpoint->journal_bytes;
    }
  }
  if (keep_bytes == 0) {
    keep_bytes = begin_journal(folder.journal(), json_text(header));
  }
  JournalWriter journal(folder.journal(), keep_bytes);
  stream(steps, impl_->job, impl_->frames, journal, folder.checkpoint(), context);
  if (steps.next_source() < impl_->frames) {
    journal.sync();
    state_of(steps, folder.checkpoint())->publish(journal.bytes());
    throw Cancelled();
  }
  if (steps.pushed() == 0) {
    throw Error(ErrorKind::kBadFile, "no frame could be read");
  }
  FrameBatch last = steps.finish();
  steps.measure(last);
  append(journal, last);
  if (impl_->tracks_are_given) {
    impl_->tell_events(last.changes.tracks, folder.journal(), journal);
  }
  journal.append(RecordType::kEnd, encode(steps.end()));
  journal.sync();
}

}  // namespace mote::pipeline
