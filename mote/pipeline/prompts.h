#pragma once

#include <string>

#include "mote/core/grid.h"

namespace mote::pipeline {

/// Reads `--point`: `x=..,y=..` in pixels of the field, in any order.
/// Throws kUsage where the text is no such thing: bare lists of numbers are refused, for some
/// programs mean (x, y) by them and some (y, x).
Point parse_point(const std::string& text);

/// Reads `--box`: `x0=..,y0=..,x1=..,y1=..` in any order: the first pixel of the box and the one
/// after its last. Throws kUsage likewise, and where the box is empty.
Box parse_box(const std::string& text);

}  // namespace mote::pipeline
