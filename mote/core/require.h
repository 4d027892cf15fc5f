#pragma once

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

}  // namespace mote
