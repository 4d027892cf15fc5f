#pragma once

#include <array>
#include <optional>
#include <vector>

#include "mote/core/grid.h"
#include "mote/data/fingerprint.h"
#include "mote/data/orientation.h"
#include "mote/imaging/fourier.h"

namespace mote::data {

/// How one image lies on another where both show the same specimen.
struct Alignment {
  Orientation orientation;       ///< how the second is laid down first
  Point shift;                   ///< where the second's first pixel then lies in the first image
  Box shared;                    ///< of the first image
  Box shared_of_second;          ///< of the second image, as it is itself
  double shared_fraction = 0;    ///< of the smaller image
  double correlation = 0;        ///< of texture over the shared region; negative where inverted
  double shape_correlation = 0;  ///< likewise of what is as large as particles
  double noise_correlation = 0;  ///< likewise of single pixels, within a bin of `shift`
  double confidence = 0;         ///< the correlation over its spread by chance at other shifts
  double spread = 0;             ///< Student's t of the correlations of small blocks
};

/// Finds how images lie on one another, if at all.
///
/// Cross-correlation of texture at all shifts without wrap-around, each normalised by the overlap
/// it is taken over: the masked correlation of Padfield, "Masked object registration in the Fourier
/// domain", IEEE Trans. Image Process. 21, 2706 (2012), with the images' variance taken as even
/// over the field. The highest peak counts by its ratio to the rms over all shifts, which is what
/// chance makes of these two images, and by Student's t over blocks of the overlap, which a single
/// particle lying on another does not raise.
///
/// Not safe to share between threads.
class Aligner {
 public:
  /// `second` must outlive it.
  explicit Aligner(const Fingerprint& second);

  /// The best of all orientations, contrasts and shifts with enough overlap; nothing where the
  /// overlap would be too small anywhere. Neither image may be blank; bins must be equal.
  /// `moved_from`: the orientation in which no shift of a bin or less counts, because the
  /// detector's fixed pattern agrees there.
  std::optional<Alignment> best(const Fingerprint& first,
                                std::optional<Orientation> moved_from = {});

 private:
  struct Peak {
    Orientation orientation;
    int64_t y = 0;  // shift in bins
    int64_t x = 0;
    double ratio = 0;  // signed
  };
  void prepare(Size first);
  Peak best_peak(const Fingerprint& first, std::optional<Orientation> moved_from);

  const Fingerprint& second_;
  Size first_size_;                               // that all below is for
  std::vector<imaging::PackedSpectrum> spectra_;  // of the second, by orientation
  std::array<Grid<float>, 2> weights_;            // of each shift: 1 / sqrt(overlap), 0 for none
  std::array<double, 2> shifts_ = {};             // with enough overlap; by quarter_turns % 2
  Grid<float> map_;                               // scratch
};

}  // namespace mote::data
