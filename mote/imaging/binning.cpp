#include "mote/imaging/binning.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <limits>
#include <vector>

#include "mote/core/error.h"

namespace mote::imaging {
namespace {

constexpr int64_t kMostSamples = 65536;  // of 16 bits, whose sum fits 32

template <typename Sum, typename T>
void add_rows(const T* from, int64_t stride, int64_t bin, std::vector<Sum>& line) {
  const auto width = static_cast<int64_t>(line.size());
  Sum* to = line.data();
  std::copy_n(from, width, to);
  for (int64_t row = 1; row < bin; ++row) {
    const T* next = from + row * stride;
    for (int64_t x = 0; x < width; ++x) {
      to[x] += static_cast<Sum>(next[x]);
    }
  }
}

template <typename Sum>
void add_columns(const Sum* line, int64_t bin, int64_t width, Sum* sums) {
  if (bin == 1) {
    for (int64_t x = 0; x < width; ++x) {
      sums[x] += line[x];
    }
  } else if (bin == 2) {
    for (int64_t x = 0; x < width; ++x) {
      sums[x] += line[2 * x] + line[2 * x + 1];
    }
  } else {
    for (int64_t x = 0; x < width; ++x) {
      Sum sum = 0;
      for (int64_t i = 0; i < bin; ++i) {
        sum += line[x * bin + i];
      }
      sums[x] += sum;
    }
  }
}

template <typename T, typename Sum>
void add_image(const Image& image, Box box, int64_t bin, Grid<Sum>& sums) {
  std::vector<Sum> line(static_cast<size_t>(sums.width() * bin));
  const int64_t stride = image.size().width;
  for (int64_t y = 0; y < sums.height(); ++y) {
    add_rows(image.as<T>() + (box.y + y * bin) * stride + box.x, stride, bin, line);
    add_columns(line.data(), bin, sums.width(), sums.row(y));
  }
}

template <typename Sum>
Grid<float> divided(const Grid<Sum>& sums, int64_t samples) {
  auto out = Grid<float>::unfilled(sums.size());
  const double share = 1.0 / static_cast<double>(samples);
  for (size_t i = 0; i < out.values().size(); ++i) {
    out.values()[i] = static_cast<float>(static_cast<double>(sums.values()[i]) * share);
  }
  return out;
}

}  // namespace

BinnedMean::BinnedMean(Box box, int64_t bin, int64_t images)
    : box_(box), bin_(bin), size_{box.height / bin, box.width / bin} {
  if (size_.height < 1 || size_.width < 1) {
    throw Error(ErrorKind::kUsage, "bins of {} x {} px do not fit into {} x {} px", bin, bin,
                box.width, box.height);
  }
  if (images > kMostSamples || bin > kMostSamples || bin * bin > kMostSamples / images) {
    throw Error(ErrorKind::kUsage,
                "a mean of {} x {} px over {} frames: mote takes up to {} samples", bin, bin,
                images, kMostSamples);
  }
}

void BinnedMean::add(const Image& image) {
  assert(box_.y_end() <= image.size().height && box_.x_end() <= image.size().width);
  const auto add_to = [&]<typename T, typename Sum>(T, Sum) {
    if (added_ == 0) {
      sums_.emplace<Grid<Sum>>(size_);
    }
    add_image<T>(image, box_, bin_, std::get<Grid<Sum>>(sums_));
  };
  switch (image.type()) {
    case SampleType::kUint8: add_to(uint8_t{}, uint32_t{}); break;
    case SampleType::kUint16: add_to(uint16_t{}, uint32_t{}); break;
    case SampleType::kInt8: add_to(int8_t{}, int32_t{}); break;
    case SampleType::kInt16: add_to(int16_t{}, int32_t{}); break;
    case SampleType::kUint32: add_to(uint32_t{}, double{}); break;
    case SampleType::kInt32: add_to(int32_t{}, double{}); break;
    case SampleType::kFloat32: add_to(float{}, double{}); break;
    case SampleType::kFloat64: add_to(double{}, double{}); break;
  }
  ++added_;
}

Image BinnedMean::mean() const {
  assert(added_ > 0);
  const int64_t samples = bin_ * bin_ * added_;
  if (const auto* sums = std::get_if<Grid<uint32_t>>(&sums_)) {
    return to_image(divided(*sums, samples));
  }
  if (const auto* sums = std::get_if<Grid<int32_t>>(&sums_)) {
    return to_image(divided(*sums, samples));
  }
  return to_image(divided(std::get<Grid<double>>(sums_), samples));
}

BinaryImage binned_any(const BinaryImage& image, Box box, int64_t bin) {
  BinaryImage out({box.height / bin, box.width / bin});
  for (int64_t y = 0; y < out.height() * bin; ++y) {
    const uint8_t* from = image.row(box.y + y) + box.x;
    uint8_t* to = out.row(y / bin);
    for (int64_t x = 0; x < out.width() * bin; ++x) {
      to[x / bin] |= from[x] != 0 ? 1 : 0;
    }
  }
  return out;
}

}  // namespace mote::imaging
