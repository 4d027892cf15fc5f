#pragma once

#include <optional>

#include <nlohmann/json.hpp>

namespace mote::report {

/// A number of a page, with six significant digits: more than a plot shows, and a third of the
/// bytes of all of them. Null where it is not finite, or not known.
nlohmann::ordered_json page_number(double value);
nlohmann::ordered_json page_number(std::optional<double> value);

}  // namespace mote::report
