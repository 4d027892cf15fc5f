#include "mote/pipeline/whole_masks.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/io/coco.h"
#include "mote/io/csv.h"

namespace mote::pipeline {
namespace {

/// The frame of an annotation's line: images are numbered from 1.
std::optional<int64_t> frame_of_annotation(std::string_view line) {
  constexpr std::string_view kKey = "\"image_id\":";
  const size_t at = line.find(kKey);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const auto image = leading_number(line.substr(at + kKey.size()));
  return image && *image > 0 ? std::optional(*image - 1) : std::nullopt;
}

/// Annotations, a line each, as a JSON list: without what stands behind the last in the file.
std::string list_of(std::string lines) {
  lines.resize(lines.find_last_of('}') + 1);
  if (lines.ends_with("]}")) {
    lines.resize(lines.size() - 2);
  }
  return "[" + lines + "]";
}

std::set<int32_t> dark_tracks(const FrameLines& instances, int64_t frame) {
  std::set<int32_t> dark;
  const std::string text = instances.first_line() + "\n" + instances.lines_of(frame);
  for (const std::vector<double>& row : io::csv_numbers(text, {"track", "dark"})) {
    if (row[1] != 0) {
      dark.insert(static_cast<int32_t>(row[0]));
    }
  }
  return dark;
}

int32_t track_of(std::string_view text) {
  const auto id = leading_number(text);
  if (!id || *id > std::numeric_limits<int32_t>::max()) {
    throw Error(ErrorKind::kBadFile, "'{}' is no track", text);
  }
  return static_cast<int32_t>(*id);
}

void sort_by_id(eval::ObjectImage& image) {
  std::sort(image.objects.begin(), image.objects.end(),
            [](const eval::Object& a, const eval::Object& b) { return a.id < b.id; });
}

}  // namespace

bool TruthMasks::are_in(const std::string& folder) {
  std::error_code error;
  return std::filesystem::exists(folder + "/masks.json", error) &&
         std::filesystem::exists(folder + "/instances.csv", error);
}

TruthMasks::TruthMasks(const std::string& folder)
    : masks_(folder + "/masks.json", frame_of_annotation),
      instances_(folder + "/instances.csv", leading_number) {}

eval::ObjectImage TruthMasks::read(int64_t index, Size size) const {
  eval::ObjectImage image{.size = size};
  try {
    const std::string lines = masks_.lines_of(index);
    if (lines.empty()) {
      return image;
    }
    const std::set<int32_t> dark = dark_tracks(instances_, index);
    for (const io::CocoAnnotation& annotation : io::coco_file(list_of(lines)).annotations) {
      if (!dark.contains(annotation.track_id)) {
        image.objects.push_back({.id = annotation.track_id, .mask = io::mask_of(annotation, size)});
      }
    }
  } catch (const Error& error) {
    throw error.in(fmt::format("{}: frame {}", masks_.path(), index));
  }
  sort_by_id(image);
  return image;
}

SharedInstances::SharedInstances(const std::string& particles)
    : particles_(particles, leading_number) {}

void SharedInstances::add_to(eval::ObjectImage& image, int64_t index) const {
  const std::string text = particles_.first_line() + "\n" + particles_.lines_of(index);
  std::vector<eval::Object> added;
  try {
    for (const std::vector<std::string>& row : io::csv_cells(text, {"label", "tracks"})) {
      if (row[1].find(';') == std::string::npos) {
        continue;
      }
      const int32_t label = track_of(row[0]);
      const auto owner = std::find_if(image.objects.begin(), image.objects.end(),
                                      [&](const eval::Object& o) { return o.id == label; });
      if (owner == image.objects.end()) {
        throw Error(ErrorKind::kBadFile, "the label images have no {}", label);
      }
      for (std::string_view rest = row[1]; !rest.empty();) {
        const size_t end = std::min(rest.find(';'), rest.size());
        if (const int32_t track = track_of(rest.substr(0, end)); track != label) {
          added.push_back({.id = track, .mask = owner->mask});
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
  } catch (const Error& error) {
    throw error.in(fmt::format("{}: frame {}", particles_.path(), index));
  }
  image.objects.insert(image.objects.end(), added.begin(), added.end());
  sort_by_id(image);
}

}  // namespace mote::pipeline
