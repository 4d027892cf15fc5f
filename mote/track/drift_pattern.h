#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mote/core/bytes.h"
#include "mote/imaging/registration.h"
#include "mote/track/drift_links.h"
#include "mote/track/drift_view.h"

namespace mote::track {

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
/// `seek` looks at up to 16 frames spread over the recording so far. They are held to be somewhere
/// already, rightly so where the pattern is white (see WhitePattern); F follows. Where the specimen
/// seems hardly to move, a pattern that is not white may hold it back: then it also goes back and
/// forth between F and where frames are, beginning with the temporal mean, and takes that if it
/// explains more of the frames (the likelihood of the model).
/// A pattern is only told from a specimen that moves as one: what stands still among particles that
/// each go their own way may be the specimen itself.
class FixedPattern {
 public:
  explicit FixedPattern(Size size);

  /// Whether there is an estimate, and whether the drift has been long enough to trust it for good.
  bool known() const { return known_; }
  bool settled() const { return settled_; }

  /// Power of the pattern over power of the frames; 0 while unknown.
  double share() const { return pattern_.share; }

  /// Mean cross-power by ring that still stands still in frames after `clean`: what is white of the
  /// pattern, in rings where noise hides it. Zeros while unknown.
  const imaging::Rings& left() const { return pattern_.left; }

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
  /// Whether enough of the frames kept so far are new to seek.
  bool due() const;
  /// Does not seek now, nor before enough further frames are new.
  void pass_over();
  /// Whether the frames kept so far show a moving specimen. `prior`: where frames are held to be,
  /// by their index; `white_power`: that of what is white in the pattern (WhitePattern), not heeded
  /// once the pattern is known. Sets the weights of `registrar` in any case.
  std::optional<Found> seek(imaging::Registrar& registrar, double min_peak_ratio,
                            const std::vector<Point>& prior, bool crowded, double white_power);

  /// While known: counts a frame in, whose spectrum after `clean` is `spectrum` and which is at
  /// `shift`; the estimate is renewed from time to time.
  void learn(const imaging::Registrar& registrar, const DriftView& view,
             const imaging::Spectrum& spectrum, Point shift);

  void save(ByteWriter& out) const;
  /// `frames`: of the recording so far. Throws kBadFile on what cannot be a state.
  void load(ByteReader& in, int32_t frames);

 private:
  static constexpr size_t kKept = 16;

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
    imaging::Rings left = imaging::Rings(imaging::kRings, 0.0);
  };
  // Where frames are, what stands still, and how well both explain them.
  struct Trial {
    std::vector<Point> shift;
    std::vector<DriftLink> links;  // numbered by place among the kept
    imaging::Rings weights;
    Pattern pattern;
    Sums sums;
    double range_px = 0;
    double explained = 0;  // power of what moves, in units of noise
    double held = 1;       // share of the specimen's power that stays in the temporal mean: |D|^2
    double misfit = 0;     // chi2 of block_misfit
  };

  template <typename Bytes>
  void archive(Bytes& bytes);
  Size half() const { return {size_.height, size_.width / 2 - 1}; }
  Sums no_sums() const;
  double seen() const;
  Grid<float> mean_view() const;
  void add(Sums& sums, const imaging::Registrar& registrar, const Pattern& used,
           const DriftView& view, const imaging::Spectrum& spectrum, Point shift) const;
  Pattern renewed(const Sums& sums, const imaging::Registrar& registrar,
                  const Pattern& before) const;
  Trial trust(const imaging::Registrar& registrar, const std::vector<Point>& prior,
              const imaging::Rings& power) const;
  std::optional<Trial> attempt(imaging::Registrar& registrar, double min_peak_ratio,
                               const imaging::Rings& power, Grid<float> start) const;

  Size size_;
  bool known_ = false;
  bool settled_ = false;
  double white_power_ = 0;
  std::vector<Kept> kept_;
  int32_t stride_ = 1;
  int32_t sought_ = -1;  // last frame kept when last sought
  int64_t offered_ = 0;
  int64_t next_renewal_ = 0;
  Pattern pattern_;
  Sums sums_;
};

}  // namespace mote::track
