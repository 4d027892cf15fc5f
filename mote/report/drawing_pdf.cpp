#include <map>
#include <memory>

#include <fmt/format.h>
#include <libdeflate.h>

#include "mote/core/error.h"
#include "mote/core/version.h"
#include "mote/report/canvas.h"
#include "mote/report/drawing_parts.h"

namespace mote::report {
namespace {

std::string number(double value) {
  return short_number(value);
}

// zlib format, for /FlateDecode.
std::string deflated(const std::string& bytes) {
  constexpr int kLevel = 9;
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kLevel), &libdeflate_free_compressor);
  if (!compressor) {
    throw Error(ErrorKind::kResource, "no memory to compress a figure");
  }
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(),
                                      out.size()));
  return out;
}

// The objects of a document; numbers count from 1.
class Objects {
 public:
  int reserve() {
    bodies_.emplace_back();
    return static_cast<int>(bodies_.size());
  }
  void set(int number, std::string body) { bodies_.at(number - 1) = std::move(body); }
  int add(std::string body) {
    const int number = reserve();
    set(number, std::move(body));
    return number;
  }
  int add_stream(const std::string& bytes, const std::string& entries = "") {
    const std::string packed = deflated(bytes);
    return add(fmt::format("<</Length {}/Filter/FlateDecode{}>>\nstream\n{}\nendstream",
                           packed.size(), entries, packed));
  }

  std::string document(int catalog, int info) const {
    std::string out = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
    std::string table = fmt::format("xref\n0 {}\n0000000000 65535 f \n", bodies_.size() + 1);
    for (size_t i = 0; i < bodies_.size(); ++i) {
      table += fmt::format("{:010} 00000 n \n", out.size());
      out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, bodies_[i]);
    }
    return fmt::format("{}{}trailer\n<</Size {}/Root {} 0 R/Info {} 0 R>>\nstartxref\n{}\n%%EOF\n",
                       out, table, bodies_.size() + 1, catalog, info, out.size());
  }

 private:
  std::vector<std::string> bodies_;
};

std::string hex_text(std::string_view text) {  // a text string, UTF-16
  std::string out = "<FEFF";
  for (const char32_t letter : code_points(text)) {
    out += fmt::format("{:04X}", letter < 0x10000 ? static_cast<uint32_t>(letter) : 0xFFFDU);
  }
  return out + ">";
}

// ISO 32000-1, 9.10.3: from glyphs back to letters, so that text can be searched and copied.
std::string to_unicode(const FontSubset& font) {
  std::map<uint16_t, char32_t> letters;
  for (const auto& [letter, glyph] : font.glyphs) {
    letters.try_emplace(glyph, letter);
  }
  constexpr size_t kMostOfABlock = 100;
  std::string blocks;
  for (auto entry = letters.begin(); entry != letters.end();) {
    std::string block;
    size_t count = 0;
    for (; entry != letters.end() && count < kMostOfABlock; ++entry, ++count) {
      block +=
          fmt::format("<{:04X}><{:04X}>\n", entry->first, static_cast<uint32_t>(entry->second));
    }
    blocks += fmt::format("{} beginbfchar\n{}endbfchar\n", count, block);
  }
  return "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
         "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
         "/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
         "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n" +
         blocks + "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n";
}

// ISO 32000-1, 9.7: a composite font whose codes are the subset's glyphs.
int add_font(Objects& objects, Face face, const FontSubset& font) {
  const bool italic = face == Face::kItalic;
  const std::string name = italic ? "MOTEFI+LiberationSans-Italic" : "MOTEFR+LiberationSans";
  const int file =
      objects.add_stream(font.truetype, fmt::format("/Length1 {}", font.truetype.size()));
  constexpr int kNonsymbolic = 32;
  constexpr int kItalicFlag = 64;
  const int descriptor = objects.add(
      fmt::format("<</Type/FontDescriptor/FontName/{}/Flags {}/FontBBox[{} {} {} {}]/ItalicAngle {}"
                  "/Ascent {}/Descent {}/CapHeight 716/StemV 80/FontFile2 {} 0 R>>",
                  name, kNonsymbolic + (italic ? kItalicFlag : 0), font.x_min, font.y_min,
                  font.x_max, font.y_max, italic ? -12 : 0, font.ascent, font.descent, file));
  std::string widths;
  for (const int width : font.widths) {
    widths += fmt::format("{} ", width);
  }
  const int descendant = objects.add(
      fmt::format("<</Type/Font/Subtype/CIDFontType2/BaseFont/{}/CIDSystemInfo<</Registry(Adobe)"
                  "/Ordering(Identity)/Supplement 0>>/FontDescriptor {} 0 R/W[0[{}]]"
                  "/CIDToGIDMap/Identity>>",
                  name, descriptor, widths));
  const int unicode = objects.add_stream(to_unicode(font));
  return objects.add(
      fmt::format("<</Type/Font/Subtype/Type0/BaseFont/{}/Encoding/Identity-H"
                  "/DescendantFonts[{} 0 R]/ToUnicode {} 0 R>>",
                  name, descendant, unicode));
}

