#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/imaging/registration.h"

namespace mote::track {

/// Throws kBadFile unless what was read as part of a drift estimator's state can be that.
inline void expect_sound(bool sound) {
  if (!sound) {
    throw Error(ErrorKind::kBadFile, "drift state is damaged: it contradicts itself");
  }
}

inline bool finite(Point point) {
  return std::isfinite(point.y_px) && std::isfinite(point.x_px);
}

/// Whether there is a finite value for each ring.
inline bool sound(const imaging::Rings& rings) {
  return rings.size() == imaging::kRings &&
         std::all_of(rings.begin(), rings.end(), [](double value) { return std::isfinite(value); });
}

/// How many entries `all` holds.
template <typename All>
void archive_count(ByteWriter& out, const All& all, uint64_t /*most*/) {
  out.put<uint64_t>(all.size());
}

/// Makes `all` as long as was written. Throws kBadFile above `most`.
template <typename All>
void archive_count(ByteReader& in, All& all, uint64_t most) {
  const auto count = in.get<uint64_t>();
  expect_sound(count <= most);
  all.clear();
  all.resize(count);
}

}  // namespace mote::track
