#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "mote/core/picture.h"

namespace mote::report {

/// Seven colours that stay apart for every common kind of colour vision, on light and dark ground:
/// by search over sRGB, the least CIELAB difference between any two is 29 for full protanopia and
/// deuteranopia (Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of
/// color vision deficiency", IEEE TVCG 2009) and 49 for normal vision, at lightness 46 to 72.
std::span<const Rgb> palette();

/// Index into `palette()` of a track: the one rule for overlay, figures and report. It depends on
/// the id alone; ids that follow one another differ, and rows of equal length do not line up.
int64_t track_colour_index(int32_t id);

Rgb track_colour(int32_t id);

/// Of what a network was asked about, and of no track: the least CIELAB difference to `palette()`
/// is 25 for full protanopia and deuteranopia and 59 for normal vision, at lightness 97.
Rgb prompt_colour();

/// `#rrggbb`
std::string hex(Rgb colour);

}  // namespace mote::report
