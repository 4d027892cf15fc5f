#include "mote/eval/objects.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "mote/core/assignment.h"
#include "mote/core/error.h"

namespace mote::eval {
namespace {

/// Columns [begin, end) of a row that object `owner` has.
struct Stretch {
  int64_t begin = 0;
  int64_t end = 0;
  int32_t owner = 0;
};

/// By row, in order of column.
std::vector<std::vector<Stretch>> rows_of(const ObjectImage& image) {
  std::vector<std::vector<Stretch>> rows(static_cast<size_t>(image.size.height));
  for (size_t i = 0; i < image.objects.size(); ++i) {
    for (const Run& run : image.objects[i].mask.runs) {
      if (run.y >= 0 && run.y < image.size.height) {
        rows[static_cast<size_t>(run.y)].push_back(
            {run.x, int64_t{run.x} + run.length, static_cast<int32_t>(i)});
      }
    }
  }
  for (std::vector<Stretch>& row : rows) {
    std::sort(row.begin(), row.end(), [](const Stretch& a, const Stretch& b) {
      return std::tie(a.begin, a.owner) < std::tie(b.begin, b.owner);
    });
  }
  return rows;
}

struct Shared {
  int32_t truth = 0;
  int32_t result = 0;
  int64_t pixels = 0;
};

void add_shared(const std::vector<Stretch>& truth, const std::vector<Stretch>& result,
                std::vector<Shared>& shared) {
  size_t first = 0;
  for (const Stretch& t : truth) {
    // Stretches of one object do not overlap, but those of several may: only a whole head of the
    // row that ended before can be passed over for good.
    while (first < result.size() && result[first].end <= t.begin) {
      ++first;
    }
    for (size_t i = first; i < result.size() && result[i].begin < t.end; ++i) {
      const int64_t pixels = std::min(t.end, result[i].end) - std::max(t.begin, result[i].begin);
      if (pixels > 0) {
        shared.push_back({t.owner, result[i].owner, pixels});
      }
    }
  }
}

std::vector<Overlap> summed(std::vector<Shared> shared) {
  const auto key = [](const Shared& s) { return std::pair(s.truth, s.result); };
  std::sort(shared.begin(), shared.end(),
            [&](const Shared& a, const Shared& b) { return key(a) < key(b); });
  std::vector<Overlap> pairs;
  for (const Shared& s : shared) {
    if (pairs.empty() || std::pair(pairs.back().truth, pairs.back().result) != key(s)) {
      pairs.push_back({.truth = s.truth, .result = s.result});
    }
    pairs.back().area += static_cast<double>(s.pixels);
  }
  return pairs;
}

double shared_length(double a, double a_length, double b, double b_length) {
  return std::max(0.0, std::min(a + a_length, b + b_length) - std::max(a, b));
}

}  // namespace

ObjectImage objects_of(const LabelImage& labels) {
  ObjectImage image{.size = labels.size()};
  for (auto& [label, mask] : masks_of(labels)) {
    image.objects.push_back({.id = label, .mask = std::move(mask)});
  }
  return image;
}

ObjectImage flattened(const ObjectImage& image) {
  LabelImage places(image.size);  // from 1 on
  for (size_t i = image.objects.size(); i-- > 0;) {
    paint(places, image.objects[i].mask, static_cast<int32_t>(i) + 1);
  }
  ObjectImage flat{.size = image.size};
  for (auto& [place, mask] : masks_of(places)) {
    flat.objects.push_back(image.objects[static_cast<size_t>(place) - 1]);
    flat.objects.back().mask = std::move(mask);
  }
  return flat;
}

BinaryImage foreground_of(const ObjectImage& image) {
  BinaryImage foreground(image.size);
  for (const Object& object : image.objects) {
    for (const Run& run : object.mask.runs) {
      const int64_t begin = std::clamp<int64_t>(run.x, 0, image.size.width);
      const int64_t end = std::clamp<int64_t>(int64_t{run.x} + run.length, 0, image.size.width);
      if (run.y >= 0 && run.y < image.size.height && begin < end) {
        std::fill(foreground.row(run.y) + begin, foreground.row(run.y) + end, uint8_t{1});
      }
    }
  }
  return foreground;
}

std::vector<ObjectBox> boxes_of(const ObjectImage& image) {
  std::vector<ObjectBox> boxes;
  for (const Object& object : image.objects) {
    const Box box = object.mask.bounds();
    boxes.push_back({.id = object.id,
                     .y_px = static_cast<double>(box.y),
                     .x_px = static_cast<double>(box.x),
                     .height_px = static_cast<double>(box.height),
                     .width_px = static_cast<double>(box.width),
                     .score = object.score});
  }
  return boxes;
}

namespace {

/// Those that may go on beyond the image.
std::vector<int32_t> cut_by_border(const ObjectImage& image) {
  std::vector<int32_t> ids;
  for (const Object& object : image.objects) {
    const Box box = object.mask.bounds();
    if (!box.empty() && (box.y <= 0 || box.x <= 0 || box.y_end() >= image.size.height ||
                         box.x_end() >= image.size.width)) {
      ids.push_back(object.id);
    }
  }
  return ids;
}

}  // namespace

Overlaps overlaps_of(const ObjectImage& truth, const ObjectImage& result) {
  if (truth.size != result.size) {
    throw Error(ErrorKind::kUsage, "the truth is {} x {} px, the result {} x {} px",
                truth.size.width, truth.size.height, result.size.width, result.size.height);
  }
  Overlaps overlaps;
  for (const Object& object : truth.objects) {
    overlaps.truth_ids.push_back(object.id);
    overlaps.truth_areas.push_back(static_cast<double>(object.mask.area_px()));
    overlaps.truth_crowds.push_back(object.crowd ? 1 : 0);
  }
  for (const Object& object : result.objects) {
    overlaps.result_ids.push_back(object.id);
    overlaps.result_areas.push_back(static_cast<double>(object.mask.area_px()));
    overlaps.result_scores.push_back(object.score);
  }
  overlaps.cut_truths = cut_by_border(truth);
  overlaps.cut_results = cut_by_border(result);
  const auto truth_rows = rows_of(truth);
  const auto result_rows = rows_of(result);
  std::vector<Shared> shared;
  for (size_t y = 0; y < truth_rows.size(); ++y) {
    add_shared(truth_rows[y], result_rows[y], shared);
  }
  overlaps.pairs = summed(std::move(shared));
  return overlaps;
}

Overlaps overlaps_of(const LabelImage& truth, const LabelImage& result) {
  return overlaps_of(objects_of(truth), objects_of(result));
}

Overlaps overlaps_of(const std::vector<ObjectBox>& truth, const std::vector<ObjectBox>& result) {
  Overlaps overlaps;
  for (const ObjectBox& box : truth) {
    overlaps.truth_ids.push_back(box.id);
    overlaps.truth_areas.push_back(box.height_px * box.width_px);
    overlaps.truth_crowds.push_back(0);
  }
  for (const ObjectBox& box : result) {
    overlaps.result_ids.push_back(box.id);
    overlaps.result_areas.push_back(box.height_px * box.width_px);
    overlaps.result_scores.push_back(box.score);
  }
  for (size_t t = 0; t < truth.size(); ++t) {
    for (size_t r = 0; r < result.size(); ++r) {
      const ObjectBox& a = truth[t];
      const ObjectBox& b = result[r];
      const double area = shared_length(a.y_px, a.height_px, b.y_px, b.height_px) *
                          shared_length(a.x_px, a.width_px, b.x_px, b.width_px);
      if (area > 0) {
        overlaps.pairs.push_back(
            {.truth = static_cast<int32_t>(t), .result = static_cast<int32_t>(r), .area = area});
      }
    }
  }
  return overlaps;
}

Overlaps without_crowds(const Overlaps& overlaps) {
  Overlaps kept = overlaps;
  kept.truth_ids.clear();
  kept.truth_areas.clear();
  kept.truth_crowds.clear();
  kept.pairs.clear();
  std::vector<int32_t> place(overlaps.truth_ids.size(), -1);
  for (size_t i = 0; i < place.size(); ++i) {
    if (overlaps.truth_crowds[i] == 0) {
      place[i] = static_cast<int32_t>(kept.truth_ids.size());
      kept.truth_ids.push_back(overlaps.truth_ids[i]);
      kept.truth_areas.push_back(overlaps.truth_areas[i]);
      kept.truth_crowds.push_back(0);
    }
  }
  for (Overlap pair : overlaps.pairs) {
    pair.truth = place[static_cast<size_t>(pair.truth)];
    if (pair.truth >= 0) {
      kept.pairs.push_back(pair);
    }
  }
  return kept;
}

std::vector<Overlap> matched(const Overlaps& overlaps, double above_iou) {
  std::vector<Edge> edges;
  for (const Overlap& pair : overlaps.pairs) {
    if (const double iou = overlaps.iou(pair); iou > above_iou) {
      edges.push_back({.row = pair.truth, .column = pair.result, .gain = iou});
    }
  }
  const std::vector<int32_t> result_of =
      assign(static_cast<int32_t>(overlaps.truth_ids.size()),
             static_cast<int32_t>(overlaps.result_ids.size()), std::move(edges));
  std::vector<Overlap> pairs;
  for (const Overlap& pair : overlaps.pairs) {
    if (result_of[static_cast<size_t>(pair.truth)] == pair.result) {
      pairs.push_back(pair);
    }
  }
  return pairs;
}

}  // namespace mote::eval
