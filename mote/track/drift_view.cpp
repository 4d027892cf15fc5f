#include "mote/track/drift_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "mote/core/error.h"
#include "mote/imaging/registration.h"

namespace mote::track {
namespace {

// Sides above this (of a square of the field's area) are binned: what more pixels would add to the
// shift's accuracy is less than what they cost.
constexpr int64_t kWorkingPx = 640;
// In recorded pixels around particles: Fresnel fringes, blurred edges.
constexpr int64_t kMarginPx = 4;
// In registered pixels: half of the way over which a view fades towards masks.
constexpr int kTaperRadiusPx = 2;
// Side, in registered pixels, of the box that the local background is taken over: above the
// texture's own scale, below that of uneven illumination.
constexpr int kBackgroundPx = 41;
// A box with less is empty: its sum is that of whole pixels, but for rounding.
constexpr float kLeastPixels = 0.5F;
constexpr int kFullWeight = DriftView::kFullWeight;

template <typename T>
cv::Mat mat(Grid<T>& grid) {
  return {static_cast<int>(grid.height()), static_cast<int>(grid.width()), cv::DataType<T>::type,
          grid.data()};
}

// 1 where all pixels within `radius` are 1; beyond the field counts as 1.
BinaryImage shrunk(BinaryImage& grid, int radius) {
  BinaryImage out(grid.size());
  cv::Mat result = mat(out);
  cv::erode(mat(grid), result,
            cv::getStructuringElement(cv::MORPH_RECT, {2 * radius + 1, 2 * radius + 1}), {-1, -1},
            1, cv::BORDER_CONSTANT, cv::Scalar(1));
  return out;
}

cv::Mat box_sum(const cv::Mat& from) {
  cv::Mat out;
  cv::boxFilter(from, out, CV_32F, {kBackgroundPx, kBackgroundPx}, {-1, -1}, false,
                cv::BORDER_CONSTANT);
  return out;
}

}  // namespace

DriftViewer::DriftViewer(DriftFrom from, Size field) : from_(from), field_(field) {
  bin_ = std::max<int64_t>(
      1,
      static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(field.area())) / kWorkingPx)));
  size_ = imaging::registration_size({field.height / bin_, field.width / bin_});
  crop_ = {.y = (field.height - size_.height * bin_) / 2,
           .x = (field.width - size_.width * bin_) / 2,
           .height = size_.height * bin_,
           .width = size_.width * bin_};
  window_y_ = imaging::tapered_window(size_.height, kWindowEdge);
  window_x_ = imaging::tapered_window(size_.width, kWindowEdge);
}

// Means of bin x bin pixels; one pixel of a particle makes its bin the particle's.
DriftViewer::Binned DriftViewer::binned(const Grid<float>& image,
                                        const BinaryImage& particles) const {
  const int64_t width = size_.width;
  Binned out{
      .values = Grid<float>(size_), .specimen = BinaryImage(size_), .sound = BinaryImage(size_)};
  std::vector<float> sums(static_cast<size_t>(width));
  std::vector<uint8_t> covered(sums.size());
  const float share_of_one = 1.0F / static_cast<float>(bin_ * bin_);
  for (int64_t y = 0; y < size_.height; ++y) {
    std::fill(sums.begin(), sums.end(), 0.0F);
    std::fill(covered.begin(), covered.end(), uint8_t{0});
    for (int64_t from_y = crop_.y + y * bin_; from_y < crop_.y + (y + 1) * bin_; ++from_y) {
      const float* row = image.row(from_y) + crop_.x;
      const uint8_t* mask = particles.empty() ? nullptr : particles.row(from_y) + crop_.x;
      for (int64_t part = 0; part < bin_; ++part) {
        for (int64_t x = 0; x < width; ++x) {
          sums[x] += row[x * bin_ + part];
        }
        for (int64_t x = 0; mask && x < width; ++x) {
          covered[x] |= mask[x * bin_ + part];
        }
      }
    }
    float* value = out.values.row(y);
    uint8_t* finite = out.sound.row(y);
    uint8_t* free = out.specimen.row(y);
    for (int64_t x = 0; x < width; ++x) {
      const float mean = sums[x] * share_of_one;
      finite[x] = std::abs(mean) <= std::numeric_limits<float>::max() ? 1 : 0;
      value[x] = finite[x] != 0 ? mean : 0.0F;
      free[x] = covered[x] == 0 ? finite[x] : 0;
    }
  }
  return out;
}

