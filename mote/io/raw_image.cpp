#include "mote/io/raw_image.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"
#include "mote/io/grey.h"
#include "mote/io/tiff_samples.h"
#include "mote/io/wide_integers.h"

namespace mote::io {
namespace {

// What is converted goes through a piece that stays in the processor's cache.
constexpr int64_t kPieceBytes = 1 << 16;

bool is_foreign(const RawFormat& format) {
  return format.big_endian != (std::endian::native == std::endian::big);
}

void read_all(const File& file, int64_t offset, void* to, int64_t count) {
  if (file.read_at(offset, to, count) < count) {
    throw Error(ErrorKind::kBadFile, "the file has become shorter");
  }
}

// Within each 8 bytes, those of every `width` of them in the opposite order.
uint64_t swapped_word(uint64_t word, int64_t width) {
  switch (width) {
    case 2: return (word >> 8 & 0x00FF00FF00FF00FF) | (word & 0x00FF00FF00FF00FF) << 8;
    case 4: return std::rotl(byte_swapped(word), 32);
    default: return byte_swapped(word);
  }
}

// Eight bytes at a time, which compilers turn into vector instructions.
template <int64_t kWidth>
void swap_words(std::byte* bytes, int64_t count) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes + i, 8);
    word = swapped_word(word, kWidth);
    std::memcpy(bytes + i, &word, 8);
  }
  for (; i + kWidth <= count; i += kWidth) {
    std::reverse(bytes + i, bytes + i + kWidth);
  }
}

void swap_bytes(std::byte* bytes, int64_t count, int64_t width) {
  switch (width) {
    case 2: swap_words<2>(bytes, count); break;
    case 4: swap_words<4>(bytes, count); break;
    case 8: swap_words<8>(bytes, count); break;
    default: break;
  }
}

// `count` pixels, in native byte order, into the image's samples from number `at` on.
void convert(const std::byte* from, int64_t count, StoredType stored, int64_t at, Image& image) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(from);
  switch (stored) {
    case StoredType::kBool:
      std::transform(bytes, bytes + count, image.as<uint8_t>() + at,
                     [](uint8_t value) { return static_cast<uint8_t>(value != 0 ? 1 : 0); });
      break;
    case StoredType::kUint4:
      for (int64_t i = 0; i < count; ++i) {
        image.as<uint8_t>()[at + i] =
            static_cast<uint8_t>(i % 2 == 0 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4);
      }
      break;
    case StoredType::kFloat16: unpack_samples(bytes, count, 16, image.as<float>() + at); break;
    case StoredType::kUint64: wide_integers<uint64_t>(from, count, image.as<double>() + at); break;
    case StoredType::kInt64: wide_integers<int64_t>(from, count, image.as<double>() + at); break;
    case StoredType::kRgb8: grey_row(bytes, count, 3, image.as<uint8_t>() + at); break;
    case StoredType::kBgra8: {
      std::array<uint8_t, 3 * 1024> rgb;
      for (int64_t i = 0; i < count; i += 1024) {
        const int64_t some = std::min<int64_t>(1024, count - i);
        for (int64_t k = 0; k < some; ++k) {
          const uint8_t* pixel = bytes + 4 * (i + k);
          std::reverse_copy(pixel, pixel + 3, rgb.data() + 3 * k);
        }
        grey_row(rgb.data(), some, 3, image.as<uint8_t>() + at + i);
      }
      break;
    }
    default: break;  // stored as it is: never converted
  }
}

// `pixels` pixels in one piece from `offset` on, into the image's samples from number `at` on.
void read_run(const File& file, int64_t offset, int64_t pixels, int64_t at, const RawFormat& format,
              Image& image) {
  const bool foreign = is_foreign(format);
  const int64_t bits = bits_per_pixel(format.stored);
  if (stored_as_read(format.stored)) {
    const int64_t width = bits / 8;
    std::byte* to = image.bytes() + at * width;
    const int64_t step = foreign && width > 1 ? kPieceBytes : pixels * width;
    for (int64_t done = 0; done < pixels * width; done += step) {
      const int64_t some = std::min(step, pixels * width - done);
      read_all(file, offset + done, to + done, some);
      if (foreign) {
        swap_bytes(to + done, some, width);
      }
    }
    return;
  }
  const bool wide = format.stored == StoredType::kUint64 || format.stored == StoredType::kInt64;
  const int64_t width = wide ? 8 : format.stored == StoredType::kFloat16 ? 2 : 1;
  alignas(8) std::array<std::byte, kPieceBytes> piece;
  const int64_t step = kPieceBytes * 8 / bits / 2 * 2;
  for (int64_t done = 0; done < pixels; done += step) {
    const int64_t some = std::min(step, pixels - done);
    const int64_t bytes = (some * bits + 7) / 8;
    read_all(file, offset + done * bits / 8, piece.data(), bytes);
    if (foreign) {
      swap_bytes(piece.data(), bytes, width);
    }
    convert(piece.data(), some, format.stored, at + done, image);
  }
}

}  // namespace

