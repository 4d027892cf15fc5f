#include "mote/core/calibration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "mote/core/error.h"

namespace mote {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

// Both the micro sign (U+00B5) and the Greek letter (U+03BC) are in use, as are the angstrom sign
// (U+212B) and the letter (U+00C5).
constexpr auto kLengths = std::to_array<Unit>({{"nm", 1},
                                               {"µm", 1e3},
                                               {"μm", 1e3},
                                               {"um", 1e3},
                                               {"micron", 1e3},
                                               {"microns", 1e3},
                                               {"micrometer", 1e3},
                                               {"nanometer", 1},
                                               {"Å", 0.1},
                                               {"Å", 0.1},
                                               {"A", 0.1},
                                               {"angstrom", 0.1},
                                               {"pm", 1e-3},
                                               {"mm", 1e6},
                                               {"cm", 1e7},
                                               {"m", 1e9},
                                               {"inch", 25.4e6},
                                               {"in", 25.4e6}});
constexpr auto kTimes = std::to_array<Unit>({{"s", 1},
                                             {"sec", 1},
                                             {"second", 1},
                                             {"seconds", 1},
                                             {"ms", 1e-3},
                                             {"msec", 1e-3},
                                             {"µs", 1e-6},
                                             {"μs", 1e-6},
                                             {"us", 1e-6},
                                             {"ns", 1e-9},
                                             {"min", 60},
                                             {"minute", 60},
                                             {"h", 3600},
                                             {"hour", 3600}});

template <size_t N>
std::optional<double> look_up(const std::array<Unit, N>& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) {
      return unit.factor;
    }
  }
  return std::nullopt;
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
}

// Takes a number off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  skip_spaces(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  skip_spaces(text);
  return value;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

// A positive time with its unit, or times a second; nothing where the text is none.
std::optional<double> duration_s(std::string_view text) {
  const std::optional<double> value = take_number(text);
  if (!value || *value <= 0) {
    return std::nullopt;
  }
  if (text == "fps" || text == "Hz") {
    return 1 / *value;
  }
  const std::optional<double> unit = seconds_per(text);
  return unit ? std::optional(*value * *unit) : std::nullopt;
}

}  // namespace

std::optional<double> nanometres_per(std::string_view unit) {
  return look_up(kLengths, unit);
}

std::optional<double> seconds_per(std::string_view unit) {
  return look_up(kTimes, unit);
}

PixelSize parse_pixel_size(std::string_view text, std::string source) {
  const Error wrong(ErrorKind::kUsage,
                    "pixel size '{}': expected a length with its unit, such as 0.21nm, 2.1Å, "
                    "0.21nm±2% or 0.20x0.21nm (y by x)",
                    text);
  std::string_view rest = text;
  const std::optional<double> first = take_number(rest);
  if (!first) {
    throw wrong;
  }
  std::optional<double> second;
  if (take(rest, "x") || take(rest, "×")) {
    second = take_number(rest);
    if (!second) {
      throw wrong;
    }
  }
  std::optional<double> uncertainty;
  const size_t plus_minus = std::min(rest.find("±"), rest.find("+-"));
  std::string_view unit = rest.substr(0, plus_minus);
  skip_spaces(unit);
  if (plus_minus != std::string_view::npos) {
    rest.remove_prefix(plus_minus + 2);  // both signs take two bytes
    uncertainty = take_number(rest);
    if (!uncertainty || rest != "%" || *uncertainty < 0 || *uncertainty >= 100) {
      throw wrong;
    }
    *uncertainty /= 100;
  }
  const std::optional<double> nanometres = nanometres_per(unit);
  if (!nanometres || *first <= 0 || second.value_or(1) <= 0) {
    throw wrong;
  }
  return {.y_nm = *first * *nanometres,
          .x_nm = second.value_or(*first) * *nanometres,
          .relative_uncertainty = uncertainty,
          .source = std::move(source)};
}

FrameInterval parse_frame_interval(std::string_view text, std::string source) {
  const std::optional<double> seconds = duration_s(text);
  if (!seconds) {
    throw Error(ErrorKind::kUsage,
                "frame interval '{}': expected a time with its unit, such as 40ms, 0.5s, 2min or "
                "25fps",
                text);
  }
  return {.seconds = *seconds, .source = std::move(source)};
}

double parse_exposure_s(std::string_view text) {
  const std::optional<double> seconds = duration_s(text);
  if (!seconds) {
    throw Error(ErrorKind::kUsage,
                "exposure '{}': expected a time with its unit, such as 40ms or 0.5s", text);
  }
  return *seconds;
}

}  // namespace mote
