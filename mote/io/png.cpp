#include "mote/io/png.h"

#include <bit>
#include <csetjmp>
#include <vector>

#include <png.h>

#include "mote/core/error.h"
#include "mote/io/grey.h"
#include "mote/io/still_file.h"

namespace mote::io {
namespace {

// What libpng needs at hand. Its errors come back by longjmp, so functions that call it under
// setjmp own nothing: everything with a destructor lives here or in the caller.
struct Stream {
  explicit Stream(const File& source) : file(source) {}
  ~Stream() { png_destroy_read_struct(&png, &info, nullptr); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  const File& file;
  int64_t position = 0;
  png_structp png = nullptr;
  png_infop info = nullptr;
  bool ended = false;
  std::string why;
};

void fail(png_structp png, png_const_charp message) {
  auto& stream = *static_cast<Stream*>(png_get_error_ptr(png));
  stream.why = stream.ended ? "the file ends before the image does" : message;
  longjmp(png_jmpbuf(png), 1);
}

void ignore(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep to, size_t count) {
  auto& stream = *static_cast<Stream*>(png_get_io_ptr(png));
  int64_t got = -1;
  try {
    got = stream.file.read_at(stream.position, to, static_cast<int64_t>(count));
  } catch (const Error& error) {
    stream.why = error.what();
  }
  if (got < static_cast<int64_t>(count)) {
    stream.ended = got >= 0;
    png_error(png, stream.why.c_str());
  }
  stream.position += got;
}

bool start(Stream& stream) {
  stream.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &stream, fail, ignore);
  if (stream.png == nullptr || (stream.info = png_create_info_struct(stream.png)) == nullptr) {
    throw Error(ErrorKind::kResource, "no memory for a PNG reader");
  }
  if (setjmp(png_jmpbuf(stream.png)) != 0) {
    return false;
  }
  png_set_read_fn(stream.png, &stream, read_bytes);
  png_set_user_limits(stream.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_cache_max(stream.png, 64);
  png_set_chunk_malloc_max(stream.png, 8 << 20);
  png_read_info(stream.png, stream.info);
  return true;
}

// Rows as bytes or native 16-bit numbers of one, two, three or four samples.
bool prepare(Stream& stream) {
  if (setjmp(png_jmpbuf(stream.png)) != 0) {
    return false;
  }
  if (png_get_color_type(stream.png, stream.info) == PNG_COLOR_TYPE_PALETTE) {
    png_set_palette_to_rgb(stream.png);
  }
  png_set_packing(stream.png);
  if (std::endian::native == std::endian::little) {
    png_set_swap(stream.png);
  }
  png_set_interlace_handling(stream.png);
  png_read_update_info(stream.png, stream.info);
  return true;
}

bool read_row(Stream& stream, uint8_t* row) {
  if (setjmp(png_jmpbuf(stream.png)) != 0) {
    return false;
  }
  png_read_row(stream.png, row, nullptr);
  return true;
}

bool read_all(Stream& stream, uint8_t** rows) {
  if (setjmp(png_jmpbuf(stream.png)) != 0) {
    return false;
  }
  png_read_image(stream.png, rows);
  return true;
}

Error damaged(const Stream& stream) {
  return Error(ErrorKind::kBadFile, "damaged PNG file: {}", stream.why);
}

template <typename T>
void convert_row(const uint8_t* row, int64_t width, int64_t samples, T* grey) {
  const T* values = reinterpret_cast<const T*>(row);
  if (samples >= 3) {
    grey_row(values, width, samples, grey);
    return;
  }
  for (int64_t x = 0; x < width; ++x) {
    grey[x] = values[x * samples];
  }
}

void convert(const uint8_t* row, int64_t y, int64_t samples, Image& image) {
  const int64_t width = image.size().width;
  if (image.type() == SampleType::kUint16) {
    convert_row(row, width, samples, image.as<uint16_t>() + y * width);
  } else {
    convert_row(row, width, samples, image.as<uint8_t>() + y * width);
  }
}

RecordingInfo describe(const File& file) {
  Stream stream(file);
  if (!start(stream)) {
    throw damaged(stream);
  }
  const int64_t height = png_get_image_height(stream.png, stream.info);
  const int64_t width = png_get_image_width(stream.png, stream.info);
  const int bits = png_get_bit_depth(stream.png, stream.info);
  const double claimed = static_cast<double>(height) * static_cast<double>(width) * bits *
                         png_get_channels(stream.png, stream.info) / 8;
  constexpr double kMostExpansion = 1032;  // of Deflate
  if (claimed > kMostExpansion * static_cast<double>(file.bytes())) {
    throw Error(ErrorKind::kBadFile, "PNG claims {} x {} px in {:.3g} bytes, the file has {}",
                width, height, claimed, file.bytes());
  }
  if (claimed > 4.0 * (1LL << 30)) {
    throw Error(ErrorKind::kUnsupported, "PNG of {} x {} px: mote reads up to 4 GiB a frame", width,
                height);
  }
  RecordingInfo info;
  info.format = "PNG";
  info.size = {.height = height, .width = width};
  info.type = bits == 16 ? SampleType::kUint16 : SampleType::kUint8;
  info.colour = (png_get_color_type(stream.png, stream.info) & PNG_COLOR_MASK_COLOR) != 0;
  info.metadata["bits per sample"] = fmt::format("{}", bits);
  png_textp texts = nullptr;
  const int count = png_get_text(stream.png, stream.info, &texts, nullptr);
  for (int i = 0; i < count; ++i) {
    info.metadata[texts[i].key] = texts[i].text;
  }
  return info;
}

Image decode(const File& file, const RecordingInfo& info) {
  Stream stream(file);
  if (!start(stream) || !prepare(stream)) {
    throw damaged(stream);
  }
  const int64_t samples = png_get_channels(stream.png, stream.info);
  const size_t row_bytes = png_get_rowbytes(stream.png, stream.info);
  const int64_t height = info.size.height;
  if (png_get_image_height(stream.png, stream.info) != info.size.height ||
      png_get_image_width(stream.png, stream.info) != info.size.width ||
      row_bytes != static_cast<size_t>(info.size.width * samples * bytes_per_sample(info.type))) {
    throw Error(ErrorKind::kBadFile, "the file has changed since it was opened");
  }
  Image image(info.size, info.type);
  if (png_get_interlace_type(stream.png, stream.info) == PNG_INTERLACE_NONE) {
    std::vector<uint8_t> row(row_bytes);
    for (int64_t y = 0; y < height; ++y) {
      if (!read_row(stream, row.data())) {
        throw damaged(stream);
      }
      convert(row.data(), y, samples, image);
    }
    return image;
  }
  std::vector<uint8_t> bytes(row_bytes * static_cast<size_t>(height));
  std::vector<uint8_t*> rows;
  for (int64_t y = 0; y < height; ++y) {
    rows.push_back(bytes.data() + static_cast<size_t>(y) * row_bytes);
  }
  if (!read_all(stream, rows.data())) {
    throw damaged(stream);
  }
  for (int64_t y = 0; y < height; ++y) {
    convert(rows[static_cast<size_t>(y)], y, samples, image);
  }
  return image;
}

}  // namespace

bool looks_like_png(const std::string& leading_bytes) {
  return leading_bytes.starts_with("\x89PNG\r\n\x1a\n");
}

std::unique_ptr<FrameSource> open_png(const std::string& path) {
  return open_still(path, {.describe = describe, .decode = decode});
}

}  // namespace mote::io
