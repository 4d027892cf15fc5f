#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/image.h"

namespace mote::io {

/// Integers of 64 bits, which become float64.
enum class WideIntegers { kNone, kUnsigned, kSigned };

/// How the rows of an image lie in a TIFF file, once decompressed.
struct TiffRowFormat {
  int bits = 1;           ///< a sample
  int samples = 1;        ///< a pixel
  bool separate = false;  ///< one plane of samples after the other
  bool rgb = false;       ///< the first three samples are red, green and blue
  WideIntegers wide = WideIntegers::kNone;
  std::vector<uint8_t> palette;  ///< index -> grey; empty where samples are grey levels

  /// Of one plane where planes are separate.
  int64_t row_bytes(int64_t pixels) const {
    return (pixels * bits * (separate ? 1 : samples) + 7) / 8;
  }
};

/// The sample type that samples of a TIFF `format` (SAMPLEFORMAT_UINT, ...) and of `bits` bits are
/// read into. Throws kUnsupported where mote does not read them.
SampleType sample_type(int format, int bits);

/// What of them is wider than any sample type of integers.
WideIntegers wide_integers_of(int format, int bits);

/// Turns stored rows into grey ones: the rows of `box` of `image`, whose sample type is the one of
/// the grey levels. `planes` holds them once, or once a colour where separate; each takes
/// `row_bytes`, of which what lies behind the box's width is padding.
void convert_rows(const TiffRowFormat& format, const std::vector<std::vector<uint8_t>>& planes,
                  int64_t row_bytes, Box box, Image& image);

/// White becomes black, for samples of `bits` bits; floating-point samples stay as they are.
void invert(Image& image, int bits);

}  // namespace mote::io
