#include "mote/io/dm5.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <fmt/ranges.h>

#include "mote/core/error.h"
#include "mote/io/dm_image.h"
#include "mote/io/dm_tags.h"
#include "mote/io/hdf5_frames.h"

namespace mote::io {
namespace {

// `/ImageList/[0]/Name` is `ImageList[0].Name`.
std::string tag_path(const std::string& path) {
  std::string tag;
  for (size_t i = 1; i < path.size(); ++i) {
    if (path[i] != '/') {
      tag += path[i];
    } else if (path.compare(i, 2, "/[") != 0) {
      tag += '.';
    }
  }
  return tag;
}

// The type by which DM files encode a number.
int element_type(StoredType stored) {
  switch (stored) {
    case StoredType::kInt16: return 2;
    case StoredType::kInt32: return 3;
    case StoredType::kUint16: return 4;
    case StoredType::kUint32: return 5;
    case StoredType::kFloat32: return 6;
    case StoredType::kFloat64: return 7;
    case StoredType::kBool: return 8;
    case StoredType::kInt8: return 9;
    case StoredType::kUint8: return 10;
    case StoredType::kInt64: return 11;
    case StoredType::kUint64: return 12;
    default: return 15;
  }
}

DmArray array_of(const Hdf5Dataset& dataset) {
  const int64_t bytes = dataset.stored ? bits_per_pixel(*dataset.stored) / 8 : 16;
  const int64_t most = std::numeric_limits<int64_t>::max() / bytes;
  int64_t count = 1;
  for (const int64_t side : dataset.shape) {
    count = side > 0 && count > most / side ? most : count * side;
  }
  return {.offset = 0,
          .count = count,
          .element_type = dataset.stored ? element_type(*dataset.stored) : 15,
          .element_bytes = bytes};
}

DmValue value_of(const Hdf5Value& value) {
  if (const auto* numbers = std::get_if<std::vector<double>>(&value)) {
    return fmt::format("{}", fmt::join(*numbers, ","));
  }
  const auto* number = std::get_if<double>(&value);
  return number != nullptr ? DmValue(*number) : DmValue(std::get<std::string>(value));
}

DmTags tags_of(const Hdf5Tree& tree) {
  DmTags tags;
  tags.version = 5;
  for (const auto& [path, node] : tree.nodes) {
    for (const auto& [name, value] : node.attributes) {
      tags.values.insert_or_assign(tag_path(fmt::format("{}/{}", path, name)), value_of(value));
    }
    if (node.dataset) {
      tags.values.insert_or_assign(tag_path(path), array_of(*node.dataset));
    }
  }
  return tags;
}

void check_shape(const DmImage& image, const Hdf5Dataset& dataset) {
  std::vector<int64_t> told;
  for (const DmAxis& axis : image.axes) {
    told.insert(told.begin(), axis.count);
  }
  std::vector<int64_t> held = dataset.shape;
  while (held.size() > told.size() && held.front() == 1) {
    held.erase(held.begin());
  }
  if (held != told) {
    throw Error(ErrorKind::kBadFile, "Dimensions tell of {} samples, the data has {}",
                fmt::join(told, " x "), fmt::join(dataset.shape, " x "));
  }
}

}  // namespace

bool looks_like_dm5(const Hdf5Tree& tree) {
  return tree.has_group("/ImageList");
}

std::unique_ptr<FrameSource> open_dm5(std::shared_ptr<Hdf5File> file, const ReadOptions& options) {
  const Hdf5Tree& tree = file->tree();
  const DmTags tags = tags_of(tree);
  Hdf5Recording recording;
  RecordingInfo& info = recording.info;
  info.format = "DM5";
  const DmImage image = choose_image(tags, info.warnings);
  recording.dataset = fmt::format("/ImageList/[{}]/ImageData/Data", image.index);
  const Hdf5Dataset* dataset = tree.dataset(recording.dataset);
  if (dataset == nullptr) {
    throw Error(ErrorKind::kBadFile, "{} is no dataset", recording.dataset);
  }
  if (image.format.colour()) {
    throw Error(ErrorKind::kUnsupported, "RGB in a DM5 file: save it as DM4 or TIFF");
  }
  check_shape(image, *dataset);
  recording.is_volume = calibrate(image, info.format, info);
  describe(tags, image, info);
  const size_t rank = dataset->shape.size();
  recording.axes = {.y = rank - 2, .x = rank - 1, .series = {}};
  if (image.axes.size() > 2) {
    recording.axes.series = rank - 3;
  }
  recording.file = std::move(file);
  return make_hdf5_source(std::move(recording), options);
}

}  // namespace mote::io
