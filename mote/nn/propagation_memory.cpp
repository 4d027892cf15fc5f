#include "mote/nn/propagation_memory.h"

#include <algorithm>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

torch::Tensor room_like(const torch::Tensor& frame, int64_t tokens) {
  return torch::empty({frame.size(0), tokens, frame.size(2)}, frame.options());
}

}  // namespace

PropagationMemory LongTermMemory::all() const {
  return {.key = room_.key.narrow(1, first_, tokens()),
          .value = room_.value.narrow(1, first_, tokens())};
}

void LongTermMemory::make_room(const PropagationMemory& frame) {
  const int64_t capacity = std::max<int64_t>(2 * frames_, 1) * frame_tokens_;
  const PropagationMemory room = {.key = room_like(frame.key, capacity),
                                  .value = room_like(frame.value, capacity)};
  const int64_t first = capacity - tokens();
  if (frames_ > 0) {
    const PropagationMemory kept = all();
    room.key.narrow(1, first, tokens()).copy_(kept.key);
    room.value.narrow(1, first, tokens()).copy_(kept.value);
  }
  room_ = room;
  first_ = first;
}

void LongTermMemory::add(const PropagationMemory& frame, int64_t max_frames) {
  const torch::NoGradGuard no_grad;
  if (frames_ == 0) {
    frame_tokens_ = frame.key.size(1);
  }
  if (frame.key.size(1) != frame_tokens_) {
    throw Error(ErrorKind::kUsage, "a frame of {} tokens does not fit a memory of {} each",
                frame.key.size(1), frame_tokens_);
  }
  if (max_frames > 0) {
    frames_ = std::min(frames_, max_frames - 1);  // the oldest lie at the end
  }
  if (first_ < frame_tokens_) {
    make_room(frame);
  }
  first_ -= frame_tokens_;
  room_.key.narrow(1, first_, frame_tokens_).copy_(frame.key);
  room_.value.narrow(1, first_, frame_tokens_).copy_(frame.value);
  ++frames_;
}

LongTermMemory LongTermMemory::of(const PropagationMemory& all, int64_t frames) {
  if (frames < 1 || all.key.size(1) % frames != 0 || all.value.size(1) != all.key.size(1)) {
    throw Error(ErrorKind::kBadFile, "a memory of {} keys and {} values is not one of {} frames",
                all.key.size(1), all.value.size(1), frames);
  }
  LongTermMemory memory;
  memory.room_ = {.key = all.key.clone(), .value = all.value.clone()};
  memory.frame_tokens_ = all.key.size(1) / frames;
  memory.frames_ = frames;
  return memory;
}

}  // namespace mote::nn
