#pragma once

#include <string>

#include "mote/core/frame_source.h"

namespace mote::io {

/// An axis of evenly spaced samples, as a file tells of it.
struct ImageAxis {
  double scale = 0;  ///< from one sample to the next; 0 where it is not known
  std::string unit;  ///< empty where there is none
  std::string name;
};

/// Whether spectra lie along it: `eV`, `keV`, `meV`.
bool is_energy(const std::string& unit);

/// Pixel size by the axes of an image; in units that are none of length there is none, and a
/// warning.
void calibrate_image(const ImageAxis& y, const ImageAxis& x, const std::string& source,
                     RecordingInfo& info);

/// What the axis that images follow along makes of them: frames, with their interval where the axis
/// is in a unit of time. Says whether it is a length, which makes a volume; any other unit is a
/// warning.
bool calibrate_series(const ImageAxis& axis, const std::string& source, RecordingInfo& info);

}  // namespace mote::io
