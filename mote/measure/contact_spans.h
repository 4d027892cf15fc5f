#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/lineage.h"

namespace mote::measure {

/// Two tracks in contact from `first_frame` to `last_frame`.
struct ContactSpan {
  std::pair<int32_t, int32_t> tracks;  ///< the lower first
  int64_t first_frame = 0;
  int64_t last_frame = 0;
  int64_t contact_frame = 0;  ///< the same, or earlier where it began with a parent of one of both
  std::string began_as;
  std::string ends_as;
  int32_t child = 0;  ///< of a merge, else 0

  bool operator==(const ContactSpan&) const = default;
};

/// The contacts of a lineage, in order of (first frame, tracks). A merge is followed to its
/// `merged_frame`. Where one of both merges with a third, the contact goes on with the child.
std::vector<ContactSpan> contact_spans(const Lineage& lineage);

}  // namespace mote::measure
