#include "mote/core/available_memory.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "mote/core/number_after.h"

namespace mote {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<int64_t> number_in(const std::string& text, const std::string& key) {
  std::istringstream lines(text);
  return number_after(lines, key);
}

/// The folder of the process's control group.
std::string group_folder() {
  std::istringstream lines(text_of("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) {
      return "/sys/fs/cgroup" + line.substr(3);
    }
  }
  return "/sys/fs/cgroup";
}

}  // namespace

std::optional<int64_t> available_memory_bytes(const std::string& meminfo, const std::string& max,
                                              const std::string& stat) {
  std::optional<int64_t> available;
  if (const std::optional<int64_t> kilobytes = number_in(meminfo, "MemAvailable:")) {
    available = *kilobytes * 1024;
  }
  int64_t most = 0;
  std::istringstream group(max);
  if (group >> most) {  // `max`, without a limit, is no number
    const int64_t left = std::max<int64_t>(0, most - number_in(stat, "anon").value_or(0));
    available = available ? std::min(*available, left) : left;
  }
  return available;
}

std::optional<int64_t> available_memory_bytes() {
  const std::string folder = group_folder();
  return available_memory_bytes(text_of("/proc/meminfo"), text_of(folder + "/memory.max"),
                                text_of(folder + "/memory.stat"));
}

}  // namespace mote
