#include "mote/nn/channels_last.h"

#include <algorithm>
#include <cstring>

#include <ATen/Parallel.h>

namespace mote::nn {
namespace {

/// Where a part's pixels of one row go in the joined row.
void copy_row(const JoinedPart& part, int64_t image, int64_t y, int64_t width, std::byte* to,
              size_t stride_bytes) {
  const auto pixel_bytes = static_cast<size_t>(part.image.size(3)) * part.image.element_size();
  const int64_t shift = part.doubled ? 1 : 0;
  const int64_t row = image * part.image.size(1) + (y >> shift);
  const auto* from = static_cast<const std::byte*>(part.image.data_ptr()) +
                     static_cast<size_t>(row * part.image.size(2)) * pixel_bytes;
  for (int64_t x = 0; x < width; ++x) {
    std::memcpy(to + static_cast<size_t>(x) * stride_bytes,
                from + static_cast<size_t>(x >> shift) * pixel_bytes, pixel_bytes);
  }
}

torch::Tensor joined_by_operators(const std::vector<JoinedPart>& parts) {
  std::vector<torch::Tensor> images;
  for (const JoinedPart& part : parts) {
    images.push_back(part.doubled ? part.image.repeat_interleave(2, 1).repeat_interleave(2, 2)
                                  : part.image);
  }
  return torch::cat(images, 3);
}

}  // namespace

torch::Tensor joined(const std::vector<JoinedPart>& parts) {
  const torch::Tensor& first = parts.front().image;
  if (!first.is_cpu()) {
    return joined_by_operators(parts);
  }
  const int64_t scale = parts.front().doubled ? 2 : 1;
  const int64_t height = first.size(1) * scale;
  const int64_t width = first.size(2) * scale;
  int64_t channels = 0;
  for (const JoinedPart& part : parts) {
    channels += part.image.size(3);
  }
  const torch::Tensor result =
      torch::empty({first.size(0), height, width, channels}, first.options());
  const auto stride_bytes = static_cast<size_t>(channels) * first.element_size();
  auto* data = static_cast<std::byte*>(result.data_ptr());
  at::parallel_for(0, first.size(0) * height, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      std::byte* to = data + static_cast<size_t>(row * width) * stride_bytes;
      for (const JoinedPart& part : parts) {
        copy_row(part, row / height, row % height, width, to, stride_bytes);
        to += static_cast<size_t>(part.image.size(3)) * first.element_size();
      }
    }
  });
  return result;
}

torch::Tensor interleaved(const std::vector<torch::Tensor>& phases) {
  const torch::Tensor& first = phases.front();
  const torch::Tensor image =
      torch::empty({first.size(0), first.size(3), 2 * first.size(1), 2 * first.size(2)},
                   first.options().dtype(torch::kFloat32));
  if (!first.is_cpu() || first.scalar_type() != torch::kFloat32) {
    for (int64_t phase = 0; phase < 4; ++phase) {
      image.slice(2, phase / 2, image.size(2), 2)
          .slice(3, phase % 2, image.size(3), 2)
          .copy_(phases[static_cast<size_t>(phase)].permute({0, 3, 1, 2}));
    }
    return image;
  }
  const int64_t height = first.size(1);
  const int64_t width = first.size(2);
  const int64_t channels = first.size(3);
  at::parallel_for(0, first.size(0) * 2 * height, 4, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t n = row / (2 * height);
      const int64_t y = row % (2 * height);
      const size_t pair = static_cast<size_t>(2 * (y % 2));
      const int64_t offset = (n * height + y / 2) * width * channels;
      const float* even = phases[pair].data_ptr<float>() + offset;
      const float* odd = phases[pair + 1].data_ptr<float>() + offset;
      for (int64_t c = 0; c < channels; ++c) {
        float* to = image.data_ptr<float>() + ((n * channels + c) * 2 * height + y) * 2 * width;
        for (int64_t x = 0; x < width; ++x) {
          to[2 * x] = even[x * channels + c];
          to[2 * x + 1] = odd[x * channels + c];
        }
      }
    }
  });
  return image;
}

}  // namespace mote::nn