// The page's content, and what it needs of the page's resources.
class Content {
 public:
  Content(const Drawing& drawing, const std::map<Face, FontSubset>& fonts)
      : height_(drawing.height_pt), fonts_(fonts) {
    text_ += "1 j\n";
    for (const Layer& layer : drawing.layers) {
      text_ += "q\n";
      if (layer.clip) {
        text_ += fmt::format("{} {} {} {} re W n\n", number(layer.clip->corner.x_pt),
                             y(layer.clip->corner.y_pt + layer.clip->height_pt),
                             number(layer.clip->width_pt), number(layer.clip->height_pt));
      }
      for (const auto& item : layer.items) {
        std::visit([this](const auto& one) { add(one); }, item);
      }
      text_ += "Q\n";
    }
  }

  const std::string& text() const { return text_; }

  std::string graphics_states() const {
    std::string out;
    for (const auto& [key, index] : states_) {
      out += fmt::format("/G{}<</ca {}/CA {}>>", index, key.first, key.second);
    }
    return out;
  }

 private:
  std::string y(double from_top) const { return number(height_ - from_top); }

  static std::string colour(Rgb rgb, const char* operation) {
    const auto part = [](uint8_t value) { return fmt::format("{:.4g}", value / 255.0); };
    return fmt::format("{} {} {} {}\n", part(rgb.r), part(rgb.g), part(rgb.b), operation);
  }

  // Sets colours, opacity, width and dashes; returns the operator that paints.
  std::string paint(const std::optional<Ink>& fill, const std::optional<Pen>& stroke) {
    const std::pair<std::string, std::string> opacity{number(fill ? fill->opacity : 1),
                                                      number(stroke ? stroke->ink.opacity : 1)};
    const auto [state, fresh] = states_.try_emplace(opacity, states_.size());
    text_ += fmt::format("/G{} gs\n", state->second);
    if (fill) {
      text_ += colour(fill->colour, "rg");
    }
    if (stroke) {
      text_ += colour(stroke->ink.colour, "RG");
      std::string dashes;
      for (const double length : stroke->dash_pt) {
        dashes += number(length) + " ";
      }
      text_ += fmt::format("{} w [{}] 0 d\n", number(stroke->width_pt), dashes);
    }
    return fill && stroke ? "B\n" : (fill ? "f\n" : (stroke ? "S\n" : "n\n"));
  }

  void path(const std::vector<Place>& places, bool closed) {
    bool first = true;
    for (const Place& place : places) {
      text_ += fmt::format("{} {} {}\n", number(place.x_pt), y(place.y_pt), first ? "m" : "l");
      first = false;
    }
    text_ += closed ? "h\n" : "";
  }

  void disc(Place at, double r) {
    constexpr double kArc = 0.5523;  // control points of a quarter circle
    const double k = kArc * r;
    const auto curve = [&](double x1, double y1, double x2, double y2, double x3, double y3) {
      text_ +=
          fmt::format("{} {} {} {} {} {} c\n", number(at.x_pt + x1), y(at.y_pt + y1),
                      number(at.x_pt + x2), y(at.y_pt + y2), number(at.x_pt + x3), y(at.y_pt + y3));
    };
    text_ += fmt::format("{} {} m\n", number(at.x_pt + r), y(at.y_pt));
    curve(r, k, k, r, 0, r);
    curve(-k, r, -r, k, -r, 0);
    curve(-r, -k, -k, -r, 0, -r);
    curve(k, -r, r, -k, r, 0);
    text_ += "h\n";
  }

