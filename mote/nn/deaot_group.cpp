#include "mote/nn/deaot_group.h"

#include <map>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

constexpr double kInactive = -1e10;  // as published

const torch::Tensor& entry(const std::map<std::string, torch::Tensor>& state,
                           const std::string& name) {
  const auto found = state.find(name);
  if (found == state.end()) {
    throw Error(ErrorKind::kBadFile, "the state of DeAOT lacks {}", name);
  }
  return found->second;
}

PropagationMemory memory_in(const std::map<std::string, torch::Tensor>& state,
                            const std::string& prefix) {
  PropagationMemory memory = {.key = entry(state, prefix + "key"),
                              .value = entry(state, prefix + "value")};
  const bool fits = memory.key.dim() == 3 && memory.value.dim() == 3 &&
                    memory.key.is_floating_point() && memory.value.is_floating_point();
  if (!fits) {
    throw Error(ErrorKind::kBadFile, "{}key and value in the state of DeAOT are no memory", prefix);
  }
  return memory;
}

std::string long_term_prefix(const std::string& prefix, int64_t layer) {
  return fmt::format("{}long_term.{}.", prefix, layer);
}

std::string short_term_prefix(const std::string& prefix, size_t frame, int64_t layer) {
  return fmt::format("{}short_term.{}.{}.", prefix, frame, layer);
}

}  // namespace

DeAotGroup::DeAotGroup(DeAot network, const DeAotEngineOptions& options)
    : network_(std::move(network)), options_(options) {}

void DeAotGroup::run_layers(const DeAotFeatures& features, const torch::Tensor* own_embedding,
                            const BranchTokens* first) {
  image_ = features.image;
  tokens_.clear();
  seen_ = {.visual = features.tokens};
  for (int64_t l = 0; l < network_->options().layers; ++l) {
    GatedPropagation& layer = network_->layer(l);
    tokens_.push_back(l == 0 && features.first ? *features.first
                                               : layer->prepare(seen_.visual, seen_.identity));
    if (l == 0 && first != nullptr) {
      seen_ = *first;
    } else if (own_embedding != nullptr) {
      const PropagationMemory own = layer->remember(tokens_.back(), *own_embedding);
      seen_ = layer->propagate(tokens_.back(), own, own, features.map);
    } else {
      seen_ = layer->propagate(tokens_.back(), long_term(l), short_term(l), features.map);
    }
  }
}

DeAotGroup::Frame DeAotGroup::remembered(const torch::Tensor& embedding) {
  Frame frame = {.image = image_, .layers = {}};
  for (size_t l = 0; l < tokens_.size(); ++l) {
    frame.layers.push_back(
        network_->layer(static_cast<int64_t>(l))->remember(tokens_[l], embedding));
  }
  return frame;
}

void DeAotGroup::add_to_long_term(const Frame& frame) {
  const int64_t most = options_.max_long_term_frames;
  long_term_.resize(frame.layers.size());
  for (size_t l = 0; l < frame.layers.size(); ++l) {
    long_term_[l].add(frame.layers[l], most);
  }
  long_term_images_.push_front(frame.image);
  long_term_images_.resize(static_cast<size_t>(long_term_.front().frames()));
  ++long_term_changes_;
  last_memory_frame_ = frame_;
}

void DeAotGroup::reference(const DeAotFeatures& features, const torch::Tensor& labels,
                           int64_t ids) {
  ids_ = ids;
  const torch::Tensor embedding = network_->embed(labels);
  run_layers(features, &embedding, nullptr);
  const Frame frame = remembered(embedding);
  add_to_long_term(frame);
  short_term_.assign(1, frame);
}

void DeAotGroup::propagate(const DeAotFeatures& features, const BranchTokens* first) {
  ++frame_;
  run_layers(features, nullptr, first);
}

torch::Tensor DeAotGroup::logits(const DeAotFeatures& features) {
  const torch::Tensor all = network_->decode(seen_, features);
  const int64_t unused = network_->options().objects - ids_;
  if (unused == 0) {
    return all;
  }
  const torch::Tensor active = all.narrow(1, 0, ids_ + 1);
  return torch::cat({active, torch::full({all.size(0), unused, all.size(2), all.size(3)}, kInactive,
                                         all.options())},
                    1);
}

