#include "mote/io/mrc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"
#include "mote/io/direct_electron.h"
#include "mote/io/mrc_fei.h"
#include "mote/io/raw_source.h"

namespace mote::io {
namespace {

constexpr int64_t kHeaderBytes = 1024;
constexpr size_t kMapAt = 208;
constexpr size_t kStampAt = 212;
constexpr double kNmPerAngstrom = 0.1;

// Of the 1024 bytes at the beginning.
struct MrcHeader {
  int32_t columns = 0;
  int32_t rows = 0;
  int32_t sections = 0;
  int32_t mode = 0;
  std::array<int32_t, 3> grid{};      // intervals along x, y, z
  std::array<float, 3> cell_a{};      // their lengths, in angstrom
  std::array<float, 3> angles_deg{};  // alpha, beta, gamma
  std::array<int32_t, 3> axes{};      // of columns, rows, sections: 1 is x, 2 y, 3 z
  float most = 0;                     // the brightest sample
  int32_t space_group = 0;            // 0 is a series of images, 1 a volume
  int32_t extended_bytes = 0;
  std::string extended_type;
  bool imod = false;
  int32_t imod_flags = 0;
  std::string labels;
};

int32_t int_at(const std::string& bytes, size_t offset, std::endian order) {
  int32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, 4);
  return order == std::endian::native ? value : byte_swapped(value);
}

bool is_permutation(int32_t a, int32_t b, int32_t c) {
  return std::min({a, b, c}) == 1 && std::max({a, b, c}) == 3 && a + b + c == 6;
}

bool makes_sense(const std::string& bytes, std::endian order) {
  const auto at = [&](size_t word) { return int_at(bytes, 4 * word, order); };
  const bool sizes =
      at(0) > 0 && at(1) > 0 && at(2) > 0 && at(0) <= kMaxSidePx && at(1) <= kMaxSidePx;
  const bool axes =
      is_permutation(at(16), at(17), at(18)) || (at(16) == 0 && at(17) == 0 && at(18) == 0);
  return sizes && axes && at(3) >= 0 && at(3) < 128 && at(23) >= 0;
}

// The stamp's order; the other one where only that makes sense, since some programs copy stamps.
std::endian order_of(const std::string& bytes) {
  const bool big = bytes[kStampAt] == 0x11;
  const std::endian stamped = big ? std::endian::big : std::endian::little;
  const std::endian other = big ? std::endian::little : std::endian::big;
  return !makes_sense(bytes, stamped) && makes_sense(bytes, other) ? other : stamped;
}

MrcHeader read_header(BinaryReader& reader) {
  MrcHeader header;
  header.columns = reader.get<int32_t>();
  header.rows = reader.get<int32_t>();
  header.sections = reader.get<int32_t>();
  header.mode = reader.get<int32_t>();
  reader.skip(12);
  for (int32_t& intervals : header.grid) {
    intervals = reader.get<int32_t>();
  }
  for (float& length : header.cell_a) {
    length = reader.get<float>();
  }
  for (float& angle : header.angles_deg) {
    angle = reader.get<float>();
  }
  for (int32_t& axis : header.axes) {
    axis = reader.get<int32_t>();
  }
  if (!is_permutation(header.axes[0], header.axes[1], header.axes[2])) {
    header.axes = {1, 2, 3};
  }
  header.most = reader.get_at<float>(80);
  header.space_group = reader.get_at<int32_t>(88);
  header.extended_bytes = reader.get<int32_t>();
  reader.seek(104);
  header.extended_type = reader.text(4);
  constexpr int32_t kImod = 1146047817;
  header.imod = reader.get_at<int32_t>(152) == kImod;
  header.imod_flags = reader.get<int32_t>();
  const int32_t count = reader.get_at<int32_t>(220);
  for (int32_t i = 0; i < std::min(count, 10); ++i) {
    const std::string label = reader.text(80);
    header.labels += (header.labels.empty() || label.empty() ? "" : "; ") + label;
  }
  return header;
}

// Older programs meant bytes to be unsigned; IMOD's flag or a sample above 127 tells.
bool bytes_are_signed(const MrcHeader& header) {
  return header.imod ? (header.imod_flags & 1) != 0 : !(header.most > 127);
}

StoredType stored_type(const MrcHeader& header) {
  switch (header.mode) {
    case 0: return bytes_are_signed(header) ? StoredType::kInt8 : StoredType::kUint8;
    case 1: return StoredType::kInt16;
    case 2: return StoredType::kFloat32;
    case 6: return StoredType::kUint16;
    case 12: return StoredType::kFloat16;
    case 16: return StoredType::kRgb8;
    case 101: return StoredType::kUint4;
    case 3:
    case 4:
      throw Error(ErrorKind::kUnsupported, "MRC mode {}, complex numbers: expected real ones",
                  header.mode);
    default:
      throw Error(ErrorKind::kUnsupported, "MRC mode {}: mote reads 0, 1, 2, 6, 12, 16 and 101",
                  header.mode);
  }
}

// Nanometres from one column (0) or row (1) to the next.
double step_nm(const MrcHeader& header, size_t which) {
  const auto axis = static_cast<size_t>(header.axes[which] - 1);
  return header.grid[axis] > 0
             ? static_cast<double>(header.cell_a[axis]) / header.grid[axis] * kNmPerAngstrom
             : 0;
}

void calibrate(const MrcHeader& header, RecordingInfo& info) {
  const double x_nm = step_nm(header, 0);
  const double y_nm = step_nm(header, 1);
  if (!(x_nm > 0 && y_nm > 0 && std::isfinite(x_nm) && std::isfinite(y_nm))) {
    return;
  }
  info.pixel_size = {.y_nm = y_nm, .x_nm = x_nm, .source = "MRC header"};
  if (x_nm == kNmPerAngstrom && y_nm == kNmPerAngstrom) {
    info.warnings.emplace_back(
        "the pixel size is exactly 1 Å, which many programs write where they know none");
  }
  // Alpha lies between y and z, beta between x and z, gamma between x and y.
  const auto third = static_cast<size_t>(header.axes[2] - 1);
  const float angle = header.angles_deg[third];
  if (angle != 0 && std::abs(angle - 90) > 0.1F) {
    info.warnings.push_back(
        fmt::format("rows and columns stand at {:.2f} degrees: areas come out {:.2g} % too large",
                    angle, 100 / std::sin(angle * 3.14159265F / 180) - 100));
  }
}

void describe(const MrcHeader& header, RecordingInfo& info) {
  if (!header.labels.empty()) {
    info.instrument["title"] = header.labels;
  }
  info.metadata["mode"] = fmt::format("{}", header.mode);
  info.metadata["space group"] = fmt::format("{}", header.space_group);
  info.metadata["cell, angstrom"] =
      fmt::format("{}, {}, {}", header.cell_a[0], header.cell_a[1], header.cell_a[2]);
  info.metadata["grid intervals"] =
      fmt::format("{}, {}, {}", header.grid[0], header.grid[1], header.grid[2]);
  info.metadata["axes of columns, rows, sections"] =
      fmt::format("{}, {}, {}", header.axes[0], header.axes[1], header.axes[2]);
  if (header.extended_bytes > 0) {
    info.metadata["extended header"] =
        fmt::format("{} ({} bytes)", header.extended_type, header.extended_bytes);
  }
}

}  // namespace

