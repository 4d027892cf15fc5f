#pragma once

#include <algorithm>
#include <cstdint>

namespace mote {

/// The grey level nearest to `value`, half a level up, within 0 to 255. `value` is a number; in
/// loops over pixels this is several times as quick as std::lround.
template <typename Real>
uint8_t grey_level(Real value) {
  const Real up = std::clamp<Real>(value, 0, 255) + Real{0.5};
  return static_cast<uint8_t>(up);
}

}  // namespace mote
