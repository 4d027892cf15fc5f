#include "mote/video/decoder.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mote::video {
namespace {

constexpr int64_t kMaxPixels = int64_t{1} << 28;

bool has_property(AVCodecID codec, int property) {
  const AVCodecDescriptor* descriptor = avcodec_descriptor_get(codec);
  return descriptor != nullptr && (descriptor->props & property) != 0;
}

std::vector<int32_t> shown(const std::vector<PacketInfo>& packets) {
  std::vector<int32_t> numbers;
  for (size_t i = 0; i < packets.size(); ++i) {
    if (packets[i].shown) {
      numbers.push_back(static_cast<int32_t>(i));
    }
  }
  return numbers;
}

}  // namespace

Decoder::Decoder(const std::string& path)
    : demuxer_(path), packet_(make_packet()), frame_(make_frame()) {
  open_codec();
  if (demuxer_.stream().codecpar->format == AV_PIX_FMT_PAL8) {
    find_palette();
  }
  count();
}

void Decoder::open_codec() {
  const AVCodecParameters& parameters = *demuxer_.stream().codecpar;
  const AVCodec* decoder = avcodec_find_decoder(parameters.codec_id);
  if (decoder == nullptr) {
    throw Error(ErrorKind::kUnsupported, "video codec {}: libavcodec has no decoder for it here",
                avcodec_get_name(parameters.codec_id));
  }
  codec_.reset(avcodec_alloc_context3(decoder));
  if (codec_ == nullptr) {
    throw Error(ErrorKind::kResource, "no memory is left for a video decoder");
  }
  avcodec_parameters_to_context(codec_.get(), &parameters);
  codec_->pkt_timebase = demuxer_.stream().time_base;
  codec_->thread_count = 1;
  codec_->max_pixels = kMaxPixels;
  codec_->flags |= AV_CODEC_FLAG_BITEXACT;
  codec_->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER;
  // Of damage they decode across, codecs that reorder frames tell by decode_error_flags, those
  // without references only when asked to stop at it, the others by nothing but a report.
  const bool intra_only = has_property(parameters.codec_id, AV_CODEC_PROP_INTRA_ONLY);
  if (intra_only) {
    codec_->err_recognition |= AV_EF_EXPLODE;
  }
  reports_damage_ = !intra_only && !has_property(parameters.codec_id, AV_CODEC_PROP_REORDER);
  forget_messages();
  const int code = avcodec_open2(codec_.get(), decoder, nullptr);
  if (code < 0) {
    throw Error(kind_of(code), "video codec {} cannot be started: {}", decoder->name,
                failure(code));
  }
}

void Decoder::find_palette() {
  if (demuxer_.next(*packet_)) {
    size_t bytes = 0;
    const uint8_t* palette = av_packet_get_side_data(packet_.get(), AV_PKT_DATA_PALETTE, &bytes);
    palette_.assign(palette, palette + bytes);
  }
  demuxer_.rewind();
}

// A palette that changes on the way is known only where decoding passes the change.
void Decoder::add_palette(AVPacket& packet) const {
  if (palette_.empty() ||
      av_packet_get_side_data(&packet, AV_PKT_DATA_PALETTE, nullptr) != nullptr) {
    return;
  }
  uint8_t* palette = av_packet_new_side_data(&packet, AV_PKT_DATA_PALETTE, palette_.size());
  if (palette == nullptr) {
    throw Error(ErrorKind::kResource, "no memory is left to decode video");
  }
  std::ranges::copy(palette_, palette);
}

void Decoder::count() {
  const bool reorders = has_property(demuxer_.stream().codecpar->codec_id, AV_CODEC_PROP_REORDER);
  if (demuxer_.indexed()) {
    packets_ = *demuxer_.indexed();
    frames_ = static_cast<int64_t>(shown(packets_).size());
    // The index has no presentation times, so that the order of a codec that reorders is learned
    // when a frame is first asked for, by reading the file through.
    if (!reorders) {
      set_stamps();
      set_order(shown(packets_));
    }
    return;
  }
  packets_ = demuxer_.scan();
  learn_order();
  frames_ = static_cast<int64_t>(order_.size());
}

