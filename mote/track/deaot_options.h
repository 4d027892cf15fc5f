#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mote::track {

/// How DeAOT follows particles.
struct DeaotOptions {
  std::string model = "deaot-t";  ///< or `r50-deaot-l`
  std::string weights;            ///< as in NetworkOptions
  std::string device = "cpu";
  int64_t seed = 1;  ///< of random weights

  /// Every so many frames are segmented, and what is new there is tracked from then on.
  int64_t keyframe_gap = 10;
  /// Frames are reduced until their shorter side has so many pixels; none is enlarged.
  int64_t short_side_px = 465;
  int64_t max_memory_frames = 10;  ///< that are remembered long; the oldest are forgotten
  int64_t min_new_area_px = 20;    ///< as in NewObjectOptions
  double min_new_share = 0.8;      ///< likewise
  /// Pieces of a particle's mask that do not hang together are left out below this part of it; what
  /// splits is in pieces as large, and of `min_new_area_px`.
  double min_piece_share = 0.2;
  int64_t max_gap_frames = 3;    ///< as in IdTracksOptions
  double min_merge_share = 0.5;  ///< likewise
  double confirm = 10;           ///< likewise
  int64_t lag_frames = 12;       ///< likewise

  /// As in NetworkOptions: grey levels that the network sees as black and white.
  std::optional<double> black;
  std::optional<double> white;
};

}  // namespace mote::track
