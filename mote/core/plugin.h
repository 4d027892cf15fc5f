#pragma once

#include <string>
#include <vector>

namespace mote {

/// What every plug-in's C entry point returns; a plug-in's own struct begins with it.
struct PluginHeader {
  int abi = 0;                    ///< must equal kPluginAbi
  const char* version = nullptr;  ///< must equal mote's
};

inline constexpr int kPluginAbi = 2;

/// Where plug-ins and mote's helper programs are looked for: beside libmote.so, then
/// MOTE_PLUGIN_DIR where that is set.
std::vector<std::string> plugin_folders();

/// Loads `libNAME.so` from the first of these folders that has it, once a process, and calls its
/// entry point `NAME_plugin`. Never unloads. Throws kUnsupported where it is missing or of another
/// build, naming the paths tried; kResource where memory does not suffice to load it.
const PluginHeader& load_plugin(const std::string& name);

}  // namespace mote
