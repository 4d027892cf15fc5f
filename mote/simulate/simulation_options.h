#pragma once

#include <vector>

#include "mote/core/grid.h"
#include "mote/simulate/layer.h"
#include "mote/simulate/microscope.h"
#include "mote/simulate/world_options.h"

namespace mote::simulate {

/// All that a simulated recording is made from: a world, what its particles are made of, and the
/// microscope that looks at it.
///
/// What both sides have is the world's: seed, field, pixel size, exposure and the thickness of the
/// film. Those members of `microscope` do not count; microscope_of() fills them in.
struct SimulationOptions {
  WorldOptions world;
  MicroscopeOptions microscope;
  std::vector<Material> materials = {kGold};  ///< of the world's species
};

/// The options of the microscope, with what it shares with the world.
MicroscopeOptions microscope_of(const SimulationOptions& options);

/// Another magnification that looks alike: defocus and focal spread go with the square of the pixel
/// size, grain of the film, probe, vibration and blur of a liquid with the pixel size, the
/// convergence with its inverse, and the dose with the inverse of its square. So the Fresnel
/// fringes, whose width is sqrt(lambda defocus), and everything else keep their size in pixels, and
/// a pixel its electrons. The specimen stays as it is, of which the field shows more or less.
/// Throws kUsage unless `pixel_size_nm` is 0.0001 to 1000.
void set_pixel_size(SimulationOptions& options, double pixel_size_nm);

/// Another field, in which particles lie as densely as before.
/// Throws kUsage unless both sides are 16 to 16384.
void set_field(SimulationOptions& options, Size field);

/// Another frame interval, of which the exposure keeps its share.
/// Throws kUsage unless `frame_interval_s` is 0.000001 to 1000000.
void set_frame_interval(SimulationOptions& options, double frame_interval_s);

/// Another exposure or dose: a frame has more electrons or fewer, and the detector's gain goes with
/// the inverse, so that frames stay as bright.
/// Throws kUsage unless the value is positive and finite.
void set_exposure(SimulationOptions& options, double exposure_s);
void set_dose(SimulationOptions& options, double dose_e_per_a2_s);

/// Throws kUsage on values out of range.
void check(const SimulationOptions& options);

}  // namespace mote::simulate
