#include "mote/nn/windowed_attention_kernel.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <hwy/aligned_allocator.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mote/nn/windowed_attention_kernel.cpp"
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

constexpr int64_t kQueries = 8;

/// The keys that a block of queries looks at, as offsets from the corner of its window.
struct Seen {
  int64_t first_row = 0;
  int64_t end_row = 0;
  int64_t first_column = 0;
  int64_t end_column = 0;
};

Seen seen_of(const WindowedMap& map, int64_t y, int64_t x0) {
  const int64_t side = 2 * map.radius + 1;
  return {.first_row = std::max<int64_t>(0, map.radius - y),
          .end_row = std::min(side, map.height + map.radius - y),
          .first_column = std::max<int64_t>(0, map.radius - x0),
          .end_column = std::min(side + kQueries - 1, map.width + map.radius - x0)};
}

float dot(const float* a, const float* b, int64_t depth) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  auto sum = hn::Zero(d);
  int64_t i = 0;
  for (; i + lanes <= depth; i += lanes) {
    sum = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum);
  }
  float result = hn::GetLane(hn::SumOfLanes(d, sum));
  for (; i < depth; ++i) {
    result += a[i] * b[i];
  }
  return result;
}

/// `weights[(row * columns + column) * kQueries + query]` becomes a softmax for each query.
void softmax(float* weights, int64_t positions) {
  const hn::CappedTag<float, kQueries> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t q = 0; q < kQueries; q += lanes) {
    auto most = hn::Load(d, weights + q);
    for (int64_t i = 1; i < positions; ++i) {
      most = hn::Max(most, hn::Load(d, weights + i * kQueries + q));
    }
    auto sum = hn::Zero(d);
    for (int64_t i = 0; i < positions; ++i) {
      float* at = weights + i * kQueries + q;
      const auto value = hn::Exp(d, hn::Sub(hn::Load(d, at), most));
      sum = hn::Add(sum, value);
      hn::Store(value, d, at);
    }
    const auto scale = hn::Div(hn::Set(d, 1.0F), sum);
    for (int64_t i = 0; i < positions; ++i) {
      float* at = weights + i * kQueries + q;
      hn::Store(hn::Mul(hn::Load(d, at), scale), d, at);
    }
  }
}

void WeightsOfBlock(const WindowedMap& map, int64_t y, int64_t x0, float* weights) {
  const int64_t side = 2 * map.radius + 1;
  const int64_t columns = side + kQueries - 1;
  std::fill_n(weights, side * columns * kQueries, -1e30F);  // whose exponential is 0
  const Seen seen = seen_of(map, y, x0);
  for (int64_t row = seen.first_row; row < seen.end_row; ++row) {
    for (int64_t column = seen.first_column; column < seen.end_column; ++column) {
      const int64_t position = (y + row - map.radius) * map.width + x0 + column - map.radius;
      const float* key = map.key + position * map.key_stride;
      const int64_t first = std::max<int64_t>(0, column - side + 1);
      const int64_t end = std::min({kQueries, column + 1, map.width - x0});
      for (int64_t q = first; q < end; ++q) {
        const int64_t token = y * map.width + x0 + q;
        weights[(row * columns + column) * kQueries + q] =
            map.scale * dot(map.query + token * map.query_stride, key, map.depth) +
            map.bias[token * side * side + row * side + column - q];
      }
    }
  }
  softmax(weights, side * columns);
}

/// What a block attends to of some values, in channels [channel, channel + Vectors lanes).
template <int Vectors>
void gather(const WindowedMap& map, const WindowedValues& values, const Seen& seen, int64_t y,
            int64_t x0, const float* weights, int64_t channel) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t columns = 2 * map.radius + kQueries;
  V s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  V t0 = s0, t1 = s0, t2 = s0, t3 = s0, t4 = s0, t5 = s0, t6 = s0, t7 = s0;
  for (int64_t row = seen.first_row; row < seen.end_row; ++row) {
    const int64_t position =
        (y + row - map.radius) * map.width + x0 + seen.first_column - map.radius;
    const float* value = values.data + position * values.stride + channel;
    const float* w = weights + (row * columns + seen.first_column) * kQueries;
    for (int64_t column = seen.first_column; column < seen.end_column; ++column) {
      const V a = hn::LoadU(d, value);
      const V b = Vectors > 1 ? hn::LoadU(d, value + lanes) : a;
      const auto add = [&](V& s, V& t, float weight) HWY_ATTR {
        const V factor = hn::Set(d, weight);
        s = hn::MulAdd(a, factor, s);
        if constexpr (Vectors > 1) {
          t = hn::MulAdd(b, factor, t);
        }
      };
      add(s0, t0, w[0]);
      add(s1, t1, w[1]);
      add(s2, t2, w[2]);
      add(s3, t3, w[3]);
      add(s4, t4, w[4]);
      add(s5, t5, w[5]);
      add(s6, t6, w[6]);
      add(s7, t7, w[7]);
      value += values.stride;
      w += kQueries;
    }
  }
  const int64_t end = std::min(kQueries, map.width - x0);
  float* out = values.out + (y * map.width + x0) * map.out_stride + channel;
  const auto store = [&](int64_t q, const V& s, const V& t) HWY_ATTR {
    if (q < end) {
      hn::StoreU(s, d, out + q * map.out_stride);
      if constexpr (Vectors > 1) {
        hn::StoreU(t, d, out + q * map.out_stride + lanes);
      }
    }
  };
  store(0, s0, t0);
  store(1, s1, t1);
  store(2, s2, t2);
  store(3, s3, t3);
  store(4, s4, t4);
  store(5, s5, t5);
  store(6, s6, t6);
  store(7, s7, t7);
}

