#include "mote/io/ome_zarr_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/tiff_samples.h"
#include "mote/io/zarr_writer.h"

namespace mote::io {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int64_t kChunkPx = 1024;

ZarrType zarr_type(SampleType type) {
  const int64_t bytes = bytes_per_sample(type);
  switch (type) {
    case SampleType::kFloat32:
    case SampleType::kFloat64: return {.kind = ZarrKind::kFloat, .bytes = bytes};
    case SampleType::kInt8:
    case SampleType::kInt16:
    case SampleType::kInt32: return {.kind = ZarrKind::kInt, .bytes = bytes};
    default: return {.kind = ZarrKind::kUint, .bytes = bytes};
  }
}

Size half(Size size) {
  return {.height = (size.height + 1) / 2, .width = (size.width + 1) / 2};
}

// The mean of up to 2 x 2 px, fewer at an odd edge.
template <typename T>
void fill_with_means(const Image& image, Image& out) {
  const auto [height, width] = image.size();
  const T* from = image.as<T>();
  T* to = out.as<T>();
  for (int64_t y = 0; y < height; y += 2) {
    for (int64_t x = 0; x < width; x += 2) {
      double sum = 0;
      int count = 0;
      for (int64_t v = y; v < std::min(y + 2, height); ++v) {
        for (int64_t u = x; u < std::min(x + 2, width); ++u) {
          sum += static_cast<double>(from[v * width + u]);
          ++count;
        }
      }
      const double mean = sum / count;
      *to++ = static_cast<T>(std::is_integral_v<T> ? std::round(mean) : mean);
    }
  }
}

Image with_means(const Image& image) {
  Image out = Image::unfilled(half(image.size()), image.type());
  with_sample_type(image.type(),
                   [&](auto sample) { fill_with_means<decltype(sample)>(image, out); });
  return out;
}

Image with_firsts(const Image& labels) {
  Image out = Image::unfilled(half(labels.size()), labels.type());
  const int32_t* from = labels.as<int32_t>();
  int32_t* to = out.as<int32_t>();
  for (int64_t y = 0; y < labels.size().height; y += 2) {
    for (int64_t x = 0; x < labels.size().width; x += 2) {
      *to++ = from[y * labels.size().width + x];
    }
  }
  return out;
}

// One image of several levels, frame by frame.
class Pyramid {
 public:
  Pyramid(std::string folder, bool is_labels, const OmeZarrWriterOptions& options)
      : folder_(std::move(folder)), is_labels_(is_labels), options_(options) {}

  int64_t frames() const { return frames_; }
  const std::string& folder() const { return folder_; }

  void write(const Image& frame) {
    if (frames_ == 0) {
      begin(frame);
    }
    if (frame.size() != size_ || frame.type() != type_) {
      throw Error(ErrorKind::kUsage, "frame {} is {} x {} px of {}, those before {} x {} px of {}",
                  frames_, frame.size().width, frame.size().height, name(frame.type()), size_.width,
                  size_.height, name(type_));
    }
    Image level = frame;
    for (size_t i = 0; i < levels_.size(); ++i) {
      if (i > 0) {
        level = is_labels_ ? with_firsts(level) : with_means(level);
      }
      levels_[i].write(
          {.origin = {frames_, 0, 0}, .extent = {1, level.size().height, level.size().width}},
          level.bytes());
    }
    ++frames_;
  }

  // `image` is where the image of labels lies, seen from here; empty where there is none.
  void close(const std::string& folder, const std::string& image) {
    for (ZarrArrayWriter& level : levels_) {
      level.close(frames_, Json::object());
    }
    if (folder != folder_) {
      for (size_t i = 0; i < levels_.size(); ++i) {
        fs::rename(folder_ + "/" + std::to_string(i), folder + "/" + std::to_string(i));
      }
    }
    attributes_ = {{"multiscales", Json::array({multiscale()})}};
    if (is_labels_) {
      attributes_["image-label"] = Json::object();
      if (!image.empty()) {
        attributes_["image-label"]["source"] = {{"image", image}};
      }
      if (options_.zarr_version == 2) {
        attributes_["image-label"]["version"] = "0.4";
      }
    }
    write_ome_group(folder, options_.zarr_version, attributes_);
  }

  static void write_ome_group(const std::string& folder, int version, Json attributes) {
    if (version == 3) {
      attributes["version"] = "0.5";
      attributes = {{"ome", attributes}};
    }
    write_zarr_group(folder, version, attributes);
  }

 private:
  void begin(const Image& frame) {
    if (frame.empty()) {
      throw Error(ErrorKind::kUsage, "a frame without pixels");
    }
    size_ = frame.size();
    type_ = frame.type();
    Size size = size_;
    for (int i = 0;; ++i) {
      levels_.emplace_back(folder_ + "/" + std::to_string(i),
                           ZarrMetadata{.version = options_.zarr_version,
                                        .shape = {0, size.height, size.width},
                                        .chunk = {1, std::min(size.height, kChunkPx),
                                                  std::min(size.width, kChunkPx)},
                                        .type = zarr_type(type_),
                                        .separator = '/',
                                        .dimension_names = {"t", "y", "x"}});
      if (std::max(size.height, size.width) <= std::max<int64_t>(1, options_.small_px)) {
        return;
      }
      size = half(size);
    }
  }

