#include "mote/track/overlap_tracker.h"

namespace mote::track {
namespace {

/// How far from where a lobe should be it is looked for behind another.
constexpr int64_t kLookPx = 6;

}  // namespace

// Lobes that have a region of their own sit for their portraits.
void OverlapTracker::paint_portraits(const Grid<float>& image, const Segmentation& segmentation,
                                     const Links& links) {
  std::vector<bool> alone(segmentation.regions.size(), true);
  for (const Neck& neck : segmentation.necks) {
    alone[static_cast<size_t>(neck.a) - 1] = false;
    alone[static_cast<size_t>(neck.b) - 1] = false;
  }
  for (size_t r = 0; r < segmentation.regions.size(); ++r) {
    if (links.lobes_of[r].size() == 1) {
      Lobe& lobe = lobes_[static_cast<size_t>(links.lobes_of[r].front())];
      paint(lobe.portrait, image, segmentation.labels, segmentation.regions[r], !alone[r]);
    }
  }
}

// Whether pairs that seem to be one lie over each other; those that do are where the image, not the
// outline, shows them.
void OverlapTracker::look_through(const Grid<float>& image, const Segmentation& segmentation,
                                  const Links& links) {
  const auto look = [&](Lobe& a, Lobe& b) {
    if (a.track == b.track) {
      return;
    }
    const std::optional<Superposition> seen =
        superposition(image, segmentation.labels, a.portrait, a.position + now_.drift, b.portrait,
                      b.position + now_.drift, kLookPx);
    if (!seen || seen->excess.expected <= 0) {
      return;
    }
    excess_[pair_of(a.id, b.id)] = seen->excess;
    if (a.shared && b.shared && seen_through(seen->excess)) {
      a.position = seen->a - now_.drift;
      b.position = seen->b - now_.drift;
    }
  };
  for (const std::vector<int32_t>& owners : links.lobes_of) {
    if (owners.size() == 2) {
      look(lobes_[static_cast<size_t>(owners[0])], lobes_[static_cast<size_t>(owners[1])]);
    }
  }
  for (const Neck& neck : segmentation.necks) {
    const std::vector<int32_t>& of_a = links.lobes_of[static_cast<size_t>(neck.a) - 1];
    const std::vector<int32_t>& of_b = links.lobes_of[static_cast<size_t>(neck.b) - 1];
    if (neck.ratio >= options_.split_neck_ratio && of_a.size() == 1 && of_b.size() == 1) {
      look(lobes_[static_cast<size_t>(of_a[0])], lobes_[static_cast<size_t>(of_b[0])]);
    }
  }
}

Excess OverlapTracker::excess_of(const Lobe& a, const Lobe& b) const {
  const auto found = excess_.find(pair_of(a.id, b.id));
  return found == excess_.end() ? Excess{} : found->second;
}

}  // namespace mote::track
