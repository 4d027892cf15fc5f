#include "mote/imaging/annotation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "mote/core/rounded.h"
#include "mote/imaging/components.h"
#include "mote/imaging/drawn.h"

namespace mote::imaging {
namespace {

// Lengths in pixels, brightness as a share of the image's whole range in 1/255.
constexpr double kBandShare = 0.3;  // of the image's height, above and below, where is looked
constexpr int64_t kSlack = 3;       // columns or rows between drawing and border
constexpr int64_t kLeastHeight = 10;
constexpr std::array<int, 2> kTolerances = {2, 10};       // as drawn; after lossy compression
constexpr std::array<int64_t, 4> kBeyond = {1, 2, 3, 4};  // lossy compression blurs an edge

struct Range {
  float low = 0;
  float high = 0;
};

/// Where the finite samples lie, and up to where nine tenths of them do.
std::array<Range, 2> ranges_of(const Grid<float>& samples) {
  constexpr size_t kEvery = 7;  // a sample is enough for the second
  float low = INFINITY;
  float high = -INFINITY;
  std::vector<float> some;
  for (size_t i = 0; i < samples.values().size(); ++i) {
    const float value = samples.values()[i];
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
      if (i % kEvery == 0) {
        some.push_back(value);
      }
    }
  }
  if (some.empty()) {
    return {};
  }
  const auto tenth = some.begin() + static_cast<ptrdiff_t>(some.size() * 9 / 10);
  std::nth_element(some.begin(), tenth, some.end());
  return {Range{low, high}, Range{low, *tenth}};
}

/// The range as 0 to 255; samples that are not finite count as 0.
Grid<uint8_t> as_grey(const Grid<float>& samples, Range range) {
  Grid<uint8_t> grey(samples.size());
  const float scale = range.high > range.low ? 255 / (range.high - range.low) : 0;
  for (size_t i = 0; i < grey.values().size(); ++i) {
    const float value = (samples.values()[i] - range.low) * scale;
    grey.values()[i] = std::isfinite(value) ? grey_level(value) : uint8_t{0};
  }
  return grey;
}

int most_frequent_level(const Grid<uint8_t>& grey, Box box) {
  std::array<int64_t, 256> counts{};
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      ++counts[grey(y, x)];
    }
  }
  return static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

/// Whether `box` holds lines of writing on `level`: rows in which ink begins often, and little
/// that is neither ink nor `level`.
bool carries_text(const Grid<uint8_t>& grey, Box box, int level, int tolerance) {
  int64_t rows_of_text = 0;
  int64_t ink = 0;
  int64_t other = 0;
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    int64_t begins = 0;
    bool inside = false;
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      const bool is_ink = !near(grey(y, x), level, kInk);
      begins += is_ink && !inside ? 1 : 0;
      ink += is_ink ? 1 : 0;
      other += !is_ink && !near(grey(y, x), level, tolerance) ? 1 : 0;
      inside = is_ink;
    }
    rows_of_text += begins >= 4 ? 1 : 0;
  }
  const auto area = static_cast<double>(box.size().area());
  const double ink_share = static_cast<double>(ink) / area;
  return rows_of_text >= 5 && ink_share > 0.003 && ink_share < 0.45 &&
         static_cast<double>(other) < 0.15 * area;
}

/// A part of the image along its upper or lower border.
struct Band {
  Grid<uint8_t> grey;
  bool at_bottom = false;

  /// Row `i` from the border inwards, less a few columns at either end.
  Box row(int64_t i, int64_t count = 1) const {
    const int64_t y = at_bottom ? grey.height() - i - count : i;
    return {.y = y, .x = kSlack, .height = count, .width = grey.width() - 2 * kSlack};
  }
};

