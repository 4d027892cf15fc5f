#include "mote/track/drift.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <optional>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/imaging/registration.h"
#include "mote/track/drift_links.h"
#include "mote/track/drift_pattern.h"
#include "mote/track/drift_state.h"

namespace mote::track {
namespace {

using imaging::kRings;
using imaging::Registrar;
using imaging::Registration;
using imaging::Rings;
using imaging::Spectrum;

constexpr char kMagic[8] = {'m', 'o', 't', 'e', 'd', 'r', 'f', '1'};
constexpr int64_t kWorkingPx = 640;  // sides above this (by area) are binned
constexpr int64_t kMarginPx = 4;     // around particles: Fresnel fringes, blurred edges
constexpr int kTaperRadius = 2;      // in registered pixels
constexpr int kBackground = 41;      // side of the box that the local background is taken over
constexpr double kWindowEdge = 0.125;
constexpr size_t kLag = 4;      // besides the frame before
constexpr size_t kKeys = 3;     // that a new key frame is registered to
constexpr size_t kAnchors = 8;  // kept at once
constexpr int kLost = 3;        // frames without any key or anchor in reach: start anew
constexpr int64_t kMeasureAll = 32;

class View final : public DriftPrepared {
 public:
  explicit View(DriftView v) : view(std::move(v)) {}
  DriftView view;
};

// A spectrum that frames are registered to.
struct Held {
  int32_t frame = 0;
  Point at;  // running estimate
  int64_t used = 0;
  Spectrum spectrum;
};

Point plus(Point a, Point b) {
  return {a.y_px + b.y_px, a.x_px + b.x_px};
}
Point minus(Point a, Point b) {
  return {a.y_px - b.y_px, a.x_px - b.x_px};
}
double farthest(Point a) {
  return std::max(std::abs(a.y_px), std::abs(a.x_px));
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

template <typename T>
cv::Mat mat(Grid<T>& grid) {
  return {static_cast<int>(grid.height()), static_cast<int>(grid.width()), cv::DataType<T>::type,
          grid.data()};
}

class FourierDrift final : public DriftEstimator {
 public:
  FourierDrift(const DriftOptions& options, Size field);

  std::unique_ptr<DriftPrepared> prepare(const Grid<float>& image,
                                         const BinaryImage& particles) const override;
  DriftRow push(int64_t index, std::unique_ptr<DriftPrepared> frame) override;
  std::vector<DriftRow> solve() const override;
  std::vector<std::string> warnings() const override;
  std::string save_state() const override;
  void load_state(std::string_view state) override;

 private:
  void take(const DriftView& view, bool learn);
  void restart_from(const FixedPattern::Found& found);
  std::optional<Registration> link(const Held& held, const Spectrum& spectrum,
                                   std::optional<Point> guess);
  void keep_as_key(const Spectrum& spectrum);
  void keep_as_anchor(const Spectrum& spectrum);
  void measure_coherence(const Spectrum& spectrum, const Held& held, Point shift);
  void set_weights();
  bool only_stationary() const;
  bool believed(const Registration& one) const {
    return one.peak_ratio >= options_.min_peak_ratio &&
           farthest(one.shift) <= options_.max_shift_px / scale_;
  }

  DriftOptions options_;
  Size field_;
  int64_t bin_ = 1;
  double scale_ = 1;
  Size size_;         // registered pixels; 0 x 0 where the field is too small
  Box crop_;          // of the field, bin_ times size_
  double reach_ = 0;  // farthest that two frames are registered across, in registered pixels
  std::vector<float> window_y_;
  std::vector<float> window_x_;

  // State; everything from here on is saved.
  int32_t frames_ = 0;
  std::vector<DriftLink> links_;
  std::vector<float> peak_;       // by frame: best peak ratio
  std::vector<float> sharpness_;  // by frame: coherent amplitude, about 1
  Point at_;                      // of the latest frame
  bool ok_ = false;
  int32_t lost_ = 0;
  std::deque<Held> recent_;
  std::deque<Held> keys_;
  std::vector<Held> anchors_;
  Rings power_ = Rings(kRings, 0.0);  // running means
  Rings cross_ = Rings(kRings, 0.0);
  Rings weights_;
  int64_t powers_ = 0;
  int64_t pairs_ = 0;
  std::optional<Registrar> registrar_;
  std::optional<FixedPattern> pattern_;
};

FourierDrift::FourierDrift(const DriftOptions& options, Size field)
    : options_(options), field_(field) {
  if (field.height < 1 || field.width < 1) {
    throw Error(ErrorKind::kUsage, "drift of a field of {} x {} px", field.height, field.width);
  }
  require_option(options.key_every_frames >= 1, "key-every-frames", options.key_every_frames,
                 "1 or more");
  require_option(options.max_shift_px >= 1 && std::isfinite(options.max_shift_px), "max-shift-px",
                 options.max_shift_px, "1 or more");
  require_option(options.min_peak_ratio > 0 && std::isfinite(options.min_peak_ratio),
                 "min-peak-ratio", options.min_peak_ratio, "more than 0");
  bin_ = std::max<int64_t>(
      1,
      static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(field.area())) / kWorkingPx)));
  scale_ = static_cast<double>(bin_);
  size_ = imaging::registration_size({field.height / bin_, field.width / bin_});
  crop_ = {.y = (field.height - size_.height * bin_) / 2,
           .x = (field.width - size_.width * bin_) / 2,
           .height = size_.height * bin_,
           .width = size_.width * bin_};
  if (size_.area() == 0) {
    return;
  }
  window_y_ = imaging::tapered_window(size_.height, kWindowEdge);
  window_x_ = imaging::tapered_window(size_.width, kWindowEdge);
  reach_ = std::min(options.max_shift_px / scale_,
                    0.4 * static_cast<double>(std::min(size_.height, size_.width)));
  registrar_.emplace(size_,
                     imaging::RegistrarOptions{.max_shift_px = reach_, .window_edge = kWindowEdge});
  pattern_.emplace(size_);
}

