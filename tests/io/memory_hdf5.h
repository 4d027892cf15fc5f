// An HDF5 file in memory, behind the seam that mote's readers see: for drawn trees and fuzzed ones.
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "mote/io/hdf5_file.h"

namespace mote::io {

/// A box outside its dataset, or memory of another size, is a reader's mistake: a logic_error.
class MemoryHdf5 : public Hdf5File {
 public:
  Hdf5Tree held;
  std::map<std::string, std::string> samples;  ///< by path
  std::string filler;  ///< over and over, for datasets that have no samples here
  int64_t reads = 0;

  const Hdf5Tree& tree() const override { return held; }

  void read(const std::string& path, const Hdf5Box& box, std::span<std::byte> to) override {
    ++reads;
    const Hdf5Dataset* dataset = held.dataset(path);
    if (dataset == nullptr || !dataset->stored || !dataset->problem.empty() ||
        box.start.size() != dataset->shape.size() || box.count.size() != box.start.size() ||
        box.start.empty()) {
      throw std::logic_error("a dataset that cannot be read");
    }
    const auto width = static_cast<size_t>(bits_per_pixel(*dataset->stored) / 8);
    size_t bytes = width;
    for (size_t i = 0; i < box.start.size(); ++i) {
      if (box.start[i] < 0 || box.count[i] < 1 || box.count[i] > dataset->shape[i] - box.start[i]) {
        throw std::logic_error("a box outside its dataset");
      }
      bytes *= static_cast<size_t>(box.count[i]);
    }
    if (bytes != to.size()) {
      throw std::logic_error("memory that is not of the box' size");
    }
    const auto found = samples.find(path);
    if (found == samples.end()) {
      fill(to);
    } else {
      copy(found->second, *dataset, box, width, to);
    }
  }

  /// A group with attributes; the groups above it come into being.
  MemoryHdf5& group(const std::string& path, std::map<std::string, Hdf5Value> attributes = {}) {
    for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
      held.nodes[path.substr(0, at)];
    }
    held.nodes[""];
    held.nodes[path].attributes = std::move(attributes);
    return *this;
  }

  /// A dataset of samples in the machine's byte order, in one piece.
  template <typename T>
  MemoryHdf5& dataset(const std::string& path, StoredType stored, std::vector<int64_t> shape,
                      const std::vector<T>& values,
                      std::map<std::string, Hdf5Value> attributes = {}) {
    group(path, std::move(attributes));
    const auto bytes = static_cast<int64_t>(values.size() * sizeof(T));
    held.nodes[path].dataset = Hdf5Dataset{.type = std::string(name(stored)),
                                           .stored = stored,
                                           .shape = std::move(shape),
                                           .held_bytes = bytes};
    samples[path].assign(reinterpret_cast<const char*>(values.data()), static_cast<size_t>(bytes));
    return *this;
  }

 private:
  void fill(std::span<std::byte> to) const {
    for (size_t i = 0; i < to.size(); ++i) {
      to[i] = filler.empty() ? std::byte{0} : static_cast<std::byte>(filler[i % filler.size()]);
    }
  }

  static void copy(const std::string& all, const Hdf5Dataset& dataset, const Hdf5Box& box,
                   size_t width, std::span<std::byte> to) {
    std::vector<int64_t> at = box.start;
    for (size_t done = 0; done < to.size(); done += width) {
      int64_t sample = 0;
      for (size_t i = 0; i < at.size(); ++i) {
        sample = sample * dataset.shape[i] + at[i];
      }
      std::memcpy(to.data() + done, all.data() + static_cast<size_t>(sample) * width, width);
      for (size_t i = at.size(); i-- > 0;) {
        if (++at[i] < box.start[i] + box.count[i]) {
          break;
        }
        at[i] = box.start[i];
      }
    }
  }
};

/// 0, 1, 2, ...
template <typename T>
std::vector<T> counted(int64_t count) {
  std::vector<T> values;
  for (int64_t i = 0; i < count; ++i) {
    values.push_back(static_cast<T>(i));
  }
  return values;
}

}  // namespace mote::io
