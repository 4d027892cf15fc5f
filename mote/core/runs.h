#pragma once

#include <cstdint>
#include <cstring>

namespace mote {

/// The first place from `x` on where a row of pixels is not zero; `width` where it is zero to its
/// end. Reads 32 bytes at once: most of a field is background.
template <typename T>
int64_t next_set(const T* row, int64_t x, int64_t width) {
  constexpr auto kAtOnce = static_cast<int64_t>(32 / sizeof(T));
  while (x + kAtOnce <= width) {
    uint64_t words[4];
    std::memcpy(words, row + x, sizeof(words));
    if ((words[0] | words[1] | words[2] | words[3]) != 0) {
      break;
    }
    x += kAtOnce;
  }
  while (x < width && row[x] == 0) {
    ++x;
  }
  return x;
}

/// Calls `use(begin, end)` for every longest piece of a row without zeros, from left to right.
template <typename T, typename Use>
void for_runs(const T* row, int64_t width, Use use) {
  for (int64_t x = next_set(row, 0, width); x < width; x = next_set(row, x, width)) {
    const int64_t begin = x;
    while (x < width && row[x] != 0) {
      ++x;
    }
    use(begin, x);
  }
}

/// Calls `use(label, begin, end)` for every longest piece of a row with one label, from left to
/// right.
template <typename Use>
void for_label_runs(const int32_t* row, int64_t width, Use use) {
  for (int64_t x = next_set(row, 0, width); x < width; x = next_set(row, x, width)) {
    const int64_t begin = x;
    const int32_t label = row[x];
    while (x < width && row[x] == label) {
      ++x;
    }
    use(label, begin, x);
  }
}

}  // namespace mote
