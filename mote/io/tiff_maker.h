#pragma once

#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/tiff_chain.h"

namespace mote::io {

/// Adds what microscope makers' own tags say: pixel size, and what matters of the instrument.
///
/// FEI and Thermo Fisher (tags 34680, 34682): `PixelWidth` and `PixelHeight`, in metres. Zeiss SEM
/// (34118): `Image Pixel Size`; older files tell the pixel of an image 1024 wide, whatever the
/// width stored, so that it is scaled to `info.size`. DigitalMicrograph (65003 to 65010): scale and
/// unit of each axis. JEOL (a `TemReporter` in the description): pixels a metre of the detector by
/// the magnification. Olympus SIS (33560): the calibration that its structure points to, which may
/// stand in a later page of the same size. TVIPS (37706): what EM-MENU tells of microscope, camera
/// and exposure; the pixel size is in the resolution fields, too. Hamamatsu HPD-TA: axes of
/// wavelength and time are named in a warning. A size that the image's own contradicts is not
/// taken, with a warning.
///
/// `info.size` is that of the image. Damaged tags are passed over.
void describe_maker(const File& file, const TiffChain& chain, const TiffDirectory& directory,
                    const std::string& description, RecordingInfo& info);

}  // namespace mote::io
