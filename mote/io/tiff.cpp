#include "mote/io/tiff.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/file.h"
#include "mote/io/imagej.h"
#include "mote/io/ome_xml.h"
#include "mote/io/raw_source.h"
#include "mote/io/tiff_chain.h"
#include "mote/io/tiff_maker.h"
#include "mote/io/tiff_metadata.h"
#include "mote/io/tiff_page.h"

namespace mote::io {
namespace {

constexpr int kXResolution = 282;
constexpr int kYResolution = 283;

// Units per pixel, from a resolution in pixels per unit.
std::optional<double> units_per_pixel(std::optional<TiffRational> resolution) {
  if (!resolution || resolution->numerator == 0 || resolution->denominator == 0) {
    return std::nullopt;
  }
  return static_cast<double>(resolution->denominator) / resolution->numerator;
}

class TiffSource : public FrameSource {
 public:
  TiffSource(const std::string& path, const ReadOptions& options);

  const RecordingInfo& info() const override { return info_; }
  Frame read(int64_t index) override;

 private:
  void describe_imagej(const ImageJDescription& imagej, bool asks_for_slice);
  void describe_ome(OmeDescription ome);
  void describe_resolution();
  std::optional<PixelSize> resolution_in(const std::string& x_unit, const std::string& y_unit,
                                         std::string source) const;
  void choose(const ReadOptions& options);
  Image read_directory(int64_t directory);

