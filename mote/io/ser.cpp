#include "mote/io/ser.h"

#include <cmath>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"
#include "mote/io/emi.h"
#include "mote/io/raw_source.h"

namespace mote::io {
namespace {

constexpr int64_t kElementHeaderBytes = 50;
constexpr int kSpectra = 0x4120;
constexpr int kImages = 0x4122;
constexpr int kTimeTag = 0x4152;
constexpr int kTimeAndPlaceTag = 0x4142;
constexpr double kNmPerMetre = 1e9;

struct SerHeader {
  int64_t elements = 0;    // places in the arrays
  int64_t finished = 0;    // of which this many were recorded
  int64_t dimensions = 0;  // of the series
  std::vector<int64_t> elements_at;
  std::vector<int64_t> tags_at;
};

// A two-dimensional element: calibration, type and size, then the pixels.
struct SerElement {
  double x_m = 0;
  double y_m = 0;
  int type = 0;
  int64_t width = 0;
  int64_t height = 0;

  bool is_like(const SerElement& other) const {
    return type == other.type && width == other.width && height == other.height;
  }
};

std::vector<int64_t> read_offsets(BinaryReader& reader, int64_t count, bool wide) {
  std::vector<int64_t> offsets;
  offsets.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    offsets.push_back(wide ? reader.get<int64_t>() : reader.get<uint32_t>());
  }
  return offsets;
}

SerHeader read_header(BinaryReader& reader) {
  SerHeader header;
  reader.seek(4);
  const int version = reader.get<uint16_t>();
  if (version != 0x210 && version != 0x220) {
    throw Error(ErrorKind::kUnsupported, "SER version {:#x}: mote reads 0x210 and 0x220", version);
  }
  const auto data = reader.get<uint32_t>();
  if (data == kSpectra) {
    throw Error(ErrorKind::kUnsupported,
                "its elements have one dimension: spectra or profiles, expected images");
  }
  if (data != kImages) {
    throw Error(ErrorKind::kBadFile, "its elements are of kind {:#x}: expected {:#x}, images", data,
                kImages);
  }
  reader.skip(4);  // kind of the tags, which each tag repeats
  header.elements = reader.get<int32_t>();
  header.finished = reader.get<int32_t>();
  const bool wide = version == 0x220;
  const int64_t arrays_at = wide ? reader.get<int64_t>() : reader.get<uint32_t>();
  header.dimensions = reader.get<int32_t>();
  if (header.finished < 1 || header.finished > header.elements) {
    throw Error(ErrorKind::kBadFile, "the header claims {} finished images of {}", header.finished,
                header.elements);
  }
  reader.seek(arrays_at);
  if (header.elements > reader.bytes_left() / (wide ? 16 : 8)) {
    throw Error(ErrorKind::kBadFile, "the header claims {} images, the file has {} bytes",
                header.elements, reader.file_bytes());
  }
  header.elements_at = read_offsets(reader, header.elements, wide);
  header.tags_at = read_offsets(reader, header.elements, wide);
  return header;
}

SerElement read_element(const File& file, int64_t offset) {
  BinaryReader reader(file, std::endian::little, kElementHeaderBytes);
  SerElement element;
  reader.seek(offset);
  reader.skip(8);
  element.x_m = std::abs(reader.get<double>());
  reader.skip(4 + 8);
  element.y_m = std::abs(reader.get<double>());
  reader.skip(4);
  element.type = reader.get<uint16_t>();
  element.width = reader.get<int32_t>();
  element.height = reader.get<int32_t>();
  return element;
}

// Leaves out images at the end that the file does not hold whole: it was cut off.
void leave_out_cut(SerHeader& header, int64_t image_bytes, int64_t file_bytes,
                   RecordingInfo& info) {
  const int64_t last_start = file_bytes - kElementHeaderBytes - image_bytes;
  const int64_t finished = header.finished;
  while (header.finished > 1 &&
         header.elements_at[static_cast<size_t>(header.finished - 1)] > last_start) {
    --header.finished;
  }
  if (header.finished < finished) {
    info.warnings.push_back(
        fmt::format("the header says {} images, the file holds {}", finished, header.finished));
  }
}

StoredType stored_type(int type) {
  switch (type) {
    case 1: return StoredType::kUint8;
    case 2: return StoredType::kUint16;
    case 3: return StoredType::kUint32;
    case 4: return StoredType::kInt8;
    case 5: return StoredType::kInt16;
    case 6: return StoredType::kInt32;
    case 7: return StoredType::kFloat32;
    case 8: return StoredType::kFloat64;
    case 9:
    case 10:
      throw Error(ErrorKind::kUnsupported, "SER data type {}, complex numbers: expected real ones",
                  type);
    default: throw Error(ErrorKind::kBadFile, "SER data type {}: expected 1 to 10", type);
  }
}

void calibrate(const SerElement& element, RecordingInfo& info) {
  // No image has pixels of a millimetre, no diffraction pattern ones finer than 1000 1/m.
  constexpr double kReciprocalFrom = 1e-3;
  if (element.x_m >= kReciprocalFrom || element.y_m >= kReciprocalFrom) {
    info.warnings.push_back(fmt::format(
        "a pixel of {:.4g} is one of a diffraction pattern, in 1/m: no pixel size", element.x_m));
  } else if (element.x_m > 0 && element.y_m > 0) {
    info.pixel_size = {
        .y_nm = element.y_m * kNmPerMetre, .x_nm = element.x_m * kNmPerMetre, .source = "SER"};
  }
}

// Seconds since 1970, whole ones; nothing where there is no tag of a known kind.
std::optional<double> stamp_s(const File& file, int64_t offset) {
  if (offset < 0 || offset > file.bytes() - 8) {
    return std::nullopt;
  }
  BinaryReader reader(file, std::endian::little, 8);
  const int kind = reader.get_at<uint16_t>(offset);
  reader.skip(2);
  return kind == kTimeTag || kind == kTimeAndPlaceTag ? std::optional(reader.get<uint32_t>())
                                                      : std::nullopt;
}

// Says whether each frame has a stamp worth taking; else looks for a frame interval.
bool find_times(const File& file, const SerHeader& header, std::optional<double> frame_time_s,
                RecordingInfo& info) {
  constexpr double kLeastApart = 2;  // s, where a stamp is off by less than 1
  constexpr double kLeastSpan = 50;  // s, for 2 %
  const auto last = static_cast<size_t>(header.finished - 1);
  const auto first_s = stamp_s(file, header.tags_at.front());
  const auto last_s = stamp_s(file, header.tags_at[last]);
  if (last == 0 || !first_s || !last_s) {
    return false;
  }
  const double span = *last_s - *first_s;
  const double mean = span / static_cast<double>(last);
  if (mean >= kLeastApart) {
    return true;
  }
  // Stamps are cut to whole seconds: both ends together are off by less than one.
  if (frame_time_s && std::abs(*frame_time_s * static_cast<double>(last) - span) < 1) {
    info.frame_interval = {.seconds = *frame_time_s, .source = "EMI frame time"};
  } else if (span >= kLeastSpan) {
    info.frame_interval = {.seconds = mean, .source = "SER time stamps, mean"};
  } else {
    info.warnings.push_back(
        fmt::format("its time stamps count whole seconds and span {} s: too few to tell the frame "
                    "interval",
                    span));
  }
  return false;
}

}  // namespace

