#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <tuple>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_GLYPH_H
#include FT_STROKER_H

#include "mote/core/error.h"
#include "mote/report/assets.h"
#include "mote/report/canvas.h"

namespace mote::report {
namespace {

struct Glyph {
  Size size;
  int64_t top = 0;   // rows above the baseline
  int64_t left = 0;  // columns right of the pen
  std::vector<uint8_t> coverage;
};

// FreeType's objects serve one thread at a time; each thread that draws text has its own.
class Font {
 public:
  Font() {
    const std::string_view file = assets::dejavu_sans();
    FT_Library library = nullptr;
    if (FT_Init_FreeType(&library) != 0) {
      throw Error(ErrorKind::kResource, "FreeType does not start: out of memory?");
    }
    library_.reset(library);
    FT_Face face = nullptr;
    if (FT_New_Memory_Face(library, reinterpret_cast<const FT_Byte*>(file.data()),
                           static_cast<FT_Long>(file.size()), 0, &face) != 0) {
      throw Error(ErrorKind::kResource, "the built-in font cannot be read: out of memory?");
    }
    face_.reset(face);
  }

  double advance(char32_t letter, int height_64) {
    const auto [place, is_new] = advances_.try_emplace({letter, height_64});
    if (is_new && load(letter, height_64)) {
      place->second = static_cast<double>(face_->glyph->linearHoriAdvance) / 65536;
    }
    return place->second;
  }

  const Glyph& glyph(char32_t letter, int height_64, int halo_64) {
    const auto [place, is_new] = glyphs_.try_emplace({letter, height_64, halo_64});
    if (is_new) {
      place->second = render(letter, height_64, halo_64);
    }
    return place->second;
  }

 private:
  bool load(char32_t letter, int height_64) {
    FT_Set_Char_Size(face_.get(), 0, height_64, 72, 72);
    return FT_Load_Char(face_.get(), letter, FT_LOAD_TARGET_LIGHT | FT_LOAD_NO_BITMAP) == 0;
  }

  Glyph render(char32_t letter, int height_64, int halo_64) {
    Glyph result;
    FT_Glyph outline = nullptr;
    if (!load(letter, height_64) || FT_Get_Glyph(face_->glyph, &outline) != 0) {
      return result;
    }
    if (halo_64 > 0) {
      FT_Stroker stroker = nullptr;
      if (FT_Stroker_New(library_.get(), &stroker) == 0) {
        FT_Stroker_Set(stroker, halo_64, FT_STROKER_LINECAP_ROUND, FT_STROKER_LINEJOIN_ROUND, 0);
        FT_Glyph_StrokeBorder(&outline, stroker, false, true);
        FT_Stroker_Done(stroker);
      }
    }
    if (FT_Glyph_To_Bitmap(&outline, FT_RENDER_MODE_NORMAL, nullptr, true) == 0) {
      const auto* bitmap = reinterpret_cast<FT_BitmapGlyph>(outline);
      result.size = {bitmap->bitmap.rows, bitmap->bitmap.width};
      result.top = bitmap->top;
      result.left = bitmap->left;
      for (int64_t y = 0; y < result.size.height; ++y) {
        const uint8_t* row = bitmap->bitmap.buffer + y * bitmap->bitmap.pitch;
        result.coverage.insert(result.coverage.end(), row, row + result.size.width);
      }
    }
    FT_Done_Glyph(outline);
    return result;
  }

  struct FreeLibrary {
    void operator()(FT_Library library) const { FT_Done_FreeType(library); }
  };
  struct FreeFace {
    void operator()(FT_Face face) const { FT_Done_Face(face); }
  };
  std::unique_ptr<FT_LibraryRec_, FreeLibrary> library_;
  std::unique_ptr<FT_FaceRec_, FreeFace> face_;
  std::map<std::pair<char32_t, int>, double> advances_;
  std::map<std::tuple<char32_t, int, int>, Glyph> glyphs_;
};

Font& font() {
  thread_local Font font;
  return font;
}

int in_64ths(double px) {
  return static_cast<int>(std::lround(px * 64));
}

void blend(Picture& picture, const Glyph& glyph, int64_t y, int64_t x, Rgb colour, double opacity) {
  for (int64_t row = 0; row < glyph.size.height; ++row) {
    for (int64_t column = 0; column < glyph.size.width; ++column) {
      const int64_t to_y = y - glyph.top + row;
      const int64_t to_x = x + glyph.left + column;
      if (!picture.size().contains(to_y, to_x)) {
        continue;
      }
      const double alpha =
          opacity * glyph.coverage[static_cast<size_t>(row * glyph.size.width + column)] / 255;
      Rgb& pixel = picture(to_y, to_x);
      const auto mix = [alpha](uint8_t under, uint8_t over) {
        return static_cast<uint8_t>(std::lround(under + (over - under) * alpha));
      };
      pixel = {mix(pixel.r, colour.r), mix(pixel.g, colour.g), mix(pixel.b, colour.b)};
    }
  }
}

double width_of(const std::vector<char32_t>& letters, double height_px) {
  double width = 0;
  for (const char32_t letter : letters) {
    width += font().advance(letter, in_64ths(height_px));
  }
  return width;
}

}  // namespace

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> result;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xC2 ? 0
                          : lead < 0xE0 ? 2
                          : lead < 0xF0 ? 3
                          : lead < 0xF5 ? 4
                                        : 0;
    char32_t letter = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    bool sound = length > 0 && i + length <= text.size();
    for (size_t k = 1; sound && k < length; ++k) {
      const auto next = static_cast<uint8_t>(text[i + k]);
      sound = (next & 0xC0U) == 0x80U;
      letter = (letter << 6U) | (next & 0x3FU);
    }
    result.push_back(sound ? letter : U'\uFFFD');
    i += sound ? length : 1;
  }
  return result;
}

double text_width(std::string_view text, double height_px) {
  return width_of(code_points(text), height_px);
}

std::string fit_text(std::string_view text, double height_px, double width_px) {
  if (text_width(text, height_px) <= width_px) {
    return std::string(text);
  }
  const double room = width_px - text_width("…", height_px);
  size_t end = text.size();
  while (end > 0 && text_width(text.substr(0, end), height_px) > room) {
    --end;
    while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0U) == 0x80U) {
      --end;
    }
  }
  return std::string(text.substr(0, end)) + "…";
}

void draw_text(Picture& picture, Point baseline, std::string_view text, const TextStyle& style) {
  const std::vector<char32_t> letters = code_points(text);
  const int height_64 = in_64ths(style.height_px);
  const int halo_64 = in_64ths(style.halo_px);
  const double width = style.align == Align::kLeft ? 0 : width_of(letters, style.height_px);
  const double start = baseline.x_px - (style.align == Align::kCentre ? width / 2 : width);
  const int64_t y = std::llround(baseline.y_px);

  // All halos first: a halo never covers the letter before it.
  for (const bool is_halo : {true, false}) {
    if (is_halo && halo_64 == 0) {
      continue;
    }
    double x = start;
    for (const char32_t letter : letters) {
      const Glyph& glyph = font().glyph(letter, height_64, is_halo ? halo_64 : 0);
      blend(picture, glyph, y, std::llround(x), is_halo ? style.halo : style.colour, style.opacity);
      x += font().advance(letter, height_64);
    }
  }
}

}  // namespace mote::report
