#include "mote/nn/joint_memory.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>

namespace mote::nn {
namespace {

/// The row that more than half of `rows` (M, C) are equal to; where there is none, any.
int64_t commonest_row(const torch::Tensor& rows) {
  const auto bytes = static_cast<size_t>(rows.size(1)) * sizeof(float);
  const auto* data = rows.data_ptr<float>();
  int64_t candidate = 0;
  int64_t lead = 0;  // Boyer and Moore's majority vote
  for (int64_t row = 0; row < rows.size(0); ++row) {
    if (lead == 0) {
      candidate = row;
    }
    const bool equal =
        std::memcmp(data + row * rows.size(1), data + candidate * rows.size(1), bytes) == 0;
    lead += equal ? 1 : -1;
  }
  return candidate;
}

/// Token by token, of which groups it has a value of its own: a character for each group.
std::vector<std::string> own_values(const std::vector<torch::Tensor>& differences) {
  std::vector<std::string> marks(static_cast<size_t>(differences.front().size(0)));
  for (const torch::Tensor& difference : differences) {
    const torch::Tensor differs = difference.ne(0).any(1);
    for (size_t token = 0; token < marks.size(); ++token) {
      marks[token] += differs.data_ptr<bool>()[token] ? '1' : '0';
    }
  }
  return marks;
}

/// The tokens in an order in which those with values of their own in the same groups lie together.
torch::Tensor order_of(const std::vector<std::string>& marks) {
  torch::Tensor order = torch::arange(static_cast<int64_t>(marks.size()));
  auto* tokens = order.data_ptr<int64_t>();
  std::stable_sort(tokens, tokens + order.numel(), [&](int64_t a, int64_t b) {
    return marks[static_cast<size_t>(a)] > marks[static_cast<size_t>(b)];
  });
  return order;
}

}  // namespace

JointMemory::JointMemory(const std::vector<PropagationMemory>& groups, int64_t visual_channels)
    : visual_channels_(visual_channels) {
  std::vector<torch::Tensor> common;
  std::vector<torch::Tensor> differences;
  for (const PropagationMemory& group : groups) {
    const torch::Tensor identity =
        group.value[0].narrow(1, visual_channels, visual_channels).contiguous();
    common.push_back(identity[commonest_row(identity)]);
    differences.push_back(identity - common.back());
  }
  common_ = torch::cat(common);
  const torch::Tensor order = order_of(own_values(differences));
  std::vector<torch::Tensor> values = {groups.front().value[0].narrow(1, 0, visual_channels)};
  values.insert(values.end(), differences.begin(), differences.end());
  packed_ = PackedMemory(groups.front().key[0].index_select(0, order),
                         torch::cat(values, 1).index_select(0, order));
}

torch::Tensor JointMemory::attend(const torch::Tensor& query) const {
  torch::Tensor attended = packed_.attend(query[0]);
  attended.narrow(1, visual_channels_, common_.numel()).add_(common_);
  return attended.unsqueeze(0);
}

}  // namespace mote::nn
