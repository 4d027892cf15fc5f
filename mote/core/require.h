#pragma once

#include <cstdint>
#include <string_view>

#include "mote/core/error.h"

namespace mote {

/// Throws kUsage unless `holds`: `sigma-px is -1, expected 0 to 100`. `option` is the name that
/// command line, TOML files and run.json share.
template <typename Value>
void require_option(bool holds, std::string_view option, const Value& value,
                    std::string_view expected) {
  if (!holds) {
    throw Error(ErrorKind::kUsage, "{} is {}, expected {}", option, value, expected);
  }
}

/// Throws kUsage on a negative seed.
inline void require_seed(int64_t seed) {
  require_option(seed >= 0, "seed", seed, "0 to 9223372036854775807");
}

}  // namespace mote