void Decoder::learn_order() {
  int64_t first_missing_dts = INT64_MAX;
  if (demuxer_.indexed()) {
    const std::vector<PacketInfo> promised = std::exchange(packets_, {});
    packets_ = demuxer_.scan();
    if (packets_.size() < promised.size()) {
      first_missing_dts = promised[packets_.size()].dts;
    }
  }
  set_stamps();
  std::vector<int32_t> order = shown(packets_);
  if (stamped_by_pts_) {
    // Frames near the end of a cut file have lost neighbours, and with them their place.
    std::erase_if(order, [&](int32_t packet) {
      return packets_[static_cast<size_t>(packet)].pts >= first_missing_dts;
    });
    std::ranges::stable_sort(
        order, {}, [&](int32_t packet) { return packets_[static_cast<size_t>(packet)].pts; });
  } else if (demuxer_.stream().codecpar->video_delay > 0) {
    order = order_by_decoding();
  }
  set_order(std::move(order));
}

void Decoder::set_stamps() {
  stamped_by_pts_ = std::ranges::all_of(
      packets_, [](const PacketInfo& packet) { return packet.pts != AV_NOPTS_VALUE; });
  stamps_.clear();
  for (size_t i = 0; i < packets_.size(); ++i) {
    stamps_.emplace_back(stamp_of(packets_[i].pts, packets_[i].dts), static_cast<int32_t>(i));
  }
  std::ranges::sort(stamps_);
  const auto stamp = &std::pair<int64_t, int32_t>::first;
  const bool missing = !stamps_.empty() && stamps_.front().first == AV_NOPTS_VALUE;
  if (missing || std::ranges::adjacent_find(stamps_, {}, stamp) != stamps_.end()) {
    stamps_.clear();
  }
}

std::vector<int32_t> Decoder::order_by_decoding() {
  std::vector<int32_t> order;
  rank_.assign(packets_.size(), -1);
  go_to(0);
  while (receive()) {
    order.push_back(held_);
  }
  std::vector<int32_t> sorted = order;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) {
    throw Error(
        ErrorKind::kUnsupported,
        "video {} has several frames in one packet (packed B-frames); copy it to MP4 with a "
        "tool that unpacks them",
        avcodec_get_name(demuxer_.stream().codecpar->codec_id));
  }
  return order;
}

void Decoder::set_order(std::vector<int32_t> order) {
  if (has_property(demuxer_.stream().codecpar->codec_id, AV_CODEC_PROP_INTRA_ONLY)) {
    // AVI need not say so.
    for (PacketInfo& packet : packets_) {
      packet.key = true;
    }
  }
  order_ = std::move(order);
  rank_.assign(packets_.size(), -1);
  for (size_t frame = 0; frame < order_.size(); ++frame) {
    rank_[static_cast<size_t>(order_[frame])] = static_cast<int32_t>(frame);
  }
  order_known_ = true;
  go_to(0);
}

const AVFrame& Decoder::decode(int64_t index) {
  if (!order_known_) {
    learn_order();
  }
  if (index >= static_cast<int64_t>(order_.size())) {
    throw Error(ErrorKind::kBadFile, "the file ends before this frame");
  }
  const int32_t wanted = order_[static_cast<size_t>(index)];
  const int32_t start = start_for(wanted);
  const bool begun = start_ <= start && start <= next_ && passed_ < index;
  if (held_ != wanted && !begun) {
    go_to(start);
  }
  while (!drained_ && (held_ < 0 || rank_of(held_) < index)) {
    receive();
  }
  check_undamaged(wanted);
  if (held_ != wanted) {
    throw Error(
        ErrorKind::kBadFile, "{}",
        drained_ ? "the file ends before this frame" : "the decoder gives no picture of it");
  }
  return *frame_;
}

// Frames that are shown before a keyframe but follow it in the file lean on the group before it.
int32_t Decoder::start_for(int32_t packet) const {
  for (int32_t start = packet; start > 0; --start) {
    const auto i = static_cast<size_t>(start);
    if (packets_[i].key && rank_[i] <= rank_[static_cast<size_t>(packet)]) {
      return start;
    }
  }
  return 0;
}

