#include "mote/video/grey.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

extern "C" {
#include <libavutil/pixdesc.h>
}

#include "mote/io/grey.h"

namespace mote::video {
namespace {

bool has(const AVPixFmtDescriptor& format, uint64_t flag) {
  return (format.flags & flag) != 0;
}

bool is_grey(const AVPixFmtDescriptor& format) {
  return format.nb_components <= 2 && !has(format, AV_PIX_FMT_FLAG_PAL);
}

bool is_full_range(const AVFrame& frame) {
  return frame.color_range == AVCOL_RANGE_JPEG || frame.format == AV_PIX_FMT_YUVJ420P ||
         frame.format == AV_PIX_FMT_YUVJ422P || frame.format == AV_PIX_FMT_YUVJ444P ||
         frame.format == AV_PIX_FMT_YUVJ440P || frame.format == AV_PIX_FMT_YUVJ411P;
}

/// What a luma code stands for: `values[code]`, in full range of `depth` bits.
std::vector<uint16_t> stretched(int depth, bool limited) {
  const int64_t codes = int64_t{1} << depth;
  const int64_t top = codes - 1;
  const int64_t black = limited ? codes / 16 : 0;
  const int64_t span = limited ? 219 * codes / 256 : top;
  std::vector<uint16_t> values(static_cast<size_t>(codes));
  for (int64_t code = 0; code < codes; ++code) {
    const int64_t above = std::clamp<int64_t>(code - black, 0, span);
    values[static_cast<size_t>(code)] =
        static_cast<uint16_t>((2 * above * top + span) / (2 * span));
  }
  return values;
}

/// Reads rows of one component of a frame.
class Component {
 public:
  Component(const AVFrame& frame, const AVPixFmtDescriptor& format, int number)
      : frame_(frame), format_(format), number_(number) {
    std::copy_n(frame.data, data_.size(), data_.begin());
  }

  int depth() const { return format_.comp[number_].depth; }

  /// Codes of `depth()` bits.
  void read(int64_t y, std::vector<uint16_t>& row) const {
    const AVComponentDescriptor& component = format_.comp[number_];
    if (component.depth == 8 && component.shift == 0 && !has(format_, AV_PIX_FMT_FLAG_BITSTREAM)) {
      const uint8_t* sample =
          data_[component.plane] + y * frame_.linesize[component.plane] + component.offset;
      for (uint16_t& code : row) {
        code = *sample;
        sample += component.step;
      }
      return;
    }
    std::array<const uint8_t*, 4> data = data_;
    av_read_image_line2(row.data(), data.data(), frame_.linesize, &format_, 0, static_cast<int>(y),
                        number_, static_cast<int>(row.size()), 0, 2);
  }

