#include "mote/io/formats.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/core/lower.h"
#include "mote/io/cine.h"
#include "mote/io/dm.h"
#include "mote/io/dm_tags.h"
#include "mote/io/file.h"
#include "mote/io/hdf5.h"
#include "mote/io/jpeg.h"
#include "mote/io/mrc.h"
#include "mote/io/norpix.h"
#include "mote/io/png.h"
#include "mote/io/ser.h"
#include "mote/io/tiff.h"
#include "mote/io/tiff_chain.h"
#include "mote/io/tvips.h"
#include "mote/io/video.h"

namespace mote::io {
namespace {

using Source = std::unique_ptr<FrameSource>;

struct Format {
  bool (*looks_like)(const std::string& leading_bytes);
  Source (*open)(const std::string& path, const ReadOptions& options);
};

// Where several could match, the more telling signature comes first.
constexpr auto kFormats = std::to_array<Format>({
    {looks_like_tiff, open_tiff},
    {looks_like_png, [](const std::string& path, const ReadOptions&) { return open_png(path); }},
    {looks_like_jpeg, [](const std::string& path, const ReadOptions&) { return open_jpeg(path); }},
    {looks_like_hdf5, open_hdf5},
    {looks_like_video,
     [](const std::string& path, const ReadOptions&) { return open_video(path); }},
    {looks_like_ser, open_ser},
    {looks_like_norpix, open_norpix},
    {looks_like_cine, open_cine},
    {looks_like_mrc, open_mrc},
    {looks_like_dm, open_dm},
    {looks_like_tvips, open_tvips},
});

constexpr int64_t kSignatureBytes = 4096 + 8;  // HDF5 may have its own behind another header

struct Kind {
  std::string_view extension;
  const char* name;
};
constexpr auto kStillKinds = std::to_array<Kind>({{".png", "PNG"},
                                                  {".jpg", "JPEG"},
                                                  {".jpeg", "JPEG"},
                                                  {".tif", "TIFF"},
                                                  {".tiff", "TIFF"},
                                                  {".dm3", "DM"},
                                                  {".dm4", "DM"},
                                                  {".dm5", "DM"},
                                                  {".emd", "EMD"},
                                                  {".hspy", "HyperSpy"},
                                                  {".mrc", "MRC"},
                                                  {".ser", "SER"}});

// Extensions of recordings that are no stills.
constexpr auto kRecordings = std::to_array<std::string_view>(
    {".mrcs", ".map", ".tvips", ".seq", ".cine", ".avi", ".mp4", ".mov", ".gif", ".mkv", ".webm"});

// Formats that are known, but not read.
struct Foreign {
  std::string_view signature;
  const char* what;
};
using namespace std::string_view_literals;
constexpr auto kForeign = std::to_array<Foreign>({
    {"ZISRAWFILE"sv, "Zeiss CZI is not read: export OME-TIFF from ZEN"},
    {"\xDA\xCE\xBE\x0A"sv, "Nikon ND2 is not read: export OME-TIFF (NIS-Elements, or Fiji)"},
    {"\x70\0\0\0"sv, "Leica LIF is not read: export OME-TIFF from LAS X, or with Fiji"},
    {"JK\0\x02"sv,
     "an EMI file has what TIA knows of a recording, not its images: name the .ser "
     "beside it"},
    {"IMGBLO"sv, "a blockfile of diffraction patterns at the points of a scan: expected images"},
    {"PK\x03\x04"sv, "a ZIP archive: unpack it, or export TIFF or MRC"},
    {"\x1F\x8B"sv, "compressed by gzip: unpack it first (gunzip)"},
});

std::string extension_of(const std::string& path) {
  return lower(std::filesystem::path(path).extension().string());
}

// Nothing where the file is of no known format.
const Format* format_of(const std::string& path) {
  const std::string leading = File(path).leading_bytes(kSignatureBytes);
  const auto* const found =
      std::find_if(kFormats.begin(), kFormats.end(),
                   [&](const Format& format) { return format.looks_like(leading); });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace

std::unique_ptr<FrameSource> open_file(const std::string& path, const ReadOptions& options) {
  if (const Format* format = format_of(path)) {
    return format->open(path, options);
  }
  if (extension_of(path) == ".tvips" &&
      !std::filesystem::path(path).stem().string().ends_with("_000")) {
    throw Error(ErrorKind::kUnsupported,
                "a later file of a TVIPS series, which has no header: open its _000.tvips");
  }
  if (extension_of(path) == ".zspy") {
    throw Error(ErrorKind::kUnsupported,
                "HyperSpy's ZSPY is not read: save the signal as .hspy, or export TIFF");
  }
  const std::string leading = File(path).leading_bytes(kSignatureBytes);
  for (const Foreign& foreign : kForeign) {
    if (leading.starts_with(foreign.signature)) {
      throw Error(ErrorKind::kUnsupported, "{}", foreign.what);
    }
  }
  throw Error(ErrorKind::kUnsupported,
              "{} recording that mote knows: it reads TIFF, PNG, JPEG, AVI, MP4, MOV, GIF, MKV, "
              "WebM, DM3, DM4, DM5, EMD, HSPY, MRC, SER, TVIPS, SEQ, CINE and OME-Zarr",
              is_named_as_a_recording(path)
                  ? fmt::format("named {}, but cut off, damaged or no", extension_of(path))
                  : "not a");
}

std::unique_ptr<FrameSource> open_file_of_series(const std::string& path,
                                                 const ReadOptions& options) {
  if (const Format* format = format_of(path)) {
    return format->open(path, options);
  }
  throw Error(ErrorKind::kBadFile, "not a file of any format that mote reads");
}

bool is_named_as_a_recording(const std::string& path) {
  return !still_kind_by_extension(path).empty() ||
         std::find(kRecordings.begin(), kRecordings.end(), extension_of(path)) != kRecordings.end();
}

std::string still_kind_by_extension(const std::string& path) {
  const std::string extension = extension_of(path);
  for (const Kind& kind : kStillKinds) {
    if (kind.extension == extension) {
      return kind.name;
    }
  }
  return "";
}

}  // namespace mote::io
