#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/imaging/registration.h"
#include "mote/track/drift_links.h"
#include "mote/track/drift_state.h"

namespace mote::track {

/// A frame on the registration grid: window x weight x (image - local background), and the weight
/// (255 where the pixel counts fully, 0 where it is masked).
struct DriftView {
  Grid<float> values;
  Grid<uint8_t> weight;
};

/// Maximum-likelihood weight of each ring (Knapp and Carter 1976) from mean `power` and the mean
/// cross-power `cross` of `pairs` registered pairs: gamma / (power (1 - gamma^2)) with the
/// coherence gamma = cross / power, 0 where chance makes as much. Without pairs, or without
/// coherence, a coherence that falls off with frequency is assumed.
imaging::Rings drift_weights(const imaging::Rings& power, const imaging::Rings& cross,
                             const std::vector<int64_t>& counts, int64_t pairs);

/// The part of a recording that stands still in camera coordinates: the detector's fixed pattern,
/// told from a specimen that drifts.
///
/// At each frequency k the frames obey Y_t = F + S exp(-ik d_t) + noise with a fixed pattern F and
/// a specimen S. With A = <Y_t>, B = <Y_t exp(ik d_t)> and D = <exp(ik d_t)>, least squares gives
///   F = (A - D* B) / (1 - |D|^2),
/// which is the temporal mean where the drift is long (D = 0) and does not take the specimen for a
/// pattern where it is short. Nothing can be told where nothing has moved (|D| = 1). Rings of
/// frequency in which F is no more than noise count as without pattern.
///
/// Where frames are depends on F and F on where they are, so `seek` looks at up to 16 frames spread
/// over the recording so far, goes back and forth between both, once from no pattern and once from
/// the temporal mean, and takes what explains more of the frames (the likelihood of the model).
class FixedPattern {
 public:
  explicit FixedPattern(Size size);

  /// Whether there is an estimate, and whether the drift has been long enough to trust it for good.
  bool known() const { return known_; }
  bool settled() const { return settled_; }

  /// Power of the pattern over power of the frames; 0 while unknown.
  double share() const { return share_; }

  /// The frame without the pattern, ready to be transformed.
  Grid<float> clean(const DriftView& view) const;

  /// While not settled: keeps the frame if its turn has come.
  void remember(int32_t frame, const DriftView& view);

  struct Kept {
    int32_t frame = 0;
    DriftView view;
  };
  /// What `seek` found: the frames that were kept, where they are, and links between them.
  struct Found {
    std::vector<Kept> kept;
    std::vector<Point> shift;
    std::vector<DriftLink> links;
  };
  /// Whether the frames kept so far show a moving specimen; asks only when enough of them are new.
  /// Sets the weights of `registrar` in any case.
  std::optional<Found> seek(imaging::Registrar& registrar, double min_peak_ratio);

  /// While known: counts a frame in, whose spectrum after `clean` is `spectrum` and which is at
  /// `shift`; the estimate is renewed from time to time.
  void learn(const imaging::Registrar& registrar, const DriftView& view,
             const imaging::Spectrum& spectrum, Point shift);

  void save(DriftStateWriter& out) const;
  void load(DriftStateReader& in);

 private:
  struct Trial;
  struct Sums {
    int64_t frames = 0;
    double coverage = 0;        // sum of mean weights
    imaging::Spectrum total;    // sum of Y
    imaging::Spectrum aligned;  // sum of Y exp(ikd)
    imaging::Spectrum phases;   // sum of exp(ikd)
    imaging::Rings power;       // sum of that of cleaned frames
  };
  struct Pattern {
    Grid<float> values;  // times the window
    imaging::Spectrum spectrum;
    double share = 0;
  };
  Sums no_sums() const;
  void add(Sums& sums, const imaging::Registrar& registrar, const Pattern& used,
           const DriftView& view, const imaging::Spectrum& spectrum, Point shift) const;
  Pattern renewed(const Sums& sums, const imaging::Registrar& registrar,
                  const Pattern& before) const;
  std::optional<Trial> attempt(imaging::Registrar& registrar, double min_peak_ratio,
                               const imaging::Rings& power, Grid<float> start) const;

  Size size_;
  bool known_ = false;
  bool settled_ = false;
  std::vector<Kept> kept_;
  int32_t stride_ = 1;
  int32_t sought_ = -1;  // last frame kept when last sought
  int64_t offered_ = 0;
  int64_t next_renewal_ = 0;
  double share_ = 0;
  Pattern pattern_;
  Sums sums_;
};

}  // namespace mote::track