std::unique_ptr<DriftPrepared> FourierDrift::prepare(const Grid<float>& image,
                                                     const BinaryImage& particles) const {
  if (image.size() != field_) {
    throw Error(ErrorKind::kUsage, "drift: image of {} x {} px in a field of {} x {}",
                image.height(), image.width(), field_.height, field_.width);
  }
  if (!particles.empty() && particles.size() != field_) {
    throw Error(ErrorKind::kUsage, "drift: particle mask of {} x {} px in a field of {} x {}",
                particles.height(), particles.width(), field_.height, field_.width);
  }
  if (size_.area() == 0) {
    return std::make_unique<View>(DriftView{});
  }

  // Means of bin x bin pixels; one pixel of a particle makes its bin the particle's.
  Grid<float> values(size_);
  BinaryImage specimen(size_, 1);  // not a particle
  BinaryImage sound(size_, 1);     // finite
  std::vector<float> sums(static_cast<size_t>(size_.width));
  std::vector<uint8_t> covered(sums.size());
  const float share_of_one = 1.0F / static_cast<float>(bin_ * bin_);
  for (int64_t y = 0; y < size_.height; ++y) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    std::fill(covered.begin(), covered.end(), uint8_t{0});
    for (int64_t from_y = crop_.y + y * bin_; from_y < crop_.y + (y + 1) * bin_; ++from_y) {
      const float* row = image.row(from_y) + crop_.x;
      const uint8_t* mask = particles.empty() ? nullptr : particles.row(from_y) + crop_.x;
      for (int64_t part = 0; part < bin_; ++part) {
        for (int64_t x = 0; x < size_.width; ++x) {
          sums[x] += row[x * bin_ + part];
        }
        for (int64_t x = 0; mask && x < size_.width; ++x) {
          covered[x] |= mask[x * bin_ + part];
        }
      }
    }
    float* value = values.row(y);
    uint8_t* finite = sound.row(y);
    uint8_t* free = specimen.row(y);
    for (int64_t x = 0; x < size_.width; ++x) {
      const float mean = sums[x] * share_of_one;
      finite[x] = std::abs(mean) <= std::numeric_limits<float>::max() ? 1 : 0;
      value[x] = finite[x] != 0 ? mean : 0.0F;
      free[x] = covered[x] == 0 ? finite[x] : 0;
    }
  }

  const auto margin = static_cast<int>(std::max<int64_t>(
      1, static_cast<int64_t>(std::ceil(static_cast<double>(kMarginPx) / scale_))));
  const auto shrunk = [&](BinaryImage& grid, int radius) {
    BinaryImage out(grid.size());
    cv::Mat result = mat(out);
    cv::erode(mat(grid), result,
              cv::getStructuringElement(cv::MORPH_RECT, {2 * radius + 1, 2 * radius + 1}), {-1, -1},
              1, cv::BORDER_CONSTANT, cv::Scalar(1));
    return out;
  };
  BinaryImage background = sound;  // where the local background is taken
  BinaryImage used = sound;        // what is registered
  if (options_.from != DriftFrom::kAll) {
    background = shrunk(specimen, margin);
  }
  if (options_.from == DriftFrom::kSupport) {
    used = shrunk(background, kTaperRadius);
  } else if (options_.from == DriftFrom::kParticles) {
    // The particles with their surroundings, so that their edges count.
    const BinaryImage far = shrunk(specimen, margin + kTaperRadius);
    for (size_t i = 0; i < used.values().size(); ++i) {
      used.values()[i] = far.values()[i] == 0 && sound.values()[i] != 0 ? 1 : 0;
    }
  }

  const auto box = [](const cv::Mat& from, int side) {
    cv::Mat out;
    cv::boxFilter(from, out, CV_32F, {side, side}, {-1, -1}, false, cv::BORDER_CONSTANT);
    return out;
  };
  cv::Mat share;
  mat(background).convertTo(share, CV_32F);
  const cv::Mat counted = box(share, kBackground);
  const cv::Mat summed = box(mat(values).mul(share), kBackground);
  const double total = cv::sum(share)[0];
  const auto level =
      static_cast<float>(total > 0 ? cv::sum(mat(values).mul(share))[0] / total : 0.0);
  const int side = 2 * kTaperRadius + 1;
  // Beyond the field counts as kept: the window tapers there.
  cv::Mat weight;
  cv::boxFilter(mat(used), weight, CV_32F, {side, side}, {-1, -1}, true, cv::BORDER_REPLICATE);

  DriftView view{.values = Grid<float>(size_), .weight = Grid<uint8_t>(size_)};
  for (int64_t y = 0; y < size_.height; ++y) {
    const auto row = static_cast<int>(y);
    const float* count = counted.ptr<float>(row);
    const float* sum = summed.ptr<float>(row);
    const float* part = weight.ptr<float>(row);
    const float* value = values.row(y);
    const uint8_t* finite = sound.row(y);
    float* out = view.values.row(y);
    uint8_t* kept = view.weight.row(y);
    const float window = window_y_[y] * (1.0F / 255);
    for (int64_t x = 0; x < size_.width; ++x) {
      const float local = count[x] > 0.5F ? sum[x] / count[x] : level;
      const int weight_255 = finite[x] != 0 ? static_cast<int>(255 * part[x] + 0.5F) : 0;
      kept[x] = static_cast<uint8_t>(weight_255);
      out[x] = (value[x] - local) * static_cast<float>(weight_255) * window * window_x_[x];
    }
  }
  return std::make_unique<View>(std::move(view));
}

