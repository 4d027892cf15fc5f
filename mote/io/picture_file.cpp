#include "mote/io/picture_file.h"

#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <jpeglib.h>
#include <png.h>

#include "mote/core/error.h"
#include "mote/io/output_file.h"

namespace mote::io {
namespace {

static_assert(sizeof(Rgb) == 3, "pictures are handed to the encoders as they lie in memory");

// Rows for libpng, one after the other, as they lie in memory.
struct PngRows {
  Size size;
  int bits = 8;
  int colour_type = PNG_COLOR_TYPE_RGB;
  const uint8_t* bytes = nullptr;
  int64_t row_bytes = 0;
};

const uint8_t* row_of(const Picture& picture, int64_t y) {
  return reinterpret_cast<const uint8_t*>(picture.row(y));
}

Error not_encoded(const char* format, Size size) {
  return Error(ErrorKind::kResource, "a picture of {} x {} px could not be made into a {}",
               size.width, size.height, format);
}

void append_png(png_structp png, png_bytep bytes, size_t count) {
  auto& file = *static_cast<std::vector<uint8_t>*>(png_get_io_ptr(png));
  file.insert(file.end(), bytes, bytes + count);
}

// Under setjmp, so it owns nothing.
bool write_png_into(png_structp png, png_infop info, const PngRows& rows) {
  if (setjmp(png_jmpbuf(png)) != 0) {
    return false;
  }
  png_set_IHDR(png, info, static_cast<png_uint_32>(rows.size.width),
               static_cast<png_uint_32>(rows.size.height), rows.bits, rows.colour_type,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (rows.bits == 16 && std::endian::native == std::endian::little) {
    png_set_swap(png);
  }
  for (int64_t y = 0; y < rows.size.height; ++y) {
    png_write_row(png, rows.bytes + y * rows.row_bytes);
  }
  png_write_end(png, info);
  return true;
}

void ignore_png(png_structp, png_const_charp) {}

void fail_png(png_structp png, png_const_charp) {
  longjmp(png_jmpbuf(png), 1);
}

struct JpegErrors {
  jpeg_error_mgr manager;
  jmp_buf back;
};

void fail_jpeg(j_common_ptr encoder) {
  longjmp(reinterpret_cast<JpegErrors*>(encoder->err)->back, 1);
}

bool write_jpeg_into(jpeg_compress_struct& encoder, JpegErrors& errors, const Picture& picture,
                     int quality, unsigned char** bytes, unsigned long* count) {
  if (setjmp(errors.back) != 0) {
    return false;
  }
  jpeg_create_compress(&encoder);
  jpeg_mem_dest(&encoder, bytes, count);
  encoder.image_width = static_cast<JDIMENSION>(picture.width());
  encoder.image_height = static_cast<JDIMENSION>(picture.height());
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  encoder.optimize_coding = TRUE;
  encoder.dct_method = JDCT_ISLOW;
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    auto* row = const_cast<JSAMPROW>(row_of(picture, encoder.next_scanline));
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  return true;
}

std::vector<uint8_t> encoded(const PngRows& rows) {
  std::vector<uint8_t> file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, fail_png, ignore_png);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  bool written = false;
  if (info != nullptr) {
    png_set_write_fn(png, &file, append_png, nullptr);
    written = write_png_into(png, info, rows);
  }
  png_destroy_write_struct(&png, &info);
  if (!written) {
    throw not_encoded("PNG", rows.size);
  }
  return file;
}

void write_bytes(const std::string& path, const std::vector<uint8_t>& bytes) {
  OutputFile file(path);
  file.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  file.sync_and_close();
}

}  // namespace

std::vector<uint8_t> encode_png(const Picture& picture) {
  return encoded({.size = picture.size(),
                  .bytes = reinterpret_cast<const uint8_t*>(picture.data()),
                  .row_bytes = 3 * picture.width()});
}

std::vector<uint8_t> encode_jpeg(const Picture& picture, int quality) {
  jpeg_compress_struct encoder{};
  JpegErrors errors{};
  encoder.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = fail_jpeg;
  unsigned char* bytes = nullptr;
  unsigned long count = 0;
  const bool written = write_jpeg_into(encoder, errors, picture, quality, &bytes, &count);
  jpeg_destroy_compress(&encoder);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owned(bytes, &std::free);
  if (!written) {
    throw not_encoded("JPEG", picture.size());
  }
  return {bytes, bytes + count};
}

void write_png(const std::string& path, const Picture& picture) {
  write_bytes(path, encode_png(picture));
}

void write_grey_png(const std::string& path, const Image& image) {
  if (image.type() != SampleType::kUint8 && image.type() != SampleType::kUint16) {
    throw Error(ErrorKind::kUnsupported, "PNG of {}: it holds uint8 and uint16",
                name(image.type()));
  }
  const int64_t bytes = bytes_per_sample(image.type());
  write_bytes(path, encoded({.size = image.size(),
                             .bits = static_cast<int>(8 * bytes),
                             .colour_type = PNG_COLOR_TYPE_GRAY,
                             .bytes = reinterpret_cast<const uint8_t*>(image.bytes()),
                             .row_bytes = bytes * image.size().width}));
}

}  // namespace mote::io