SampleType RawFormat::type() const {
  switch (stored) {
    case StoredType::kBool:
    case StoredType::kUint4:
    case StoredType::kUint8:
    case StoredType::kRgb8:
    case StoredType::kBgra8: return SampleType::kUint8;
    case StoredType::kInt8: return SampleType::kInt8;
    case StoredType::kUint16: return SampleType::kUint16;
    case StoredType::kInt16: return SampleType::kInt16;
    case StoredType::kUint32: return SampleType::kUint32;
    case StoredType::kInt32: return SampleType::kInt32;
    case StoredType::kFloat16:
    case StoredType::kFloat32: return SampleType::kFloat32;
    case StoredType::kUint64:
    case StoredType::kInt64:
    case StoredType::kFloat64: return SampleType::kFloat64;
  }
  return SampleType::kUint8;
}

int64_t RawFormat::row_bytes() const {
  return (size.width * bits_per_pixel(stored) + 7) / 8;
}

Size checked_size(int64_t height, int64_t width) {
  if (height < 1 || width < 1 || height > kMaxSidePx || width > kMaxSidePx) {
    throw Error(ErrorKind::kBadFile,
                "the header claims images of {} x {} px; expected are sides of 1 to {}", width,
                height, kMaxSidePx);
  }
  return {.height = height, .width = width};
}

void check_held(const RawFormat& format, int64_t images, int64_t offset, int64_t file_bytes) {
  const int64_t held = offset < 0 || offset > file_bytes
                           ? -1
                           : (file_bytes - offset) / std::max<int64_t>(1, format.bytes());
  if (images < 1 || held < images) {
    throw Error(ErrorKind::kBadFile,
                "the header claims {} images of {} x {} px of {} ({} bytes each) from byte {} on, "
                "the file has {} bytes",
                images, format.size.width, format.size.height, name(format.stored), format.bytes(),
                offset, file_bytes);
  }
}

Image image_of(const std::byte* samples, Size size, StoredType stored) {
  Image image = Image::unfilled(size, RawFormat{.size = size, .stored = stored}.type());
  if (stored_as_read(stored)) {
    std::memcpy(image.bytes(), samples, static_cast<size_t>(image.byte_count()));
  } else {
    convert(samples, size.area(), stored, 0, image);
  }
  return image;
}

Image read_raw_image(const File& file, int64_t offset, const RawFormat& format) {
  const int64_t bytes = format.bytes();
  if (offset < 0 || bytes > file.bytes() || offset > file.bytes() - bytes) {
    throw Error(ErrorKind::kBadFile, "the file ends at byte {}, the image lies at {} to {}",
                file.bytes(), offset, offset + bytes);
  }
  Image image = Image::unfilled(format.size, format.type());
  const auto [height, width] = format.size;
  const bool row_by_row = format.bottom_up || format.row_bytes() * height * 8 !=
                                                  height * width * bits_per_pixel(format.stored);
  if (!row_by_row) {
    read_run(file, offset, height * width, 0, format, image);
    return image;
  }
  const int64_t row_bytes = format.row_bytes();
  if (stored_as_read(format.stored) && !is_foreign(format)) {
    std::byte* last = image.bytes() + (height - 1) * row_bytes;
    if (file.read_rows_upwards_at(offset, last, row_bytes, height) < bytes) {
      throw Error(ErrorKind::kBadFile, "the file has become shorter");
    }
    return image;
  }
  for (int64_t y = 0; y < height; ++y) {
    const int64_t row = format.bottom_up ? height - 1 - y : y;
    read_run(file, offset + row * row_bytes, width, y * width, format, image);
  }
  return image;
}

}  // namespace mote::io
