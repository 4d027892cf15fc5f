#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "mote/pipeline/progress.h"

namespace mote::cli {

/// Tells how a job goes: a bar with rate and time left on a terminal, a plain line every few
/// seconds elsewhere (both on stderr), or one JSON object a line on stdout with `--json`.
class ProgressTeller {
 public:
  /// `unit` is what is counted, or nothing where the stages' names tell.
  explicit ProgressTeller(bool json, std::string unit = "frames");
  ~ProgressTeller();
  ProgressTeller(const ProgressTeller&) = delete;
  ProgressTeller& operator=(const ProgressTeller&) = delete;

  void tell(const pipeline::ProgressEvent& event);

 private:
  using Clock = std::chrono::steady_clock;

  void draw_bar(const pipeline::ProgressEvent& event, double rate);
  void end_line();

  std::string rate_text(double rate) const;

  bool json_;
  std::string unit_;
  bool terminal_;
  bool line_open_ = false;
  std::string stage_;
  double stage_begin_ = 0;
  Clock::time_point stage_start_;
  Clock::time_point last_line_;
};

/// Set by the first Ctrl-C (or SIGTERM), which a terminal is told; a second one ends the process at
/// once.
const std::atomic<bool>& interrupted();
void catch_interrupts();

}  // namespace mote::cli
