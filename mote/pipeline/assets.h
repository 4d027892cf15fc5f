#pragma once

#include <string_view>

/// Files that libmote carries inside it (cmake/embed.cmake).
namespace mote::pipeline::assets {

std::string_view models_toml();  ///< what is known of each network

}  // namespace mote::pipeline::assets
