#include "mote/core/available_memory.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "mote/core/number_after.h"

namespace mote {
namespace {

std::optional<int64_t> number_in(const std::string& path, const std::string& key) {
  std::ifstream lines(path);
  return number_after(lines, key);
}

/// The least of all that is told.
class Least {
 public:
  void take(int64_t bytes) { least_ = std::min(least_.value_or(bytes), bytes); }
  /// What is left of `most` when `held` is taken.
  void take_left(int64_t most, int64_t held) { take(std::max<int64_t>(0, most - held)); }

  std::optional<int64_t> bytes() const { return least_; }

 private:
  std::optional<int64_t> least_;
};

/// What a version of control groups calls its files.
struct GroupFiles {
  std::string mount;
  std::string limit;
  std::string held;  ///< the line of memory.stat that counts what cannot be taken back
};

/// The group at `path` below the mount, and all above it. Inside a container the path may be that
/// of the machine outside, of which only the mount itself is seen.
void take_groups(Least& least, const std::string& root, const GroupFiles& files, std::string path) {
  while (true) {
    const std::string folder = fmt::format("{}{}{}", root, files.mount, path);
    int64_t most = 0;
    if (std::ifstream(folder + "/" + files.limit) >> most) {  // `max`, no limit, is no number
      least.take_left(most, number_in(folder + "/memory.stat", files.held).value_or(0));
    }
    if (path.empty()) {
      return;
    }
    path.resize(path.rfind('/'));
  }
}

bool names_memory(const std::string& controllers) {
  std::istringstream names(controllers);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "memory") {
      return true;
    }
  }
  return false;
}

/// Lines of /proc/self/cgroup: `ID:CONTROLLERS:PATH`, version 2 without controllers.
void take_control_groups(Least& least, const std::string& root) {
  const GroupFiles version1 = {"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "total_rss"};
  const GroupFiles version2 = {"/sys/fs/cgroup", "memory.max", "anon"};
  std::ifstream lines(root + "/proc/self/cgroup");
  std::string id;
  std::string controllers;
  std::string path;
  while (std::getline(lines, id, ':') && std::getline(lines, controllers, ':') &&
         std::getline(lines, path)) {
    if (path == "/" || !path.starts_with('/')) {
      path.clear();
    }
    if (controllers.empty()) {
      take_groups(least, root, version2, path);
    } else if (names_memory(controllers)) {
      take_groups(least, root, version1, path);
    }
  }
}

/// Lines of /proc/self/limits: name, soft limit (bytes or `unlimited`), hard limit, unit.
void take_own_limits(Least& least, const std::string& root) {
  std::ifstream lines(root + "/proc/self/limits");
  for (std::string line; std::getline(lines, line);) {
    for (const auto& [limit, held] :
         {std::pair<std::string_view, const char*>{"Max address space", "VmSize:"},
          {"Max data size", "VmData:"}}) {
      int64_t most = 0;
      if (line.starts_with(limit) && std::istringstream(line.substr(limit.size())) >> most) {
        const int64_t held_kb = number_in(root + "/proc/self/status", held).value_or(0);
        least.take_left(most, held_kb * 1024);
      }
    }
  }
}

}  // namespace

std::optional<int64_t> available_memory_bytes(const std::string& root) {
  Least least;
  if (const auto kilobytes = number_in(root + "/proc/meminfo", "MemAvailable:")) {
    least.take(*kilobytes * 1024);
  }
  take_control_groups(least, root);
  take_own_limits(least, root);
  return least.bytes();
}

}  // namespace mote
