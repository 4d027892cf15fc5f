#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/picture.h"

namespace mote::report {

inline constexpr Rgb kBlackRgb{0, 0, 0};
inline constexpr Rgb kWhite{255, 255, 255};

/// How a line is drawn: anti-aliased, with round ends.
struct Stroke {
  Rgb colour = kWhite;
  double width_px = 1.5;
  double opacity = 1;
};

/// Lines gathered before they are drawn, so that where they meet or cross no pixel is covered
/// twice: each pixel takes the line that covers it most.
class StrokeLayer {
 public:
  explicit StrokeLayer(Size size);

  void line(Point from, Point to, const Stroke& stroke);
  void polyline(std::span<const Point> points, const Stroke& stroke, bool closed = false);
  void ring(Point centre, double radius_px, const Stroke& stroke);

  /// Blends the gathered lines over `picture`, which has the layer's size.
  void draw_on(Picture& picture) const;

 private:
  Size size_;
  Grid<Rgb> colours_;
  Grid<uint8_t> coverage_;
};

/// Mixes `colour` into the pixels of `box` that lie inside the picture.
void fill(Picture& picture, Box box, Rgb colour, double opacity = 1);

/// Copies `source` so that its first pixel lands at (y, x); what falls outside is cut off.
void paste(Picture& picture, const Picture& source, int64_t y, int64_t x);

/// The picture reduced by area averaging until its longer side is at most `side_px`; never
/// enlarged.
Picture shrink(const Picture& picture, int64_t side_px);

enum class Align { kLeft, kCentre, kRight };

struct TextStyle {
  double height_px = 14;  ///< size of the font: about 1.4 times the height of a capital
  Rgb colour = kWhite;
  Rgb halo = kBlackRgb;  ///< drawn around the letters, so that any ground will do
  double halo_px = 0;    ///< width of the halo; 0 for none
  Align align = Align::kLeft;
  double opacity = 1;
};

/// Draws UTF-8 text in DejaVu Sans; `baseline` is where its first (kLeft), middle (kCentre) or
/// last (kRight) letter stands on the line. Letters that the font lacks become boxes, broken UTF-8
/// becomes U+FFFD. Thread-safe.
void draw_text(Picture& picture, Point baseline, std::string_view text, const TextStyle& style);

/// How wide `text` becomes at this height of the font. Thread-safe.
double text_width(std::string_view text, double height_px);

/// The longest beginning of `text` that fits into `width_px`, with an ellipsis where it was cut.
std::string fit_text(std::string_view text, double height_px, double width_px);

/// The code points of UTF-8 text; U+FFFD where it is broken.
std::vector<char32_t> code_points(std::string_view text);

}  // namespace mote::report