/// A strip over the whole width: of one level with text on it, or blank, and ending at a sharp
/// edge.
std::optional<Box> find_strip(const Band& band, int tolerance) {
  const Grid<uint8_t>& grey = band.grey;
  const int64_t most = grey.height() - 5;
  for (int64_t skipped = 0; skipped <= kSlack; ++skipped) {
    const int level = most_frequent_level(grey, band.row(skipped, 4));
    std::vector<double> even;  // share of each row, from the border inwards
    for (int64_t i = skipped; i < most; ++i) {
      even.push_back(share(grey, band.row(i), level, tolerance));
      const double ink = 1 - share(grey, band.row(i), level, kInk);
      if (even.back() + ink < 0.85) {
        break;
      }
    }
    auto height = static_cast<int64_t>(even.size());
    while (height > 0 && even[static_cast<size_t>(height - 1)] < 0.97) {
      --height;
    }
    if (height < kLeastHeight) {
      continue;
    }
    const Box strip = band.row(skipped, height);
    const double beyond = share(grey, band.row(skipped + height, 4), level, tolerance);
    const bool blank = share(grey, strip, level, tolerance) > 0.995;
    if (blank ? beyond < 0.1 : beyond < 0.5 && carries_text(grey, strip, level, tolerance)) {
      // A line drawn around the strip belongs to it.
      const int64_t end = skipped + height;
      const int line = most_frequent_level(grey, band.row(end));
      const int64_t with_line = share(grey, band.row(end), line, tolerance) > 0.97 ? end + 1 : end;
      Box found = band.row(0, with_line);
      found.x = 0;
      found.width = grey.width();
      return found;
    }
  }
  return std::nullopt;
}

/// Grey levels that fill long runs, most first: what is drawn is even, what is recorded is not.
std::vector<int> even_levels(const Grid<uint8_t>& grey, int64_t least_run, int tolerance) {
  std::array<int64_t, 256> pixels{};
  for (int64_t y = 0; y < grey.height(); ++y) {
    const uint8_t* row = grey.row(y);
    int64_t begin = 0;
    for (int64_t x = 1; x <= grey.width(); ++x) {
      if (x == grey.width() || !near(row[x], row[begin], tolerance)) {
        if (x - begin >= least_run) {
          pixels[row[(begin + x) / 2]] += x - begin;
        }
        begin = x;
      }
    }
  }
  std::vector<int> levels;
  for (int i = 0; i < 6; ++i) {
    const auto most = std::max_element(pixels.begin(), pixels.end());
    if (*most == 0) {
      break;
    }
    const int level = static_cast<int>(most - pixels.begin());
    levels.push_back(level);
    for (int l = std::max(0, level - tolerance); l <= std::min(255, level + tolerance); ++l) {
      pixels[static_cast<size_t>(l)] = 0;
    }
  }
  return levels;
}

/// Whether the outermost pixels of `box` are of `level`, and what lies beyond is not.
bool is_drawn_rectangle(const Grid<uint8_t>& grey, Box box, int level, int tolerance) {
  const auto side_is_sharp = [&](Box side, int64_t dy, int64_t dx) {
    if (share(grey, side, level, tolerance) < 0.95) {
      return false;
    }
    for (const int64_t d : kBeyond) {
      const Box moved = {side.y + d * dy, side.x + d * dx, side.height, side.width};
      if (moved.y < 0 || moved.x < 0 || moved.y_end() > grey.height() ||
          moved.x_end() > grey.width()) {
        return true;  // the border itself is the edge
      }
      if (share(grey, moved, level, tolerance) <= 0.3) {
        return true;
      }
    }
    return false;
  };
  return side_is_sharp({box.y, box.x, 1, box.width}, -1, 0) &&
         side_is_sharp({box.y_end() - 1, box.x, 1, box.width}, 1, 0) &&
         side_is_sharp({box.y, box.x, box.height, 1}, 0, -1) &&
         side_is_sharp({box.y, box.x_end() - 1, box.height, 1}, 0, 1);
}

