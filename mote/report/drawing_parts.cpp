#include "mote/report/drawing_parts.h"

#include <cmath>

#include <fmt/format.h>

#include "mote/report/canvas.h"

namespace mote::report {

std::string short_number(double value) {
  const double rounded = std::round(value * 100) / 100;
  return fmt::format("{:.10g}", rounded == 0 ? 0.0 : rounded);
}

std::map<Face, std::set<char32_t>> letters_of(const Drawing& drawing) {
  std::map<Face, std::set<char32_t>> letters;
  for (const Layer& layer : drawing.layers) {
    for (const auto& item : layer.items) {
      if (const Words* words = std::get_if<Words>(&item)) {
        for (const TextRun& run : words->runs) {
          const auto points = code_points(run.text);
          letters[run.face].insert(points.begin(), points.end());
        }
      }
    }
  }
  return letters;
}

}  // namespace mote::report
