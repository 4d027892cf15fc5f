#include "mote/io/ome_zarr.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/json_fault.h"
#include "mote/io/ome_ngff.h"
#include "mote/io/raw_image.h"
#include "mote/io/raw_source.h"
#include "mote/io/zarr_array.h"

namespace mote::io {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMostFrameBytes = int64_t{4} << 30;

StoredType stored_as(const ZarrType& type) {
  const bool is_signed = type.kind == ZarrKind::kInt;
  switch (type.kind) {
    case ZarrKind::kBool: return StoredType::kBool;
    case ZarrKind::kFloat:
      return type.bytes == 2   ? StoredType::kFloat16
             : type.bytes == 4 ? StoredType::kFloat32
                               : StoredType::kFloat64;
    case ZarrKind::kText:
      throw Error(ErrorKind::kUnsupported, "an array of text: expected an image");
    default: break;
  }
  switch (type.bytes) {
    case 1: return is_signed ? StoredType::kInt8 : StoredType::kUint8;
    case 2: return is_signed ? StoredType::kInt16 : StoredType::kUint16;
    case 4: return is_signed ? StoredType::kInt32 : StoredType::kUint32;
    default: return is_signed ? StoredType::kInt64 : StoredType::kUint64;
  }
}

// The dimensions of an array without OME metadata: (time,) y, x.
NgffImage plain_array(size_t dimensions) {
  if (dimensions != 2 && dimensions != 3) {
    throw Error(ErrorKind::kUnsupported,
                "a Zarr array of {} dimensions without OME metadata: mote reads (time,) y, x",
                dimensions);
  }
  NgffImage image{.levels = 1, .axes = {{.axis = 'y'}, {.axis = 'x'}}};
  if (dimensions == 3) {
    image.axes.insert(image.axes.begin(), {.axis = 't'});
    image.warnings.emplace_back(
        "an array without OME metadata: its first dimension is taken for time");
  }
  return image;
}

// A group that is none of an image, by what else it may be.
[[noreturn]] void fail_group(const Json& attributes) {
  if (ome_attributes(attributes).contains("plate") || ome_attributes(attributes).contains("well")) {
    throw Error(ErrorKind::kUnsupported,
                "a plate or well in OME-Zarr: name an image within it, such as A/1/0");
  }
  if (attributes.value("file_format", Json()) == "HyperSpy" ||
      attributes.value("file_format", Json()) == "ZSpy") {
    throw Error(ErrorKind::kUnsupported,
                "HyperSpy's ZSPY is not read: save the signal as .hspy, or export TIFF");
  }
  if (attributes.contains("geff")) {
    throw Error(ErrorKind::kUnsupported, "a GEFF graph, not a recording");
  }
  if (const Json labels = ome_attributes(attributes).value("labels", Json()); labels.is_array()) {
    throw Error(ErrorKind::kUnsupported, "a group of label images: name one of {}",
                labels.dump().substr(0, 200));
  }
  throw Error(ErrorKind::kUnsupported,
              "a Zarr group without OME metadata of an image (multiscales)");
}

struct Found {
  std::string group;
  NgffImage image;
};

Found find_image(const ZarrStore& store) {
  const std::optional<ZarrNode> node = find_zarr_node(store, "");
  if (node && node->is_array) {
    return {"", plain_array(read_zarr_metadata(store, "").shape.size())};
  }
  const Json attributes = read_zarr_attributes(store, "");
  if (auto image = parse_ngff(attributes)) {
    return {"", std::move(*image)};
  }
  if (!ome_attributes(attributes).contains("bioformats2raw.layout")) {
    fail_group(attributes);
  }
  auto first = parse_ngff(read_zarr_attributes(store, "0"));
  if (!first) {
    throw Error(ErrorKind::kBadFile, "a collection of images without the first, '0'");
  }
  if (find_zarr_node(store, "1")) {
    first->warnings.emplace_back("several images: the first is read; name another, such as /1");
  }
  return {"0", std::move(*first)};
}

class ZarrSource : public FrameSource {
 public:
  ZarrSource(std::unique_ptr<ZarrStore> store, const std::string& folder, Found found,
             const ReadOptions& options)
      : store_(std::move(store)),
        image_(std::move(found.image)),
        array_(*store_, zarr_key(found.group, image_.array)),
        stored_(stored_as(array_.metadata().type)),
        stored_as_is_(name(stored_) == name(RawFormat{.stored = stored_}.type())) {
    check_dimensions();
    fill_info();
    channel_ = chosen("channel", options.channel, info_.channels);
    slice_ = chosen("slice", options.z, info_.slices);
    array_.check_held(box_of(0), each_bytes());
    list_files(folder, found.group);
  }

  const RecordingInfo& info() const override { return info_; }

  Frame read(int64_t index) override {
    check_frame(index, info_.frames);
    require_chosen(info_, channel_, slice_);
    const ZarrBox box = box_of(index);
    array_.check_held(box, each_bytes());
    Frame frame{.index = index};
    if (stored_as_is_) {
      frame.image = Image::unfilled(info_.size, info_.type);
      array_.read(box, frame.image.bytes());
      return frame;
    }
    Buffer<std::byte> elements(static_cast<size_t>(box.elements() * array_.metadata().type.bytes));
    array_.read(box, elements.data());
    frame.image = image_of(elements.data(), info_.size, stored_);
    return frame;
  }

