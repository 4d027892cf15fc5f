#pragma once

#include <string_view>

/// Files that libmote carries inside it (cmake/embed.cmake).
namespace mote::report::assets {

std::string_view dejavu_sans();  ///< TrueType, as the next two
std::string_view liberation_sans();
std::string_view liberation_sans_italic();
std::string_view report_css();
std::string_view report_js();
std::string_view plots_js();
std::string_view sizes_js();
std::string_view curves_js();  ///< figures of a paper, to hover over
std::string_view lineage_js();
std::string_view uplot_css();
std::string_view uplot_js();

}  // namespace mote::report::assets
