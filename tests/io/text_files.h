#pragma once

#include <fstream>
#include <iterator>
#include <string>

namespace mote::io {

/// The bytes of a file; none where it is not there.
inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace mote::io
