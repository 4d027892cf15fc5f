#include "mote/core/learned_plugin.h"
#include "mote/core/version.h"
#include "mote/learned/bench.h"
#include "mote/learned/network_export.h"
#include "mote/learned/networks.h"
#include "mote/nn/models.h"
#include "mote/nn/threads.h"

extern "C" const mote::PluginHeader* mote_learned_plugin() {
  static const mote::LearnedPlugin plugin = [] {
    mote::nn::set_threads(0);
    mote::LearnedPlugin made;
    made.abi = mote::kPluginAbi;
    made.version = mote::version();
    made.networks = mote::nn::network_names;
    made.spec = mote::learned::spec;
    made.compare = mote::learned::compare;
    made.exported = mote::learned::exported;
    made.make_segmenter = mote::learned::make_segmenter;
    made.make_tracker = mote::learned::make_tracker;
    made.bench = mote::learned::bench;
    made.matrix_rate = mote::learned::matrix_rate;
    return made;
  }();
  return &plugin;
}
