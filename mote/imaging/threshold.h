#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/core/grid.h"

namespace mote::imaging {

/// How often each grey level occurs, in bins of equal width.
struct Histogram {
  double low = 0;   ///< lower edge of the first bin
  double high = 0;  ///< upper edge of the last bin
  std::vector<int64_t> counts;

  double bin_width() const { return (high - low) / static_cast<double>(counts.size()); }
  double centre(size_t bin) const { return low + (static_cast<double>(bin) + 0.5) * bin_width(); }
  int64_t total() const;
};

/// The histogram of the finite pixels that `excluded` leaves (it may be empty) between the least
/// and the greatest of them. Empty counts where there is no such pixel; one bin of width 0 where
/// all are equal.
Histogram histogram_of(const Grid<float>& image, const BinaryImage& excluded, int bins = 4096);

/// A threshold and how well it parts the two classes.
struct OtsuSplit {
  double threshold = 0;
  /// Variance between the classes over total variance: 0.64 for one Gaussian cut in the middle,
  /// 0.75 for a ramp, 1 for two grey levels.
  double separability = 0;
};

/// Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. Syst. Man Cybern.
/// 9, 62 (1979). Where several bins do equally well, the middle of them. Nothing where all pixels
/// are equal.
std::optional<OtsuSplit> otsu(const Histogram& histogram);

/// Background and particles as two populations of grey levels.
struct Levels {
  double background = 0;  ///< mode of the background
  double noise = 0;       ///< robust standard deviation of the background
  double particle = 0;    ///< level of the particles: a median weighted by contrast
  double strongest = 0;   ///< the same weighted by the square of the contrast
  bool bright = false;    ///< particles are brighter than the background
  double share = 0;       ///< of the pixels that are particle

  double contrast_to_noise() const;
  /// Where fewest pixels end up on the wrong side and weak particles are still found: six spreads
  /// of the noise from the background, but within 0.35 to 0.5 of the contrast.
  double detection_level() const;
};

/// The background's mode: the middle of the shortest interval that holds 30 % of the pixels. The
/// histogram has two bins or more.
double background_of(const Histogram& histogram);

/// Finds the two populations in a histogram whose larger part is background.
///
/// The background's mode is that of `background_of`, and its spread that of the side without
/// particles. A background that is alone is symmetric; what one side has more than the mirrored
/// other side, several spreads out, are particles. This holds at a coverage of a millionth as at 45
/// %, where Otsu's threshold needs some 5 %.
///
/// `bright` restricts the side on which particles are sought. `least_px` is how many pixels make
/// the smallest particle. Nothing where no particle population stands out.
std::optional<Levels> levels_of(const Histogram& histogram, std::optional<bool> bright,
                                double least_px);

/// Sauvola's local threshold at every pixel: mean (1 + k (sd / R - 1)) in a window, R the greatest
/// standard deviation of any window, for dark particles; for bright ones on the negative.
///
/// Sauvola and Pietikainen, "Adaptive document image binarization", Pattern Recognition 33, 225
/// (2000), who take R = 128 for 8-bit images. Windows are cut off at the border.
Grid<float> sauvola_threshold(const Grid<float>& image, double window_px, double k, bool bright);

}  // namespace mote::imaging
