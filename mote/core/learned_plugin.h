#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "mote/core/error.h"
#include "mote/core/grid.h"
#include "mote/core/network_export.h"
#include "mote/core/onnx_runner.h"
#include "mote/core/plugin.h"
#include "mote/core/weights.h"

namespace mote::segment {
class Segmenter;
struct NetworkOptions;
struct ThresholdOptions;
}  // namespace mote::segment

namespace mote::track {
class Tracker;
struct DeaotOptions;
}  // namespace mote::track

namespace mote {

/// A tensor that a network expects of a file of weights.
struct TensorSpec {
  std::string name;
  std::vector<int64_t> shape;
};

/// What is known of a network without its weights.
struct NetworkSpec {
  std::string name;  ///< `efficientsam-tiny`
  int64_t parameters = 0;
  std::vector<TensorSpec> tensors;
};

/// How fast the machine multiplies matrices, in multiply-adds a second; 0 where it cannot.
struct MatrixRate {
  double float32 = 0;
  double bfloat16 = 0;
};

/// How long one way of computing a network takes for one image.
struct FormFigures {
  std::string form;        ///< `plain`, `float32`, `bf16`, `onnxruntime`
  double seconds = 0;      ///< of wall time, the median
  double processor_s = 0;  ///< of all threads, the median
  double peak_mb = 0;      ///< above what the process held before, weights aside
  /// The largest difference of the last output from the plain form's, as a share of the largest
  /// value; nothing for the plain form.
  std::optional<double> error = {};
};

struct NetworkFigures {
  std::string network;
  std::string step;  ///< what was timed: `image`, `image encoder`
  int64_t parameters = 0;
  Size size = {};            ///< of the image
  double multiply_adds = 0;  ///< of matrix products and convolutions
  std::vector<FormFigures> forms;
};

/// What libmote_learned's entry point `mote_learned_plugin` returns. No libtorch type passes here,
/// and every function throws Error alone.
struct LearnedPlugin : PluginHeader {
  /// Names of all networks, in the order in which they are listed.
  std::vector<std::string> (*networks)() = nullptr;

  /// Throws kUsage on an unknown name.
  NetworkSpec (*spec)(const std::string& network) = nullptr;

  /// How the tensors of a file fit a network.
  WeightsMismatch (*compare)(const std::string& network, const Weights& weights) = nullptr;

  /// The network with its weights as the bytes of a file for other programs. Throws kUsage for a
  /// part or input size that it cannot have; kUnsupported where it or an operator of it cannot be
  /// exported; kBadFile where the weights do not fit.
  std::string (*exported)(const NetworkExport& what, const Weights& weights) = nullptr;

  /// `weights` are those of options.model, or null for random ones; `found` tells how masks become
  /// regions. Throws kUsage, kBadFile where the weights do not fit, kResource, kUnsupported where
  /// the device is not there.
  std::unique_ptr<segment::Segmenter> (*make_segmenter)(const segment::NetworkOptions& options,
                                                        const segment::ThresholdOptions& found,
                                                        const Weights* weights) = nullptr;

  /// How fast a network is, its forms in turn, `rounds` times; `program`, or null, computes its
  /// ONNX graph in turn with them. Throws kUsage on an unknown name, and what `program` throws.
  NetworkFigures (*bench)(const std::string& network, int64_t rounds,
                          OnnxRunner* program) = nullptr;
  MatrixRate (*matrix_rate)() = nullptr;

  /// As make_segmenter, for `--tracker deaot` over frames of `field`.
  std::unique_ptr<track::Tracker> (*make_tracker)(const track::DeaotOptions& options,
                                                  const segment::ThresholdOptions& found,
                                                  Size field, const Weights* weights) = nullptr;
};

/// Throws kUsage, telling the names, where none of them is `name`.
inline void require_network(const std::string& name, const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw Error(ErrorKind::kUsage, "no network is called '{}', expected one of {}", name,
                fmt::join(names, ", "));
  }
}

}  // namespace mote
