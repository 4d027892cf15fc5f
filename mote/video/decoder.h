#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mote/video/demuxer.h"

namespace mote::video {

/// Decodes the frames of a video stream in order of presentation, any frame at any time.
///
/// Packets are numbered in decoding order and carry their number through the decoder, so that every
/// decoded frame tells which one it is, whatever the container's time stamps say.
class Decoder {
 public:
  /// Throws as Demuxer, and kUnsupported where libavcodec has no decoder.
  explicit Decoder(const std::string& path);

  const Demuxer& demuxer() const { return demuxer_; }
  int64_t frames() const { return frames_; }

  /// The decoded frame, valid until the next call.
  /// Throws kBadFile where it is damaged, or depends on a damaged one.
  const AVFrame& decode(int64_t index);

 private:
  void open_codec();
  void find_palette();
  void add_palette(AVPacket& packet) const;
  void count();
  void learn_order();
  std::vector<int32_t> order_by_decoding();
  void set_order(std::vector<int32_t> order);
  int32_t start_for(int32_t packet) const;
  void go_to(int32_t packet);
  bool feed();
  bool receive();
  void set_stamps();
  int64_t stamp_of(int64_t pts, int64_t dts) const { return stamped_by_pts_ ? pts : dts; }
  int32_t number_of(const AVPacket& packet) const;
  int32_t rank_of(int32_t packet) const { return rank_[static_cast<size_t>(packet)]; }
  void mark_damaged(int32_t packet, std::string reason);
  void check_undamaged(int32_t packet);

  struct Damage {
    int32_t packet = 0;
    std::string reason;
  };

  Demuxer demuxer_;
  CodecPtr codec_;
  bool reports_damage_ = false;  // what libav reports as an error is damage to the frame
  PacketPtr packet_;
  FramePtr frame_;
  int64_t frames_ = 0;
  std::vector<uint8_t> palette_;  // that came with the first packet alone, as in AVI

  std::vector<PacketInfo> packets_;
  // What a packet is known by after a seek: (time stamp, packet), ascending; empty where the stamps
  // are missing or repeat. Presentation times where there are any, for Matroska has no others.
  std::vector<std::pair<int64_t, int32_t>> stamps_;
  bool stamped_by_pts_ = false;
  bool order_known_ = false;
  std::vector<int32_t> order_;  // frame -> packet
  std::vector<int32_t> rank_;   // packet -> frame, or -1

  int32_t start_ = 0;     // packet that decoding began at
  int32_t next_ = 0;      // packet that comes next; -1 where a seek led to an unknown place
  int32_t held_ = -1;     // packet of the frame in frame_, or -1
  int32_t passed_ = -1;   // frame that was decoded before the one in frame_, or -1
  bool drained_ = false;  // the decoder has given all it had
  std::vector<Damage> damaged_;
};

}  // namespace mote::video
