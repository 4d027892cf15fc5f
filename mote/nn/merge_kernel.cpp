#include "mote/nn/merge_kernel.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <hwy/aligned_allocator.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/merge_kernel.cpp"
// The order is Highway's.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

// Everything up to HWY_ONCE is compiled once for each kind of processor.
HWY_BEFORE_NAMESPACE();
namespace mote::nn {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr float kLeast = 1e-5F;  // as in merged_logits

/// What one group says of a pixel.
struct Verdict {
  float background = 0;  ///< probability
  float object = 0;      ///< of the likeliest object
  int64_t index = 0;     ///< of it, from 1 on
};

/// Row y between two rows of logits: (width, 16) each.
void blend_rows(const float* upper, const float* lower, float share, int64_t width, float* row) {
  const hn::CappedTag<float, kMergeChannels> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto down = hn::Set(d, share);
  for (int64_t i = 0; i < width * kMergeChannels; i += lanes) {
    const auto top = hn::LoadU(d, upper + i);
    hn::Store(hn::MulAdd(down, hn::Sub(hn::LoadU(d, lower + i), top), top), d, row + i);
  }
}

/// The logits between two pixels: 16.
void blend_pixels(const float* left, const float* right, float share, float* logits) {
  const hn::CappedTag<float, kMergeChannels> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto along = hn::Set(d, share);
  for (int64_t i = 0; i < kMergeChannels; i += lanes) {
    const auto first = hn::Load(d, left + i);
    hn::Store(hn::MulAdd(along, hn::Sub(hn::Load(d, right + i), first), first), d, logits + i);
  }
}

int64_t largest(const float* logits, int64_t first, int64_t channels) {
  int64_t index = first;
  for (int64_t i = first + 1; i < channels; ++i) {
    index = logits[i] > logits[index] ? i : index;
  }
  return index;
}

Verdict verdict_of(const float* logits, int64_t channels) {
  const hn::CappedTag<float, kMergeChannels> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t index = largest(logits, 1, channels);
  const float most = std::max(logits[0], logits[index]);
  HWY_ALIGN float powers[kMergeChannels];
  for (int64_t i = 0; i < kMergeChannels; i += lanes) {
    hn::Store(hn::Exp(d, hn::Sub(hn::Load(d, logits + i), hn::Set(d, most))), d, powers + i);
  }
  float sum = 0;
  for (int64_t i = 0; i < channels; ++i) {
    sum += powers[i];
  }
  return {.background = powers[0] / sum, .object = powers[index] / sum, .index = index};
}

float clamped(float probability) {
  return std::clamp(probability, kLeast, 1 - kLeast);
}

/// `rows` has room for a row of logits of each group.
void LabelsOfRow(const GroupLogits& logits, int64_t y, int64_t height, int64_t width, float* rows,
                 int64_t* labels) {
  const auto groups = static_cast<int64_t>(logits.groups.size());
  const int64_t row_size = logits.width * kMergeChannels;
  const auto step_of = [](int64_t from, int64_t to) {
    return to > 1 ? static_cast<float>(from - 1) / static_cast<float>(to - 1) : 0.0F;
  };
  const float place_y = step_of(logits.height, height) * static_cast<float>(y);
  const int64_t upper = std::min(static_cast<int64_t>(place_y), logits.height - 1);
  const int64_t lower = std::min(upper + 1, logits.height - 1);
  for (int64_t g = 0; g < groups; ++g) {
    const float* group = logits.groups[static_cast<size_t>(g)];
    blend_rows(group + upper * row_size, group + lower * row_size,
               place_y - static_cast<float>(upper), logits.width, rows + g * row_size);
  }
  HWY_ALIGN float pixel[kMergeChannels];
  const float step_x = step_of(logits.width, width);
  for (int64_t x = 0; x < width; ++x) {
    const float place_x = step_x * static_cast<float>(x);
    const int64_t left = std::min(static_cast<int64_t>(place_x), logits.width - 1);
    const int64_t right = std::min(left + 1, logits.width - 1);
    const float share = place_x - static_cast<float>(left);
    float background = 1;
    float best = -1;
    int64_t label = 0;
    for (int64_t g = 0; g < groups; ++g) {
      const float* row = rows + g * row_size;
      blend_pixels(row + left * kMergeChannels, row + right * kMergeChannels, share, pixel);
      if (groups == 1) {
        label = largest(pixel, 0, logits.channels);
        break;
      }
      const Verdict verdict = verdict_of(pixel, logits.channels);
      background *= verdict.background;
      if (clamped(verdict.object) > best) {
        best = clamped(verdict.object);
        label = g * (logits.channels - 1) + verdict.index;
      }
    }
    labels[x] = groups > 1 && clamped(background) >= best ? 0 : label;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {
namespace {

HWY_EXPORT(LabelsOfRow);

}  // namespace

void merge_kernel(const GroupLogits& logits, int64_t height, int64_t width, int64_t* labels) {
  const size_t room = logits.groups.size() * static_cast<size_t>(logits.width * kMergeChannels);
  at::parallel_for(0, height, 8, [&](int64_t first, int64_t end) {
    const auto rows = hwy::AllocateAligned<float>(room);
    for (int64_t y = first; y < end; ++y) {
      HWY_DYNAMIC_DISPATCH(LabelsOfRow)(logits, y, height, width, rows.get(), labels + y * width);
    }
  });
}

}  // namespace mote::nn
#endif
