#include "mote/pipeline/export_source.h"

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/run_tracks.h"

namespace mote::pipeline {

ExportSource::ExportSource(const std::string& run, const JobContext& context)
    : run_(run),
      graph_(tracks_of_run(run)),
      tracked_(has_tracks(run)),
      progress_(context, "writing", graph_.frames) {}

LabelInput& ExportSource::labels() {
  if (!labels_) {
    // Stills of several sizes have a file each.
    const std::string folder = run_ + "/labels";
    const bool single = exists(run_ + "/labels.tif");
    if (!single && !exists(folder)) {
      throw Error(ErrorKind::kNotFound, "{}: is not there: the run's masks are needed",
                  run_ + "/labels.tif");
    }
    labels_.emplace(single ? run_ : folder);
    if (labels_->info().frames != graph_.frames) {
      throw Error(ErrorKind::kBadFile, "{}: {} label images, but the run has {} frames", run_,
                  labels_->info().frames, graph_.frames);
    }
  }
  return *labels_;
}

LabelImage ExportSource::labels_of(int64_t frame) {
  LabelImage image = labels().read(frame);
  progress_.done(frame + 1);
  return image;
}

void ExportSource::for_each_labels(
    const std::function<void(int64_t frame, const LabelImage& labels)>& use) {
  for (int64_t frame = 0; frame < graph_.frames; ++frame) {
    use(frame, labels_of(frame));
  }
}

}  // namespace mote::pipeline
