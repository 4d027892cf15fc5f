#pragma once

#include <map>
#include <set>
#include <string>

#include "mote/report/drawing.h"

/// What the writers of drawings share; nothing for users of the library.
namespace mote::report {

/// A length or coordinate, to a hundredth, in as few letters as it takes.
std::string short_number(double value);

/// The letters that a drawing needs of each face.
std::map<Face, std::set<char32_t>> letters_of(const Drawing& drawing);

}  // namespace mote::report
