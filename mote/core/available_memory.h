#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mote {

/// Bytes that this process may still take: the least of what the system says is available, what is
/// left to its control groups (versions 1 and 2) and those above them, and what its own limits of
/// address space and data (`ulimit -v`, `ulimit -d`) leave. Nothing where none of them tells. What
/// a group holds of files counts as free: the system takes it back. /proc and /sys are looked up
/// in `root`.
std::optional<int64_t> available_memory_bytes(const std::string& root = "");

}  // namespace mote
