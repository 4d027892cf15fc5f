#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mote::report {

/// Rows of a recording of any length in bounded memory: those whose index is a multiple of a power
/// of two, which doubles whenever there are more than `most`, and the last one. What is kept
/// depends on the indices alone.
template <typename Row>
class Thinned {
 public:
  explicit Thinned(int64_t most) : most_(most) {}

  /// Rows come in ascending order of index; several may share one.
  void add(int64_t index, Row row) {
    if (!last_.empty() && last_.front().first != index) {
      last_.clear();
    }
    if (index % stride_ != 0) {
      last_.emplace_back(index, std::move(row));
      return;
    }
    last_.clear();
    rows_.emplace_back(index, std::move(row));
    while (static_cast<int64_t>(rows_.size()) > most_ && stride_ < kMostStride) {
      stride_ *= 2;
      std::erase_if(rows_, [this](const auto& entry) { return entry.first % stride_ != 0; });
    }
  }

  int64_t stride() const { return stride_; }

  std::vector<std::pair<int64_t, Row>> rows() const {
    std::vector<std::pair<int64_t, Row>> all = rows_;
    all.insert(all.end(), last_.begin(), last_.end());
    return all;
  }

 private:
  static constexpr int64_t kMostStride = int64_t{1} << 40;
  int64_t most_;
  int64_t stride_ = 1;
  std::vector<std::pair<int64_t, Row>> rows_;
  std::vector<std::pair<int64_t, Row>> last_;
};

}  // namespace mote::report
