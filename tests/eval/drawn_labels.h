#pragma once

#include <string>
#include <vector>

#include "mote/core/grid.h"

namespace mote::testing_support {

/// A label image from its rows: digits are labels, everything else is background.
inline LabelImage drawn_labels(const std::vector<std::string>& rows) {
  LabelImage labels({static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows.front().size())});
  for (int64_t y = 0; y < labels.height(); ++y) {
    for (int64_t x = 0; x < labels.width(); ++x) {
      const char c = rows[static_cast<size_t>(y)][static_cast<size_t>(x)];
      labels(y, x) = c >= '1' && c <= '9' ? c - '0' : 0;
    }
  }
  return labels;
}

/// `count` squares of 3 x 3 px in a row of rows, labelled from 1 on, `shift_px` to the right.
inline LabelImage many_squares(int64_t count, int64_t shift_px) {
  LabelImage labels({(count / 100 + 1) * 5, 510});
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t y = 0; y < 3; ++y) {
      for (int64_t x = 0; x < 3; ++x) {
        labels(i / 100 * 5 + y, i % 100 * 5 + x + shift_px) = static_cast<int32_t>(i + 1);
      }
    }
  }
  return labels;
}

}  // namespace mote::testing_support