DriftRow FourierDrift::push(int64_t index, std::unique_ptr<DriftPrepared> frame) {
  if (index != frames_) {
    throw Error(ErrorKind::kUsage, "drift: frame {} where {} is next", index, frames_);
  }
  const DriftView& view = static_cast<View&>(*frame).view;
  if (size_.area() == 0) {
    ++frames_;
    peak_.push_back(0);
    sharpness_.push_back(0);
    return {.index = index};
  }
  pattern_->remember(frames_, view);
  take(view, true);
  if (!pattern_->settled()) {
    if (const auto found = pattern_->seek(*registrar_, options_.min_peak_ratio)) {
      restart_from(*found);
    } else {
      set_weights();
    }
  }
  return {.index = index,
          .shift = {at_.y_px * scale_, at_.x_px * scale_},
          .peak_ratio = peak_.back(),
          .ok = ok_};
}

std::optional<Registration> FourierDrift::link(const Held& held, const Spectrum& spectrum,
                                               std::optional<Point> guess) {
  if (guess && farthest(*guess) > reach_) {
    return std::nullopt;
  }
  const Registration one = guess ? registrar_->refine(spectrum, held.spectrum, *guess)
                                 : registrar_->find(spectrum, held.spectrum);
  if (!believed(one)) {
    return std::nullopt;
  }
  links_.push_back({held.frame, frames_, static_cast<float>(one.shift.y_px),
                    static_cast<float>(one.shift.x_px), static_cast<float>(one.sigma_px)});
  peak_.back() = std::max(peak_.back(), static_cast<float>(one.peak_ratio));
  return one;
}

