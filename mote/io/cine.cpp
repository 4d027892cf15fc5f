#include "mote/io/cine.h"

#include <cmath>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"
#include "mote/io/raw_source.h"

namespace mote::io {
namespace {

// Offsets within SETUP, which older cameras fill in part.
constexpr int64_t kSetupLengthAt = 142;
constexpr int64_t kFrameRateAt = 768;
constexpr int64_t kColourFilterAt = 808;
constexpr int64_t kRealBitsAt = 896;
constexpr int kTimeBlock = 1002;
constexpr int kExposureBlock = 1003;
constexpr int kMostBlocks = 1000;
constexpr double kFraction = 1.0 / 4294967296.0;

struct CineHeader {
  int compression = 0;
  int64_t images = 0;
  int64_t bitmap_at = 0;
  int64_t setup_at = 0;
  int64_t offsets_at = 0;
};

CineHeader read_header(BinaryReader& reader) {
  CineHeader header;
  reader.skip(4);
  header.compression = reader.get<uint16_t>();
  reader.skip(2 + 4 + 4 + 4);  // version; first and count of what was in the camera; first here
  header.images = reader.get<uint32_t>();
  header.bitmap_at = reader.get<uint32_t>();
  header.setup_at = reader.get<uint32_t>();
  header.offsets_at = reader.get<uint32_t>();
  return header;
}

// A number of SETUP; 0 where the camera wrote a shorter one.
uint32_t setup_number(BinaryReader& reader, const CineHeader& header, int64_t offset) {
  const int64_t length = reader.get_at<uint16_t>(header.setup_at + kSetupLengthAt);
  return offset + 4 <= length ? reader.get_at<uint32_t>(header.setup_at + offset) : 0;
}

RawFormat read_format(BinaryReader& reader, const CineHeader& header) {
  reader.seek(header.bitmap_at + 4);
  RawFormat format;
  const int64_t width = reader.get<int32_t>();
  const int64_t height = reader.get<int32_t>();
  format.size = checked_size(std::abs(height), width);
  format.bottom_up = height > 0;
  reader.skip(2);  // planes
  const int bits = reader.get<uint16_t>();
  const auto packing = reader.get<uint32_t>();
  if (header.compression != 0 || packing != 0) {
    throw Error(ErrorKind::kUnsupported,
                "compression {}, packing {}: mote reads uncompressed, unpacked images (0, 0)",
                header.compression, packing);
  }
  const auto colours = setup_number(reader, header, kColourFilterAt);
  if ((bits != 8 && bits != 16) || colours != 0) {
    throw Error(ErrorKind::kUnsupported,
                "{} bits a pixel, colour filter {}: mote reads monochrome images of 8 or 16 bits",
                bits, colours);
  }
  format.stored = bits == 8 ? StoredType::kUint8 : StoredType::kUint16;
  return format;
}

// How many images end within the file: of a recording that was cut off, fewer than the table lists.
int64_t images_held(BinaryReader& reader, const CineHeader& header, const RawFormat& format) {
  constexpr int64_t kLeastAnnotation = 8;
  const int64_t last_start = reader.file_bytes() - format.bytes() - kLeastAnnotation;
  const auto lies_within = [&](int64_t index) {
    const auto at = reader.get_at<int64_t>(header.offsets_at + index * 8);
    return at > 0 && at <= last_start;
  };
  if (lies_within(header.images - 1)) {
    return header.images;
  }
  int64_t held = 0;
  for (int64_t index = 0; index < header.images; ++index) {
    held = lies_within(index) ? index + 1 : held;
  }
  return held;
}

// Tagged blocks stand between SETUP and the table of offsets.
void read_blocks(BinaryReader& reader, const CineHeader& header, std::vector<double>& times_s,
                 RecordingInfo& info) {
  int64_t at = header.setup_at + reader.get_at<uint16_t>(header.setup_at + kSetupLengthAt);
  for (int i = 0; i < kMostBlocks && at < header.offsets_at; ++i) {
    const int64_t bytes = reader.get_at<uint32_t>(at);
    const int kind = reader.get<uint16_t>();
    const bool more = reader.get<uint16_t>() != 0;
    if (kind == kTimeBlock && bytes - 8 >= header.images * 8 && bytes <= reader.bytes_left()) {
      for (int64_t k = 0; k < header.images; ++k) {
        const double fraction = reader.get<uint32_t>() * kFraction;
        times_s.push_back(reader.get<uint32_t>() + fraction);
      }
    } else if (kind == kExposureBlock && bytes - 8 >= 4) {
      const double seconds = reader.get<uint32_t>() * kFraction;
      info.exposure_s = seconds > 0 ? std::optional(seconds) : std::nullopt;
    }
    if (!more || bytes < 8) {
      return;
    }
    at += bytes;
  }
}

}  // namespace

bool looks_like_cine(const std::string& leading_bytes) {
  return leading_bytes.size() >= 44 && leading_bytes.starts_with("CI") && leading_bytes[2] == 44 &&
         leading_bytes[3] == 0 && leading_bytes[7] == 0;
}

std::unique_ptr<FrameSource> open_cine(const std::string& path, const ReadOptions& options) {
  RawRecording recording = recording_in(path);
  const File& file = *recording.files.front();
  BinaryReader reader(file);
  const CineHeader header = read_header(reader);
  RecordingInfo& info = recording.info;
  info.format = "CINE";
  recording.format = read_format(reader, header);
  reader.seek(header.offsets_at);
  const bool listed = header.images >= 1 && header.images <= reader.bytes_left() / 8;
  recording.images = listed ? images_held(reader, header, recording.format) : 0;
  if (recording.images < 1) {
    throw Error(ErrorKind::kBadFile, "the header claims {} images, the file has {} bytes",
                header.images, file.bytes());
  }
  if (recording.images < header.images) {
    info.warnings.push_back(fmt::format("the header says {} images, the file holds {}",
                                        header.images, recording.images));
  }
  std::vector<double> times_s;
  read_blocks(reader, header, times_s, info);
  const bool stamped = !times_s.empty() && times_s.back() > times_s.front();
  const auto rate_hz = setup_number(reader, header, kFrameRateAt);
  if (!stamped && rate_hz > 0 && recording.images > 1) {
    info.frame_interval = {.seconds = 1.0 / rate_hz, .source = "CINE frame rate"};
  }
  info.metadata["frame rate"] = fmt::format("{} Hz", rate_hz);
  info.metadata["bits that the camera fills"] =
      fmt::format("{}", setup_number(reader, header, kRealBitsAt));
  recording.place = [&file, header, stamped, times = std::move(times_s)](int64_t index) {
    BinaryReader place_reader(file, std::endian::little, 8);
    const auto at = place_reader.get_at<int64_t>(header.offsets_at + index * 8);
    const int64_t annotation = place_reader.get_at<uint32_t>(at);  // the image follows on it
    RawPlace place{.offset = at + annotation};
    if (stamped) {
      place.time_s = times[static_cast<size_t>(index)] - times.front();
    }
    return place;
  };
  return make_raw_source(std::move(recording), options);
}

}  // namespace mote::io
