#include "mote/video/plugin.h"

#include "mote/core/version.h"
#include "mote/io/video_plugin.h"

extern "C" const mote::PluginHeader* mote_video_plugin() {
  static const mote::io::VideoPlugin plugin = [] {
    mote::io::VideoPlugin made;
    made.abi = mote::kPluginAbi;
    made.version = mote::version();
    made.open = mote::video::open_source;
    made.open_segment = mote::video::open_segment;
    made.join_segments = mote::video::join_segments;
    return made;
  }();
  return &plugin;
}
