#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "mote/core/frame.h"
#include "mote/core/lineage.h"
#include "mote/core/mask.h"
#include "mote/core/picture.h"
#include "mote/measure/edge_model.h"
#include "mote/measure/frame.h"
#include "mote/measure/necks.h"
#include "mote/measure/tables.h"
#include "mote/report/overlay.h"

namespace mote::pipeline {

/// A frame as the outputs tell it: final ids, measured.
struct FinalFrame {
  measure::FrameInfo info;
  int64_t source_index = 0;
  LabelImage labels;  ///< final track ids, the lowest where shared; labels of the frame in stills
  std::vector<measure::ParticleRow> particles;  ///< in order of label
  std::vector<measure::NeckSample> necks;       ///< of pairs that touch, or may be about to
  measure::FrameRow row;
  std::vector<report::Trail> trails;
  /// The image, read anew when first asked for: only those who need it pay for it.
  std::function<const Grid<float>&()> image;
  /// What OverlayPainter has drawn of it so far.
  mutable std::vector<std::shared_ptr<const Picture>> overlays;
};

/// A value that frames have, over the frames.
struct ValueRange {
  double least = 0;
  double median = 0;
  double greatest = 0;
};

/// What corrections by hand have made of a run: how many rows say `manual`.
struct Corrections {
  int64_t instances = 0;
  int64_t tracks = 0;
  int64_t events = 0;
  int64_t tracks_removed = 0;  ///< that are in no row any more

  bool any() const { return instances + tracks + events + tracks_removed > 0; }
};

/// What is known of the whole recording before the first frame is written.
struct RunSummary {
  Lineage lineage;
  std::vector<measure::DriftTableRow> drift;
  std::vector<std::string> value_names;      ///< of FrameRow::values
  std::map<std::string, ValueRange> values;  ///< likewise, over the frames that have it
  std::vector<std::string> evidence_names;   ///< of Event::evidence
  std::vector<std::string> warnings;
  Corrections corrections;
  measure::SizeSample size_sample;
  measure::EdgeModel edges;
  /// ECD below which particles are not found; nothing where another program found them.
  std::optional<double> detection_limit_px;
  int64_t frames = 0;  ///< that were used
  int64_t instances = 0;
  std::optional<Box> common_window;
  std::optional<double> interval_s;  ///< usual time between two frames that follow one another
  std::optional<double> sigma_px;    ///< that the mask of the first frame was found on
  /// How far particles were sought where nothing overlapped them: the median of the frames.
  std::optional<double> link_reach_px;
  bool one_size = true;              ///< all frames have the same size
  Size field;                        ///< of the first frame
  std::vector<int64_t> bad_sources;  ///< source indices of the frames left out, ascending

  /// The index in the Recording of frame `index` of those used.
  int64_t source_of(int64_t index) const {
    int64_t source = index;
    for (const int64_t bad : bad_sources) {
      source += bad <= source ? 1 : 0;
    }
    return source;
  }
};

/// A seam: where results go. `render` is called from many threads at once, `write` once a frame, in
/// order.
class Sink {
 public:
  /// What `render` made of a frame, for `write`.
  class Rendered {
   public:
    virtual ~Rendered() = default;
  };

  virtual ~Sink() = default;
  virtual std::unique_ptr<Rendered> render(const FinalFrame& frame) const = 0;
  virtual void write(const FinalFrame& frame, std::unique_ptr<Rendered> rendered) = 0;
  /// After the last frame: closes and syncs what was written. Throws kResource.
  virtual void finish() = 0;
};

}  // namespace mote::pipeline
