#include "mote/io/recording_writer.h"

#include <filesystem>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/mrc_writer.h"
#include "mote/io/ome_tiff_writer.h"
#include "mote/io/ome_zarr_writer.h"
#include "mote/io/picture_file.h"
#include "mote/io/tiff_writer.h"

namespace mote::io {
namespace {

class TiffRecordingWriter : public RecordingWriter {
 public:
  TiffRecordingWriter(const std::string& path, const RecordingWriterOptions& options)
      : tiff_(path, {.pixel_size = options.pixel_size,
                     .frame_interval = options.frame_interval,
                     .frames = options.frames,
                     .bytes_expected = options.bytes_expected,
                     .instrument = options.instrument}) {}

  void write(const Frame& frame) override { tiff_.write(frame.image); }
  void close() override { tiff_.close(); }

 private:
  TiffWriter tiff_;
};

class OmeTiffRecordingWriter : public RecordingWriter {
 public:
  OmeTiffRecordingWriter(const std::string& path, const RecordingWriterOptions& options)
      : tiff_(path, {.pixel_size = options.pixel_size,
                     .frame_interval = options.frame_interval,
                     .exposure_s = options.exposure_s,
                     .name = options.name,
                     .instrument = options.instrument,
                     .bytes_expected = options.bytes_expected,
                     .frames = options.frames}) {}

  void write(const Frame& frame) override { tiff_.write(frame.image, frame.time_s); }
  void close() override { tiff_.close(); }

 private:
  OmeTiffWriter tiff_;
};

class OmeZarrRecordingWriter : public RecordingWriter {
 public:
  OmeZarrRecordingWriter(const std::string& path, const RecordingWriterOptions& options)
      : zarr_(path, {.pixel_size = options.pixel_size,
                     .frame_interval = options.frame_interval,
                     .name = options.name}) {}

  void write(const Frame& frame) override { zarr_.write(frame.image); }
  void close() override { zarr_.close(); }

 private:
  OmeZarrWriter zarr_;
};

class MrcRecordingWriter : public RecordingWriter {
 public:
  MrcRecordingWriter(const std::string& path, const RecordingWriterOptions& options)
      : mrc_(path, options.pixel_size) {}

  void write(const Frame& frame) override { mrc_.write(frame.image); }
  void close() override { mrc_.close(); }

 private:
  MrcWriter mrc_;
};

class PngStillsWriter : public RecordingWriter {
 public:
  explicit PngStillsWriter(std::string path) : path_(std::move(path)) {
    std::error_code error;
    std::filesystem::create_directories(path_, error);
    if (error) {
      throw Error(ErrorKind::kResource, "{}: cannot be made: {}", path_, error.message());
    }
  }

  void write(const Frame& frame) override {
    write_grey_png(fmt::format("{}/frame_{:06}.png", path_, frames_++), frame.image);
  }
  void close() override {}

 private:
  std::string path_;
  int64_t frames_ = 0;
};

}  // namespace

const std::vector<RecordingFormatInfo>& recording_formats() {
  using enum SampleType;
  static const std::vector<SampleType> all = {kUint8,  kInt8,  kUint16,  kInt16,
                                              kUint32, kInt32, kFloat32, kFloat64};
  static const std::vector<RecordingFormatInfo> formats = {
      {.format = RecordingFormat::kOmeTiff,
       .name = "ome-tiff",
       .title = "OME-TIFF",
       .extensions = {".ome.tiff", ".ome.tif", ".ome.btf"},
       .types = all,
       .pixel_size = true,
       .frame_interval = true,
       .time_stamps = true,
       .exposure = true,
       .instrument = true},
      {.format = RecordingFormat::kOmeZarr,
       .name = "ome-zarr",
       .title = "OME-Zarr",
       .extensions = {".ome.zarr", ".zarr"},
       .types = all,
       .names = ome_zarr_names(),
       .pixel_size = true,
       .frame_interval = true},
      {.format = RecordingFormat::kTiff,
       .name = "tiff",
       .title = "TIFF",
       .extensions = {".tiff", ".tif", ".btf"},
       .types = all,
       .pixel_size = true,
       .frame_interval = true,
       .instrument = true},
      {.format = RecordingFormat::kMrc,
       .name = "mrc",
       .title = "MRC",
       .extensions = {".mrcs", ".mrc"},
       .types = {kInt8, kInt16, kFloat32, kUint16},
       .pixel_size = true},
      {.format = RecordingFormat::kPngStills,
       .name = "png",
       .title = "PNG",
       .types = {kUint8, kUint16},
       .names = {"frame_*.png"}},
  };
  return formats;
}

std::unique_ptr<RecordingWriter> make_recording_writer(RecordingFormat format,
                                                       const std::string& path,
                                                       const RecordingWriterOptions& options) {
  switch (format) {
    case RecordingFormat::kTiff: return std::make_unique<TiffRecordingWriter>(path, options);
    case RecordingFormat::kOmeTiff: return std::make_unique<OmeTiffRecordingWriter>(path, options);
    case RecordingFormat::kOmeZarr: return std::make_unique<OmeZarrRecordingWriter>(path, options);
    case RecordingFormat::kMrc: return std::make_unique<MrcRecordingWriter>(path, options);
    case RecordingFormat::kPngStills: return std::make_unique<PngStillsWriter>(path);
  }
  throw Error(ErrorKind::kUsage, "no format that frames are written as");
}

}  // namespace mote::io