 private:
  int64_t length(char axis) const {
    for (size_t i = 0; i < image_.axes.size(); ++i) {
      if (image_.axes[i].axis == axis) {
        return array_.metadata().shape[i];
      }
    }
    return 1;
  }

  int64_t each_bytes() const {
    return std::max(array_.metadata().type.bytes, bytes_per_sample(info_.type));
  }

  void check_dimensions() {
    const std::vector<int64_t>& shape = array_.metadata().shape;
    if (shape.size() != image_.axes.size()) {
      throw Error(ErrorKind::kBadFile, "{} axes for an array of {} dimensions", image_.axes.size(),
                  shape.size());
    }
    if (std::any_of(shape.begin(), shape.end(), [](int64_t count) { return count < 1; })) {
      throw Error(ErrorKind::kBadFile, "an array of {}: no images", fmt::join(shape, " x "));
    }
  }

  void fill_info() {
    const ZarrMetadata& metadata = array_.metadata();
    info_.type = RawFormat{.stored = stored_}.type();
    info_.size = checked_size(length('y'), length('x'));
    if (info_.size.area() * each_bytes() > kMostFrameBytes) {
      throw Error(ErrorKind::kUnsupported, "frames of {} x {} px: mote reads up to 4 GiB a frame",
                  info_.size.width, info_.size.height);
    }
    const bool ome = !image_.array.empty();
    info_.format =
        ome ? fmt::format("OME-Zarr {}", image_.version) : fmt::format("Zarr {}", metadata.version);
    info_.frames = length('t');
    info_.channels = length('c');
    info_.slices = length('z');
    info_.warnings = image_.warnings;
    info_.pixel_size = image_.pixel_size(info_.warnings);
    info_.frame_interval = image_.frame_interval();
    info_.metadata["zarr version"] = std::to_string(metadata.version);
    info_.metadata["shape"] = fmt::format("{}", fmt::join(metadata.shape, " x "));
    info_.metadata["chunks"] = fmt::format("{}", fmt::join(metadata.chunk, " x "));
    info_.metadata["levels"] = std::to_string(image_.levels);
    if (!image_.name.empty()) {
      info_.metadata["name"] = image_.name;
    }
  }

  // Frame `index`, of the chosen channel and slice, or the first.
  ZarrBox box_of(int64_t index) const {
    ZarrBox box;
    for (size_t i = 0; i < image_.axes.size(); ++i) {
      const char axis = image_.axes[i].axis;
      const bool whole = axis == 'y' || axis == 'x';
      box.origin.push_back(axis == 't'   ? index
                           : axis == 'c' ? channel_.value_or(0)
                           : axis == 'z' ? slice_.value_or(0)
                                         : 0);
      box.extent.push_back(whole ? array_.metadata().shape[i] : 1);
    }
    return box;
  }

  // Metadata, and chunks of three frames: what the identity of the recording is made from.
  void list_files(const std::string& folder, const std::string& group) {
    const std::string array = zarr_key(group, image_.array);
    std::vector<std::string> keys;
    for (const char* name : {"zarr.json", ".zattrs", ".zarray"}) {
      keys.push_back(zarr_key(group, name));
      keys.push_back(zarr_key(array, name));
    }
    for (const int64_t index : std::set<int64_t>{0, info_.frames / 2, info_.frames - 1}) {
      for (const std::string& key : array_.keys_of(box_of(index))) {
        constexpr size_t kMostFiles = 64;
        if (keys.size() < kMostFiles) {
          keys.push_back(key);
        }
      }
    }
    std::set<std::string> met;
    for (const std::string& key : keys) {
      if (met.insert(key).second && store_->bytes_of(key)) {
        info_.files.push_back(fmt::format("{}/{}", folder, key));
      }
    }
    // As many files as frames would be taken for stills, a name each.
    if (static_cast<int64_t>(info_.files.size()) == info_.frames && info_.frames > 1) {
      info_.files.pop_back();
    }
  }

  std::unique_ptr<ZarrStore> store_;
  NgffImage image_;
  ZarrArray array_;
  StoredType stored_;
  bool stored_as_is_;  // elements are samples of the image
  RecordingInfo info_;
  std::optional<int64_t> channel_;
  std::optional<int64_t> slice_;
};

}  // namespace

bool looks_like_zarr(const std::string& folder) {
  const ZarrFolder store(folder);
  return store.bytes_of("zarr.json") || store.bytes_of(".zgroup") || store.bytes_of(".zarray") ||
         store.bytes_of(".zattrs");
}

std::unique_ptr<FrameSource> open_zarr(std::unique_ptr<ZarrStore> store, const std::string& folder,
                                       const ReadOptions& options) {
  try {
    Found found = find_image(*store);
    return std::make_unique<ZarrSource>(std::move(store), folder, std::move(found), options);
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kBadFile, "its metadata: {}", json_fault(error));
  }
}

std::unique_ptr<FrameSource> open_zarr(const std::string& folder, const ReadOptions& options) {
  return open_zarr(std::make_unique<ZarrFolder>(folder), folder, options);
}

}  // namespace mote::io