void FourierDrift::take(const DriftView& view, bool learn) {
  Spectrum spectrum = imaging::spectrum_of(pattern_->clean(view));
  peak_.push_back(0);
  sharpness_.push_back(0);
  ok_ = false;

  // Weighted mean of where the links put this frame.
  double weight = 0;
  Point sum;
  double amplitude = 0;
  const auto count = [&](const Held& held, const Registration& one, double trust) {
    const double w = trust / (one.sigma_px * one.sigma_px + 4e-4);
    const Point where = plus(held.at, one.shift);
    sum = plus(sum, {w * where.y_px, w * where.x_px});
    weight += w;
    amplitude = std::max(amplitude, one.amplitude);
  };
  const auto where = [&] { return Point{sum.y_px / weight, sum.x_px / weight}; };

  const auto values = view.values.values();
  const bool blank =
      std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
  if (!recent_.empty() && !blank) {
    if (const auto one = link(recent_.back(), spectrum, std::nullopt)) {
      count(recent_.back(), *one, 1);
    }
  }
  bool held_fast = false;
  const Held* coherent = nullptr;
  Point coherent_shift;
  const auto join = [&](Held& held, double trust) {
    std::optional<Registration> one;
    if (blank) {
      return;
    }
    if (weight > 0) {
      one = link(held, spectrum, minus(where(), held.at));
    }
    if (!one && trust > 1 && farthest(minus(weight > 0 ? where() : at_, held.at)) <= 2 * reach_) {
      one = link(held, spectrum, std::nullopt);
    }
    if (!one) {
      return;
    }
    held.used = frames_;
    if (weight > 0 && farthest(minus(where(), plus(held.at, one->shift))) > 1) {
      // The frame before was matched to the wrong place, or has been at a wrong one itself.
      sum = {};
      weight = 0;
    }
    count(held, *one, trust);
    if (trust > 1) {
      held_fast = true;
      coherent = &held;
      coherent_shift = one->shift;
    }
  };
  if (!keys_.empty() && keys_.back().frame != (recent_.empty() ? -1 : recent_.back().frame)) {
    join(keys_.back(), 4);
  } else if (!keys_.empty()) {
    held_fast = weight > 0;
  }
  const Point expected = weight > 0 ? where() : at_;
  Held* nearest = nullptr;
  for (Held& anchor : anchors_) {
    if (!nearest || farthest(minus(anchor.at, expected)) < farthest(minus(nearest->at, expected))) {
      nearest = &anchor;
    }
  }
  const bool anchor_is_key = nearest && !keys_.empty() && nearest->frame == keys_.back().frame;
  if (nearest && !anchor_is_key) {
    join(*nearest, 8);
  }
  if (recent_.size() >= kLag && weight > 0) {
    join(recent_[recent_.size() - kLag], 1);
  }

  if (weight > 0) {
    at_ = where();
    ok_ = true;
  }
  lost_ = ok_ && !held_fast ? lost_ + 1 : 0;
  const bool first = frames_ == 0;
  const bool anew = first || lost_ >= kLost;
  if (anew) {
    lost_ = 0;
  }

  double expected_amplitude = 0;
  for (int ring = 0; ring < kRings && !weights_.empty(); ++ring) {
    expected_amplitude += weights_[ring] * std::max(0.0, cross_[ring]) *
                          static_cast<double>(registrar_->ring_counts()[ring]);
  }
  sharpness_.back() =
      static_cast<float>(expected_amplitude > 0 ? amplitude / expected_amplitude : 0.0);
  if (frames_ < kMeasureAll || frames_ % 4 == 0) {
    if (coherent) {
      measure_coherence(spectrum, *coherent, coherent_shift);
    } else if (weight > 0) {
      measure_coherence(spectrum, recent_.back(), minus(at_, recent_.back().at));
    } else if (first) {
      measure_coherence(spectrum, {}, {});
    }
    set_weights();
  }
  if (learn && pattern_->known() && ok_) {
    pattern_->learn(*registrar_, view, spectrum, at_);
  }

  const bool far_from_key = !keys_.empty() && farthest(minus(at_, keys_.back().at)) > 0.5 * reach_;
  if (anew ||
      (ok_ && (far_from_key || frames_ - keys_.back().frame >= options_.key_every_frames))) {
    keep_as_key(spectrum);
  }
  if (anew || (ok_ && nearest && farthest(minus(at_, nearest->at)) > 0.6 * reach_)) {
    keep_as_anchor(spectrum);
  }
  recent_.push_back({frames_, at_, frames_, std::move(spectrum)});
  if (recent_.size() > kLag) {
    recent_.pop_front();
  }
  ++frames_;
}

