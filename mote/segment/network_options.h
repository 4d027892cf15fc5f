#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mote/core/grid.h"

namespace mote::segment {

/// Numbers that a network computes with.
enum class NumberFormat {
  kFloat32,
  kBFloat16,  ///< twice as fast where the processor has it; how exact it is, docs/networks.md says
};

/// Which segmenter, and how a network is run over a frame.
struct NetworkOptions {
  std::string model =
      "threshold";      ///< name of the network, or `threshold`: the classical segmenter
  std::string weights;  ///< file, `random`, or empty for those that were imported under its name
  std::string device = "cpu";
  NumberFormat precision = NumberFormat::kFloat32;
  int64_t seed = 1;  ///< of random weights

  /// Side of the square pieces that a network sees of a field, at the field's own scale; 0: what
  /// the network was made for, or less where the field is smaller.
  int64_t tile_px = 0;
  int64_t tile_overlap_px = 128;  ///< between neighbouring pieces; a particle as wide is not cut.
                                  ///< Half a piece at the most
  int64_t tiles_at_once = 1;

  /// Grey levels that the network sees as black and white, the same in every frame; nothing: the
  /// 0.1 and 99.9 percentiles of the first frame.
  std::optional<double> black;
  std::optional<double> white;

  double min_probability = 0.5;  ///< that a pixel is particle, of networks that map pixels
  /// Of an instance, of networks that find instances; 0: 0.25 of YOLOv8, 0.88 of EfficientSAM.
  double min_score = 0;
  double max_overlap = 0.7;  ///< of two instances, as IoU; of more, the better one stays

  // EfficientSAM.
  std::vector<Point> points;       ///< one in each particle, in pixels of the field, in every frame
  std::vector<Box> boxes;          ///< one around each particle, likewise
  int64_t points_per_side = 32;    ///< of the grid in each piece, where there are no prompts
  double min_stability = 0.9;      ///< IoU of a mask cut at logit -1 and at logit 1
  double max_area_fraction = 0.5;  ///< of a piece: more is no particle but what is around them

  bool is_network() const { return model != "threshold"; }
};

}  // namespace mote::segment