  void symbol(Symbol symbol, Place at, double r) {
    const double x = at.x_pt;
    const double y0 = at.y_pt;
    switch (symbol) {
      case Symbol::kDisc: disc(at, r); break;
      case Symbol::kSquare:
        path({{x - r, y0 - r}, {x + r, y0 - r}, {x + r, y0 + r}, {x - r, y0 + r}}, true);
        break;
      case Symbol::kTriangle:
        path({{x - r, y0 + r * 0.8}, {x + r, y0 + r * 0.8}, {x, y0 - r}}, true);
        break;
      case Symbol::kDiamond:
        path({{x - r, y0}, {x, y0 - r}, {x + r, y0}, {x, y0 + r}}, true);
        break;
      case Symbol::kCross:
        path({{x - r, y0 - r}, {x + r, y0 + r}}, false);
        path({{x - r, y0 + r}, {x + r, y0 - r}}, false);
        break;
    }
  }

  void add(const Shape& shape) {
    const std::string operation = paint(shape.fill, shape.stroke);
    path(shape.places, shape.closed);
    text_ += operation;
  }

  void add(const Symbols& symbols) {
    const std::string operation = paint(symbols.fill, symbols.stroke);
    for (const Place& place : symbols.places) {
      symbol(symbols.symbol, place, symbols.size_pt / 2);
    }
    text_ += operation;
  }

  void add(const Words& words) {
    paint(Ink{words.colour}, std::nullopt);
    text_ += "BT\n";
    for (const TextRun& run : words.runs) {
      const double along = run.shift_pt;
      const double up = run.rise_pt;
      const std::string matrix =
          words.upright ? fmt::format("0 1 -1 0 {} {} Tm", number(words.place.x_pt - up),
                                      y(words.place.y_pt - along))
                        : fmt::format("1 0 0 1 {} {} Tm", number(words.place.x_pt + along),
                                      y(words.place.y_pt - up));
      std::string glyphs;
      for (const char32_t letter : code_points(run.text)) {
        glyphs += fmt::format("{:04X}", fonts_.at(run.face).glyphs.at(letter));
      }
      text_ += fmt::format("/F{} {} Tf {} <{}> Tj\n", static_cast<int>(run.face),
                           number(run.size_pt), matrix, glyphs);
    }
    text_ += "ET\n";
  }

  double height_;
  const std::map<Face, FontSubset>& fonts_;
  std::map<std::pair<std::string, std::string>, size_t> states_;
  std::string text_;
};

}  // namespace

std::string pdf(const Drawing& drawing) {
  std::map<Face, FontSubset> fonts;
  for (const auto& [face, letters] : letters_of(drawing)) {
    fonts.emplace(face, subset(face, letters));
  }
  Objects objects;
  const int catalog = objects.reserve();
  const int pages = objects.reserve();
  const int info = objects.add(
      fmt::format("<</Title{}/Producer(mote {})>>", hex_text(drawing.title), version()));
  std::string font_names;
  for (const auto& [face, font] : fonts) {
    font_names += fmt::format("/F{} {} 0 R", static_cast<int>(face), add_font(objects, face, font));
  }
  const Content content(drawing, fonts);
  const int stream = objects.add_stream(content.text());
  const int page =
      objects.add(fmt::format("<</Type/Page/Parent {} 0 R/MediaBox[0 0 {} {}]/Contents {} 0 R"
                              "/Group<</S/Transparency/CS/DeviceRGB>>"
                              "/Resources<</Font<<{}>>/ExtGState<<{}>>>>>>",
                              pages, number(drawing.width_pt), number(drawing.height_pt), stream,
                              font_names, content.graphics_states()));
  objects.set(catalog, fmt::format("<</Type/Catalog/Pages {} 0 R>>", pages));
  objects.set(pages, fmt::format("<</Type/Pages/Kids[{} 0 R]/Count 1>>", page));
  return objects.document(catalog, info);
}

}  // namespace mote::report
