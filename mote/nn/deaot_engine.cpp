#include "mote/nn/deaot_engine.h"

#include <algorithm>
#include <map>

#include "mote/core/error.h"
#include "mote/nn/deaot_merge.h"
#include "mote/nn/kernels.h"

namespace mote::nn {
namespace {

constexpr const char* kGroups = "groups";

void check(const DeAotEngineOptions& options) {
  if (options.long_term_gap < 1 || options.short_term_skip < 1 ||
      options.max_long_term_frames < 0) {
    throw Error(ErrorKind::kUsage,
                "DeAOT's memory: a gap of {} and a skip of {} are 1 or more, {} frames 0 or more",
                options.long_term_gap, options.short_term_skip, options.max_long_term_frames);
  }
}

/// The index that each of `to` takes of `from`.
torch::Tensor nearest_indices(int64_t from, int64_t to, torch::Device device) {
  const auto integers = torch::TensorOptions(torch::kInt64).device(device);
  return torch::floor_divide(torch::arange(to, integers) * from, to);
}

std::string prefix_of(int64_t group) {
  return fmt::format("group.{}.", group);
}

}  // namespace

torch::Tensor resized_labels(const torch::Tensor& labels, Size size) {
  if (labels.size(1) == size.height && labels.size(2) == size.width) {
    return labels;
  }
  return labels.index_select(1, nearest_indices(labels.size(1), size.height, labels.device()))
      .index_select(2, nearest_indices(labels.size(2), size.width, labels.device()));
}

DeAotEngine::DeAotEngine(DeAot network, const DeAotEngineOptions& options)
    : network_(std::move(network)), options_(options) {
  check(options);
}

void DeAotEngine::see(const torch::Tensor& image) {
  const torch::NoGradGuard no_grad;
  features_ = network_->features(image);
  const Size size = {image.size(2), image.size(3)};
  if (!groups_.empty() && size != image_size_) {
    throw Error(ErrorKind::kUsage, "an image of {} x {} px after images of {} x {} px", size.height,
                size.width, image_size_.height, image_size_.width);
  }
  image_size_ = size;
  features_.image = images_++;
}

int64_t DeAotEngine::ids() const {
  const auto per_group = network_->options().objects;
  return groups_.empty()
             ? 0
             : (static_cast<int64_t>(groups_.size()) - 1) * per_group + groups_.back().ids();
}

torch::Tensor DeAotEngine::at_network_size(const torch::Tensor& labels) const {
  return resized_labels(labels, image_size_);
}

torch::Tensor DeAotEngine::labels_of_group(const torch::Tensor& labels, int64_t group) const {
  const int64_t before = group * network_->options().objects;
  const torch::Tensor own =
      (labels > before).logical_and(labels <= before + network_->options().objects);
  return (labels - before) * own;
}

void DeAotEngine::reference(const torch::Tensor& labels, int64_t ids) {
  const torch::NoGradGuard no_grad;
  const int64_t most = labels.max().item<int64_t>();
  if (ids < this->ids() || ids < most) {
    throw Error(ErrorKind::kUsage, "a reference of {} objects after {}, with ids up to {}", ids,
                this->ids(), most);
  }
  const int64_t per_group = network_->options().objects;
  const int64_t count = std::max<int64_t>(1, (ids + per_group - 1) / per_group);
  const torch::Tensor resized = at_network_size(labels);
  for (int64_t g = 0; g < count; ++g) {
    const bool is_new = g >= static_cast<int64_t>(groups_.size());
    if (is_new) {
      groups_.emplace_back(network_, options_);
    }
    DeAotGroup& group = groups_[static_cast<size_t>(g)];
    const int64_t own_ids = std::min(ids - g * per_group, per_group);
    const torch::Tensor own = labels_of_group(resized, g);
    if (is_new || options_.reference_every_group || own_ids > group.ids()) {
      group.reference(features_, own, own_ids);
    } else {
      group.update(own);
    }
  }
}

void DeAotEngine::propagate() {
  const torch::NoGradGuard no_grad;
  if (groups_.empty()) {
    throw Error(ErrorKind::kUsage, "DeAOT propagates nothing before its first reference");
  }
  if (!features_.first || !kernels_take({features_.tokens})) {
    for (DeAotGroup& group : groups_) {
      group.propagate(features_);
    }
    return;
  }
  std::vector<Joint> before = std::move(joint_);
  joint_.clear();
  for (const std::vector<size_t>& members : groups_by_images()) {
    Joint now = {.members = members, .changes = {}, .memory = {}};
    std::vector<PropagationMemory> memories;
    for (const size_t g : members) {
      now.changes.push_back(groups_[g].long_term_changes());
      memories.push_back(groups_[g].long_term(0));
    }
    const auto same = std::find_if(before.begin(), before.end(), [&](const Joint& joint) {
      return joint.members == now.members && joint.changes == now.changes;
    });
    now.memory = same != before.end()
                     ? same->memory
                     : JointMemory(memories, network_->layer(0)->options().value_channels);
    propagate_together(members, now.memory);
    joint_.push_back(std::move(now));
  }
}

/// The groups that remember the same images, together.
std::vector<std::vector<size_t>> DeAotEngine::groups_by_images() const {
  std::map<std::vector<int64_t>, std::vector<size_t>> by_images;
  for (size_t g = 0; g < groups_.size(); ++g) {
    by_images[groups_[g].images()].push_back(g);
  }
  std::vector<std::vector<size_t>> sets;
  for (auto& [images, members] : by_images) {
    sets.push_back(std::move(members));
  }
  return sets;
}

void DeAotEngine::propagate_together(const std::vector<size_t>& members,
                                     const JointMemory& long_term) {
  std::vector<PropagationMemory> short_term;
  for (const size_t g : members) {
    short_term.push_back(groups_[g].short_term(0));
  }
  const std::vector<BranchTokens> first =
      network_->layer(0)->propagate_groups(*features_.first, long_term, short_term, features_.map);
  for (size_t i = 0; i < members.size(); ++i) {
    groups_[members[i]].propagate(features_, &first[i]);
  }
}

std::vector<torch::Tensor> DeAotEngine::logits_of_groups() {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> logits;
  for (DeAotGroup& group : groups_) {
    logits.push_back(group.logits(features_));
  }
  return logits;
}

torch::Tensor DeAotEngine::logits(Size size) {
  const torch::NoGradGuard no_grad;
  return merged_logits(logits_of_groups(), size);
}

torch::Tensor DeAotEngine::labels(Size size) {
  const torch::NoGradGuard no_grad;
  return merged_labels(logits_of_groups(), size);
}

void DeAotEngine::update(const torch::Tensor& labels) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor resized = at_network_size(labels);
  for (size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].update(labels_of_group(resized, static_cast<int64_t>(g)));
  }
}

std::vector<std::pair<std::string, torch::Tensor>> DeAotEngine::save_state() const {
  std::vector<std::pair<std::string, torch::Tensor>> state;
  state.emplace_back(kGroups, torch::tensor({static_cast<int64_t>(groups_.size()),
                                             image_size_.height, image_size_.width, images_}));
  for (size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].save(prefix_of(static_cast<int64_t>(g)), state);
  }
  return state;
}

void DeAotEngine::load_state(const std::map<std::string, torch::Tensor>& state) {
  const torch::NoGradGuard no_grad;
  const auto found = state.find(kGroups);
  if (found == state.end() || found->second.numel() != 4 ||
      found->second.dtype() != torch::kInt64) {
    throw Error(ErrorKind::kBadFile, "the state of DeAOT says no number of groups");
  }
  const auto* header = found->second.data_ptr<int64_t>();
  std::vector<DeAotGroup> groups;
  for (int64_t g = 0; g < header[0]; ++g) {
    groups.emplace_back(network_, options_).load(prefix_of(g), state);
  }
  groups_ = std::move(groups);
  image_size_ = {header[1], header[2]};
  images_ = header[3];
  joint_.clear();
}

}  // namespace mote::nn
