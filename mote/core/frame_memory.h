#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mote {

/// The bytes of one image. Memory of a megabyte or more is kept after use and handed to the next
/// image of the same size: going through a recording, each frame takes the place of an earlier one,
/// instead of asking the system for pages that it must clear first.
///
/// At most eight pieces of together 256 MiB are kept. Safe to use from several threads.
class FrameMemory {
 public:
  FrameMemory() = default;
  /// Set to nothing: what an earlier image left is still there. Throws bad_alloc.
  explicit FrameMemory(size_t count) : count_(count), bytes_(take(count)) {}
  FrameMemory(const FrameMemory& other) : FrameMemory(other.count_) {
    std::copy(other.begin(), other.end(), begin());
  }
  FrameMemory(FrameMemory&& other) noexcept
      : count_(std::exchange(other.count_, 0)), bytes_(std::exchange(other.bytes_, nullptr)) {}
  FrameMemory& operator=(FrameMemory other) noexcept {
    std::swap(count_, other.count_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~FrameMemory() { give_back(bytes_, count_); }

  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::byte* data() { return bytes_; }
  const std::byte* data() const { return bytes_; }
  std::byte* begin() { return bytes_; }
  const std::byte* begin() const { return bytes_; }
  std::byte* end() { return bytes_ + count_; }
  const std::byte* end() const { return bytes_ + count_; }

  bool operator==(const FrameMemory& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }

 private:
  static std::byte* take(size_t count);
  static void give_back(std::byte* bytes, size_t count) noexcept;

  size_t count_ = 0;
  std::byte* bytes_ = nullptr;
};

}  // namespace mote
