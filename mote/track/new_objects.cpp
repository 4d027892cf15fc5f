#include "mote/track/new_objects.h"

#include <map>

#include "mote/core/error.h"

namespace mote::track {
namespace {

struct Counts {
  int64_t area_px = 0;
  int64_t free_px = 0;  ///< that nothing tracked covers
};

/// Every label becomes what `renamed` says of it.
void rename(LabelImage& labels, const std::map<int32_t, int32_t>& renamed) {
  for (int32_t& label : labels.values()) {
    label = label == 0 ? 0 : renamed.at(label);
  }
}

std::map<int32_t, Counts> counts_of(const LabelImage& tracked, const LabelImage& segmented) {
  std::map<int32_t, Counts> counts;
  for (size_t i = 0; i < segmented.values().size(); ++i) {
    const int32_t label = segmented.values()[i];
    if (label != 0) {
      Counts& count = counts[label];
      ++count.area_px;
      count.free_px += tracked.values()[i] == 0 ? 1 : 0;
    }
  }
  return counts;
}

bool is_new(const Counts& counts, const NewObjectOptions& options) {
  const double share = static_cast<double>(counts.free_px) / static_cast<double>(counts.area_px);
  return share >= options.min_new_share && counts.free_px >= options.min_area_px;
}

}  // namespace

LabelImage painted_masks(Size field, const std::vector<Mask>& masks,
                         const NewObjectOptions& options) {
  LabelImage labels(field);
  int32_t painted = 0;
  for (const Mask& mask : masks) {
    if (mask.area_px() > options.min_area_px) {
      paint(labels, mask, ++painted);
    }
  }
  std::map<int32_t, int32_t> renamed;
  int32_t last = 0;
  for (const auto& [label, counts] : counts_of(LabelImage(field), labels)) {
    const bool stays = counts.area_px >= options.min_area_px && last < options.max_id;
    renamed[label] = stays ? ++last : 0;
  }
  rename(labels, renamed);
  return labels;
}

LabelImage new_objects(const LabelImage& tracked, const LabelImage& segmented, int32_t largest_id,
                       const NewObjectOptions& options) {
  if (tracked.size() != segmented.size()) {
    throw Error(ErrorKind::kUsage, "tracked labels of {} x {} px, segmented ones of {} x {} px",
                tracked.height(), tracked.width(), segmented.height(), segmented.width());
  }
  std::map<int32_t, int32_t> ids;
  int32_t last = largest_id;
  for (const auto& [label, counts] : counts_of(tracked, segmented)) {
    ids[label] = is_new(counts, options) && last < options.max_id ? ++last : 0;
  }
  LabelImage added = segmented;
  rename(added, ids);
  for (size_t i = 0; i < added.values().size(); ++i) {
    if (tracked.values()[i] != 0) {
      added.values()[i] = 0;
    }
  }
  return added;
}

LabelImage joined_labels(const LabelImage& tracked, const LabelImage& added) {
  LabelImage joined = tracked;
  for (size_t i = 0; i < joined.values().size(); ++i) {
    if (joined.values()[i] == 0) {
      joined.values()[i] = added.values()[i];
    }
  }
  return joined;
}

}  // namespace mote::track
