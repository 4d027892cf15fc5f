#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether a file that begins with these bytes is a series of FEI's TIA (`.ser`).
bool looks_like_ser(const std::string& leading_bytes);

/// Opens a SER file of FEI's TIA: images and series of images. `NAME.emi` beside `NAME_1.ser` adds
/// what it says of the microscope.
///
/// FEI, "TIA Series Data (ESD) file format"; Chris Boothroyd, "TIA reader" (er-c.org). Calibration
/// is in metres a pixel, and the last row comes first; of diffraction patterns it is in 1/m, told
/// by its size, and no pixel size. Stamps count whole seconds: they are taken where frames are 2 s
/// or more apart; else the frame interval is the EMI file's frame time, where the stamps agree with
/// it, or their mean over 50 s or more.
///
/// Throws kNotFound, kBadFile, or kUnsupported for spectra and complex numbers; the message does
/// not repeat the path.
std::unique_ptr<FrameSource> open_ser(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