bool looks_like_mrc(const std::string& leading_bytes) {
  if (leading_bytes.size() < kHeaderBytes) {
    return false;
  }
  const std::string_view stamp = std::string_view(leading_bytes).substr(kStampAt, 2);
  const bool mapped = leading_bytes.compare(kMapAt, 3, "MAP") == 0;
  const bool stamped = stamp == "\x44\x44" || stamp == "\x44\x41" || stamp == "\x11\x11";
  return (mapped || stamped) && (makes_sense(leading_bytes, std::endian::little) ||
                                 makes_sense(leading_bytes, std::endian::big));
}

std::unique_ptr<FrameSource> open_mrc(const std::string& path, const ReadOptions& options) {
  RawRecording recording = recording_in(path);
  const File& file = *recording.files.front();
  const std::string leading = file.leading_bytes(kHeaderBytes);
  if (static_cast<int64_t>(leading.size()) < kHeaderBytes) {
    throw Error(ErrorKind::kBadFile, "the file has {} bytes, an MRC header 1024", leading.size());
  }
  const std::endian order = order_of(leading);
  BinaryReader reader(file, order);
  const MrcHeader header = read_header(reader);
  RecordingInfo& info = recording.info;
  info.format = "MRC";
  recording.format = {.size = checked_size(header.rows, header.columns),
                      .stored = stored_type(header),
                      .big_endian = order == std::endian::big};
  recording.images = header.sections;
  if (header.extended_bytes < 0) {
    throw Error(ErrorKind::kBadFile, "the extended header has {} bytes", header.extended_bytes);
  }
  const int64_t first = kHeaderBytes + header.extended_bytes;
  check_held(recording.format, recording.images, first, file.bytes());
  recording.is_volume =
      header.space_group != 0 && std::filesystem::path(path).extension() != ".mrcs";
  calibrate(header, info);
  describe(header, info);
  std::vector<double> times_s;
  if (header.extended_type == "FEI1" || header.extended_type == "FEI2") {
    times_s = describe_fei(reader, kHeaderBytes, header.extended_bytes, recording.images, info);
  }
  describe_direct_electron(path, recording.images, info);
  recording.place = [first, bytes = recording.format.bytes(),
                     times = std::move(times_s)](int64_t index) {
    RawPlace place{.offset = first + index * bytes};
    if (!times.empty()) {
      place.time_s = times[static_cast<size_t>(index)];
    }
    return place;
  };
  return make_raw_source(std::move(recording), options);
}

}  // namespace mote::io