/// The same of one channel.
void gather_one(const WindowedMap& map, const WindowedValues& values, const Seen& seen, int64_t y,
                int64_t x0, const float* weights, int64_t channel) {
  const int64_t columns = 2 * map.radius + kQueries;
  for (int64_t q = 0; q < std::min(kQueries, map.width - x0); ++q) {
    float sum = 0;
    for (int64_t row = seen.first_row; row < seen.end_row; ++row) {
      for (int64_t column = seen.first_column; column < seen.end_column; ++column) {
        const int64_t position = (y + row - map.radius) * map.width + x0 + column - map.radius;
        sum += weights[(row * columns + column) * kQueries + q] *
               values.data[position * values.stride + channel];
      }
    }
    values.out[(y * map.width + x0 + q) * map.out_stride + channel] = sum;
  }
}

void ValuesOfBlock(const WindowedMap& map, const WindowedValues& values, int64_t y, int64_t x0,
                   const float* weights) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Seen seen = seen_of(map, y, x0);
  int64_t channel = 0;
  for (; channel + 2 * lanes <= values.channels; channel += 2 * lanes) {
    gather<2>(map, values, seen, y, x0, weights, channel);
  }
  for (; channel + lanes <= values.channels; channel += lanes) {
    gather<1>(map, values, seen, y, x0, weights, channel);
  }
  for (; channel < values.channels; ++channel) {
    gather_one(map, values, seen, y, x0, weights, channel);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mote::nn {
namespace {

HWY_EXPORT(WeightsOfBlock);
HWY_EXPORT(ValuesOfBlock);

constexpr int64_t kBlock = 8;
constexpr int64_t kChannelsAtOnce = 256;  // so that the values of a window fit the cache

/// The map's values in parts of as many channels as are gathered at once.
std::vector<WindowedValues> parts_of(const WindowedMap& map) {
  std::vector<WindowedValues> parts;
  for (const WindowedValues& values : map.values) {
    for (int64_t channel = 0; channel < values.channels; channel += kChannelsAtOnce) {
      parts.push_back({.data = values.data + channel,
                       .stride = values.stride,
                       .channels = std::min(kChannelsAtOnce, values.channels - channel),
                       .out = values.out + channel});
    }
  }
  return parts;
}

}  // namespace

void windowed_attention_kernel(const WindowedMap& map) {
  const int64_t side = 2 * map.radius + 1;
  const int64_t size = side * (side + kBlock - 1) * kBlock;
  const int64_t across = (map.width + kBlock - 1) / kBlock;
  const std::vector<WindowedValues> parts = parts_of(map);
  const auto storage = hwy::AllocateAligned<float>(static_cast<size_t>(map.height * across * size));
  float* weights = storage.get();
  at::parallel_for(0, map.height * across, 1, [&](int64_t first, int64_t end) {
    for (int64_t block = first; block < end; ++block) {
      HWY_DYNAMIC_DISPATCH(WeightsOfBlock)
      (map, block / across, block % across * kBlock, weights + block * size);
    }
  });
  const int64_t tasks = static_cast<int64_t>(parts.size()) * across;
  at::parallel_for(0, tasks, 1, [&](int64_t first, int64_t end) {
    for (int64_t task = first; task < end; ++task) {
      const int64_t column = task % across;
      for (int64_t y = 0; y < map.height; ++y) {
        HWY_DYNAMIC_DISPATCH(ValuesOfBlock)
        (map, parts[static_cast<size_t>(task / across)], y, column * kBlock,
         weights + (y * across + column) * size);
      }
    }
  });
}

}  // namespace mote::nn
#endif
