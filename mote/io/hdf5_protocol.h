#pragma once

#include <cstdint>

namespace mote::io {

/// What mote and its program mote-hdf5 say to each other over a socket. Each message is a header
/// and as many bytes as it tells; requests and answers take turns.
///
/// - kTree, without bytes: answered by the file's tree (mote/io/hdf5_tree.h).
/// - kRead, with the bytes that the samples take, the box's starts and counts and the dataset's
///   path (mote/core/bytes.h): the samples come in the shared memory, of which mote has made
///   enough.
///
/// An answer's kind is 0, or 1 + an ErrorKind, and then its bytes are the message.
struct Hdf5MessageHeader {
  uint32_t magic = 0;
  uint32_t kind = 0;
  uint64_t bytes = 0;
};
inline constexpr uint32_t kHdf5Magic = 0x4d483501;  ///< its last digits count the versions

enum class Hdf5Request : uint32_t { kTree = 1, kRead = 2 };

inline constexpr uint64_t kMostHdf5MessageBytes = uint64_t{64} << 20;

/// The descriptors that the program finds open.
inline constexpr int kHdf5Socket = 3;
inline constexpr int kHdf5FileDescriptor = 4;
inline constexpr int kHdf5Memory = 5;

/// Beyond the shared memory, all that the program may take.
inline constexpr int64_t kHdf5MemoryBytes = int64_t{1} << 30;
/// For one request; a damaged file can keep libhdf5 busy for ever.
inline constexpr int64_t kHdf5ProcessorSeconds = 60;

}  // namespace mote::io
