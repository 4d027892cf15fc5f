#include "mote/segment/segmenter.h"

#include <utility>

namespace mote::segment {

ShareDone part_of(ShareDone progress, size_t done, size_t count, size_t total) {
  if (!progress) {
    return [](double) {};
  }
  return [=, progress = std::move(progress)](double share) {
    progress((static_cast<double>(done) + share * static_cast<double>(count)) /
             static_cast<double>(total));
  };
}

Segmentation segment_one(Segmenter& segmenter, const SegmenterInput& input) {
  const std::unique_ptr<Prepared> frame = segmenter.prepare(input);
  segmenter.settle(*frame);
  return segmenter.segment(input, *frame);
}

}  // namespace mote::segment
