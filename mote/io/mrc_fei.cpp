#include "mote/io/mrc_fei.h"

#include <cmath>

#include "mote/core/error.h"

namespace mote::io {
namespace {

// Where fields lie in a block, and which bit of its mask says that they are filled in.
constexpr int64_t kTimeAt = 12;
constexpr int64_t kMicroscopeAt = 20;
constexpr int64_t kVoltageAt = 84;
constexpr int64_t kPixelSizeAt = 156;
constexpr int64_t kMagnificationAt = 289;
constexpr int64_t kExposureAt = 419;
constexpr int64_t kCameraAt = 435;
constexpr int64_t kLeastBlockBytes = 451;
constexpr uint32_t kHasTime = 1U << 0;
constexpr uint32_t kHasPixelSize = 1U << 14 | 1U << 15;
constexpr double kSecondsPerDay = 86400;
constexpr double kNmPerMetre = 1e9;

bool positive(double value) {
  return std::isfinite(value) && value > 0;
}

void take_pixel_size(double y_nm, double x_nm, RecordingInfo& info) {
  if (info.pixel_size && std::abs(x_nm / info.pixel_size->x_nm - 1) > 0.01) {
    info.warnings.push_back(
        fmt::format("the MRC header says {:.6g} nm a pixel, FEI's extended header {:.6g} nm: taken "
                    "is the latter",
                    info.pixel_size->x_nm, x_nm));
  }
  info.pixel_size = {.y_nm = y_nm, .x_nm = x_nm, .source = "FEI extended header"};
}

}  // namespace

std::vector<double> describe_fei(BinaryReader& reader, int64_t offset, int64_t bytes,
                                 int64_t images, RecordingInfo& info) {
  const int64_t block = bytes < kLeastBlockBytes ? 0 : reader.get_at<int32_t>(offset);
  if (block < kLeastBlockBytes || block > bytes) {
    throw Error(ErrorKind::kBadFile,
                "FEI's extended header of {} bytes claims blocks of {}: expected {} or more", bytes,
                block, kLeastBlockBytes);
  }
  const auto mask = reader.get_at<uint32_t>(offset + 8);
  const auto x_m = reader.get_at<double>(offset + kPixelSizeAt);
  const auto y_m = reader.get_at<double>(offset + kPixelSizeAt + 8);
  if ((mask & kHasPixelSize) == kHasPixelSize && positive(x_m) && positive(y_m)) {
    take_pixel_size(y_m * kNmPerMetre, x_m * kNmPerMetre, info);
  }
  const auto text = [&](const char* key, int64_t at) {
    reader.seek(offset + at);
    if (const std::string value = reader.text(16); !value.empty()) {
      info.instrument[key] = value;
    }
  };
  text("microscope", kMicroscopeAt);
  text("detector", kCameraAt);
  if (const auto volts = reader.get_at<double>(offset + kVoltageAt); positive(volts)) {
    info.instrument["voltage"] = fmt::format("{:.6g} V", volts);
  }
  if (const auto times = reader.get_at<double>(offset + kMagnificationAt); positive(times)) {
    info.instrument["magnification"] = fmt::format("{:.6g}", times);
  }
  if (const auto seconds = reader.get_at<double>(offset + kExposureAt); positive(seconds)) {
    info.exposure_s = seconds;
  }
  std::vector<double> times_s;
  if (images < 2 || (mask & kHasTime) == 0 || images > bytes / block) {
    return times_s;
  }
  const auto start = reader.get_at<double>(offset + kTimeAt);
  for (int64_t i = 0; i < images; ++i) {
    const auto days = reader.get_at<double>(offset + i * block + kTimeAt);
    const double seconds = (days - start) * kSecondsPerDay;
    if (!std::isfinite(seconds) || (i > 0 && seconds <= times_s.back())) {
      return {};
    }
    times_s.push_back(seconds);
  }
  return times_s;
}

}  // namespace mote::io
