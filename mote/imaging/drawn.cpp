#include "mote/imaging/drawn.h"

#include <algorithm>
#include <utility>

#include "mote/imaging/components.h"

namespace mote::imaging {

double share(const Grid<uint8_t>& grey, Box box, int level, int tolerance) {
  int64_t count = 0;
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      count += near(grey(y, x), level, tolerance) ? 1 : 0;
    }
  }
  return box.empty() ? 0 : static_cast<double>(count) / static_cast<double>(box.size().area());
}

BinaryImage pixels_near(const Grid<uint8_t>& grey, int level, int tolerance) {
  BinaryImage mask(grey.size());
  for (size_t i = 0; i < mask.values().size(); ++i) {
    mask.values()[i] = near(grey.values()[i], level, tolerance) ? 1 : 0;
  }
  return mask;
}

bool overlaps(const Box& a, const Box& b) {
  return a.y < b.y_end() && b.y < a.y_end() && a.x < b.x_end() && b.x < a.x_end();
}

namespace {

/// Much longer than high, with something else all round.
bool is_bar(const Grid<uint8_t>& grey, const Bar& bar, int tolerance) {
  const Box& box = bar.box;
  if (box.height < 2 || box.height * 4 > box.width) {
    return false;
  }
  const auto differs = [&](Box side) {
    return side.y >= 0 && side.x >= 0 && side.y_end() <= grey.height() &&
           side.x_end() <= grey.width() && share(grey, side, bar.level, kInk / 2) < 0.2;
  };
  const int64_t gap = tolerance > 2 ? 3 : 1;  // lossy compression blurs an edge
  return differs({box.y - gap, box.x, 1, box.width}) &&
         differs({box.y_end() - 1 + gap, box.x, 1, box.width}) &&
         differs({box.y, box.x - gap, box.height, 1}) &&
         differs({box.y, box.x_end() - 1 + gap, box.height, 1});
}

}  // namespace

std::vector<Bar> find_bars(const Grid<uint8_t>& grey, int tolerance) {
  const int64_t shortest = std::max<int64_t>(16, grey.width() / 32);
  const int64_t longest = grey.width() * 7 / 10;
  std::vector<Bar> open;
  std::vector<Bar> bars;
  const auto keep_if_bar = [&](const Bar& bar) {
    if (is_bar(grey, bar, tolerance)) {
      bars.push_back(bar);
    }
  };
  for (int64_t y = 0; y < grey.height(); ++y) {
    const uint8_t* row = grey.row(y);
    std::vector<Bar> still_open;
    int64_t begin = 0;
    for (int64_t x = 1; x <= grey.width(); ++x) {
      if (x < grey.width() && near(row[x], row[begin], tolerance)) {
        continue;
      }
      if (x - begin >= shortest && x - begin <= longest) {
        Bar bar = {.box = {y, begin, 1, x - begin}, .level = row[(begin + x) / 2]};
        for (const Bar& above : open) {
          if (std::abs(above.box.x - begin) <= 1 && std::abs(above.box.x_end() - x) <= 1 &&
              near(above.level, bar.level, tolerance)) {
            bar = above;
            ++bar.box.height;
          }
        }
        still_open.push_back(bar);
      }
      begin = x;
    }
    for (const Bar& bar : open) {
      const bool goes_on = std::any_of(still_open.begin(), still_open.end(), [&](const Bar& other) {
        return other.box.y == bar.box.y && other.box.x == bar.box.x;
      });
      if (!goes_on) {
        keep_if_bar(bar);
      }
    }
    open = std::move(still_open);
  }
  for (const Bar& bar : open) {
    keep_if_bar(bar);
  }
  return bars;
}

std::optional<Box> with_text(const Grid<uint8_t>& grey, const Bar& bar) {
  const int64_t reach = std::max<int64_t>({24, 6 * bar.box.height, bar.box.width / 2});
  const Box window = bar.box.grown(reach, grey.size());
  Grid<uint8_t> part(window.size());
  for (int64_t y = 0; y < window.height; ++y) {
    std::copy_n(grey.row(window.y + y) + window.x, window.width, part.row(y));
  }
  std::vector<Box> signs;
  for (const Component& piece : components_of(pixels_near(part, bar.level, 16)).components) {
    const Box& box = piece.box;
    const bool sign_like = box.height >= 5 && box.height <= reach && box.width <= 2 * box.height &&
                           piece.area_px * 6 >= box.size().area() && !piece.touches_border;
    if (sign_like) {
      signs.push_back({box.y + window.y, box.x + window.x, box.height, box.width});
    }
  }
  for (const Box& first : signs) {
    Box line = first;
    int64_t count = 0;
    for (const Box& sign : signs) {
      const bool on_line = std::abs(sign.y_end() - first.y_end()) * 5 <= first.height &&
                           sign.height * 2 >= first.height && sign.height <= 2 * first.height;
      if (on_line) {
        line = line.joined(sign);
        ++count;
      }
    }
    const bool beside = line.y_end() <= bar.box.y || line.y >= bar.box.y_end();
    if (count >= 2 && beside) {
      return bar.box.joined(line).grown(4, grey.size());
    }
  }
  return std::nullopt;
}

}  // namespace mote::imaging
