#include "mote/io/coco.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"

namespace mote::io {
namespace {

using Json = nlohmann::json;

constexpr int64_t kFifths = 5;
constexpr double kFarthest = 1e6;  // px; a polygon that goes farther is damaged

/// The run lengths that a string of COCO's stands for: numbers of five bits a character, lowest
/// first, from the third on as differences to the last but one.
std::vector<int64_t> decoded(const std::string& text) {
  std::vector<int64_t> lengths;
  size_t at = 0;
  while (at < text.size()) {
    int64_t value = 0;
    int shift = 0;
    bool more = true;
    while (more) {
      if (at == text.size() || shift > 55) {
        throw Error(ErrorKind::kBadFile, "its counts end within a number");
      }
      const int64_t bits = text[at++] - 48;
      if (bits < 0 || bits > 63) {
        throw Error(ErrorKind::kBadFile, "its counts hold the character {}", bits + 48);
      }
      value |= (bits & 31) << shift;
      shift += 5;
      more = (bits & 32) != 0;
      if (!more && (bits & 16) != 0) {
        value -= int64_t{1} << shift;
      }
    }
    constexpr int64_t kLongest = int64_t{1} << 40;
    const int64_t length = lengths.size() > 2 ? value + lengths[lengths.size() - 2] : value;
    if (length < 0 || length > kLongest) {
      throw Error(ErrorKind::kBadFile, "its counts hold a run of {} px", length);
    }
    lengths.push_back(length);
  }
  return lengths;
}

/// The reverse: adds one run length to `text`.
void add_encoded(int64_t value, std::string& text) {
  bool more = true;
  while (more) {
    const int64_t bits = value & 31;
    value >>= 5;
    more = (bits & 16) != 0 ? value != -1 : value != 0;
    text += static_cast<char>((more ? bits | 32 : bits) + 48);
  }
}

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

void require_size(Size size) {
  constexpr int64_t kMostSide = 1 << 20;
  constexpr int64_t kMostArea = int64_t{1} << 31;
  if (size.height < 1 || size.width < 1 || size.height > kMostSide || size.width > kMostSide ||
      size.area() > kMostArea) {
    throw Error(ErrorKind::kBadFile, "an image of {} x {} px", size.width, size.height);
  }
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
    annotation.run_lengths = decoded(counts.get<std::string>());
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
      throw Error(ErrorKind::kBadFile, "annotation {}: {}", i + 1, error.what());
    }
  }
  return annotations;
}

/// Places of an image, counted down its columns, where inside and outside change.
using Changes = std::vector<int64_t>;

// As the authors round: truncated towards zero after half is added.
int64_t rounded(double value) {
  const double up = value + 0.5;
  return static_cast<int64_t>(up);
}

/// A corner, in fifths of a pixel. Truncation towards zero is the authors'.
struct Corner {
  int64_t x = 0;
  int64_t y = 0;
};

Corner corner_of(const Point& point) {
  return {rounded(static_cast<double>(kFifths) * point.x_px),
          rounded(static_cast<double>(kFifths) * point.y_px)};
}

/// Calls `use` with the fifths of a pixel on the way from one corner to another, both included.
template <typename Use>
void for_line(Corner from, Corner to, const Use& use) {
  const int64_t dx = std::abs(to.x - from.x);
  const int64_t dy = std::abs(to.y - from.y);
  const bool flat = dx >= dy;
  const bool backwards = flat ? from.x > to.x : from.y > to.y;
  if (backwards) {
    std::swap(from, to);
  }
  const int64_t steps = std::max(dx, dy);
  double slope = 0;
  if (steps > 0) {
    slope = static_cast<double>(flat ? to.y - from.y : to.x - from.x) / static_cast<double>(steps);
  }
  for (int64_t i = 0; i <= steps; ++i) {
    const int64_t step = backwards ? steps - i : i;
    const double along = slope * static_cast<double>(step);
    use(flat ? Corner{from.x + step, rounded(static_cast<double>(from.y) + along)}
             : Corner{rounded(static_cast<double>(from.x) + along), from.y + step});
  }
}