// Which pixels are registered, and which make the local background.
DriftViewer::Chosen DriftViewer::chosen(Binned& frame) const {
  Chosen out{.background = frame.sound, .used = frame.sound};
  if (from_ == DriftFrom::kAll) {
    return out;
  }
  const auto margin = static_cast<int>(std::max<int64_t>(1, (kMarginPx + bin_ - 1) / bin_));
  out.background = shrunk(frame.specimen, margin);
  if (from_ == DriftFrom::kSupport) {
    out.used = shrunk(out.background, kTaperRadiusPx);
    return out;
  }
  // The particles with their surroundings, so that their edges count.
  const BinaryImage far = shrunk(frame.specimen, margin + kTaperRadiusPx);
  for (size_t i = 0; i < out.used.values().size(); ++i) {
    out.used.values()[i] = far.values()[i] == 0 && frame.sound.values()[i] != 0 ? 1 : 0;
  }
  return out;
}

DriftView DriftViewer::view(const Grid<float>& image, const BinaryImage& particles) const {
  if (image.size() != field_) {
    throw Error(ErrorKind::kUsage, "drift: image of {} x {} px in a field of {} x {}",
                image.width(), image.height(), field_.width, field_.height);
  }
  if (!particles.empty() && particles.size() != field_) {
    throw Error(ErrorKind::kUsage, "drift: particle mask of {} x {} px in a field of {} x {}",
                particles.width(), particles.height(), field_.width, field_.height);
  }
  if (size_.area() == 0) {
    return {};
  }

  Binned frame = binned(image, particles);
  Chosen pixels = chosen(frame);
  cv::Mat share;
  mat(pixels.background).convertTo(share, CV_32F);
  const cv::Mat kept_values = mat(frame.values).mul(share);
  const cv::Mat counted = box_sum(share);
  const cv::Mat summed = box_sum(kept_values);
  const double total = cv::sum(share)[0];
  const auto level = static_cast<float>(total > 0 ? cv::sum(kept_values)[0] / total : 0.0);
  const int side = 2 * kTaperRadiusPx + 1;
  // Beyond the field counts as kept: the window tapers there.
  cv::Mat weight;
  cv::boxFilter(kFullWeight * mat(pixels.used), weight, CV_8U, {side, side}, {-1, -1}, true,
                cv::BORDER_REPLICATE);

  DriftView view{.values = Grid<float>(size_), .weight = Grid<uint8_t>(size_)};
  for (int64_t y = 0; y < size_.height; ++y) {
    const auto row = static_cast<int>(y);
    const float* count = counted.ptr<float>(row);
    const float* sum = summed.ptr<float>(row);
    const uint8_t* part = weight.ptr<uint8_t>(row);
    const float* value = frame.values.row(y);
    const uint8_t* finite = frame.sound.row(y);
    float* out = view.values.row(y);
    uint8_t* kept = view.weight.row(y);
    const float window = window_y_[y] * (1.0F / kFullWeight);
    for (int64_t x = 0; x < size_.width; ++x) {
      const float local = count[x] > kLeastPixels ? sum[x] / count[x] : level;
      kept[x] = finite[x] != 0 ? part[x] : 0;
      out[x] = (value[x] - local) * static_cast<float>(kept[x]) * window * window_x_[x];
    }
  }
  return view;
}

Grid<float> without(const DriftView& view, const Grid<float>& pattern) {
  Grid<float> out = view.values;
  float* __restrict values = out.data();
  const float* __restrict fixed = pattern.data();
  const uint8_t* __restrict weight = view.weight.data();
  const auto count = static_cast<int64_t>(out.values().size());
  for (int64_t i = 0; i < count; ++i) {
    values[i] -= fixed[i] * (static_cast<float>(weight[i]) * (1.0F / kFullWeight));
  }
  return out;
}

double coverage(const DriftView& view) {
  const auto weights = view.weight.values();
  const int64_t sum = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  return static_cast<double>(sum) /
         (static_cast<double>(kFullWeight) * static_cast<double>(weights.size()));
}

}  // namespace mote::track