 private:
  const AVFrame& frame_;
  const AVPixFmtDescriptor& format_;
  int number_;
  std::array<const uint8_t*, 4> data_{};
};

template <typename T>
void fill_luma(const AVFrame& frame, const AVPixFmtDescriptor& format, Image& image) {
  const Component luma(frame, format, 0);
  const bool limited = !is_grey(format) && !is_full_range(frame);
  std::vector<uint16_t> values = stretched(luma.depth(), limited);
  if (frame.format == AV_PIX_FMT_MONOWHITE) {
    std::reverse(values.begin(), values.end());
  }
  std::vector<uint16_t> row(static_cast<size_t>(image.size().width));
  T* pixel = image.as<T>();
  for (int64_t y = 0; y < image.size().height; ++y) {
    luma.read(y, row);
    for (const uint16_t code : row) {
      *pixel++ = static_cast<T>(values[code]);
    }
  }
}

template <typename T>
void fill_rgb(const AVFrame& frame, const AVPixFmtDescriptor& format, Image& image) {
  const size_t width = static_cast<size_t>(image.size().width);
  std::vector<uint16_t> row(width);
  std::vector<T> colours(3 * width);
  for (int64_t y = 0; y < image.size().height; ++y) {
    for (int number = 0; number < 3; ++number) {
      const Component component(frame, format, number);
      component.read(y, row);
      // Green of RGB565 has more bits than red and blue.
      const bool narrow = component.depth() < 8;
      const unsigned top = (1U << component.depth()) - 1;
      for (size_t x = 0; x < width; ++x) {
        const unsigned code = row[x];
        colours[3 * x + static_cast<size_t>(number)] =
            static_cast<T>(narrow ? (2 * code * 255 + top) / (2 * top) : code);
      }
    }
    io::grey_row(colours.data(), image.size().width, 3, image.as<T>() + y * image.size().width);
  }
}

void fill_palette(const AVFrame& frame, Image& image) {
  std::array<uint8_t, 256> greys{};
  for (size_t i = 0; i < greys.size(); ++i) {
    uint32_t argb = 0;
    std::memcpy(&argb, frame.data[1] + 4 * i, sizeof argb);
    const std::array<uint8_t, 3> rgb = {static_cast<uint8_t>(argb >> 16),
                                        static_cast<uint8_t>(argb >> 8),
                                        static_cast<uint8_t>(argb)};
    io::grey_row(rgb.data(), 1, 3, &greys[i]);
  }
  uint8_t* pixel = image.as<uint8_t>();
  for (int64_t y = 0; y < image.size().height; ++y) {
    const uint8_t* codes = frame.data[0] + y * frame.linesize[0];
    for (int64_t x = 0; x < image.size().width; ++x) {
      *pixel++ = greys[codes[x]];
    }
  }
}

void copy_rows(const AVFrame& frame, Image& image) {
  const int64_t row_bytes = image.size().width * bytes_per_sample(image.type());
  for (int64_t y = 0; y < image.size().height; ++y) {
    std::memcpy(image.bytes() + y * row_bytes, frame.data[0] + y * frame.linesize[0],
                static_cast<size_t>(row_bytes));
  }
}

}  // namespace

std::optional<SampleType> sample_type(AVPixelFormat pixel_format) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(pixel_format);
  if (format == nullptr || has(*format, AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER)) {
    return std::nullopt;
  }
  if (has(*format, AV_PIX_FMT_FLAG_FLOAT)) {
    const bool native =
        has(*format, AV_PIX_FMT_FLAG_BE) == (std::endian::native == std::endian::big);
    return native && format->nb_components == 1 ? std::optional(SampleType::kFloat32)
                                                : std::nullopt;
  }
  return format->comp[0].depth <= 8 ? SampleType::kUint8 : SampleType::kUint16;
}

bool is_colour(AVPixelFormat pixel_format) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(pixel_format);
  return format != nullptr && has(*format, AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL);
}

Image grey_image(const AVFrame& frame) {
  const auto pixel_format = static_cast<AVPixelFormat>(frame.format);
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(pixel_format);
  const std::optional<SampleType> type = sample_type(pixel_format);
  if (!type) {
    throw Error(ErrorKind::kUnsupported, "pixel format {}: mote reads grey, YUV, RGB and palettes",
                format != nullptr ? format->name : "unknown");
  }
  Image image({frame.height, frame.width}, *type);
  if (has(*format, AV_PIX_FMT_FLAG_PAL)) {
    fill_palette(frame, image);
  } else if (*type == SampleType::kFloat32 || frame.format == AV_PIX_FMT_GRAY8) {
    copy_rows(frame, image);
  } else if (has(*format, AV_PIX_FMT_FLAG_RGB)) {
    *type == SampleType::kUint8 ? fill_rgb<uint8_t>(frame, *format, image)
                                : fill_rgb<uint16_t>(frame, *format, image);
  } else {
    *type == SampleType::kUint8 ? fill_luma<uint8_t>(frame, *format, image)
                                : fill_luma<uint16_t>(frame, *format, image);
  }
  return image;
}

}  // namespace mote::video
