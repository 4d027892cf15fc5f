#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mote/core/picture.h"
#include "mote/report/font.h"

namespace mote::report {

/// A place on a drawing, in points (1/72 inch) from its upper left corner, y down.
struct Place {
  double x_pt = 0;
  double y_pt = 0;

  bool operator==(const Place&) const = default;
};

struct Ink {
  Rgb colour;
  double opacity = 1;

  bool operator==(const Ink&) const = default;
};

struct Pen {
  Ink ink;
  double width_pt = 0.75;
  std::vector<double> dash_pt;  ///< lengths of dashes and gaps; empty for a whole line

  bool operator==(const Pen&) const = default;
};

/// Straight lines from place to place, filled, stroked or both.
struct Shape {
  std::vector<Place> places;
  bool closed = false;
  std::optional<Ink> fill;
  std::optional<Pen> stroke;
};

enum class Symbol { kDisc, kSquare, kTriangle, kDiamond, kCross };

/// The same symbol at many places.
struct Symbols {
  std::vector<Place> places;
  Symbol symbol = Symbol::kDisc;
  double size_pt = 3;  ///< diameter, or side
  std::optional<Ink> fill;
  std::optional<Pen> stroke;
};

/// Text of one face and size.
struct TextRun {
  std::string text;  ///< UTF-8
  Face face = Face::kRegular;
  double size_pt = 8;
  double shift_pt = 0;  ///< along the line, from the place of the text
  double rise_pt = 0;   ///< above the line

  bool operator==(const TextRun&) const = default;
};

/// A line of text that begins at `place`, level or (upright) from bottom to top.
struct Words {
  Place place;
  std::vector<TextRun> runs;
  Rgb colour;
  bool upright = false;
};

/// What is drawn outside `clip` is cut off.
struct Layer {
  struct Clip {
    Place corner;
    double width_pt = 0;
    double height_pt = 0;
  };
  std::optional<Clip> clip;
  std::vector<std::variant<Shape, Symbols, Words>> items;
};

/// A drawing of lines and text, on no ground: what SVG and PDF are written from.
struct Drawing {
  double width_pt = 0;
  double height_pt = 0;
  std::string title;  ///< for the file's metadata; not drawn
  std::vector<Layer> layers;
};

/// Runs of a line of text with marks: `*italic*`, `^{raised}`, `_{lowered}`; a sign after
/// `\` marks nothing.
std::vector<TextRun> markup(std::string_view text, double size_pt);

/// How far the runs reach along their line.
double width_pt(const std::vector<TextRun>& runs);

/// The text of marked text alone: `D[3,2] (nm^{2})` is `D[3,2] (nm2)`.
std::string plain_text(std::string_view marked);

/// An SVG 1.1 document whose text is text, in a subset of its font that it carries (CSS
/// `@font-face`). Programs that ignore such fonts take Liberation Sans or Arial, which are as wide.
/// No dates: the same drawing gives the same bytes.
std::string svg(const Drawing& drawing);

/// A PDF 1.4 document of one page whose text is text, in embedded subsets of its fonts. No dates
/// and no random numbers: the same drawing gives the same bytes.
///
/// ISO 32000-1, 2008.
std::string pdf(const Drawing& drawing);

}  // namespace mote::report
