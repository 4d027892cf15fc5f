#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>

namespace mote::pipeline {

/// How far a job has come. Called from one thread at a time, at most a few times a second and at
/// the end of each stage.
struct ProgressEvent {
  std::string stage;  ///< `segmenting and tracking`, `writing`, ...
  int64_t done = 0;   ///< frames
  int64_t total = 0;
  double under_way = 0;  ///< what is done of frames after those, in frames
};
using ProgressCallback = std::function<void(const ProgressEvent&)>;

/// What a job got from outside besides its options.
struct JobContext {
  ProgressCallback progress;                  ///< may be empty
  const std::atomic<bool>* cancel = nullptr;  ///< set to true to stop; may be null

  bool cancelled() const { return cancel != nullptr && cancel->load(std::memory_order_relaxed); }
};

constexpr auto kProgressEvery = std::chrono::milliseconds(200);

/// Is true once every so often: what keeps progress and checkpoints from coming with every frame.
class Every {
 public:
  using Clock = std::chrono::steady_clock;

  Every(Clock::duration interval, bool at_once)
      : interval_(interval), last_(at_once ? Clock::now() - interval : Clock::now()) {}

  bool due() {
    const auto now = Clock::now();
    if (now - last_ < interval_) {
      return false;
    }
    last_ = now;
    return true;
  }

 private:
  Clock::duration interval_;
  Clock::time_point last_;
};

/// Thrown where a job stopped because it was told to; what it had done is kept, and `--resume`
/// continues.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped as asked"; }
};

}  // namespace mote::pipeline
