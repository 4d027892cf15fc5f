#include "mote/segment/segmenter.h"

namespace mote::segment {

Segmentation segment_one(Segmenter& segmenter, const SegmenterInput& input) {
  const std::unique_ptr<Prepared> frame = segmenter.prepare(input);
  segmenter.settle(*frame);
  return segmenter.segment(input, *frame);
}

}  // namespace mote::segment
