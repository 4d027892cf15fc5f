#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace mote {

/// ASCII letters in lower case, all else as it is.
inline std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace mote
