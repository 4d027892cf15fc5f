#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "mote/report/figure.h"

namespace mote::report {

/// Figures for the page's script (assets/curves.js): their panels, axes and series, with texts
/// that need no markup.
nlohmann::ordered_json figures_json(std::span<const Figure> figures);

/// Marked text with raised and lowered digits as letters of their own: `nm^{2}` is `nm²`. What
/// Unicode cannot raise stays on the line.
std::string page_text(std::string_view marked);

}  // namespace mote::report
