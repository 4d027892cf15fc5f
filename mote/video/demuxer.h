#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mote/video/libav.h"

namespace mote::video {

/// What is known of a compressed packet without decoding it.
struct PacketInfo {
  int64_t dts = AV_NOPTS_VALUE;
  int64_t pts = AV_NOPTS_VALUE;
  bool key = false;   ///< decoding can start here
  bool shown = true;  ///< false: cut away by an edit list, hidden, or empty
};

/// The video stream of a container, as packets in decoding order.
class Demuxer {
 public:
  /// Throws kNotFound, kBadFile, or kUnsupported where the file holds no video.
  explicit Demuxer(const std::string& path);

  const AVFormatContext& container() const { return *container_; }
  const AVStream& stream() const { return *container_->streams[stream_]; }

  /// The packets by the container's own index, without presentation times; nothing where it has
  /// none, or an incomplete one.
  const std::optional<std::vector<PacketInfo>>& indexed() const { return indexed_; }

  /// Reads all packets from the first on; the next to be read is then the first again.
  std::vector<PacketInfo> scan();

  /// The next packet, or false at the end of the file.
  bool next(AVPacket& packet);

  /// Goes back to the first packet.
  void rewind();

  /// Goes to the keyframe with this decoding time, or somewhere before it; false where the
  /// container cannot.
  bool seek(int64_t dts);

 private:
  void open();
  void find_indexed();

  std::string path_;
  InputPtr container_;
  int stream_ = 0;
  std::optional<std::vector<PacketInfo>> indexed_;
};

}  // namespace mote::video