void require_short(const std::vector<Corner>& corners) {
  constexpr int64_t kMostSteps = 10'000'000;
  int64_t steps = 0;
  for (size_t i = 0; i < corners.size(); ++i) {
    const Corner& next = corners[(i + 1) % corners.size()];
    steps += std::max(std::abs(next.x - corners[i].x), std::abs(next.y - corners[i].y));
  }
  if (steps > kMostSteps) {
    throw Error(ErrorKind::kBadFile, "a polygon whose outline is longer than {} px",
                kMostSteps / kFifths);
  }
}

/// Where the outline crosses the middle of a column of pixels.
Changes changes_of(const std::vector<Point>& polygon, Size size) {
  std::vector<Corner> corners;
  corners.reserve(polygon.size());
  for (const Point& point : polygon) {
    corners.push_back(corner_of(point));
  }
  require_short(corners);
  Changes changes;
  std::optional<Corner> last;
  const auto pass = [&](const Corner& corner) {
    const Corner from = last.value_or(corner);
    last = corner;
    const int64_t left = std::min(corner.x, from.x);
    // The centre of a pixel is two fifths from its first one.
    if (corner.x == from.x || left < 2 || (left - 2) % kFifths != 0 ||
        (left - 2) / kFifths >= size.width) {
      return;
    }
    const auto upper = static_cast<double>(std::min(corner.y, from.y));
    const double y = std::clamp((upper + 0.5) / static_cast<double>(kFifths) - 0.5, 0.0,
                                static_cast<double>(size.height));
    changes.push_back((left - 2) / kFifths * size.height + static_cast<int64_t>(std::ceil(y)));
  };
  for (size_t i = 0; i < corners.size(); ++i) {
    for_line(corners[i], corners[(i + 1) % corners.size()], pass);
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

/// Places from `begin` up to `end`, counted down the columns.
struct Stretch {
  int64_t begin = 0;
  int64_t end = 0;
};

void add_stretches(const Changes& changes, std::vector<Stretch>& stretches) {
  for (size_t i = 0; i + 1 < changes.size(); i += 2) {
    if (changes[i] < changes[i + 1]) {
      stretches.push_back({changes[i], changes[i + 1]});
    }
  }
}

/// Makes runs along rows of pixels that come column by column.
class RowRuns {
 public:
  explicit RowRuns(Size size) : size_(size), last_run_(static_cast<size_t>(size.height), kNone) {}

  /// Pixels from `begin` up to `end`, counted down the columns; behind those before.
  void add(int64_t begin, int64_t end) {
    const int64_t height = size_.height;
    while (begin < end) {
      const int64_t y = begin % height;
      const int64_t rows = std::min(height - y, end - begin);
      // Columns that are full from top to bottom are added at once.
      const int64_t columns = rows == height ? (end - begin) / height : 1;
      add_rows(y, rows, begin / height, columns);
      begin += rows * columns;
    }
  }

  Mask take() {
    std::stable_sort(mask_.runs.begin(), mask_.runs.end(),
                     [](const Run& a, const Run& b) { return a.y < b.y; });
    return std::move(mask_);
  }

 private:
  void add_rows(int64_t first, int64_t rows, int64_t x, int64_t columns) {
    for (int64_t y = first; y < first + rows; ++y) {
      size_t& last = last_run_[static_cast<size_t>(y)];
      if (last != kNone && mask_.runs[last].x + mask_.runs[last].length == x) {
        mask_.runs[last].length += static_cast<int32_t>(columns);
        continue;
      }
      if (mask_.runs.size() == kMostRuns) {
        throw Error(ErrorKind::kBadFile, "a mask of more than {} runs", kMostRuns);
      }
      last = mask_.runs.size();
      mask_.runs.push_back({.y = static_cast<int32_t>(y),
                            .x = static_cast<int32_t>(x),
                            .length = static_cast<int32_t>(columns)});
    }
  }

  static constexpr size_t kNone = std::numeric_limits<size_t>::max();
  static constexpr size_t kMostRuns = 4'000'000;

  Size size_;
  Mask mask_;
  std::vector<size_t> last_run_;  // of each row
};

/// The pixels of stretches, which may overlap.
Mask mask_of_stretches(std::vector<Stretch> stretches, Size size) {
  std::sort(stretches.begin(), stretches.end(),
            [](const Stretch& a, const Stretch& b) { return a.begin < b.begin; });
  RowRuns runs(size);
  int64_t done = 0;
  for (const Stretch& stretch : stretches) {
    runs.add(std::max(stretch.begin, done), stretch.end);
    done = std::max(done, stretch.end);
  }
  return runs.take();
}

Changes changes_of_runs(const CocoAnnotation& annotation, Size size) {
  if (annotation.size != size) {
    throw Error(ErrorKind::kBadFile, "runs of {} x {} px in an image of {} x {} px",
                annotation.size.width, annotation.size.height, size.width, size.height);
  }
  Changes changes;
  int64_t place = 0;
  for (size_t i = 0; i < annotation.run_lengths.size(); ++i) {
    const int64_t length = annotation.run_lengths[i];
    if (length < 0 || length > size.area() - place) {
      throw Error(ErrorKind::kBadFile, "runs of more than {} px", size.area());
    }
    place += length;
    changes.push_back(place);
  }
  if (place != size.area()) {
    throw Error(ErrorKind::kBadFile, "runs of {} px, expected {}", place, size.area());
  }
  return changes;
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
      require_size(size);
      file.images.push_back({.id = whole_number(image.at("id")),
                             .size = size,
                             .file_name = image.value("file_name", "")});
    }
    file.annotations = annotations_of(json.at("annotations"));
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::kBadFile, "no COCO JSON: {}", error.what());
  }
  return file;
}

