#include "mote/io/tvips.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"
#include "mote/io/raw_source.h"

namespace mote::io {
namespace {

constexpr int64_t kHeaderBytes = 256;
constexpr int64_t kFirstVersionFrameHeader = 12;
constexpr int64_t kMostFrameHeader = 1 << 16;

struct TvipsHeader {
  uint32_t version = 0;
  Size size;
  uint32_t bits = 0;
  uint32_t binning_x = 0;
  uint32_t binning_y = 0;
  uint32_t pixel_nm = 0;
  uint32_t voltage_kv = 0;
  uint32_t magnification = 0;
  int64_t frame_header_bytes = 0;
};

// One file of the series: `images` of them from `first` on, each behind its own header.
struct Part {
  int64_t first = 0;
  int64_t images = 0;
};

TvipsHeader read_header(BinaryReader& reader) {
  TvipsHeader header;
  reader.skip(4);  // bytes of this header: 256
  header.version = reader.get<uint32_t>();
  const int64_t width = reader.get<uint32_t>();
  const int64_t height = reader.get<uint32_t>();
  header.size = checked_size(height, width);
  header.bits = reader.get<uint32_t>();
  reader.skip(8);  // offset of the read-out field
  header.binning_x = reader.get<uint32_t>();
  header.binning_y = reader.get<uint32_t>();
  header.pixel_nm = reader.get<uint32_t>();
  header.voltage_kv = reader.get<uint32_t>();
  header.magnification = reader.get<uint32_t>();
  header.frame_header_bytes = reader.get<uint32_t>();
  if (header.version == 1) {
    header.frame_header_bytes = kFirstVersionFrameHeader;
  }
  if (header.version > 2 || header.version < 1) {
    throw Error(ErrorKind::kUnsupported, "TVIPS version {}: mote reads 1 and 2", header.version);
  }
  if (header.bits != 8 && header.bits != 16) {
    throw Error(ErrorKind::kUnsupported, "TVIPS samples of {} bits: mote reads 8 and 16",
                header.bits);
  }
  if (header.frame_header_bytes < kFirstVersionFrameHeader ||
      header.frame_header_bytes > kMostFrameHeader) {
    throw Error(ErrorKind::kBadFile, "frame headers of {} bytes: expected {} to {}",
                header.frame_header_bytes, kFirstVersionFrameHeader, kMostFrameHeader);
  }
  return header;
}

// NAME_001.tvips, NAME_002.tvips, ... as far as they follow on NAME_000.tvips.
std::vector<std::string> parts_after(const std::string& path) {
  constexpr int kMostParts = 1000;
  const std::filesystem::path file(path);
  const std::string stem = file.stem().string();
  std::vector<std::string> parts;
  for (int i = 1; stem.ends_with("_000") && i < kMostParts; ++i) {
    const std::string name =
        fmt::format("{}{:03d}{}", stem.substr(0, stem.size() - 3), i, file.extension().string());
    const std::string next = (file.parent_path() / name).string();
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(next, ignored)) {
      break;
    }
    parts.push_back(next);
  }
  return parts;
}

double stamp_s(const File& file, int64_t frame_offset) {
  BinaryReader reader(file, std::endian::little, 8);
  const double seconds = reader.get_at<uint32_t>(frame_offset + 4);
  return seconds + 1e-3 * reader.get<uint32_t>();
}

void describe(const TvipsHeader& header, bool diffraction, RecordingInfo& info) {
  if (header.voltage_kv > 0) {
    info.instrument["voltage"] = fmt::format("{} kV", header.voltage_kv);
  }
  if (header.magnification > 0) {
    info.instrument[diffraction ? "camera length" : "magnification"] =
        fmt::format("{}", header.magnification);
  }
  info.metadata["version"] = fmt::format("{}", header.version);
  info.metadata["binning"] = fmt::format("{} x {}", header.binning_x, header.binning_y);
  info.metadata["pixel size, nm"] = fmt::format("{}", header.pixel_nm);
  if (diffraction) {
    info.warnings.emplace_back("diffraction patterns: no pixel size");
  } else if (header.pixel_nm > 0) {
    info.warnings.push_back(fmt::format(
        "the header says {} nm a pixel at a magnification of {}, but not whether in the camera or "
        "the specimen: no pixel size is taken",
        header.pixel_nm, header.magnification));
  }
}

}  // namespace