  // A mean lies in the middle of what it is of, between pixel centres.
  Json transformations(int level) const {
    const double factor = std::ldexp(1.0, level);
    const double shift = is_labels_ ? 0 : (factor - 1) / 2;
    const double t = options_.frame_interval ? options_.frame_interval->seconds : 1;
    const double y = options_.pixel_size ? options_.pixel_size->y_nm : 1;
    const double x = options_.pixel_size ? options_.pixel_size->x_nm : 1;
    Json list = Json::array({{{"type", "scale"}, {"scale", {t, y * factor, x * factor}}}});
    if (shift > 0) {
      list.push_back({{"type", "translation"}, {"translation", {0, y * shift, x * shift}}});
    }
    return list;
  }

  Json multiscale() const {
    Json time = {{"name", "t"}, {"type", "time"}};
    Json y = {{"name", "y"}, {"type", "space"}};
    Json x = {{"name", "x"}, {"type", "space"}};
    if (options_.frame_interval) {
      time["unit"] = "second";
    }
    if (options_.pixel_size) {
      y["unit"] = "nanometer";
      x["unit"] = "nanometer";
    }
    Json datasets = Json::array();
    for (int i = 0; i < static_cast<int>(levels_.size()); ++i) {
      datasets.push_back(
          {{"path", std::to_string(i)}, {"coordinateTransformations", transformations(i)}});
    }
    Json json = {{"name", is_labels_ ? options_.labels_name : options_.name},
                 {"axes", Json::array({time, y, x})},
                 {"datasets", datasets}};
    if (options_.zarr_version == 2) {
      json["version"] = "0.4";
    }
    if (levels_.size() > 1) {
      json["type"] = is_labels_ ? "nearest" : "mean";
    }
    return json;
  }

  std::string folder_;
  bool is_labels_;
  OmeZarrWriterOptions options_;
  std::vector<ZarrArrayWriter> levels_;
  Size size_;
  SampleType type_ = SampleType::kUint8;
  int64_t frames_ = 0;
  Json attributes_;
};

OmeZarrWriterOptions checked(const OmeZarrWriterOptions& options) {
  const std::string& labels = options.labels_name;
  if (labels.empty() || labels.front() == '.' || labels.find('/') != std::string::npos) {
    throw Error(ErrorKind::kUsage, "label images named '{}': expected a plain name", labels);
  }
  if (options.zarr_version != 2 && options.zarr_version != 3) {
    throw Error(ErrorKind::kUsage, "Zarr version {}: expected 2 or 3", options.zarr_version);
  }
  return options;
}

}  // namespace

struct OmeZarrWriter::Impl {
  Impl(const std::string& folder, const OmeZarrWriterOptions& given)
      : options(checked(given)),
        making(folder),
        image(making.path(), false, options),
        labels(making.path() + "/labels/" + options.labels_name, true, options) {}

  OmeZarrWriterOptions options;
  ZarrFolderInMaking making;
  Pyramid image;
  Pyramid labels;
};

OmeZarrWriter::OmeZarrWriter(const std::string& folder, const OmeZarrWriterOptions& options)
    : impl_(std::make_unique<Impl>(folder, options)) {}

OmeZarrWriter::~OmeZarrWriter() = default;

void OmeZarrWriter::write(const Image& frame) {
  impl_->image.write(frame);
}

void OmeZarrWriter::write(const LabelImage& labels) {
  Image image = Image::unfilled(labels.size(), SampleType::kInt32);
  std::memcpy(image.bytes(), labels.data(), static_cast<size_t>(image.byte_count()));
  impl_->labels.write(image);
}

void OmeZarrWriter::close() {
  const int64_t frames = impl_->image.frames();
  const int64_t labels = impl_->labels.frames();
  if (frames + labels == 0 || (frames > 0 && labels > 0 && frames != labels)) {
    throw Error(ErrorKind::kUsage, "{} frames and {} label images: expected some, as many", frames,
                labels);
  }
  const std::string& root = impl_->making.path();
  const int version = impl_->options.zarr_version;
  if (labels > 0 && frames > 0) {
    impl_->labels.close(impl_->labels.folder(), "../../");
    Pyramid::write_ome_group(root + "/labels", version, {{"labels", {impl_->options.labels_name}}});
  }
  if (frames > 0) {
    impl_->image.close(root, "");
  } else {
    impl_->labels.close(root, "");
    fs::remove_all(root + "/labels");
  }
  impl_->making.finish();
}

std::vector<std::string> ome_zarr_names() {
  return {"[0-9]", "[0-9][0-9]", ".z*", "zarr.json", "labels"};
}

}  // namespace mote::io