Mask mask_of(const CocoAnnotation& annotation, Size size) {
  std::vector<Stretch> stretches;
  if (annotation.run_lengths.empty()) {
    for (const std::vector<Point>& polygon : annotation.polygons) {
      add_stretches(changes_of(polygon, size), stretches);
    }
  } else {
    add_stretches(changes_of_runs(annotation, size), stretches);
  }
  return mask_of_stretches(std::move(stretches), size);
}

Mask coco_mask(const std::string& counts, Size size) {
  require_size(size);
  return mask_of({.size = size, .run_lengths = decoded(counts)}, size);
}

std::string coco_counts(const Mask& mask, Size size) {
  const Box box = mask.bounds();
  Grid<uint8_t> inside({box.height, box.width});
  for (const Run& run : mask.runs) {
    uint8_t* row = inside.row(run.y - box.y) + (run.x - box.x);
    std::fill(row, row + run.length, uint8_t{1});
  }
  std::vector<int64_t> lengths;
  int64_t begun = 0;  // where the run at hand begins, counted down the columns
  bool within = false;
  const auto turn = [&](int64_t place) {
    lengths.push_back(place - begun);
    begun = place;
    within = !within;
  };
  for (int64_t x = 0; x < box.width; ++x) {
    const int64_t column = (box.x + x) * size.height;
    for (int64_t y = 0; y < box.height; ++y) {
      if ((inside(y, x) != 0) != within) {
        turn(column + box.y + y);
      }
    }
    if (within && box.height < size.height) {
      turn(column + box.y_end());
    }
  }
  if (within && box.x_end() < size.width) {
    turn(box.x_end() * size.height);  // the last column ended at the image's lower edge
  }
  if (begun < size.area()) {
    turn(size.area());
  }
  std::string text;
  for (size_t i = 0; i < lengths.size(); ++i) {
    add_encoded(i > 2 ? lengths[i] - lengths[i - 2] : lengths[i], text);
  }
  return text;
}

}  // namespace mote::io