void FourierDrift::keep_as_key(const Spectrum& spectrum) {
  // The latest key is linked already, as every frame is.
  for (size_t i = 0; i + 1 < keys_.size(); ++i) {
    link(keys_[i], spectrum, minus(at_, keys_[i].at));
  }
  keys_.push_back({frames_, at_, frames_, spectrum});
  if (keys_.size() > kKeys) {
    keys_.pop_front();
  }
}

void FourierDrift::keep_as_anchor(const Spectrum& spectrum) {
  for (const Held& anchor : anchors_) {
    const bool linked = std::any_of(links_.rbegin(), links_.rend(), [&](const DriftLink& one) {
      return one.to == frames_ && one.from == anchor.frame;
    });
    if (!linked) {
      link(anchor, spectrum, minus(at_, anchor.at));
    }
  }
  if (anchors_.size() == kAnchors) {
    anchors_.erase(std::min_element(anchors_.begin(), anchors_.end(),
                                    [](const Held& a, const Held& b) { return a.used < b.used; }));
  }
  anchors_.push_back({frames_, at_, frames_, spectrum});
}

void FourierDrift::measure_coherence(const Spectrum& spectrum, const Held& held, Point shift) {
  const auto blend = [](Rings& mean, const Rings& one, int64_t count) {
    const double share = std::max(0.05, 1.0 / static_cast<double>(count));
    for (int ring = 0; ring < kRings; ++ring) {
      mean[ring] += share * (one[ring] - mean[ring]);
    }
  };
  blend(power_, registrar_->power(spectrum), ++powers_);
  if (!held.spectrum.empty()) {
    blend(cross_, registrar_->cross_power(spectrum, held.spectrum, shift), ++pairs_);
  }
}

void FourierDrift::set_weights() {
  Rings cross = cross_;
  if (!pattern_->known()) {
    // A detector's pattern is white; what lies above it at low frequencies is the specimen.
    double white = 0;
    for (int ring = 3 * kRings / 4; ring < kRings; ++ring) {
      white += std::max(0.0, cross[ring]) / (kRings / 4.0);
    }
    for (double& value : cross) {
      value -= white;
    }
  }
  weights_ = drift_weights(power_, cross, registrar_->ring_counts(), pairs_);
  registrar_->set_weights(weights_);
}

void FourierDrift::restart_from(const FixedPattern::Found& found) {
  const std::vector<FixedPattern::Kept>& kept = found.kept;
  recent_.clear();
  keys_.clear();
  anchors_.clear();
  power_ = cross_ = Rings(kRings, 0.0);
  powers_ = pairs_ = 0;
  lost_ = 0;
  if (static_cast<size_t>(frames_) == kept.size()) {
    // All frames so far are still here: take them once more, without the pattern.
    frames_ = 0;
    links_.clear();
    peak_.clear();
    sharpness_.clear();
    at_ = {};
    for (const FixedPattern::Kept& one : kept) {
      take(one.view, false);
    }
    return;
  }
  // Links made before are pulled towards standing still where there is a pattern; then the frames
  // that were kept know better.
  const DriftSolution before = solve_links(frames_, links_);
  double difference = 0;
  for (size_t i = 0; i < kept.size(); ++i) {
    difference = std::max(difference, farthest(minus(before.shift[kept[i].frame], found.shift[i])));
  }
  if (difference > 0.1) {
    for (DriftLink& one : links_) {
      one.sigma_px = std::max(one.sigma_px, 0.5F);
    }
  }
  links_.insert(links_.end(), found.links.begin(), found.links.end());
  const int32_t next = frames_;
  for (const size_t i : {size_t{0}, kept.size() - 1}) {
    frames_ = kept[i].frame;
    at_ = found.shift[i];
    Spectrum spectrum = imaging::spectrum_of(pattern_->clean(kept[i].view));
    anchors_.push_back({frames_, at_, frames_, spectrum});
    keys_.push_back({frames_, at_, frames_, spectrum});
    if (i > 0) {
      recent_.push_back({frames_, at_, frames_, std::move(spectrum)});
    }
  }
  ok_ = true;
  frames_ = next;
  for (size_t i = 1; i < kept.size(); ++i) {
    const Spectrum a = imaging::spectrum_of(pattern_->clean(kept[i].view));
    Held held{.spectrum = imaging::spectrum_of(pattern_->clean(kept[i - 1].view))};
    measure_coherence(a, held, minus(found.shift[i], found.shift[i - 1]));
  }
  set_weights();
}

