// A Zarr hierarchy as one piece of bytes: files one after another, each a line `@KEY` and what it
// holds.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace mote::fuzz {

inline std::map<std::string, std::string> files_in(std::string_view bytes) {
  constexpr std::string_view kMark = "\n@";
  std::map<std::string, std::string> files;
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find(kMark, 1), bytes.size());
    const std::string_view one = bytes.substr(0, end);
    const size_t line = std::min(one.find('\n', kMark.size()), one.size());
    if (line > kMark.size()) {
      files[std::string(one.substr(kMark.size(), line - kMark.size()))] =
          one.substr(std::min(line + 1, one.size()));
    }
    bytes.remove_prefix(end);
  }
  return files;
}

inline std::string hierarchy_of(const std::map<std::string, std::string>& files) {
  std::string all;
  for (const auto& [key, bytes] : files) {
    all += "\n@" + key + "\n" + bytes;
  }
  return all;
}

}  // namespace mote::fuzz
