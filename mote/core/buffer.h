#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace mote {

/// A fixed number of values in one piece of memory. Unlike a vector's they are set to nothing at
/// first: an image that is about to be written need not be cleared before.
template <typename T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t count)
      : count_(count), values_(count > 0 ? std::make_unique_for_overwrite<T[]>(count) : nullptr) {}

  Buffer(const Buffer& other) : Buffer(other.count_) {
    std::copy(other.begin(), other.end(), begin());
  }
  Buffer(Buffer&& other) noexcept
      : count_(std::exchange(other.count_, 0)), values_(std::move(other.values_)) {}
  Buffer& operator=(Buffer other) noexcept {
    count_ = std::exchange(other.count_, 0);
    values_ = std::move(other.values_);
    return *this;
  }
  ~Buffer() = default;

  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }
  T* begin() { return data(); }
  const T* begin() const { return data(); }
  T* end() { return data() + count_; }
  const T* end() const { return data() + count_; }
  T& operator[](size_t i) { return values_[i]; }
  const T& operator[](size_t i) const { return values_[i]; }

  bool operator==(const Buffer& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }

 private:
  size_t count_ = 0;
  std::unique_ptr<T[]> values_;
};

}  // namespace mote