bool FourierDrift::only_stationary() const {
  if (size_.area() == 0 || pattern_->known()) {
    return false;
  }
  double white = 0;
  for (int ring = 3 * kRings / 4; ring < kRings; ++ring) {
    white += std::max(0.0, cross_[ring]) / (kRings / 4.0);
  }
  double low = 0;
  for (int ring = 2; ring < kRings / 4; ++ring) {
    low += cross_[ring] / (kRings / 4.0 - 2);
  }
  return low < 2 * white;
}

std::vector<DriftRow> FourierDrift::solve() const {
  std::vector<DriftRow> rows(static_cast<size_t>(frames_));
  const DriftSolution solution = solve_links(frames_, links_);
  const bool stationary = only_stationary();
  bool any = false;
  for (int32_t i = 0; i < frames_; ++i) {
    DriftRow& row = rows[i];
    row.index = i;
    row.peak_ratio = peak_[i];
    if (stationary) {
      continue;
    }
    row.shift = {solution.shift[i].y_px * scale_, solution.shift[i].x_px * scale_};
    row.residual_px = solution.residual_px[i] * scale_;
    row.ok = solution.support[i] > 0.2;
    any = any || row.ok;
  }
  if (!any) {
    for (DriftRow& row : rows) {
      row.shift = {};
    }
    return rows;
  }

  constexpr int32_t kAround = 15;
  for (int32_t i = 0; i < frames_; ++i) {
    std::vector<double> steps;
    std::vector<double> sharpness;
    for (int32_t j = std::max(1, i - kAround); j < std::min(frames_, i + kAround + 1); ++j) {
      if (j != i) {
        const Point step = minus(rows[j].shift, rows[j - 1].shift);
        steps.push_back(std::hypot(step.y_px, step.x_px));
        sharpness.push_back(sharpness_[j]);
      }
    }
    if (i == 0 || steps.size() < 4) {
      continue;
    }
    const Point step = minus(rows[i].shift, rows[i - 1].shift);
    rows[i].jump = std::hypot(step.y_px, step.x_px) > std::max(2.0 * scale_, 6 * median(steps));
    rows[i].blurred = sharpness_[i] < 0.5 * median(sharpness);
  }
  return rows;
}

std::vector<std::string> FourierDrift::warnings() const {
  std::vector<std::string> out;
  const std::vector<DriftRow> rows = solve();
  const auto bad = std::count_if(rows.begin(), rows.end(), [](const DriftRow& r) { return !r.ok; });
  if (frames_ < 2) {
    return out;
  }
  if (bad == frames_) {
    out.push_back(
        only_stationary() && !links_.empty()
            ? "drift: all that can be registered stands still like a detector's fixed pattern, "
              "without texture of the specimen: drift and motion cannot be told apart; no drift is "
              "assumed"
            : "drift: no texture to register: drift and motion cannot be told apart; no drift is "
              "assumed");
    return out;
  }
  if (bad > 0) {
    out.push_back(fmt::format("drift: {} of {} frames could not be registered and are interpolated",
                              bad, frames_));
  }
  if (pattern_ && pattern_->share() > 0.02) {
    out.push_back(
        "drift: what stood still in camera coordinates was taken for the detector's fixed pattern "
        "and left out; where it is the specimen, which does not drift, give --no-drift");
  }
  const int64_t pieces = solve_links(frames_, links_).pieces;
  if (pieces > 1) {
    out.push_back(
        fmt::format("drift: the recording falls into {} pieces that could not be registered to one "
                    "another; no drift is assumed between them",
                    pieces));
  }
  const auto jumps =
      std::count_if(rows.begin(), rows.end(), [](const DriftRow& r) { return r.jump; });
  if (jumps > 0) {
    out.push_back(fmt::format("drift: the specimen jumps in {} of {} frames", jumps, frames_));
  }
  return out;
}

