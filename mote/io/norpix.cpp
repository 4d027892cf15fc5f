#include "mote/io/norpix.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"
#include "mote/io/raw_source.h"

namespace mote::io {
namespace {

constexpr int64_t kHeaderBytes = 1024;
constexpr int64_t kHeaderBytesFromVersion5 = 8192;
constexpr uint32_t kMonochrome = 100;

struct NorpixHeader {
  int32_t version = 0;
  std::string description;
  RawFormat format;
  int64_t frames = 0;
  int64_t step = 0;  // bytes from one image to the next
  double rate_hz = 0;

  int64_t first() const { return version >= 5 ? kHeaderBytesFromVersion5 : kHeaderBytes; }
  // Seconds, milliseconds and, since version 5, microseconds.
  int64_t stamp_bytes() const { return version >= 5 ? 8 : 6; }
};

NorpixHeader read_header(BinaryReader& reader) {
  NorpixHeader header;
  header.version = reader.get_at<int32_t>(28);
  reader.skip(4);
  header.description = utf16_to_utf8(reader.bytes(512), std::endian::little);
  header.description.resize(std::min(header.description.size(), header.description.find('\0')));
  const int64_t width = reader.get<uint32_t>();
  const int64_t height = reader.get<uint32_t>();
  header.format.size = checked_size(height, width);
  const auto bits = reader.get<uint32_t>();
  reader.skip(4);  // bits that the camera fills
  const int64_t image_bytes = reader.get<uint32_t>();
  const auto kind = reader.get<uint32_t>();
  header.frames = reader.get<uint32_t>();
  reader.skip(4);  // frame that was numbered 0
  header.step = reader.get<uint32_t>();
  header.rate_hz = reader.get<double>();
  const auto compression = reader.get_at<uint32_t>(620);
  if (kind != kMonochrome || compression != 0) {
    throw Error(ErrorKind::kUnsupported,
                "image format {}, compression {}: mote reads uncompressed monochrome (100, 0)",
                kind, compression);
  }
  if (bits != 8 && bits != 16) {
    throw Error(ErrorKind::kUnsupported, "samples of {} bits: mote reads 8 and 16", bits);
  }
  header.format.stored = bits == 8 ? StoredType::kUint8 : StoredType::kUint16;
  if (image_bytes != header.format.bytes() || header.step < image_bytes) {
    throw Error(ErrorKind::kBadFile,
                "images of {} x {} px take {} bytes, the header claims {} in steps of {}", width,
                height, header.format.bytes(), image_bytes, header.step);
  }
  return header;
}

double stamp_s(const File& file, int64_t offset, bool micro) {
  BinaryReader reader(file, std::endian::little, 8);
  const double seconds = reader.get_at<uint32_t>(offset);
  const double milliseconds = reader.get<uint16_t>();
  return seconds + 1e-3 * milliseconds + (micro ? 1e-6 * reader.get<uint16_t>() : 0);
}

}  // namespace

bool looks_like_norpix(const std::string& leading_bytes) {
  return leading_bytes.compare(0, 4, std::string("\xED\xFE\0\0", 4)) == 0 &&
         leading_bytes.compare(4, 12, std::string("N\0o\0r\0p\0i\0x\0", 12)) == 0;
}

std::unique_ptr<FrameSource> open_norpix(const std::string& path, const ReadOptions& options) {
  RawRecording recording = recording_in(path);
  const File& file = *recording.files.front();
  BinaryReader reader(file);
  const NorpixHeader header = read_header(reader);
  RecordingInfo& info = recording.info;
  info.format = "Norpix SEQ";
  if (!header.description.empty()) {
    info.instrument["title"] = header.description;
  }
  info.metadata["version"] = fmt::format("{}", header.version);
  info.metadata["suggested frame rate"] = fmt::format("{} Hz", header.rate_hz);
  recording.format = header.format;
  // The last image may end without padding, and a camera that was stopped leaves the count behind.
  const int64_t held =
      (file.bytes() - header.first() + header.step - header.format.bytes()) / header.step;
  recording.images = std::min(header.frames, held);
  if (recording.images < 1) {
    throw Error(ErrorKind::kBadFile, "the header claims {} images of {} bytes, the file has {}",
                header.frames, header.step, file.bytes());
  }
  if (recording.images < header.frames) {
    info.warnings.push_back(fmt::format("the header says {} images, the file holds {}",
                                        header.frames, recording.images));
  }
  const int64_t stamp_at = header.first() + header.format.bytes();
  const bool micro = header.version >= 5;
  const bool has_stamps =
      header.step >= header.format.bytes() + header.stamp_bytes() &&
      stamp_at + (recording.images - 1) * header.step + header.stamp_bytes() <= file.bytes();
  const double start_s = has_stamps ? stamp_s(file, stamp_at, micro) : 0;
  const bool advances =
      has_stamps && stamp_s(file, stamp_at + (recording.images - 1) * header.step, micro) > start_s;
  if (!advances && recording.images > 1) {
    info.warnings.push_back(fmt::format(
        "no time stamps that advance; the suggested frame rate ({} Hz) is one of playback, not "
        "taken for the frame interval",
        header.rate_hz));
  }
  recording.place = [&file, header, advances, start_s, stamp_at, micro](int64_t index) {
    RawPlace place{.offset = header.first() + index * header.step};
    if (advances) {
      place.time_s = stamp_s(file, stamp_at + index * header.step, micro) - start_s;
    }
    return place;
  };
  return make_raw_source(std::move(recording), options);
}

}  // namespace mote::io
