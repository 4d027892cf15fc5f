#include "mote/io/coco.h"

#include <cmath>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/coco_polygon.h"
#include "mote/io/coco_runs.h"
#include "mote/io/json_fault.h"

namespace mote::io {
namespace {

using Json = nlohmann::json;

constexpr double kFarthest = 1e6;  // px; a polygon that goes farther is damaged

/// A whole number, which some programs write as 3.0.
int64_t whole_number(const Json& json) {
  const double value = json.get<double>();
  constexpr double kMost = 9007199254740992;  // 2^53
  if (!(std::abs(value) <= kMost) || value != std::floor(value)) {
    throw Error(ErrorKind::kBadFile, "the number {}, expected a whole one", value);
  }
  return json.is_number_integer() ? json.get<int64_t>() : static_cast<int64_t>(value);
}

std::vector<Point> polygon_of(const Json& numbers) {
  if (numbers.size() % 2 != 0 || numbers.size() < 6) {
    throw Error(ErrorKind::kBadFile, "a polygon of {} numbers, expected pairs, three or more",
                numbers.size());
  }
  std::vector<Point> polygon;
  for (size_t i = 0; i < numbers.size(); i += 2) {
    const Point point{.y_px = numbers[i + 1].get<double>(), .x_px = numbers[i].get<double>()};
    if (!(std::abs(point.y_px) < kFarthest && std::abs(point.x_px) < kFarthest)) {
      throw Error(ErrorKind::kBadFile, "a polygon goes to x={} y={}", point.x_px, point.y_px);
    }
    polygon.push_back(point);
  }
  return polygon;
}

CocoAnnotation annotation_of(const Json& json) {
  const auto whole = [&](const char* key) {
    return json.contains(key) ? whole_number(json.at(key)) : 0;
  };
  const int64_t track_id = whole("track_id");
  if (track_id < 0 || track_id > std::numeric_limits<int32_t>::max()) {
    throw Error(ErrorKind::kBadFile, "the track_id {}", track_id);
  }
  CocoAnnotation annotation{.image_id = whole_number(json.at("image_id")),
                            .score = json.value("score", 1.0),
                            .crowd = whole("iscrowd") != 0,
                            .track_id = static_cast<int32_t>(track_id)};
  if (!json.contains("segmentation")) {
    throw Error(ErrorKind::kUnsupported, "has no segmentation: mote scores masks, not boxes alone");
  }
  const Json& segmentation = json.at("segmentation");
  if (segmentation.is_array()) {
    for (const Json& polygon : segmentation) {
      annotation.polygons.push_back(polygon_of(polygon));
    }
    return annotation;
  }
  const Json& size = segmentation.at("size");
  annotation.size = {whole_number(size.at(0)), whole_number(size.at(1))};
  const Json& counts = segmentation.at("counts");
  if (counts.is_string()) {
    annotation.run_lengths = coco_run_lengths(counts.get<std::string>());
    return annotation;
  }
  for (const Json& length : counts) {
    annotation.run_lengths.push_back(whole_number(length));
  }
  return annotation;
}

std::vector<CocoAnnotation> annotations_of(const Json& list) {
  std::vector<CocoAnnotation> annotations;
  for (size_t i = 0; i < list.size(); ++i) {
    try {
      annotations.push_back(annotation_of(list[i]));
    } catch (const Error& error) {
      throw error.in(fmt::format("annotation {}", i + 1));
    } catch (const Json::exception& error) {
      throw Error(ErrorKind::kBadFile, "annotation {}: {}", i + 1, json_fault(error));
    }
  }
  return annotations;
}

}  // namespace

CocoFile coco_file(std::string_view text) {
  CocoFile file;
  try {
    const Json json = Json::parse(text);
    if (json.is_array()) {
      file.annotations = annotations_of(json);
      return file;
    }
    for (const Json& image : json.at("images")) {
      const Size size = {whole_number(image.at("height")), whole_number(image.at("width"))};
      require_coco_size(size);
      file.images.push_back({.id = whole_number(image.at("id")),
                             .size = size,
                             .file_name = image.value("file_name", "")});
    }
    file.annotations = annotations_of(json.at("annotations"));
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kBadFile, "no COCO JSON: {}", json_fault(error));
  }
  return file;
}

Mask mask_of(const CocoAnnotation& annotation, Size size) {
  std::vector<ColumnChanges> changes;
  if (annotation.run_lengths.empty()) {
    for (const std::vector<Point>& polygon : annotation.polygons) {
      changes.push_back(coco_polygon_changes(polygon, size));
    }
  } else {
    if (annotation.size != size) {
      throw Error(ErrorKind::kBadFile, "runs of {} x {} px in an image of {} x {} px",
                  annotation.size.width, annotation.size.height, size.width, size.height);
    }
    changes.push_back(changes_of_runs(annotation.run_lengths, size));
  }
  return mask_of_columns(changes, size);
}

}  // namespace mote::io
