#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/track_graph.h"
#include "mote/pipeline/frame_progress.h"
#include "mote/pipeline/label_input.h"

namespace mote::pipeline {

/// What a format's writer gets: the tracks of a run, and its label images one by one.
class ExportSource {
 public:
  /// `context` is referred to.
  ExportSource(const std::string& run, const JobContext& context);

  const TrackGraph& graph() const { return graph_; }
  bool tracked() const { return tracked_; }

  /// Hands every frame's label image to `use`, in order, and tells progress.
  /// Throws Cancelled, and as LabelInput, with the path in front.
  void for_each_labels(const std::function<void(int64_t frame, const LabelImage& labels)>& use);

  /// The label image of one frame, telling progress. Throws likewise.
  LabelImage labels_of(int64_t frame);

  void warn(std::string what) { warnings_.push_back(std::move(what)); }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  LabelInput& labels();

  std::string run_;
  TrackGraph graph_;
  bool tracked_ = false;
  std::optional<LabelInput> labels_;
  FrameProgress progress_;
  std::vector<std::string> warnings_;
};

}  // namespace mote::pipeline
