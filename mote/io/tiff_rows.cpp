#include "mote/io/tiff_rows.h"

#include <algorithm>
#include <type_traits>

#include <tiffio.h>

#include "mote/core/error.h"
#include "mote/io/grey.h"
#include "mote/io/tiff_samples.h"
#include "mote/io/wide_integers.h"

namespace mote::io {
namespace {

// What one row after another is unpacked into.
template <typename T>
struct Buffers {
  std::vector<T> pixels;
  std::vector<T> plane;
};

// Unpacks `count` samples that lie side by side.
template <typename T>
void unpack(const TiffRowFormat& format, const uint8_t* row, int64_t count, T* samples) {
  if constexpr (std::is_same_v<T, double>) {
    const auto* bytes = reinterpret_cast<const std::byte*>(row);
    if (format.wide == WideIntegers::kUnsigned) {
      return wide_integers<uint64_t>(bytes, count, samples);
    }
    if (format.wide == WideIntegers::kSigned) {
      return wide_integers<int64_t>(bytes, count, samples);
    }
  }
  unpack_samples(row, count, format.bits, samples);
}

// Unpacks `pixels` pixels, their samples side by side. Says how many samples each has.
template <typename T>
int64_t unpack_row(const TiffRowFormat& format, const std::vector<const uint8_t*>& rows,
                   int64_t pixels, Buffers<T>& buffers) {
  if (!format.separate) {
    buffers.pixels.resize(static_cast<size_t>(pixels * format.samples));
    unpack(format, rows[0], pixels * format.samples, buffers.pixels.data());
    return format.samples;
  }
  const auto planes = static_cast<int64_t>(rows.size());
  buffers.pixels.resize(static_cast<size_t>(pixels * planes));
  buffers.plane.resize(static_cast<size_t>(pixels));
  for (int64_t plane = 0; plane < planes; ++plane) {
    unpack(format, rows[static_cast<size_t>(plane)], pixels, buffers.plane.data());
    for (int64_t i = 0; i < pixels; ++i) {
      buffers.pixels[static_cast<size_t>(i * planes + plane)] =
          buffers.plane[static_cast<size_t>(i)];
    }
  }
  return planes;
}

template <typename T>
void convert_row(const TiffRowFormat& format, const std::vector<const uint8_t*>& rows,
                 int64_t pixels, Buffers<T>& buffers, T* grey) {
  const int64_t stride = unpack_row(format, rows, pixels, buffers);
  if constexpr (std::is_same_v<T, uint8_t> || std::is_same_v<T, uint16_t> ||
                std::is_same_v<T, float>) {
    if (format.rgb) {
      grey_row(buffers.pixels.data(), pixels, stride, grey);
      return;
    }
  }
  for (int64_t i = 0; i < pixels; ++i) {
    grey[i] = buffers.pixels[static_cast<size_t>(i * stride)];
  }
}

// The grey of each index.
void look_up_row(const TiffRowFormat& format, const std::vector<const uint8_t*>& rows,
                 int64_t pixels, Buffers<uint16_t>& buffers, uint8_t* grey) {
  if (format.bits == 8) {
    for (int64_t x = 0; x < pixels; ++x) {
      grey[x] = format.palette[rows[0][x]];
    }
    return;
  }
  unpack_row(format, rows, pixels, buffers);
  for (int64_t x = 0; x < pixels; ++x) {
    grey[x] = format.palette[buffers.pixels[static_cast<size_t>(x)]];
  }
}

}  // namespace

SampleType sample_type(int format, int bits) {
  if (format == SAMPLEFORMAT_IEEEFP && (bits == 16 || bits == 32 || bits == 64)) {
    return bits == 64 ? SampleType::kFloat64 : SampleType::kFloat32;
  }
  if (wide_integers_of(format, bits) != WideIntegers::kNone) {
    return SampleType::kFloat64;
  }
  const bool is_signed = format == SAMPLEFORMAT_INT;
  if ((is_signed || format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_VOID) && bits >= 1 &&
      bits <= 32) {
    if (bits <= 8) {
      return is_signed ? SampleType::kInt8 : SampleType::kUint8;
    }
    if (bits <= 16) {
      return is_signed ? SampleType::kInt16 : SampleType::kUint16;
    }
    return is_signed ? SampleType::kInt32 : SampleType::kUint32;
  }
  const char* kind = format == SAMPLEFORMAT_IEEEFP ? "floating-point"
                     : format == SAMPLEFORMAT_INT  ? "signed integer"
                     : format == SAMPLEFORMAT_COMPLEXINT || format == SAMPLEFORMAT_COMPLEXIEEEFP
                         ? "complex"
                         : "unsigned integer";
  throw Error(
      ErrorKind::kUnsupported,
      "TIFF with {}-bit {} samples: mote reads integers of 1 to 32 and of 64 bits and floating "
      "point of 16, 32 and 64 bits",
      bits, kind);
}

WideIntegers wide_integers_of(int format, int bits) {
  if (bits != 64) {
    return WideIntegers::kNone;
  }
  switch (format) {
    case SAMPLEFORMAT_INT: return WideIntegers::kSigned;
    case SAMPLEFORMAT_UINT:
    case SAMPLEFORMAT_VOID: return WideIntegers::kUnsigned;
    default: return WideIntegers::kNone;
  }
}

void convert_rows(const TiffRowFormat& format, const std::vector<std::vector<uint8_t>>& planes,
                  int64_t row_bytes, Box box, Image& image) {
  std::vector<const uint8_t*> rows(planes.size());
  const auto point_at = [&](int64_t y) {
    std::transform(planes.begin(), planes.end(), rows.begin(),
                   [&](const std::vector<uint8_t>& plane) { return plane.data() + y * row_bytes; });
  };
  const int64_t width = image.size().width;
  if (!format.palette.empty()) {
    Buffers<uint16_t> buffers;
    for (int64_t y = 0; y < box.height; ++y) {
      point_at(y);
      look_up_row(format, rows, box.width, buffers,
                  image.as<uint8_t>() + (box.y + y) * width + box.x);
    }
    return;
  }
  with_sample_type(image.type(), [&](auto zero) {
    using T = decltype(zero);
    Buffers<T> buffers;
    for (int64_t y = 0; y < box.height; ++y) {
      point_at(y);
      convert_row(format, rows, box.width, buffers, image.as<T>() + (box.y + y) * width + box.x);
    }
  });
}

void invert(Image& image, int bits) {
  with_sample_type(image.type(), [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_integral_v<T>) {
      invert_samples<T>(image, bits);
    }
  });
}

}  // namespace mote::io
