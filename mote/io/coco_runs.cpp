#include "mote/io/coco_runs.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "mote/core/error.h"

namespace mote::io {
namespace {

// Adds one run length to `text`: the reverse of `coco_run_lengths`.
void add_encoded(int64_t value, std::string& text) {
  bool more = true;
  while (more) {
    const int64_t bits = value & 31;
    value >>= 5;
    more = (bits & 16) != 0 ? value != -1 : value != 0;
    text += static_cast<char>((more ? bits | 32 : bits) + 48);
  }
}

// Places from `begin` up to `end`, counted down the columns.
struct Stretch {
  int64_t begin = 0;
  int64_t end = 0;
};

/// Makes runs along rows of pixels that come column by column.
class RowRuns {
 public:
  explicit RowRuns(Size size) : size_(size), last_run_(static_cast<size_t>(size.height), kNone) {}

  /// Pixels from `begin` up to `end`, counted down the columns; behind those before.
  void add(int64_t begin, int64_t end) {
    const int64_t height = size_.height;
    while (begin < end) {
      const int64_t y = begin % height;
      const int64_t rows = std::min(height - y, end - begin);
      // Columns that are full from top to bottom are added at once.
      const int64_t columns = rows == height ? (end - begin) / height : 1;
      add_rows(y, rows, begin / height, columns);
      begin += rows * columns;
    }
  }

  Mask take() {
    std::stable_sort(mask_.runs.begin(), mask_.runs.end(),
                     [](const Run& a, const Run& b) { return a.y < b.y; });
    return std::move(mask_);
  }

 private:
  void add_rows(int64_t first, int64_t rows, int64_t x, int64_t columns) {
    for (int64_t y = first; y < first + rows; ++y) {
      size_t& last = last_run_[static_cast<size_t>(y)];
      if (last != kNone && mask_.runs[last].x + mask_.runs[last].length == x) {
        mask_.runs[last].length += static_cast<int32_t>(columns);
        continue;
      }
      if (mask_.runs.size() == kMostRuns) {
        throw Error(ErrorKind::kBadFile, "a mask of more than {} runs", kMostRuns);
      }
      last = mask_.runs.size();
      mask_.runs.push_back({.y = static_cast<int32_t>(y),
                            .x = static_cast<int32_t>(x),
                            .length = static_cast<int32_t>(columns)});
    }
  }

  static constexpr size_t kNone = std::numeric_limits<size_t>::max();
  static constexpr size_t kMostRuns = 4'000'000;

  Size size_;
  Mask mask_;
  std::vector<size_t> last_run_;  // of each row
};

}  // namespace

std::vector<int64_t> coco_run_lengths(const std::string& text) {
  std::vector<int64_t> lengths;
  size_t at = 0;
  while (at < text.size()) {
    int64_t value = 0;
    int shift = 0;
    bool more = true;
    while (more) {
      if (at == text.size() || shift > 55) {
        throw Error(ErrorKind::kBadFile, "its counts end within a number");
      }
      const int64_t bits = text[at++] - 48;
      if (bits < 0 || bits > 63) {
        throw Error(ErrorKind::kBadFile, "its counts hold the character {}", bits + 48);
      }
      value |= (bits & 31) << shift;
      shift += 5;
      more = (bits & 32) != 0;
      if (!more && (bits & 16) != 0) {
        value -= int64_t{1} << shift;
      }
    }
    constexpr int64_t kLongest = int64_t{1} << 40;
    const int64_t length = lengths.size() > 2 ? value + lengths[lengths.size() - 2] : value;
    if (length < 0 || length > kLongest) {
      throw Error(ErrorKind::kBadFile, "its counts hold a run of {} px", length);
    }
    lengths.push_back(length);
  }
  return lengths;
}

ColumnChanges changes_of_runs(const std::vector<int64_t>& run_lengths, Size size) {
  ColumnChanges changes;
  int64_t place = 0;
  for (const int64_t length : run_lengths) {
    if (length < 0 || length > size.area() - place) {
      throw Error(ErrorKind::kBadFile, "runs of more than {} px", size.area());
    }
    place += length;
    changes.push_back(place);
  }
  if (place != size.area()) {
    throw Error(ErrorKind::kBadFile, "runs of {} px, expected {}", place, size.area());
  }
  return changes;
}

Mask mask_of_columns(const std::vector<ColumnChanges>& all, Size size) {
  std::vector<Stretch> stretches;
  for (const ColumnChanges& changes : all) {
    for (size_t i = 0; i + 1 < changes.size(); i += 2) {
      if (changes[i] < changes[i + 1]) {
        stretches.push_back({changes[i], changes[i + 1]});
      }
    }
  }
  std::sort(stretches.begin(), stretches.end(),
            [](const Stretch& a, const Stretch& b) { return a.begin < b.begin; });
  RowRuns runs(size);
  int64_t done = 0;
  for (const Stretch& stretch : stretches) {
    runs.add(std::max(stretch.begin, done), stretch.end);
    done = std::max(done, stretch.end);
  }
  return runs.take();
}

Mask coco_mask(const std::string& counts, Size size) {
  require_coco_size(size);
  return mask_of_columns({changes_of_runs(coco_run_lengths(counts), size)}, size);
}

std::string coco_counts(const Mask& mask, Size size) {
  const Box box = mask.bounds();
  Grid<uint8_t> inside({box.height, box.width});
  for (const Run& run : mask.runs) {
    uint8_t* row = inside.row(run.y - box.y) + (run.x - box.x);
    std::fill(row, row + run.length, uint8_t{1});
  }
  std::vector<int64_t> lengths;
  int64_t begun = 0;  // where the run at hand begins, counted down the columns
  bool within = false;
  const auto turn = [&](int64_t place) {
    lengths.push_back(place - begun);
    begun = place;
    within = !within;
  };
  for (int64_t x = 0; x < box.width; ++x) {
    const int64_t column = (box.x + x) * size.height;
    for (int64_t y = 0; y < box.height; ++y) {
      if ((inside(y, x) != 0) != within) {
        turn(column + box.y + y);
      }
    }
    if (within && box.height < size.height) {
      turn(column + box.y_end());
    }
  }
  if (within && box.x_end() < size.width) {
    turn(box.x_end() * size.height);  // the last column ended at the image's lower edge
  }
  if (begun < size.area()) {
    turn(size.area());
  }
  std::string text;
  for (size_t i = 0; i < lengths.size(); ++i) {
    add_encoded(i > 2 ? lengths[i] - lengths[i - 2] : lengths[i], text);
  }
  return text;
}

void require_coco_size(Size size) {
  constexpr int64_t kMostSide = 1 << 20;
  constexpr int64_t kMostArea = int64_t{1} << 31;
  if (size.height < 1 || size.width < 1 || size.height > kMostSide || size.width > kMostSide ||
      size.area() > kMostArea) {
    throw Error(ErrorKind::kBadFile,
                "an image of {} x {} px: expected sides of 1 to {} px, and {} px in all at most",
                size.width, size.height, kMostSide, kMostArea);
  }
}

}  // namespace mote::io
