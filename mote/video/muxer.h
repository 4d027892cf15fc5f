#pragma once

#include <string>

#include "mote/video/libav.h"

namespace mote::video {

/// An MP4 file with one video stream, being written. The bytes depend on what is put in alone.
class Muxer {
 public:
  /// `index_first` (faststart) lets a browser play before all is loaded.
  /// Throws kResource where the file cannot be made.
  Muxer(const std::string& path, const AVCodecParameters& parameters, AVRational frame_rate,
        bool index_first);

  /// `packet` has its times in `time_base`.
  /// Throws kResource where the disk is full.
  void write(AVPacket& packet, AVRational time_base);

  /// Writes the index, syncs and closes; without it the file is no video.
  /// Throws kResource where that fails.
  void close();

 private:
  void check(int code) const;

  std::string path_;
  OutputPtr container_;
};

}  // namespace mote::video