bool looks_like_tvips(const std::string& leading_bytes) {
  if (static_cast<int64_t>(leading_bytes.size()) < kHeaderBytes) {
    return false;
  }
  const auto at = [&](size_t word) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) {
      value |= static_cast<uint32_t>(static_cast<unsigned char>(leading_bytes[4 * word + i]))
               << (8 * i);
    }
    return value;
  };
  constexpr uint32_t kMostBinning = 64;
  return at(0) == kHeaderBytes && at(1) >= 1 && at(1) < 16 && at(2) >= 1 && at(2) < 1U << 16 &&
         at(3) >= 1 && at(3) < 1U << 16 && at(4) >= 1 && at(4) <= 64 && at(7) <= kMostBinning &&
         at(8) <= kMostBinning;
}

std::unique_ptr<FrameSource> open_tvips(const std::string& path, const ReadOptions& options) {
  RawRecording recording = recording_in(path);
  BinaryReader reader(*recording.files.front());
  const TvipsHeader header = read_header(reader);
  RecordingInfo& info = recording.info;
  info.format = "TVIPS";
  recording.format = {.size = header.size,
                      .stored = header.bits == 8 ? StoredType::kUint8 : StoredType::kUint16};
  const int64_t step = header.frame_header_bytes + recording.format.bytes();
  std::vector<Part> parts;
  for (const std::string& next : parts_after(path)) {
    recording.files.push_back(std::make_unique<File>(next));
    info.files.push_back(next);
  }
  for (size_t i = 0; i < recording.files.size(); ++i) {
    const int64_t start = i == 0 ? kHeaderBytes : 0;
    const int64_t bytes = std::max<int64_t>(0, recording.files[i]->bytes() - start);
    parts.push_back({.first = recording.images, .images = bytes / step});
    recording.images += bytes / step;
    if (bytes % step != 0) {
      info.warnings.push_back(
          fmt::format("{} ends within an image, which is left out",
                      std::filesystem::path(info.files[i]).filename().string()));
    }
  }
  if (recording.images == 0) {
    throw Error(ErrorKind::kBadFile, "the file of {} bytes holds no image of {} x {} px",
                recording.files.front()->bytes(), header.size.width, header.size.height);
  }
  const auto place = [parts, step](int64_t index) {
    const auto part = std::find_if(parts.begin(), parts.end(), [index](const Part& candidate) {
      return index < candidate.first + candidate.images;
    });
    const auto file = static_cast<size_t>(part - parts.begin());
    return RawPlace{.file = file,
                    .offset = (file == 0 ? kHeaderBytes : 0) + (index - part->first) * step};
  };
  const auto stamp = [&files = recording.files](const RawPlace& at) {
    return stamp_s(*files[at.file], at.offset);
  };
  const RawPlace first = place(0);
  constexpr uint32_t kDiffraction = 2;
  constexpr int64_t kModeAt = 24;
  const bool diffraction =
      header.frame_header_bytes >= kModeAt + 4 &&
      BinaryReader(*recording.files[first.file]).get_at<uint32_t>(first.offset + kModeAt) ==
          kDiffraction;
  describe(header, diffraction, info);
  const double start_s = stamp(first);
  const bool stamped = stamp(place(recording.images - 1)) > start_s;
  std::vector<const File*> files;
  for (const auto& file : recording.files) {
    files.push_back(file.get());
  }
  recording.place = [place, files, stamped, start_s,
                     skipped = header.frame_header_bytes](int64_t index) {
    RawPlace at = place(index);
    if (stamped) {
      at.time_s = stamp_s(*files[at.file], at.offset) - start_s;
    }
    at.offset += skipped;
    return at;
  };
  return make_raw_source(std::move(recording), options);
}

}  // namespace mote::io
