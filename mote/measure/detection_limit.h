#pragma once

#include <cstdint>
#include <optional>

#include "mote/measure/instance.h"

namespace mote::measure {

/// How the contrast of a recording's particles goes with their size: C(d) = C0 d^p, by least
/// squares of its logarithm. Holds sums alone.
class ContrastBySize {
 public:
  /// By the innermost level of its edge profile; leaves out what touches another or the border.
  void add(const InstanceMeasures& instance);

  /// The p of C(d), held between that of evenly thick particles, 0, and of thin spheres, 1.
  double exponent() const;

  /// Nothing below 10 instances.
  std::optional<double> contrast_at(double ecd_px) const;

  /// Of the edges, a Gaussian: the mean of what their uncertainty holds as convention.
  double blur_px() const;

 private:
  int64_t count_ = 0;
  double x_ = 0;
  double y_ = 0;
  double xx_ = 0;
  double xy_ = 0;
  double blur_px_ = 0;  // sum
  int64_t blurred_ = 0;
};

/// How a segmenter found particles.
struct DetectionRule {
  double height = 0;    ///< that a particle must reach over the background, in grey levels
  double sigma_px = 0;  ///< after a Gaussian of it
  double least_px = 0;  ///< ECD below which regions are dropped whatever their contrast
};

/// The ECD at which a particle just reaches the rule's height: a disc of the contrast C(d) after
/// the Gaussian and the edges' own blur, s² = sigma² + blur² together, has C(d) (1 - exp(-d² / (8
/// s²))) at its middle. Not below `least_px`; that, where the contrast is not known.
double detection_limit_px(const ContrastBySize& contrasts, const DetectionRule& rule);

}  // namespace mote::measure
