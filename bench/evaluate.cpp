// What scoring tracks costs: 1,000 frames of 200 particles that the result follows with jitter,
// gaps and changes of name, all metrics of tracks and events, from the label images on. Prints
// seconds.

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "mote/eval/clear_mot.h"
#include "mote/eval/ctc.h"
#include "mote/eval/events.h"
#include "mote/eval/hota.h"
#include "mote/eval/objects.h"

namespace {

using namespace mote;

constexpr int64_t kFrames = 1000;
constexpr int64_t kParticles = 200;
constexpr int64_t kCell = 36;
constexpr int64_t kColumns = 14;

/// Squares on a lattice that grow and move; `name` of each may change from frame to frame.
LabelImage drawn(int64_t frame, bool result, std::mt19937& random) {
  LabelImage labels({(kParticles / kColumns + 1) * kCell, kColumns * kCell});
  for (int64_t i = 0; i < kParticles; ++i) {
    if (result && random() % 50 == 0) {
      continue;
    }
    const auto jitter = static_cast<int64_t>(result ? random() % 3 : 0);
    const int64_t y0 = i / kColumns * kCell + frame % 8 + jitter;
    const int64_t x0 = i % kColumns * kCell + frame / 3 % 8 + jitter;
    const int64_t name = result ? i + kParticles * (frame / (100 + i)) : i;
    for (int64_t y = y0; y < y0 + 18; ++y) {
      for (int64_t x = x0; x < x0 + 18; ++x) {
        labels(y, x) = static_cast<int32_t>(name + 1);
      }
    }
  }
  return labels;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main() {
  std::mt19937 random(1);
  std::vector<eval::Overlaps> frames;
  double overlapping_s = 0;
  for (int64_t frame = 0; frame < kFrames; ++frame) {
    const LabelImage truth = drawn(frame, false, random);
    const LabelImage result = drawn(frame, true, random);
    const auto start = std::chrono::steady_clock::now();
    frames.push_back(eval::overlaps_of(truth, result));
    overlapping_s += seconds_since(start);
  }

  const auto start = std::chrono::steady_clock::now();
  const eval::CtcScores ctc = eval::ctc_scores(frames, {}, {});
  const eval::Hota hota = eval::hota(frames);
  std::vector<eval::PairingFrame> pairings;
  for (const eval::Overlaps& frame : frames) {
    pairings.push_back(eval::pairing_frame(frame));
  }
  const eval::ClearMot clear = eval::clear_mot(pairings);
  const eval::Counts identities = eval::identity_counts(pairings);
  const auto names = eval::names_of(frames);
  const double scoring_s = seconds_since(start);

  fmt::print("{} frames of {} particles: overlaps {:.2f} s, scores {:.2f} s (bound 20 s)\n",
             kFrames, kParticles, overlapping_s, scoring_s);
  fmt::print("TRA {:.4f}, HOTA {:.4f}, MOTA {:.4f}, IDF1 {:.4f}, {} names\n", ctc.tra.value_or(0),
             hota.hota, clear.mota.value_or(0), identities.f1().value_or(0), names.size());
  return 0;
}