void DeAotGroup::update(const torch::Tensor& labels) {
  const Frame frame = remembered(network_->embed(labels));
  short_term_.push_back(frame);
  while (static_cast<int64_t>(short_term_.size()) > options_.short_term_skip) {
    short_term_.pop_front();
  }
  if (frame_ - last_memory_frame_ >= options_.long_term_gap) {
    add_to_long_term(frame);
  }
}

PropagationMemory DeAotGroup::long_term(int64_t layer) const {
  return long_term_.at(static_cast<size_t>(layer)).all();
}

PropagationMemory DeAotGroup::short_term(int64_t layer) const {
  return short_term_.front().layers.at(static_cast<size_t>(layer));
}

std::vector<int64_t> DeAotGroup::images() const {
  std::vector<int64_t> images(long_term_images_.begin(), long_term_images_.end());
  images.push_back(short_term_.front().image);
  return images;
}

int64_t DeAotGroup::long_term_tokens() const {
  return long_term_.empty() ? 0 : long_term_.front().tokens();
}

void DeAotGroup::save(const std::string& prefix,
                      std::vector<std::pair<std::string, torch::Tensor>>& state) const {
  const int64_t kept = long_term_.empty() ? 0 : long_term_.front().frames();
  state.emplace_back(prefix + "counters",
                     torch::tensor({ids_, frame_, last_memory_frame_, kept,
                                    static_cast<int64_t>(short_term_.size())}));
  std::vector<int64_t> images(long_term_images_.begin(), long_term_images_.end());
  for (const Frame& frame : short_term_) {
    images.push_back(frame.image);
  }
  state.emplace_back(prefix + "images", torch::tensor(images));
  for (int64_t l = 0; l < network_->options().layers; ++l) {
    const PropagationMemory memory = long_term(l);
    state.emplace_back(long_term_prefix(prefix, l) + "key", memory.key);
    state.emplace_back(long_term_prefix(prefix, l) + "value", memory.value);
    for (size_t f = 0; f < short_term_.size(); ++f) {
      const PropagationMemory& frame = short_term_[f].layers.at(static_cast<size_t>(l));
      state.emplace_back(short_term_prefix(prefix, f, l) + "key", frame.key);
      state.emplace_back(short_term_prefix(prefix, f, l) + "value", frame.value);
    }
  }
}

void DeAotGroup::load(const std::string& prefix,
                      const std::map<std::string, torch::Tensor>& state) {
  const torch::Tensor counters = entry(state, prefix + "counters");
  if (counters.dim() != 1 || counters.numel() != 5 || counters.dtype() != torch::kInt64) {
    throw Error(ErrorKind::kBadFile, "{}counters in the state of DeAOT are not five", prefix);
  }
  const auto counter = [&](int64_t index) { return counters[index].item<int64_t>(); };
  ids_ = counter(0);
  frame_ = counter(1);
  last_memory_frame_ = counter(2);
  if (ids_ < 0 || ids_ > network_->options().objects || counter(4) < 1 ||
      counter(4) > options_.short_term_skip) {
    throw Error(ErrorKind::kBadFile, "{}counters in the state of DeAOT are out of range", prefix);
  }
  const torch::Tensor images = entry(state, prefix + "images");
  if (counter(3) < 0 || images.dim() != 1 || images.numel() != counter(3) + counter(4) ||
      images.dtype() != torch::kInt64) {
    throw Error(ErrorKind::kBadFile, "{}images in the state of DeAOT are not {} and {}", prefix,
                counter(3), counter(4));
  }
  const auto* numbers = images.data_ptr<int64_t>();
  long_term_images_.assign(numbers, numbers + counter(3));
  long_term_.clear();
  short_term_.clear();
  for (int64_t f = 0; f < counter(4); ++f) {
    short_term_.push_back({.image = numbers[counter(3) + f], .layers = {}});
  }
  tokens_.clear();
  const torch::Device device = network_->parameters().front().device();
  for (int64_t l = 0; l < network_->options().layers; ++l) {
    const PropagationMemory memory = memory_in(state, long_term_prefix(prefix, l));
    long_term_.push_back(LongTermMemory::of(
        {.key = memory.key.to(device), .value = memory.value.to(device)}, counter(3)));
    for (size_t f = 0; f < short_term_.size(); ++f) {
      const PropagationMemory frame = memory_in(state, short_term_prefix(prefix, f, l));
      short_term_[f].layers.push_back(
          {.key = frame.key.to(device), .value = frame.value.to(device)});
    }
  }
}

}  // namespace mote::nn