bool looks_like_ser(const std::string& leading_bytes) {
  return leading_bytes.starts_with("II\x97\x01");
}

std::unique_ptr<FrameSource> open_ser(const std::string& path, const ReadOptions& options) {
  RawRecording recording = recording_in(path);
  const File& file = *recording.files.front();
  BinaryReader reader(file);
  SerHeader header = read_header(reader);
  const SerElement first = read_element(file, header.elements_at.front());
  RecordingInfo& info = recording.info;
  info.format = "SER (TIA)";
  recording.format = {.size = checked_size(first.height, first.width),
                      .stored = stored_type(first.type),
                      .bottom_up = true};
  check_held(recording.format, 1, header.elements_at.front() + kElementHeaderBytes, file.bytes());
  leave_out_cut(header, recording.format.bytes(), file.bytes(), info);
  recording.images = header.finished;
  calibrate(first, info);
  std::optional<double> frame_time_s;
  if (const auto emi = read_emi_beside(path)) {
    info.instrument = emi->instrument;
    info.metadata = emi->metadata;
    info.exposure_s = emi->exposure_s;
    frame_time_s = emi->frame_time_s;
  }
  if (header.dimensions > 1 && recording.images > 1) {
    info.warnings.emplace_back(
        "the images belong to the points of a scan: they are no frames in "
        "time, and have no pixel size");
    info.pixel_size.reset();
  }
  const bool stamped = header.dimensions < 2 && find_times(file, header, frame_time_s, info);
  const double start_s = stamped ? stamp_s(file, header.tags_at.front()).value_or(0) : 0;
  recording.place = [&file, header = std::move(header), first, stamped, start_s](int64_t index) {
    const auto i = static_cast<size_t>(index);
    const SerElement element = read_element(file, header.elements_at[i]);
    if (!element.is_like(first)) {
      throw Error(ErrorKind::kBadFile, "it has {} x {} px of type {}, the first {} x {} of {}",
                  element.width, element.height, element.type, first.width, first.height,
                  first.type);
    }
    RawPlace place{.offset = header.elements_at[i] + kElementHeaderBytes};
    if (const auto stamp = stamped ? stamp_s(file, header.tags_at[i]) : std::nullopt) {
      place.time_s = *stamp - start_s;
    }
    return place;
  };
  return make_raw_source(std::move(recording), options);
}

}  // namespace mote::io
