#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/picture.h"

namespace mote::report {

/// How many pixels have which grey level.
struct Histogram {
  double low = 0;  ///< grey level where the first bin begins
  double high = 1;
  std::vector<int64_t> counts;
};

/// Of the finite values of an image, in bins of equal width from the lowest to the highest 0.01 %;
/// what lies beyond is left out.
Histogram histogram(const Grid<float>& image, int64_t bins = 160);

/// A picture with a line of text under it.
struct PreviewPicture {
  Picture picture;  ///< as `Overlay` draws it
  std::string caption;
};

/// One of the nine ways to segment: the same piece of the field in each.
struct PreviewVariant {
  Picture picture;
  std::string options;  ///< to add to the command for this one; empty for what it does already
  int64_t count = 0;    ///< of particles in the whole frame
  bool chosen = false;  ///< what a run would use; framed
};

/// The sides of what a sheet has room for: pictures drawn by an Overlay of these limits keep their
/// line widths, larger ones are shrunk.
inline constexpr int64_t kPreviewFramePx = 520;
inline constexpr int64_t kPreviewVariantPx = 345;

/// The piece of a field that the variants show, `side_px` high and wide where the field is: its
/// middle or, where no particle has its centre there, what is around the particle nearest to it.
Box preview_piece(Size field, const std::vector<Point>& particles, int64_t side_px);

/// What `mote preview` shows.
struct PreviewSheet {
  std::string title;
  std::string subtitle;                ///< size, type, calibration
  std::vector<PreviewPicture> frames;  ///< first, middle and last
  Histogram histogram;                 ///< of the image that is thresholded
  double threshold = 0;
  bool bright = false;                   ///< particles lie above the threshold
  std::vector<PreviewVariant> variants;  ///< rows of equal sigma, three to a row
};

/// Puts all of it into one picture, 1680 px wide, on white.
Picture draw(const PreviewSheet& sheet);

}  // namespace mote::report
