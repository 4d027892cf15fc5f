#include "mote/report/drawing.h"

#include <algorithm>

#include "mote/report/canvas.h"

namespace mote::report {
namespace {

constexpr double kSmall = 0.7;     // of raised and lowered letters to the others
constexpr double kRaised = 0.36;   // of the font size, above the line
constexpr double kLowered = 0.18;  // below it

double run_width(const TextRun& run) {
  double width = 0;
  for (const char32_t letter : code_points(run.text)) {
    width += advance(run.face, letter) * run.size_pt;
  }
  return width;
}

// Splits marked text into runs that are not yet placed along the line.
std::vector<TextRun> split(std::string_view text, double size_pt) {
  std::vector<TextRun> runs;
  TextRun run{.size_pt = size_pt};
  const auto flush = [&] {
    if (!run.text.empty()) {
      runs.push_back(run);
      run.text.clear();
    }
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const bool script = (text[i] == '^' || text[i] == '_') && text.substr(i + 1).starts_with('{');
    if (text[i] == '\\' && i + 1 < text.size()) {
      run.text += text[++i];
    } else if (text[i] == '*') {
      flush();
      run.face = run.face == Face::kRegular ? Face::kItalic : Face::kRegular;
    } else if (script) {
      flush();
      run.size_pt = size_pt * kSmall;
      run.rise_pt = size_pt * (text[i] == '^' ? kRaised : -kLowered);
      ++i;
    } else if (text[i] == '}' && run.rise_pt != 0) {
      flush();
      run.size_pt = size_pt;
      run.rise_pt = 0;
    } else {
      run.text += text[i];
    }
  }
  flush();
  return runs;
}

}  // namespace

std::vector<TextRun> markup(std::string_view text, double size_pt) {
  std::vector<TextRun> runs = split(text, size_pt);
  double at = 0;
  for (TextRun& run : runs) {
    run.shift_pt = at;
    at += run_width(run);
  }
  return runs;
}

double width_pt(const std::vector<TextRun>& runs) {
  return runs.empty() ? 0 : runs.back().shift_pt + run_width(runs.back());
}

std::string plain_text(std::string_view marked) {
  std::string text;
  for (const TextRun& run : split(marked, 1)) {
    text += run.text;
  }
  return text;
}

}  // namespace mote::report
