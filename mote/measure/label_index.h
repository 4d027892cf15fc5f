#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/runs.h"

namespace mote::measure {

/// Numbers the labels of an image 0, 1, ... in ascending order.
class LabelIndex {
 public:
  explicit LabelIndex(const LabelImage& labels) {
    for (int64_t y = 0; y < labels.height(); ++y) {
      for_label_runs(labels.row(y), labels.width(),
                     [this](int32_t label, int64_t, int64_t) { labels_.push_back(label); });
    }
    std::sort(labels_.begin(), labels_.end());
    labels_.erase(std::unique(labels_.begin(), labels_.end()), labels_.end());
    if (labels_.empty()) {
      return;
    }
    lowest_ = labels_.front();
    const int64_t span = int64_t{labels_.back()} - lowest_ + 1;
    if (span <= 4 * labels.size().area()) {
      table_.resize(static_cast<size_t>(span));
      for (size_t i = 0; i < labels_.size(); ++i) {
        table_[static_cast<size_t>(int64_t{labels_[i]} - lowest_)] = i;
      }
    }
  }

  const std::vector<int32_t>& labels() const { return labels_; }

  size_t operator()(int32_t label) const {
    if (!table_.empty()) {
      return table_[static_cast<size_t>(int64_t{label} - lowest_)];
    }
    return static_cast<size_t>(std::lower_bound(labels_.begin(), labels_.end(), label) -
                               labels_.begin());
  }

 private:
  std::vector<int32_t> labels_;
  std::vector<size_t> table_;
  int64_t lowest_ = 0;
};

/// Values of many labels, those of a label side by side.
template <typename T>
struct Grouped {
  std::vector<T> values;
  std::vector<size_t> begin;  ///< one more than labels

  std::span<T> of(size_t label) {
    return {values.data() + begin[label], begin[label + 1] - begin[label]};
  }
};
template <typename T>
Grouped<T> grouped(const std::vector<std::pair<size_t, T>>& items, size_t labels) {
  Grouped<T> out{.values = std::vector<T>(items.size()), .begin = std::vector<size_t>(labels + 1)};
  for (const auto& [label, value] : items) {
    ++out.begin[label + 1];
  }
  for (size_t i = 0; i < labels; ++i) {
    out.begin[i + 1] += out.begin[i];
  }
  std::vector<size_t> next = out.begin;
  for (const auto& [label, value] : items) {
    out.values[next[label]++] = value;
  }
  return out;
}

}  // namespace mote::measure
