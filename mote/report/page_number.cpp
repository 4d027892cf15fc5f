#include "mote/report/page_number.h"

#include <algorithm>
#include <cmath>

namespace mote::report {

using Json = nlohmann::ordered_json;

Json page_number(double value) {
  if (!std::isfinite(value)) {
    return nullptr;
  }
  if (value == 0 || std::abs(value) < 1e-300) {
    return 0;
  }
  const double digits = 5 - std::floor(std::log10(std::abs(value)));
  if (digits <= 0) {
    return value < 9e15 && value > -9e15 ? Json(std::llround(value)) : Json(value);
  }
  const double factor = std::pow(10, std::min(digits, 300.0));
  const double rounded = std::round(value * factor) / factor;
  return std::isfinite(rounded) ? Json(rounded) : Json(value);
}

Json page_number(std::optional<double> value) {
  return value ? page_number(*value) : Json(nullptr);
}

}  // namespace mote::report
