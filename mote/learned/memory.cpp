#include "mote/learned/memory.h"

#include <cstdint>
#include <optional>

#include "mote/core/available_memory.h"

namespace mote::learned {
namespace {

/// Buffers of 128 MB each that OpenBLAS asks for, code that oneDNN writes, threads.
constexpr double kLibraryBytes = 0.5e9;

}  // namespace

Error out_of_memory(const std::string& whose, const std::string& advice) {
  return {ErrorKind::kResource, "{} does not suffice for the network{}", whose, advice};
}

void require_memory(double bytes, const std::string& what, const std::string& advice) {
  const double needed = bytes + kLibraryBytes;
  const std::optional<int64_t> left = available_memory_bytes();
  if (left && needed > static_cast<double>(*left)) {
    throw Error(ErrorKind::kResource, "{:.2f} GB of memory are needed for {}, {:.2f} GB are left{}",
                needed / 1e9, what, static_cast<double>(*left) / 1e9, advice);
  }
}

}  // namespace mote::learned
