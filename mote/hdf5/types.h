#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mote/hdf5/library.h"
#include "mote/io/stored_type.h"

namespace mote::hdf5 {

/// A type of the file: in words, and how mote reads samples of it.
struct SampleKind {
  std::string words;                     ///< `uint16`, `complex numbers`, `text`, ...
  std::optional<io::StoredType> stored;  ///< nothing for what are no real numbers
};
SampleKind sample_kind(hid_t type);

/// The type in memory for samples of `stored`, of which the file's is `type`: yes and no keep their
/// own, since libhdf5 does not turn them into numbers.
Handle memory_type(hid_t type, io::StoredType stored);

/// Bytes that one sample takes in memory.
int64_t sample_bytes(io::StoredType stored);

}  // namespace mote::hdf5
