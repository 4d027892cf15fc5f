#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mote/core/frame_memory.h"
#include "mote/core/grid.h"

namespace mote {

enum class SampleType { kUint8, kInt8, kUint16, kInt16, kUint32, kInt32, kFloat32, kFloat64 };

/// Bytes that one sample takes.
int64_t bytes_per_sample(SampleType type);

/// `uint8`, `int16`, `float32`, ...
std::string_view name(SampleType type);

/// A grey image in the sample type it was recorded in, native byte order, row-major, no padding.
class Image {
 public:
  Image() = default;
  /// All zero. Throws kResource where there is no memory for it.
  Image(Size size, SampleType type);
  /// Every sample is to be written before it is read. Throws as the constructor.
  static Image unfilled(Size size, SampleType type);

  Size size() const { return size_; }
  SampleType type() const { return type_; }
  bool empty() const { return bytes_.empty(); }

  std::byte* bytes() { return bytes_.data(); }
  const std::byte* bytes() const { return bytes_.data(); }
  int64_t byte_count() const { return static_cast<int64_t>(bytes_.size()); }

  /// The samples as T; T must be the type that `type()` names.
  template <typename T>
  T* as() {
    return reinterpret_cast<T*>(bytes_.data());
  }
  template <typename T>
  const T* as() const {
    return reinterpret_cast<const T*>(bytes_.data());
  }

  bool operator==(const Image&) const = default;

 private:
  Size size_;
  SampleType type_ = SampleType::kUint8;
  FrameMemory bytes_;
};

/// The image that `values` make, as float32 samples.
Image to_image(const Grid<float>& values);

/// The samples converted to float32 without scaling.
Grid<float> to_float32(const Image& image);

/// The pixels of `image` inside `box`, which must lie within it.
/// Throws kUsage where it does not.
Image crop(const Image& image, Box box);

}  // namespace mote
