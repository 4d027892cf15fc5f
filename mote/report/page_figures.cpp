#include "mote/report/page_figures.h"

#include <array>
#include <cstddef>
#include <utility>

#include "mote/report/colours.h"
#include "mote/report/drawing.h"
#include "mote/report/page_number.h"

namespace mote::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 10> kRaised = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
constexpr std::array<const char*, 10> kLowered = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
constexpr std::string_view kMinus = "\u2212";

std::string moved_digits(std::string_view text, const std::array<const char*, 10>& digits,
                         const char* minus) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with(kMinus)) {
      out += minus;
      text.remove_prefix(kMinus.size());
      continue;
    }
    if (text.front() >= '0' && text.front() <= '9') {
      out += digits.at(static_cast<size_t>(text.front() - '0'));
    } else {
      out += text.front();
    }
    text.remove_prefix(1);
  }
  return out;
}

std::string colour_text(FigureColour colour) {
  switch (colour) {  // those that a dark ground asks for in another shade
    case FigureColour::kBlack: return "text";
    case FigureColour::kGrey: return "muted";
    case FigureColour::kLightGrey: return "line";
    default: return hex(rgb(colour));
  }
}

std::string style_text(SeriesStyle style) {
  switch (style) {
    case SeriesStyle::kLine: return "line";
    case SeriesStyle::kSteps: return "steps";
    case SeriesStyle::kMarks: return "marks";
    case SeriesStyle::kFilled: return "filled";
  }
  return "";
}

Json numbers(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double value : values) {
    out.push_back(page_number(value));
  }
  return out;
}

Json axis_json(const FigureAxis& axis) {
  Json categories = Json::array();
  for (size_t i = 0; i < axis.categories.size(); ++i) {
    const bool noted = i < axis.category_notes.size();
    categories.push_back(axis.categories[i] +
                         (noted ? "\n" + page_text(axis.category_notes[i]) : ""));
  }
  return {{"label", page_text(axis.label)},   {"column", axis.column},
          {"log", axis.scale == Scale::kLog}, {"low", page_number(axis.low)},
          {"high", page_number(axis.high)},   {"categories", std::move(categories)}};
}

Json series_json(const Series& series) {
  Json out = {{"name", series.name},
              {"label", page_text(series.label)},
              {"style", style_text(series.style)},
              {"colour", colour_text(series.colour)},
              {"width", series.width_pt},
              {"opacity", series.opacity},
              {"dashed", series.dashed},
              {"x", numbers(series.x)},
              {"y", numbers(series.y)}};
  if (!series.low.empty()) {
    out["low"] = numbers(series.low);
    out["high"] = numbers(series.high);
  }
  return out;
}

}  // namespace

std::string page_text(std::string_view marked) {
  std::string out;
  while (!marked.empty()) {
    const bool raised = marked.starts_with("^{");
    const size_t end = raised || marked.starts_with("_{") ? marked.find('}') : std::string::npos;
    if (end != std::string::npos) {
      const std::string_view inner = marked.substr(2, end - 2);
      out += raised ? moved_digits(inner, kRaised, "⁻") : moved_digits(inner, kLowered, "₋");
      marked.remove_prefix(end + 1);
    } else {
      out += marked.front();
      marked.remove_prefix(1);
    }
  }
  return plain_text(out);
}

Json figures_json(std::span<const Figure> figures) {
  Json out = Json::array();
  for (const Figure& figure : figures) {
    Json panels = Json::array();
    for (const Panel& panel : figure.panels) {
      Json notes = Json::array();
      for (const std::string& note : panel.notes) {
        notes.push_back(page_text(note));
      }
      Json all = Json::array();
      for (const Series& series : panel.series) {
        all.push_back(series_json(series));
      }
      panels.push_back({{"x", axis_json(panel.x)},
                        {"y", axis_json(panel.y)},
                        {"notes", std::move(notes)},
                        {"series", std::move(all)}});
    }
    out.push_back(
        {{"name", figure.name}, {"caption", figure.caption}, {"panels", std::move(panels)}});
  }
  return out;
}

}  // namespace mote::report
