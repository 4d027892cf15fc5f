#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mote/imaging/registration.h"
#include "mote/track/drift.h"
#include "mote/track/drift_links.h"
#include "mote/track/drift_pattern.h"
#include "mote/track/drift_view.h"
#include "mote/track/white_pattern.h"

namespace mote::track {

/// What `make_drift_estimator` makes; the header is for its own sources.
class FourierDrift final : public DriftEstimator {
 public:
  FourierDrift(const DriftOptions& options, Size field);

  std::unique_ptr<DriftPrepared> prepare(const Grid<float>& image,
                                         const BinaryImage& particles) const override;
  DriftRow push(int64_t index, std::unique_ptr<DriftPrepared> frame) override;
  DriftResult solve() const override;
  void save_state(ByteWriter& out) const override;
  void load_state(std::string_view state) override;

 private:
  // Frames back, besides the frame before: its error is independent, the motion still small.
  static constexpr size_t kLag = 4;
  // The latest key frames, the last of which all frames are registered to and each new one to all.
  static constexpr size_t kKeys = 3;
  // Kept at once. With these, 15 spectra are held.
  static constexpr size_t kAnchors = 8;
  // At pairs of frames, before what is registered may be said to move apart.
  static constexpr int64_t kLeastLooks = 3;
  // Frames that were also sought from farther back than the frame before, before they may be said
  // not to last; and the share of them that is found if they do: of supports 0.95 and more, also
  // where noise hides half of the frames, of crowds that move by their own size 0 to 0.7.
  static constexpr int64_t kLeastSought = 12;
  static constexpr double kLastingShare = 0.8;

  // A spectrum that frames are registered to.
  struct Held {
    int32_t frame = 0;
    Point at;  // running estimate
    int64_t used = 0;
    imaging::Spectrum spectrum;
  };

  // Where a frame is: the weighted mean of where the frames that it was registered to put it.
  struct Fix {
    double weight = 0;
    Point sum;
    double amplitude = 0;
    bool held_fast = false;          // by a key frame or an anchor
    bool sought = false;             // from farther back than the frame before
    bool lasted = false;             // and found
    const Held* coherent = nullptr;  // the last of those
    Point coherent_shift;
    const Held* latest = nullptr;  // of those, the one of the latest frame
    Point latest_shift;
    const Held* nearest = nullptr;  // anchor

    bool found() const { return weight > 0; }
    Point where() const { return {sum.y_px / weight, sum.x_px / weight}; }
    void count(const Held& held, const imaging::Registration& one, double trust);
  };

  // fourier_drift.cpp: one frame.
  void take(const DriftView& view, bool learn);
  Fix locate(const imaging::Spectrum& spectrum);
  void join(Fix& fix, Held& held, double trust, const imaging::Spectrum& spectrum);
  std::optional<imaging::Registration> link(const Held& held, const imaging::Spectrum& spectrum,
                                            std::optional<Point> guess);
  void keep_as_key(const imaging::Spectrum& spectrum);
  void keep_as_anchor(const imaging::Spectrum& spectrum);
  bool believed(const imaging::Registration& one) const;

  // fourier_drift_weights.cpp: what frames have in common, and the pattern.
  void measure_coherence(const imaging::Spectrum& spectrum, const Held& held, Point shift);
  void look_whether_rigid(const imaging::Spectrum& spectrum, const Held& held, Point shift,
                          double open_share);
  void foresee_pattern(const imaging::Spectrum& spectrum);
  double expected_amplitude() const;
  imaging::Rings stationary() const;
  void set_weights();
  void restart_from(const FixedPattern::Found& found, const std::vector<Point>& prior);
  void retake(const std::vector<FixedPattern::Kept>& kept);
  bool pattern_told() const;

  // fourier_drift_state.cpp
  template <typename Bytes>
  static void archive_terms(Bytes& bytes, Size& field, DriftOptions& options);
  template <typename Bytes>
  void archive(Bytes& bytes);
  bool sound_held(const Held& held) const;
  void expect_sound_state() const;

  // fourier_drift_rows.cpp: the whole recording.
  bool only_stationary() const;
  bool untold() const;
  bool lasting() const {
    return sought_ < kLeastSought ||
           static_cast<double>(lasted_) >= kLastingShare * static_cast<double>(sought_);
  }
  bool moves_apart() const {
    return !lasting() || (judged_ >= kLeastLooks && 2 * loose_ > judged_);
  }
  void flag_steps(std::vector<DriftRow>& rows) const;
  std::vector<DriftRow> rows_of(const DriftSolution& solution) const;
  std::string refusal() const;
  std::vector<std::string> warnings_of(const std::vector<DriftRow>& rows, int64_t pieces) const;

  DriftOptions options_;
  Size field_;
  DriftViewer viewer_;
  double scale_ = 1;
  Size size_;         // registered pixels; 0 x 0 where the field is too small
  double reach_ = 0;  // farthest that two frames are registered across, in registered pixels

  // State; everything from here on is saved.
  int32_t frames_ = 0;
  std::vector<DriftLink> links_;
  std::vector<float> peak_;       // by frame: best peak ratio
  std::vector<float> sharpness_;  // by frame: coherent amplitude, about 1
  Point at_;                      // of the latest frame
  Point shown_;                   // the same, as the tracker is told
  bool ok_ = false;
  int32_t lost_ = 0;
  std::deque<Held> recent_;
  std::deque<Held> keys_;
  std::vector<Held> anchors_;
  imaging::Rings power_ = imaging::Rings(imaging::kRings, 0.0);  // running means
  imaging::Rings cross_ = imaging::Rings(imaging::kRings, 0.0);
  WhitePattern white_;
  imaging::Rings weights_;
  int64_t powers_ = 0;
  int64_t pairs_ = 0;
  imaging::Rings neighbour_cross_ = imaging::Rings(imaging::kRings, 0.0);
  int64_t looks_ = 0;
  int64_t judged_ = 0;  // looks at what no pattern disturbs
  int64_t loose_ = 0;   // of these, where it does not move as one
  int64_t sought_ = 0;  // frames that the frame before was found in, sought from farther back
  int64_t lasted_ = 0;  // of these, found from there
  std::optional<imaging::Registrar> registrar_;
  std::optional<FixedPattern> pattern_;
};

}  // namespace mote::track
