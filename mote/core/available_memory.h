#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mote {

/// Bytes that this process may still take: what the system says is available, or less where its
/// control group (version 2) allows less. Nothing where neither tells.
std::optional<int64_t> available_memory_bytes();

/// The same by the texts of /proc/meminfo and of the group's memory.max and memory.stat, any of
/// which may be empty. What a group holds of files counts as free: the system takes it back.
std::optional<int64_t> available_memory_bytes(const std::string& meminfo, const std::string& max,
                                              const std::string& stat);

}  // namespace mote