void Decoder::go_to(int32_t packet) {
  avcodec_flush_buffers(codec_.get());
  damaged_.clear();
  held_ = -1;
  passed_ = -1;
  drained_ = false;
  start_ = packet;
  if (packet != next_) {
    const PacketInfo& keyframe = packets_[static_cast<size_t>(packet)];
    const bool sought = packet > 0 && !stamps_.empty() &&
                        demuxer_.seek(keyframe.dts != AV_NOPTS_VALUE ? keyframe.dts : keyframe.pts);
    next_ = -1;
    if (!sought) {
      demuxer_.rewind();
      next_ = 0;
    }
  }
}

bool Decoder::feed() {
  while (demuxer_.next(*packet_)) {
    int32_t number = number_of(*packet_);
    if (next_ < 0 && (number < 0 || number > start_)) {
      demuxer_.rewind();
      next_ = 0;
      continue;
    }
    if (number >= static_cast<int32_t>(packets_.size())) {
      return false;
    }
    next_ = number + 1;
    if (number < start_ || packet_->size == 0) {
      continue;
    }
    if ((packet_->flags & AV_PKT_FLAG_CORRUPT) != 0) {
      mark_damaged(number, "the file ends within it");
    }
    if (number == start_) {
      add_palette(*packet_);
    }
    packet_->pts = number;
    packet_->dts = AV_NOPTS_VALUE;
    forget_messages();
    const int code = avcodec_send_packet(codec_.get(), packet_.get());
    if (code == AVERROR(ENOMEM)) {
      throw Error(ErrorKind::kResource, "no memory is left to decode video");
    }
    if (code < 0 || (reports_damage_ && has_message())) {
      mark_damaged(number, failure(code));
    }
    return true;
  }
  return false;
}

bool Decoder::receive() {
  if (held_ >= 0) {
    passed_ = rank_of(held_);
  }
  while (true) {
    held_ = -1;
    const int code = avcodec_receive_frame(codec_.get(), frame_.get());
    if (code == AVERROR_EOF) {
      drained_ = true;
      return false;
    }
    if (code == AVERROR(ENOMEM)) {
      throw Error(ErrorKind::kResource, "no memory is left to decode video");
    }
    if (code == AVERROR(EAGAIN)) {
      if (!feed()) {
        avcodec_send_packet(codec_.get(), nullptr);
      }
      continue;
    }
    if (code < 0) {
      mark_damaged(std::max(start_, next_ - 1), failure(code));
      continue;
    }
    if (frame_->pts < start_ || frame_->pts >= static_cast<int64_t>(packets_.size())) {
      continue;
    }
    held_ = static_cast<int32_t>(frame_->pts);
    if (frame_->decode_error_flags != 0 || (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
      mark_damaged(held_, failure(AVERROR_INVALIDDATA));
    }
    return true;
  }
}

// By counting, and by its time stamp after a seek or a damaged stretch.
int32_t Decoder::number_of(const AVPacket& packet) const {
  const int64_t stamp = stamp_of(packet.pts, packet.dts);
  if (next_ >= 0 && next_ < static_cast<int32_t>(packets_.size())) {
    const PacketInfo& expected = packets_[static_cast<size_t>(next_)];
    if (stamps_.empty() || stamp == stamp_of(expected.pts, expected.dts)) {
      return next_;
    }
  }
  const auto found = std::ranges::lower_bound(stamps_, std::pair(stamp, int32_t{0}));
  return found != stamps_.end() && found->first == stamp ? found->second : next_;
}

// Of the packets after the start, those shown before it lack what they lean on: no damage.
void Decoder::mark_damaged(int32_t packet, std::string reason) {
  if (packet > start_ && rank_of(packet) >= 0 && rank_of(packet) < rank_of(start_)) {
    return;
  }
  damaged_.push_back({.packet = packet, .reason = std::move(reason)});
}

void Decoder::check_undamaged(int32_t packet) {
  const int32_t start = start_for(packet);
  std::erase_if(damaged_, [&](const Damage& damage) { return damage.packet < start; });
  for (const Damage& damage : damaged_) {
    if (damage.packet == packet) {
      throw Error(ErrorKind::kBadFile, "cannot be decoded: {}", damage.reason);
    }
  }
  for (const Damage& damage : damaged_) {
    if (damage.packet < packet) {
      throw Error(ErrorKind::kBadFile, "cannot be decoded: it builds on a damaged frame");
    }
  }
}

}  // namespace mote::video
