#include "mote/io/mrc_writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "mote/core/error.h"
#include "mote/core/version.h"

namespace mote::io {
namespace {

constexpr int64_t kHeaderBytes = 1024;
constexpr double kAngstromPerNm = 10;

std::optional<int32_t> mode_of(SampleType type) {
  switch (type) {
    case SampleType::kInt8: return 0;
    case SampleType::kInt16: return 1;
    case SampleType::kFloat32: return 2;
    case SampleType::kUint16: return 6;
    default: return std::nullopt;
  }
}

class Header {
 public:
  template <typename T>
  void put(size_t at, T value) {
    static_assert(sizeof(T) == 4);
    std::memcpy(bytes_.data() + at, &value, sizeof value);
  }
  void put_text(size_t at, std::string_view text) {
    std::copy(text.begin(), text.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  const char* data() const { return bytes_.data(); }

 private:
  std::array<char, kHeaderBytes> bytes_{};
};

}  // namespace

MrcWriter::MrcWriter(const std::string& path, std::optional<PixelSize> pixel_size)
    : path_(path), file_(path), pixel_size_(std::move(pixel_size)) {}

void MrcWriter::add_to_statistics(const Image& image) {
  const Grid<float> values = to_float32(image);
  double sum = 0;
  double sum_of_squares = 0;
  for (const float value : values.values()) {
    least_ = std::min<double>(least_, value);
    most_ = std::max<double>(most_, value);
    sum += value;
    sum_of_squares += static_cast<double>(value) * value;
  }
  sum_ += sum;
  sum_of_squares_ += sum_of_squares;
}

void MrcWriter::write(const Image& image) {
  if (!mode_of(image.type())) {
    throw Error(ErrorKind::kUnsupported, "{}: MRC of {}: it holds int8, int16, uint16 and float32",
                path_, name(image.type()));
  }
  if (images_ == 0) {
    size_ = image.size();
    type_ = image.type();
  }
  if (image.size() != size_ || image.type() != type_) {
    throw Error(ErrorKind::kUsage, "{}: an image of {} x {} px, {}, the first {} x {} px, {}",
                path_, image.size().width, image.size().height, name(image.type()), size_.width,
                size_.height, name(type_));
  }
  file_.write_at(kHeaderBytes + images_ * image.byte_count(), image.bytes(), image.byte_count());
  add_to_statistics(image);
  ++images_;
}

void MrcWriter::close() {
  Header header;
  const std::array<int32_t, 3> sizes = {static_cast<int32_t>(size_.width),
                                        static_cast<int32_t>(size_.height),
                                        static_cast<int32_t>(images_)};
  const std::array<double, 3> steps_nm = {pixel_size_ ? pixel_size_->x_nm : 0,
                                          pixel_size_ ? pixel_size_->y_nm : 0, 0};
  for (size_t axis = 0; axis < sizes.size(); ++axis) {
    header.put(4 * axis, sizes[axis]);
    header.put(28 + 4 * axis, axis == 2 ? 1 : sizes[axis]);  // grid intervals
    header.put(40 + 4 * axis,
               static_cast<float>(steps_nm[axis] * kAngstromPerNm * sizes[axis]));  // cell
    header.put(52 + 4 * axis, 90.0F);
    header.put(64 + 4 * axis, static_cast<int32_t>(axis) + 1);
  }
  header.put(12, mode_of(type_).value_or(0));
  const auto samples = static_cast<double>(std::max<int64_t>(1, images_ * size_.area()));
  const double mean = sum_ / samples;
  header.put(76, static_cast<float>(least_));
  header.put(80, static_cast<float>(most_));
  header.put(84, static_cast<float>(mean));
  header.put(88, int32_t{0});  // a series of images
  header.put(108, int32_t{20140});
  constexpr int32_t kImod = 1146047817;
  header.put(152, kImod);
  header.put(156, int32_t{1});  // bytes are signed
  header.put_text(208, "MAP ");
  header.put_text(212, std::endian::native == std::endian::little ? "\x44\x44" : "\x11\x11");
  header.put(216,
             static_cast<float>(std::sqrt(std::max(0.0, sum_of_squares_ / samples - mean * mean))));
  header.put(220, int32_t{1});
  header.put_text(224, fmt::format("mote {}", version()));
  file_.write_at(0, header.data(), kHeaderBytes);
  file_.sync_and_close();
}

}  // namespace mote::io
