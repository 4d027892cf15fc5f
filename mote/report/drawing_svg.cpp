#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "mote/report/colours.h"
#include "mote/report/drawing_parts.h"
#include "mote/report/page_data.h"

namespace mote::report {
namespace {

std::string number(double value) {
  return short_number(value);
}

std::string fill_of(const std::optional<Ink>& fill) {
  if (!fill) {
    return R"( fill="none")";
  }
  const std::string opacity =
      fill->opacity < 1 ? fmt::format(R"( fill-opacity="{}")", number(fill->opacity)) : "";
  return fmt::format(R"( fill="{}"{})", hex(fill->colour), opacity);
}

std::string stroke_of(const std::optional<Pen>& pen) {
  if (!pen) {
    return "";
  }
  std::string text =
      fmt::format(R"( stroke="{}" stroke-width="{}")", hex(pen->ink.colour), number(pen->width_pt));
  if (pen->ink.opacity < 1) {
    text += fmt::format(R"( stroke-opacity="{}")", number(pen->ink.opacity));
  }
  std::string dashes;
  for (const double length : pen->dash_pt) {
    dashes += (dashes.empty() ? "" : ",") + number(length);
  }
  return dashes.empty() ? text : text + fmt::format(R"( stroke-dasharray="{}")", dashes);
}

std::string path_of(const std::vector<Place>& places, bool closed) {
  std::string path;
  for (const Place& place : places) {
    path += path.empty() ? 'M' : 'L';
    path += number(place.x_pt) + " " + number(place.y_pt);
  }
  return closed ? path + "Z" : path;
}

std::string symbol_path(const Symbols& symbols, Place at) {
  const double r = symbols.size_pt / 2;
  const double x = at.x_pt;
  const double y = at.y_pt;
  switch (symbols.symbol) {
    case Symbol::kDisc:
      return fmt::format("M{0} {1}a{2} {2} 0 1 0 {3} 0a{2} {2} 0 1 0 -{3} 0Z", number(x - r),
                         number(y), number(r), number(2 * r));
    case Symbol::kSquare:
      return path_of({{x - r, y - r}, {x + r, y - r}, {x + r, y + r}, {x - r, y + r}}, true);
    case Symbol::kTriangle:
      return path_of({{x - r, y + r * 0.8}, {x + r, y + r * 0.8}, {x, y - r}}, true);
    case Symbol::kDiamond: return path_of({{x - r, y}, {x, y - r}, {x + r, y}, {x, y + r}}, true);
    case Symbol::kCross:
      return path_of({{x - r, y - r}, {x + r, y + r}}, false) +
             path_of({{x - r, y + r}, {x + r, y - r}}, false);
  }
  return "";
}

std::string item_text(const Shape& shape) {
  return fmt::format(R"(<path d="{}"{}{}/>)", path_of(shape.places, shape.closed),
                     fill_of(shape.fill), stroke_of(shape.stroke));
}

std::string item_text(const Symbols& symbols) {
  std::string path;
  for (const Place& place : symbols.places) {
    path += symbol_path(symbols, place);
  }
  return fmt::format(R"(<path d="{}"{}{}/>)", path, fill_of(symbols.fill),
                     stroke_of(symbols.stroke));
}

std::string item_text(const Words& words) {
  const std::string place =
      words.upright
          ? fmt::format("translate({} {})rotate(-90)", number(words.place.x_pt),
                        number(words.place.y_pt))
          : fmt::format("translate({} {})", number(words.place.x_pt), number(words.place.y_pt));
  std::string text = fmt::format(R"(<text transform="{}" fill="{}">)", place, hex(words.colour));
  for (const TextRun& run : words.runs) {
    text += fmt::format(R"(<tspan x="{}" y="{}" font-size="{}"{}>{}</tspan>)", number(run.shift_pt),
                        number(-run.rise_pt), number(run.size_pt),
                        run.face == Face::kItalic ? R"( font-style="italic")" : "",
                        html_text(run.text));
  }
  return text + "</text>";
}

std::string fonts_of(const Drawing& drawing) {
  std::string css;
  for (const auto& [face, letters] : letters_of(drawing)) {
    const std::string bytes = subset(face, letters).truetype;
    css += fmt::format(
        "@font-face{{font-family:'mote figure';font-style:{};src:url(data:font/ttf;base64,{})}}\n",
        face == Face::kItalic ? "italic" : "normal",
        base64(std::vector<uint8_t>(bytes.begin(), bytes.end())));
  }
  return css;
}

}  // namespace

std::string svg(const Drawing& drawing) {
  constexpr double kMmPerPoint = 25.4 / 72;
  std::string text = fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="{}mm" height="{}mm" viewBox="0 0 {} {}">
<title>{}</title>
<style>
{}text{{font-family:'mote figure','Liberation Sans',Arial,Helvetica,sans-serif;white-space:pre}}
</style>
)",
      number(drawing.width_pt * kMmPerPoint), number(drawing.height_pt * kMmPerPoint),
      number(drawing.width_pt), number(drawing.height_pt), html_text(drawing.title),
      fonts_of(drawing));
  int clips = 0;
  for (const Layer& layer : drawing.layers) {
    if (layer.clip) {
      text += fmt::format(
          R"_(<clipPath id="c{0}"><rect x="{1}" y="{2}" width="{3}" height="{4}"/></clipPath>
<g clip-path="url(#c{0})" stroke-linejoin="round">
)_",
          ++clips, number(layer.clip->corner.x_pt), number(layer.clip->corner.y_pt),
          number(layer.clip->width_pt), number(layer.clip->height_pt));
    } else {
      text += "<g stroke-linejoin=\"round\">\n";
    }
    for (const auto& item : layer.items) {
      text += std::visit([](const auto& one) { return item_text(one); }, item) + "\n";
    }
    text += "</g>\n";
  }
  return text + "</svg>\n";
}

}  // namespace mote::report