  File file_;
  TiffChain chain_;
  std::vector<int64_t> pages_;  // directories that hold frames, in file order
  std::unique_ptr<TiffPage> first_;
  RecordingInfo info_;
  bool ignores_display_tables_ = false;
  bool in_one_piece_ = false;  // ImageJ's stacks of over 4 GB: one directory for all
  std::optional<OmeDescription> ome_;
  std::optional<int64_t> channel_;
  std::optional<int64_t> slice_;
};

TiffSource::TiffSource(const std::string& path, const ReadOptions& options)
    : file_(path), chain_(read_tiff_chain(file_)) {
  const auto directories = static_cast<int64_t>(chain_.directories.size());
  for (int64_t i = 0; i < directories; ++i) {
    if (chain_.directories[static_cast<size_t>(i)].is_frame) {
      pages_.push_back(i);
    }
  }
  // Behind a single image there is often nothing but a careless writer's garbage.
  const bool damaged = !chain_.damage.empty();
  const bool broken = damaged && directories > 1;
  if (broken) {
    pages_.push_back(directories);
  }
  const auto first = static_cast<size_t>(pages_.front());
  first_ = std::make_unique<TiffPage>(file_, chain_, chain_.directories[first]);

  info_.format = chain_.big ? "BigTIFF" : "TIFF";
  info_.frames = static_cast<int64_t>(pages_.size());
  info_.files = {path};
  info_.metadata = first_->info().metadata;
  if (damaged) {
    info_.warnings.push_back(fmt::format("the file is damaged: {}", chain_.damage));
  }
  const std::string& description = first_->info().description;
  const std::string file_name = std::filesystem::path(path).filename().string();
  if (const auto imagej = parse_imagej(description)) {
    describe_imagej(*imagej, options.z.has_value());
  } else if (auto ome = parse_ome(description, file_name, directories + (broken ? 1 : 0))) {
    describe_ome(std::move(*ome));
  } else {
    describe_resolution();
    info_.size = first_->info().size;
    describe_maker(file_, chain_, chain_.directories[first], description, info_);
  }
  info_.metadata.merge(tiff_metadata(file_, chain_, chain_.directories[first]));
  info_.size = first_->info().size;
  info_.type = first_->info().type;
  info_.colour = first_->info().colour;
  choose(options);
}

std::optional<PixelSize> TiffSource::resolution_in(const std::string& x_unit,
                                                   const std::string& y_unit,
                                                   std::string source) const {
  const TiffDirectory& directory = chain_.directories[static_cast<size_t>(pages_.front())];
  const auto x = units_per_pixel(tiff_rational(file_, chain_, directory, kXResolution));
  const auto y = units_per_pixel(tiff_rational(file_, chain_, directory, kYResolution));
  const std::optional<double> x_nm = nanometres_per(x_unit);
  const std::optional<double> y_nm = nanometres_per(y_unit);
  if (!x || !y || !x_nm || !y_nm) {
    return std::nullopt;
  }
  // 72 dots an inch are a picture's; a print resolution is never finer than this.
  constexpr double kFinestPrintNm = 1000;
  PixelSize size;
  size.y_nm = *y * *y_nm;
  size.x_nm = *x * *x_nm;
  size.source = std::move(source);
  const bool print_unit = x_unit == "inch" || x_unit == "cm";
  if (print_unit && (size.y_nm >= kFinestPrintNm || size.x_nm >= kFinestPrintNm)) {
    return std::nullopt;
  }
  return size;
}

void TiffSource::describe_resolution() {
  // 1 is no unit, 2 inch, 3 centimetre.
  const int unit = first_->info().resolution_unit;
  if (unit == 2 || unit == 3) {
    const std::string name = unit == 2 ? "inch" : "cm";
    info_.pixel_size = resolution_in(name, name, "TIFF resolution fields");
  }
}

void TiffSource::describe_imagej(const ImageJDescription& imagej, bool asks_for_slice) {
  info_.format = chain_.big ? "ImageJ BigTIFF" : "ImageJ TIFF";
  info_.metadata.insert(imagej.metadata.begin(), imagej.metadata.end());
  info_.instrument = imagej.instrument;
  info_.warnings.insert(info_.warnings.end(), imagej.warnings.begin(), imagej.warnings.end());
  info_.frame_interval = imagej.frame_interval;
  if (!imagej.x_unit.empty()) {
    info_.pixel_size = resolution_in(imagej.x_unit, imagej.y_unit, "ImageJ TIFF");
  } else {
    describe_resolution();
  }
  first_->ignore_display_tables();
  ignores_display_tables_ = true;

  auto pages = static_cast<int64_t>(pages_.size());
  const int64_t images = imagej.images.value_or(pages);
  const TiffPageInfo& page = first_->info();
  if (pages == 1 && images > 1 && page.contiguous) {
    const int64_t held = (file_.bytes() - page.data_offset) / page.data_bytes;
    in_one_piece_ = held > 1;
    // An image that the file's end cuts off is a frame too, a bad one.
    pages = in_one_piece_ ? std::min(images, held + 1) : 1;
  }
  if (pages != images) {
    info_.warnings.push_back(
        fmt::format("ImageJ's header says {} images, the file holds {}", images, pages));
  }
  info_.frames = pages;
  const double planes = static_cast<double>(imagej.channels) * static_cast<double>(imagej.slices) *
                        static_cast<double>(imagej.frames);
  if (imagej.slices == images && images > 1 && !asks_for_slice) {
    // So ImageJ calls the images of a plain stack, whether they are slices or frames.
    info_.warnings.push_back(fmt::format(
        "ImageJ's header calls the {} images slices: they are taken for frames", images));
  } else if (planes == static_cast<double>(images)) {
    info_.channels = imagej.channels;
    info_.slices = imagej.slices;
    const int64_t planes_a_frame = imagej.channels * imagej.slices;
    info_.frames = (pages + planes_a_frame - 1) / planes_a_frame;
  } else if (planes > 1) {
    info_.warnings.push_back(fmt::format(
        "ImageJ's header says {} channels, {} slices and {} frames but {} images: each image is "
        "taken for a frame",
        imagej.channels, imagej.slices, imagej.frames, images));
  }
}

void TiffSource::describe_ome(OmeDescription ome) {
  info_.format = chain_.big ? "OME-TIFF (BigTIFF)" : "OME-TIFF";
  info_.frames = ome.frames;
  info_.channels = ome.channels;
  info_.slices = ome.slices;
  info_.pixel_size = ome.pixel_size;
  info_.frame_interval = ome.frame_interval;
  info_.exposure_s = ome.exposure_s;
  info_.instrument = std::move(ome.instrument);
  info_.metadata.merge(ome.annotations);
  if (!ome.name.empty()) {
    info_.metadata["name"] = ome.name;
  }
  info_.warnings.insert(info_.warnings.end(), ome.warnings.begin(), ome.warnings.end());
  ome_ = std::move(ome);
}

void TiffSource::choose(const ReadOptions& options) {
  channel_ = chosen("channel", options.channel, info_.channels);
  slice_ = chosen("slice", options.z, info_.slices);
}

Image TiffSource::read_directory(int64_t directory) {
  if (directory >= static_cast<int64_t>(chain_.directories.size())) {
    throw Error(ErrorKind::kBadFile, "{}",
                chain_.damage.empty() ? "the file does not hold this image" : chain_.damage);
  }
  if (directory == pages_.front()) {
    return first_->read();
  }
  TiffPage page(file_, chain_, chain_.directories[static_cast<size_t>(directory)]);
  if (ignores_display_tables_) {
    page.ignore_display_tables();
  }
  return page.read();
}

Frame TiffSource::read(int64_t index) {
  check_frame(index, info_.frames);
  require_chosen(info_, channel_, slice_);
  Frame frame;
  frame.index = index;
  if (ome_) {
    const int64_t plane = ome_->plane(index, *slice_, *channel_);
    const auto directory = ome_->directories.find(plane);
    if (directory == ome_->directories.end()) {
      throw Error(ErrorKind::kBadFile, "OME-XML points to no image in this file");
    }
    if (const auto time = ome_->times_s.find(plane); time != ome_->times_s.end()) {
      frame.time_s = time->second;
    }
    frame.image = read_directory(directory->second);
    return frame;
  }
  // ImageJ's order: channels vary fastest, then slices, then frames.
  const int64_t page = (index * info_.slices + *slice_) * info_.channels + *channel_;
  if (in_one_piece_) {
    frame.image = first_->read_following(page);
  } else if (page < static_cast<int64_t>(pages_.size())) {
    frame.image = read_directory(pages_[static_cast<size_t>(page)]);
  } else {
    throw Error(ErrorKind::kBadFile, "the file holds {} images, this is number {}", pages_.size(),
                page + 1);
  }
  return frame;
}

}  // namespace

std::unique_ptr<FrameSource> open_tiff(const std::string& path, const ReadOptions& options) {
  return std::make_unique<TiffSource>(path, options);
}

}  // namespace mote::io
