#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "mote/core/image.h"

namespace mote::imaging {

/// What the samples of one image, or of several, are.
struct SampleRange {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
  bool whole = true;  ///< none has a fraction

  void join(const SampleRange& other);
};

/// Of finite samples.
SampleRange range_of(const Image& image);

/// The smallest and largest number that a type of integers holds; nothing for floating point.
std::optional<SampleRange> range_of(SampleType type);

/// True where every number of `from` is one of `to`.
bool holds_all(SampleType to, SampleType from);

/// Grey levels on a straight line: `black` becomes 0 and `white` the largest number of an unsigned
/// type.
struct GreyScale {
  double black = 0;
  double white = 1;

  bool operator==(const GreyScale&) const = default;
};

/// An image in another sample type, and what it cost.
struct Converted {
  Image image;
  int64_t clipped = 0;  ///< samples beyond the type, set to its nearest number
  int64_t rounded = 0;  ///< samples that became another number without a scale
};

/// The samples as `to`: on `scale` where there is one, rounded to the nearest number, else as they
/// are. Throws kUsage for a scale with a type that is neither uint8 nor uint16.
Converted converted(const Image& image, SampleType to, const std::optional<GreyScale>& scale);

}  // namespace mote::imaging
