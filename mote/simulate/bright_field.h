#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "mote/core/grid.h"
#include "mote/imaging/fourier.h"
#include "mote/simulate/film.h"
#include "mote/simulate/layer.h"
#include "mote/simulate/view.h"
#include "mote/simulate/wave_filter.h"

namespace mote::simulate {

/// Intensities of a bright-field TEM, relative to the beam without a specimen.
///
/// Exit wave of a plane psi = exp(-t / (2 Lambda) - b / 2 + i sigma V0 t), summed over its layers,
/// with t the thickness and b the Bragg loss; image |F^-1 exp(-i chi) E F psi|^2. Planes follow one
/// another as in Cowley and Moodie's multislice, Acta Cryst. 10, 609 (1957),
/// doi 10.1107/S0365110X57002194; Kirkland 2010. The envelope E on the wave is
/// the quasi-coherent approximation: it is right in the first order of the specimen's phase;
/// beyond, it takes away what is scattered past its reach, as an aperture does.
///
/// The wave is periodic over `canvas()`, which is larger than the field so that fringes that leave
/// on one side come in out of sight.
///
/// Not safe to share between threads: holds scratch memory.
class BrightField {
 public:
  /// Throws kUsage on values out of range.
  BrightField(const ViewOptions& options, uint64_t seed);

  Box canvas() const { return canvas_; }  ///< of the wave, in pixels of the camera
  Box sensor() const { return sensor_; }  ///< of the intensity: the field with a margin

  /// The mean intensity over an exposure from `time_s` on, over sensor().
  const Grid<float>& expose(const LayersAt& layers, const DriftAt& drift, double time_s,
                            double exposure_s);

 private:
  struct Passed {
    double z_nm = 0;
    const Layer* layer = nullptr;  // none: the film
  };

  double make_exit_wave();
  void add_up(std::span<const Passed> plane);
  void add_fringes();
  WaveFilter& space_over(double distance_nm);
  WaveFilter& lens_after(double distance_nm);

  ViewOptions options_;
  Box canvas_;
  Box sensor_;
  double interaction_ = 0;
  Film film_;
  std::map<double, WaveFilter> spaces_;  // by the distance that the wave goes
  std::map<double, WaveFilter> lenses_;  // by the distance from the last plane to the focused one
  std::optional<imaging::PackedSpectrum> liquid_;
  std::vector<Layer> layers_;
  Grid<float> film_phase_;
  Grid<float> phase_;
  Grid<float> absorption_;
  Wave wave_;
  Wave plane_;
  Grid<float> intensity_;  // over the canvas
  Grid<float> fringes_;    // likewise; empty while there are none
  Grid<float> seen_;       // over the sensor
  imaging::PackedSpectrum spectrum_;
};

}  // namespace mote::simulate
