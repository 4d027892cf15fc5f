#include "mote/imaging/sample_conversion.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "mote/core/error.h"

namespace mote::imaging {
namespace {

/// Calls `use` with a null pointer to the C++ type of `type`.
template <typename Use>
auto with_type(SampleType type, const Use& use) {
  switch (type) {
    case SampleType::kUint8: return use(static_cast<uint8_t*>(nullptr));
    case SampleType::kInt8: return use(static_cast<int8_t*>(nullptr));
    case SampleType::kUint16: return use(static_cast<uint16_t*>(nullptr));
    case SampleType::kInt16: return use(static_cast<int16_t*>(nullptr));
    case SampleType::kUint32: return use(static_cast<uint32_t*>(nullptr));
    case SampleType::kInt32: return use(static_cast<int32_t*>(nullptr));
    case SampleType::kFloat32: return use(static_cast<float*>(nullptr));
    case SampleType::kFloat64: break;
  }
  return use(static_cast<double*>(nullptr));
}

template <typename T>
SampleRange range_of_samples(const T* samples, int64_t count) {
  SampleRange range;
  for (int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<double>(samples[i]);
    range.least = std::min(range.least, value);
    range.most = std::max(range.most, value);
    if constexpr (std::is_floating_point_v<T>) {
      range.whole = range.whole && value == std::floor(value);
    }
  }
  return range;
}

/// The nearest number of To.
template <typename To>
To nearest(double value) {
  if constexpr (std::is_floating_point_v<To>) {
    constexpr auto kMost = static_cast<double>(std::numeric_limits<To>::max());
    return static_cast<To>(std::clamp(value, -kMost, kMost));
  } else {
    using Limits = std::numeric_limits<To>;
    return static_cast<To>(std::clamp(std::round(value), static_cast<double>(Limits::min()),
                                      static_cast<double>(Limits::max())));
  }
}

template <typename From, typename To>
void convert_samples(const From* from, int64_t count, const std::optional<GreyScale>& scale, To* to,
                     Converted& out) {
  const double black = scale ? scale->black : 0;
  const auto most = static_cast<double>(std::numeric_limits<To>::max());
  const double factor = scale ? most / (scale->white - black) : 1;
  for (int64_t i = 0; i < count; ++i) {
    const auto value = static_cast<double>(from[i]);
    const double scaled = scale ? (value - black) * factor : value;
    to[i] = nearest<To>(scaled);
    const double difference = std::abs(static_cast<double>(to[i]) - scaled);
    if (scale) {
      out.clipped += difference > 0.5 + 1e-6 ? 1 : 0;
    } else {
      const bool beyond = std::is_floating_point_v<To> ? std::abs(scaled) > most : difference > 0.5;
      out.clipped += beyond ? 1 : 0;
      out.rounded += !beyond && difference > 0 ? 1 : 0;
    }
  }
}

}  // namespace

void SampleRange::join(const SampleRange& other) {
  least = std::min(least, other.least);
  most = std::max(most, other.most);
  whole = whole && other.whole;
}

SampleRange range_of(const Image& image) {
  return with_type(image.type(), [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    return range_of_samples(image.as<T>(), image.size().area());
  });
}

std::optional<SampleRange> range_of(SampleType type) {
  return with_type(type, [](auto* pointer) -> std::optional<SampleRange> {
    using T = std::remove_pointer_t<decltype(pointer)>;
    if constexpr (std::is_floating_point_v<T>) {
      return std::nullopt;
    } else {
      return SampleRange{.least = static_cast<double>(std::numeric_limits<T>::min()),
                         .most = static_cast<double>(std::numeric_limits<T>::max())};
    }
  });
}

bool holds_all(SampleType to, SampleType from) {
  if (to == from || to == SampleType::kFloat64) {
    return true;
  }
  const std::optional<SampleRange> inner = range_of(from);
  if (!inner) {
    return false;
  }
  constexpr double kWholeInFloat32 = 1 << 24;
  const SampleRange outer =
      range_of(to).value_or(SampleRange{.least = -kWholeInFloat32, .most = kWholeInFloat32});
  return outer.least <= inner->least && outer.most >= inner->most;
}

Converted converted(const Image& image, SampleType to, const std::optional<GreyScale>& scale) {
  if (scale && to != SampleType::kUint8 && to != SampleType::kUint16) {
    throw Error(ErrorKind::kUsage, "a grey scale of {}, expected uint8 or uint16", name(to));
  }
  Converted out{.image = Image::unfilled(image.size(), to)};
  with_type(image.type(), [&](auto* from_type) {
    using From = std::remove_pointer_t<decltype(from_type)>;
    with_type(to, [&](auto* to_type) {
      using To = std::remove_pointer_t<decltype(to_type)>;
      convert_samples(image.as<From>(), image.size().area(), scale, out.image.as<To>(), out);
    });
  });
  return out;
}

}  // namespace mote::imaging