std::string FourierDrift::save_state() const {
  DriftStateWriter out;
  out.put(kMagic);
  out.put(field_);
  out.put(options_.from);
  out.put(options_.key_every_frames);
  out.put(options_.max_shift_px);
  out.put(options_.min_peak_ratio);
  out.put(frames_);
  out.put(links_);
  out.put(peak_);
  out.put(sharpness_);
  out.put(at_);
  out.put(ok_);
  out.put(lost_);
  const auto put_held = [&](const auto& all) {
    out.put(static_cast<uint64_t>(all.size()));
    for (const Held& held : all) {
      out.put(held.frame);
      out.put(held.at);
      out.put(held.used);
      out.put(held.spectrum);
    }
  };
  put_held(recent_);
  put_held(keys_);
  put_held(anchors_);
  out.put(power_);
  out.put(cross_);
  out.put(weights_);
  out.put(powers_);
  out.put(pairs_);
  if (pattern_) {
    pattern_->save(out);
  }
  return out.take();
}

void FourierDrift::load_state(std::string_view state) {
  DriftStateReader in(state);
  char magic[8];
  in.get(magic);
  if (!std::equal(std::begin(magic), std::end(magic), std::begin(kMagic))) {
    DriftStateReader::refuse();
  }
  Size field;
  DriftOptions options;
  in.get(field);
  in.get(options.from);
  in.get(options.key_every_frames);
  in.get(options.max_shift_px);
  in.get(options.min_peak_ratio);
  if (field != field_ || options.from != options_.from ||
      options.key_every_frames != options_.key_every_frames ||
      options.max_shift_px != options_.max_shift_px ||
      options.min_peak_ratio != options_.min_peak_ratio) {
    throw Error(ErrorKind::kBadFile, "drift state is of a field of {} x {} px or of other options",
                field.height, field.width);
  }
  in.get(frames_);
  in.get(links_);
  in.get(peak_);
  in.get(sharpness_);
  in.get(at_);
  in.get(ok_);
  in.get(lost_);
  const Size half = {size_.height, size_.width / 2 - 1};
  const auto get_held = [&](auto& all, size_t most) {
    uint64_t count = 0;
    in.get(count);
    if (count > most) {
      DriftStateReader::refuse();
    }
    all.clear();
    for (uint64_t i = 0; i < count; ++i) {
      Held held;
      in.get(held.frame);
      in.get(held.at);
      in.get(held.used);
      in.get(held.spectrum);
      if (held.spectrum.size() != half) {
        DriftStateReader::refuse();
      }
      all.push_back(std::move(held));
    }
  };
  get_held(recent_, kLag);
  get_held(keys_, kKeys);
  get_held(anchors_, kAnchors);
  in.get(power_);
  in.get(cross_);
  in.get(weights_);
  in.get(powers_);
  in.get(pairs_);
  if (pattern_) {
    pattern_->load(in);
  }
  in.end();
  const auto frames = static_cast<size_t>(std::max(0, frames_));
  const bool links_fit = std::all_of(links_.begin(), links_.end(), [&](const DriftLink& one) {
    return one.from >= 0 && one.from < frames_ && one.to >= 0 && one.to < frames_;
  });
  if (frames_ < 0 || peak_.size() != frames || sharpness_.size() != frames || !links_fit ||
      power_.size() != kRings || cross_.size() != kRings ||
      (!weights_.empty() && weights_.size() != kRings)) {
    DriftStateReader::refuse();
  }
  if (registrar_ && !weights_.empty()) {
    registrar_->set_weights(weights_);
  }
}

}  // namespace

std::unique_ptr<DriftEstimator> make_drift_estimator(const DriftOptions& options, Size field) {
  return std::make_unique<FourierDrift>(options, field);
}

}  // namespace mote::track
