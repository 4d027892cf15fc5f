#include "mote/io/tiff_view.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "mote/core/error.h"

namespace mote::io {
namespace {

void overlay(uint8_t* buffer, int64_t from, int64_t count, int64_t at, const uint8_t* bytes,
             int64_t width) {
  for (int64_t i = std::max(from, at); i < std::min(from + count, at + width); ++i) {
    buffer[i - from] = bytes == nullptr ? 0 : bytes[i - at];
  }
}

tmsize_t view_read(thandle_t handle, void* buffer, tmsize_t count) {
  TiffView& view = *static_cast<TiffView*>(handle);
  int64_t got = 0;
  try {
    got = view.file->read_at(view.position, buffer, count);
  } catch (const Error& error) {
    view.error = error.what();
    return -1;
  }
  auto* bytes = static_cast<uint8_t*>(buffer);
  const int64_t width = view.big ? 8 : 4;
  overlay(bytes, view.position, got, width, view.first_offset, width);
  overlay(bytes, view.position, got, view.next_offset_at, nullptr, width);
  view.position += got;
  return got;
}

tmsize_t view_write(thandle_t, void*, tmsize_t) {
  return -1;
}

toff_t view_seek(thandle_t handle, toff_t offset, int whence) {
  TiffView& view = *static_cast<TiffView*>(handle);
  const int64_t base = whence == SEEK_CUR   ? view.position
                       : whence == SEEK_END ? view.file->bytes()
                                            : 0;
  view.position = base + static_cast<int64_t>(offset);
  return static_cast<toff_t>(view.position);
}

int view_close(thandle_t) {
  return 0;
}

toff_t view_size(thandle_t handle) {
  return static_cast<toff_t>(static_cast<TiffView*>(handle)->file->bytes());
}

std::string formatted(const char* format, va_list values) {
  char text[512];
  std::vsnprintf(text, sizeof text, format, values);
  return text;
}

int keep_error(TIFF*, void* data, const char*, const char* format, va_list values) {
  TiffView& view = *static_cast<TiffView*>(data);
  if (view.error.empty()) {
    view.error = formatted(format, values);
  }
  return 1;
}

int keep_warning(TIFF*, void* data, const char* module, const char* format, va_list values) {
  TiffView& view = *static_cast<TiffView*>(data);
  if (module != nullptr && std::strcmp(module, "JPEGLib") == 0 && view.jpeg_warning.empty()) {
    view.jpeg_warning = formatted(format, values);
  }
  return 1;
}

struct OptionsFreer {
  void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
};

}  // namespace

TiffHandle open_tiff_view(TiffView& view) {
  const std::unique_ptr<TIFFOpenOptions, OptionsFreer> options(TIFFOpenOptionsAlloc());
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_error, &view);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keep_warning, &view);
  const double most = std::clamp(64.0 * static_cast<double>(view.file->bytes()), 64.0 * (1 << 20),
                                 kMaxTiffImageBytes);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(most));
  TiffHandle tiff(TIFFClientOpenExt("", "rm", &view, view_read, view_write, view_seek, view_close,
                                    view_size, nullptr, nullptr, options.get()));
  if (!tiff) {
    throw Error(ErrorKind::kBadFile, "damaged TIFF directory: {}", view.error);
  }
  return tiff;
}

}  // namespace mote::io
