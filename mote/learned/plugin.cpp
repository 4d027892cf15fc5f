#include "mote/core/plugin.h"

#include "mote/core/version.h"
#include "mote/nn/threads.h"

extern "C" const mote::PluginHeader* mote_learned_plugin() {
  static const mote::PluginHeader plugin = [] {
    mote::nn::set_threads(0);
    return mote::PluginHeader{.abi = mote::kPluginAbi, .version = mote::version()};
  }();
  return &plugin;
}
