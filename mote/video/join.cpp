#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "mote/video/demuxer.h"
#include "mote/video/muxer.h"
#include "mote/video/plugin.h"

namespace mote::video {
namespace {

bool same_stream(const AVStream& a, const AVStream& b) {
  const AVCodecParameters& p = *a.codecpar;
  const AVCodecParameters& q = *b.codecpar;
  return p.codec_id == q.codec_id && p.width == q.width && p.height == q.height &&
         p.extradata_size == q.extradata_size &&
         std::equal(p.extradata, p.extradata + p.extradata_size, q.extradata) &&
         av_cmp_q(a.avg_frame_rate, b.avg_frame_rate) == 0;
}

}  // namespace

void join_segments(const std::vector<std::string>& segments, const std::string& path) {
  if (segments.empty()) {
    throw Error(ErrorKind::kUsage, "no segments to join to {}", path);
  }
  const Demuxer first(segments.front());
  const AVRational rate = first.stream().avg_frame_rate;
  Muxer joined(path, *first.stream().codecpar, rate, true);
  const PacketPtr packet = make_packet();
  int64_t frames = 0;
  for (const std::string& segment : segments) {
    Demuxer source(segment);
    if (!same_stream(first.stream(), source.stream())) {
      throw Error(ErrorKind::kBadFile, "{} was encoded otherwise than {}", segment,
                  segments.front());
    }
    const AVRational time_base = source.stream().time_base;
    const int64_t offset = av_rescale_q(frames, av_inv_q(rate), time_base);
    const int64_t expected = frames + source.stream().nb_frames;
    while (source.next(*packet)) {
      packet->pts += offset;
      packet->dts += offset;
      joined.write(*packet, time_base);
      ++frames;
    }
    if (frames != expected) {
      throw Error(ErrorKind::kBadFile, "{} is cut short", segment);
    }
  }
  joined.close();
}

}  // namespace mote::video
