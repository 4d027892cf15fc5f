#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "mote/eval/objects.h"

namespace mote::testing_support {

/// Which object, by id, has which of a row of places; every place is 10 px.
using Places = std::map<int32_t, int64_t>;

/// Objects that overlap wholly where they have the same place, and not at all elsewhere.
inline eval::Overlaps overlaps_at(const Places& truth, const Places& result) {
  eval::Overlaps overlaps;
  for (const auto& [id, place] : truth) {
    overlaps.truth_ids.push_back(id);
    overlaps.truth_areas.push_back(10);
    overlaps.truth_crowds.push_back(0);
  }
  for (const auto& [id, place] : result) {
    overlaps.result_ids.push_back(id);
    overlaps.result_areas.push_back(10);
    overlaps.result_scores.push_back(1);
  }
  int32_t t = 0;
  for (const auto& [truth_id, truth_place] : truth) {
    int32_t r = 0;
    for (const auto& [result_id, result_place] : result) {
      if (truth_place == result_place) {
        overlaps.pairs.push_back({.truth = t, .result = r, .area = 10});
      }
      ++r;
    }
    ++t;
  }
  return overlaps;
}

/// Four frames of one truth; the result gives it another name from the third on.
inline std::vector<eval::Overlaps> renamed_halfway() {
  return {overlaps_at({{1, 0}}, {{5, 0}}), overlaps_at({{1, 0}}, {{5, 0}}),
          overlaps_at({{1, 0}}, {{6, 0}}), overlaps_at({{1, 0}}, {{6, 0}})};
}

}  // namespace mote::testing_support
