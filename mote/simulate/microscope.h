#pragma once

#include <cstdint>
#include <memory>

#include "mote/core/grid.h"
#include "mote/core/image.h"
#include "mote/simulate/bright_field.h"
#include "mote/simulate/dark_field.h"
#include "mote/simulate/detector.h"
#include "mote/simulate/layer.h"
#include "mote/simulate/view.h"

namespace mote::simulate {

struct BeamOptions {
  double dose_e_per_a2_s = 125;  ///< at the specimen, electrons per square angstrom and second
  double exposure_s = 0.04;      ///< of a frame
  double unevenness = 0.05;      ///< relative fall from the brightest place to a corner away
  double wander = 0.02;          ///< relative amplitude of the slow change of brightness
  double wander_period_s = 30;
};

struct MicroscopeOptions {
  ViewOptions view;
  BeamOptions beam;
  DetectorOptions detector;
  bool noise = true;  ///< of electrons and of reading out; the fixed pattern stays
  uint64_t seed = 1;
};

/// `dose_e_per_a2_s` on a pixel in one exposure, where the beam is brightest on average.
double electrons_per_pixel(const MicroscopeOptions& options);

/// Makes frames of a specimen: intensities, expected electrons, counted electrons, grey levels.
///
/// A frame is a function of the options, the specimen and the frame's index alone, whichever
/// frames were made before and on however many threads. Electrons are keyed by (seed, frame,
/// pixel). Where two machines round the transforms differently, pixels agree to one grey level
/// before the noise; a count may then differ where its probability lies within 1e-6 of an edge.
///
/// Not safe to share between threads: holds scratch memory. One for each thread is the way.
class Microscope {
 public:
  /// Throws kUsage on values out of range.
  explicit Microscope(const MicroscopeOptions& options);

  /// Frame `index`, whose exposure begins at `time_s`; uint8 or uint16 as the detector has bits.
  Image frame(const LayersAt& layers, const DriftAt& drift, int64_t index, double time_s);

  /// Electrons of the last frame over `sensor()`, before and after Poisson's.
  const Grid<float>& expected() const { return expected_; }
  const Grid<float>& counted() const { return counted_; }
  Box sensor() const { return sensor_; }

 private:
  MicroscopeOptions options_;
  std::unique_ptr<BrightField> bright_;  // one of the two
  std::unique_ptr<DarkField> dark_;
  Box sensor_;
  Detector detector_;
  Grid<float> illumination_;  // over the sensor, electrons an exposure
  double wander_phase_ = 0;
  Grid<float> expected_;
  Grid<float> counted_;
};

}  // namespace mote::simulate
