#include "mote/io/jpeg.h"

#include <csetjmp>
#include <cstdio>
#include <vector>

#include <jpeglib.h>
// After jpeglib.h, which it needs.
#include <jerror.h>

#include "mote/core/error.h"
#include "mote/io/still_file.h"

namespace mote::io {
namespace {

constexpr int64_t kBlock = 1 << 16;

// What libjpeg needs at hand. Its errors come back by longjmp, so functions that call it under
// setjmp own nothing.
struct Stream {
  explicit Stream(const File& from) : file(from) {}
  ~Stream() { jpeg_destroy_decompress(&decoder); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  const File& file;
  int64_t position = 0;
  bool damaged = false;
  std::string why;
  int code = 0;
  jpeg_decompress_struct decoder{};
  jpeg_error_mgr errors{};
  jpeg_source_mgr source{};
  jmp_buf back{};
  std::vector<uint8_t> buffer;
};

Stream& stream_of(j_common_ptr decoder) {
  return *static_cast<Stream*>(decoder->client_data);
}

void keep_message(j_common_ptr decoder) {
  char text[JMSG_LENGTH_MAX];
  decoder->err->format_message(decoder, text);
  Stream& stream = stream_of(decoder);
  stream.why = text;
  stream.code = decoder->err->msg_code;
}

void fail(j_common_ptr decoder) {
  keep_message(decoder);
  longjmp(stream_of(decoder).back, 1);
}

// libjpeg warns of data that is cut off or wrong and fills in grey. Bytes too many do no harm.
void warn(j_common_ptr decoder, int level) {
  const int code = decoder->err->msg_code;
  if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_ADOBE_XFORM &&
      code != JWRN_BOGUS_PROGRESSION) {
    keep_message(decoder);
    stream_of(decoder).damaged = true;
  }
}

void start_source(j_decompress_ptr) {}

boolean fill(j_decompress_ptr decoder) {
  Stream& stream = *static_cast<Stream*>(decoder->client_data);
  int64_t got = 0;
  try {
    got = stream.file.read_at(stream.position, stream.buffer.data(), kBlock);
  } catch (const Error& error) {
    stream.why = error.what();
  }
  if (got == 0) {
    // As libjpeg advises: an end marker, so that it stops and warns.
    WARNMS(decoder, JWRN_JPEG_EOF);
    stream.buffer[0] = 0xFF;
    stream.buffer[1] = JPEG_EOI;
    got = 2;
  } else {
    stream.position += got;
  }
  stream.source.next_input_byte = stream.buffer.data();
  stream.source.bytes_in_buffer = static_cast<size_t>(got);
  return TRUE;
}

void skip(j_decompress_ptr decoder, long count) {
  Stream& stream = *static_cast<Stream*>(decoder->client_data);
  if (count <= 0) {
    return;
  }
  const auto held = static_cast<long>(stream.source.bytes_in_buffer);
  if (count > held) {
    stream.position += count - held;
    count = held;
  }
  stream.source.next_input_byte += count;
  stream.source.bytes_in_buffer -= static_cast<size_t>(count);
}

void end_source(j_decompress_ptr) {}

bool start(Stream& stream) {
  stream.buffer.resize(kBlock);
  stream.decoder.err = jpeg_std_error(&stream.errors);
  stream.errors.error_exit = fail;
  stream.errors.emit_message = warn;
  stream.decoder.client_data = &stream;
  if (setjmp(stream.back) != 0) {
    return false;
  }
  jpeg_create_decompress(&stream.decoder);
  stream.source.init_source = start_source;
  stream.source.fill_input_buffer = fill;
  stream.source.skip_input_data = skip;
  stream.source.resync_to_restart = jpeg_resync_to_restart;
  stream.source.term_source = end_source;
  stream.decoder.src = &stream.source;
  jpeg_read_header(&stream.decoder, TRUE);
  return true;
}

bool read_rows(Stream& stream, uint8_t* pixels) {
  if (setjmp(stream.back) != 0) {
    return false;
  }
  stream.decoder.out_color_space = JCS_GRAYSCALE;
  stream.decoder.dct_method = JDCT_ISLOW;
  jpeg_start_decompress(&stream.decoder);
  while (stream.decoder.output_scanline < stream.decoder.output_height && !stream.damaged) {
    JSAMPROW row =
        pixels + static_cast<size_t>(stream.decoder.output_scanline) * stream.decoder.output_width;
    jpeg_read_scanlines(&stream.decoder, &row, 1);
  }
  return !stream.damaged;
}

Error failure(const Stream& stream) {
  const bool variant = stream.code == JERR_SOF_UNSUPPORTED || stream.code == JERR_BAD_PRECISION ||
                       stream.code == JERR_CONVERSION_NOTIMPL || stream.code == JERR_NOT_COMPILED;
  return variant ? Error(ErrorKind::kUnsupported, "JPEG that mote does not read: {}", stream.why)
                 : Error(ErrorKind::kBadFile, "damaged JPEG file: {}", stream.why);
}

RecordingInfo describe(const File& file) {
  Stream stream(file);
  if (!start(stream)) {
    throw failure(stream);
  }
  const int64_t height = stream.decoder.image_height;
  const int64_t width = stream.decoder.image_width;
  // A progressive file codes 64 pixels in one bit at best.
  constexpr double kMostExpansion = 1024;
  const double claimed = static_cast<double>(height) * static_cast<double>(width);
  if (claimed > 65536 + kMostExpansion * static_cast<double>(file.bytes())) {
    throw Error(ErrorKind::kBadFile, "JPEG claims {} x {} px, the file has {} bytes", width, height,
                file.bytes());
  }
  const int colours = stream.decoder.num_components;
  if (colours != 1 && colours != 3) {
    throw Error(ErrorKind::kUnsupported, "JPEG of {} colours: mote reads grey, YCbCr and RGB",
                colours);
  }
  RecordingInfo info;
  info.format = "JPEG";
  info.size = {.height = height, .width = width};
  info.type = SampleType::kUint8;
  info.colour = colours == 3;
  return info;
}

Image decode(const File& file, const RecordingInfo& info) {
  Stream stream(file);
  if (!start(stream)) {
    throw failure(stream);
  }
  if (stream.decoder.image_height != info.size.height ||
      stream.decoder.image_width != info.size.width) {
    throw Error(ErrorKind::kBadFile, "the file has changed since it was opened");
  }
  Image image(info.size, info.type);
  if (!read_rows(stream, image.as<uint8_t>())) {
    throw failure(stream);
  }
  return image;
}

}  // namespace

bool looks_like_jpeg(const std::string& leading_bytes) {
  return leading_bytes.starts_with("\xFF\xD8\xFF");
}

std::unique_ptr<FrameSource> open_jpeg(const std::string& path) {
  return open_still(path, {.describe = describe, .decode = decode});
}

}  // namespace mote::io
