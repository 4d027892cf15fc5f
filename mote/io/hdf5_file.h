#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mote/io/hdf5_tree.h"

namespace mote::io {

/// Samples of a dataset: on each axis `count` of them from `start` on.
struct Hdf5Box {
  std::vector<int64_t> start;
  std::vector<int64_t> count;
};

/// A seam: an HDF5 file as mote's readers see it. The real one lies in another process
/// (mote/io/hdf5_process.h); tests and fuzzers have one in memory.
class Hdf5File {
 public:
  virtual ~Hdf5File() = default;
  Hdf5File() = default;
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  virtual const Hdf5Tree& tree() const = 0;

  /// Puts the samples of a box into `to`, which is of just their size: the last axis fastest, of
  /// the dataset's stored type, in the machine's byte order.
  /// Throws kBadFile where they cannot be decoded or were never written, kResource where memory
  /// runs out.
  virtual void read(const std::string& dataset, const Hdf5Box& box, std::span<std::byte> to) = 0;
};

}  // namespace mote::io