/// `box` with the lines of one level, a few at most, that are drawn around it.
Box with_frame(const Grid<uint8_t>& grey, Box box) {
  constexpr int64_t kThickest = 4;
  for (const auto [dy, dx] : {std::array{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
    for (int64_t line = 0; line < kThickest; ++line) {
      const Box beyond = {.y = dy > 0 ? box.y_end() : box.y - (dy < 0 ? 1 : 0),
                          .x = dx > 0 ? box.x_end() : box.x - (dx < 0 ? 1 : 0),
                          .height = dy != 0 ? 1 : box.height,
                          .width = dx != 0 ? 1 : box.width};
      const bool exists = beyond.y >= 0 && beyond.x >= 0 && beyond.y_end() <= grey.height() &&
                          beyond.x_end() <= grey.width();
      if (!exists || share(grey, beyond, most_frequent_level(grey, beyond), 2) < 0.97) {
        break;
      }
      box = box.joined(beyond);
    }
  }
  return box;
}

/// Boxes with text that the program has put on the picture, near its border; the largest first.
std::vector<Box> find_panels(const Band& band, int tolerance) {
  const Grid<uint8_t>& grey = band.grey;
  std::vector<Box> panels;
  const int64_t least_width = std::max<int64_t>(24, grey.width() / 12);
  for (const int level : even_levels(grey, least_width, tolerance)) {
    const Components pieces = components_of(pixels_near(grey, level, tolerance));
    for (const Component& piece : pieces.components) {
      const Box& box = piece.box;
      const int64_t from_border = band.at_bottom ? grey.height() - box.y_end() : box.y;
      if (box.width < least_width || box.height < kLeastHeight || box.height > grey.height() - 5 ||
          from_border > grey.height() / 4 || !is_drawn_rectangle(grey, box, level, tolerance)) {
        continue;
      }
      Box inner = {box.y + 2, box.x + 2, box.height - 4, box.width - 4};
      const int paper = most_frequent_level(grey, inner);
      if (carries_text(grey, inner, paper, tolerance)) {
        panels.push_back(with_frame(grey, box));
      }
    }
  }
  std::stable_sort(panels.begin(), panels.end(),
                   [](const Box& a, const Box& b) { return a.size().area() > b.size().area(); });
  return panels;
}

std::vector<Annotation> find_in_band(const Band& band) {
  std::vector<Annotation> found;
  const auto is_new = [&](const Box& box) {
    return std::none_of(found.begin(), found.end(),
                        [&](const Annotation& other) { return overlaps(other.box, box); });
  };
  for (const int tolerance : kTolerances) {
    const std::optional<Box> strip = find_strip(band, tolerance);
    if (strip && is_new(*strip)) {
      found.push_back({.kind = AnnotationKind::kDataBar, .box = *strip});
    }
    for (const Box& panel : find_panels(band, tolerance)) {
      if (is_new(panel)) {
        const bool across = panel.width * 10 >= band.grey.width() * 9;
        found.push_back(
            {.kind = across ? AnnotationKind::kDataBar : AnnotationKind::kScaleBar, .box = panel});
      }
    }
    for (const Bar& bar : find_bars(band.grey, tolerance)) {
      const std::optional<Box> box = is_new(bar.box) ? with_text(band.grey, bar) : std::nullopt;
      if (box && is_new(*box)) {
        found.push_back({.kind = AnnotationKind::kScaleBar, .box = *box});
      }
    }
  }
  return found;
}

std::vector<Annotation> find_in(const Grid<uint8_t>& grey) {
  const Size size = grey.size();
  const auto height = static_cast<int64_t>(kBandShare * static_cast<double>(size.height));
  std::vector<Annotation> found;
  for (const bool at_bottom : {false, true}) {
    const int64_t y = at_bottom ? size.height - height : 0;
    Band band = {.grey = Grid<uint8_t>({height, size.width}), .at_bottom = at_bottom};
    std::copy_n(grey.row(y), height * size.width, band.grey.data());
    for (Annotation annotation : find_in_band(band)) {
      annotation.box.y += y;
      found.push_back(annotation);
    }
  }
  std::sort(found.begin(), found.end(), [](const Annotation& a, const Annotation& b) {
    return std::pair(a.box.y, a.box.x) < std::pair(b.box.y, b.box.x);
  });
  return found;
}

}  // namespace

std::string_view name(AnnotationKind kind) {
  switch (kind) {
    case AnnotationKind::kDataBar: return "data bar";
    case AnnotationKind::kScaleBar: return "scale bar";
  }
  return "";
}

std::vector<Annotation> find_annotations(const Image& image) {
  const Size size = image.size();
  if (static_cast<double>(size.height) * kBandShare < 2 * kLeastHeight || size.width < 64) {
    return {};
  }
  const Grid<float> samples = to_float32(image);
  const auto [all, most] = ranges_of(samples);
  std::vector<Annotation> found = find_in(as_grey(samples, all));
  if (found.empty() && most.high - most.low < 0.25F * (all.high - all.low)) {
    // Text much brighter than anything recorded: in its range the specimen is as black as a bar.
    found = find_in(as_grey(samples, most));
  }
  return found;
}

}  // namespace mote::imaging
