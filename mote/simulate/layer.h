#pragma once

#include <functional>
#include <vector>

#include "mote/core/grid.h"

namespace mote::simulate {

/// How crystals of one material differ in bright field, each by its own orientation.
struct CrystalContrast {
  double bragg_share = 0;      ///< of the crystals that lie near a Bragg condition
  double bragg_strength = 0;   ///< most that such a one scatters beyond the others, relative
  double fringe_share = 0;     ///< of the crystals that show fringes: of their lattice, or moire
  double fringe_contrast = 0;  ///< most that fringes change the intensity, relative
  double fringe_nm = 1;        ///< their longest period; others have down to 3/4 of it

  bool operator==(const CrystalContrast&) const = default;
};

/// What the beam meets in a body, for images. Inelastic mean free paths of 200 keV electrons for a
/// collection angle of about 10 mrad.
struct Material {
  double inner_potential_v = 0;     ///< mean, V0: the phase that the body adds
  double mean_free_path_nm = 0;     ///< of all that scatters out of the image; 0: nothing does
  double haadf_scatter_per_nm = 0;  ///< share of the beam that reaches the annular detector
  CrystalContrast crystal;

  bool operator==(const Material&) const = default;
};

/// Gold at 200 kV without an objective aperture: docs/simulation.md, Materials.
inline constexpr Material kGold{.inner_potential_v = 22,
                                .mean_free_path_nm = 15,
                                .haadf_scatter_per_nm = 0.020,
                                .crystal = {.bragg_share = 0.4,
                                            .bragg_strength = 0.3,
                                            .fringe_share = 0.6,
                                            .fringe_contrast = 0.4,
                                            .fringe_nm = 1}};

/// All bodies of one material at one height, seen along the beam, in pixels of the camera.
struct Layer {
  Material material;
  Grid<float> thickness_nm;
  /// -ln of the share of the intensity that Bragg reflection takes out of the image beyond what the
  /// material's mean free path does, negative where it takes less; empty where there is none. The
  /// flicker of grains that tilt through a Bragg angle. Together with the thickness' share no less
  /// than 0.
  Grid<float> bragg_loss;
  /// Relative change of the bright-field intensity by the interference of a diffracted beam with
  /// the direct one; empty where there is none. It is written into the image, not sent through the
  /// lens, whose axial damping does not hold for two beams.
  Grid<float> fringes;
  double z_nm = 0;  ///< height of the bodies' middle, towards the source
};

/// Fills `layers` with the specimen as it is at `time_s`, each grid of box's size, its pixel (0, 0)
/// at pixel (box.y, box.x) of the camera, which may be negative. `layers` holds what the last call
/// left, so that grids can be reused. Must give the same for the same arguments.
using LayersAt = std::function<void(double time_s, Box box, std::vector<Layer>& layers)>;

/// Where the support has moved since time 0, in pixels of the camera.
using DriftAt = std::function<Point(double time_s)>;

}  // namespace mote::simulate
