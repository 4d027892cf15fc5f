#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mote::report {

/// The two faces that figures are set in: Liberation Sans, whose letters are as wide as those of
/// Arial, which journals ask for.
enum class Face { kRegular, kItalic };

/// The part of a face that a document needs, as a TrueType file without hints.
///
/// OpenType specification 1.9 (tables cmap, glyf, head, hhea, hmtx, loca, maxp, name, OS/2, post).
/// The file names itself `mote figure`: its licence (SIL OFL 1.1) keeps the name Liberation for the
/// unchanged font.
struct FontSubset {
  std::string truetype;
  std::map<char32_t, uint16_t> glyphs;  ///< by code point; 0 is the box for what the face lacks
  std::vector<int> widths;              ///< by glyph, in thousandths of the font size
  int ascent = 0;                       ///< in thousandths of the font size, as those below
  int descent = 0;                      ///< below the line it is negative
  int x_min = 0;
  int y_min = 0;
  int x_max = 0;
  int y_max = 0;
};

/// The same letters give the same bytes. Thread-safe.
FontSubset subset(Face face, const std::set<char32_t>& letters);

/// How far a letter moves the pen, over the font size. Thread-safe.
double advance(Face face, char32_t letter);

/// Whether the face has the letter. Thread-safe.
bool has(Face face, char32_t letter);

}  // namespace mote::report
