#include "mote/video/demuxer.h"

#include <cerrno>
#include <string_view>

namespace mote::video {
namespace {

// A header may claim any size; this is 16384 x 16384.
constexpr const char* kMaxPixels = "268435456";

// Damaged stretches that are passed over before the rest of a file is given up.
constexpr int kMaxDamagedReads = 1000;

class Options {
 public:
  ~Options() { av_dict_free(&options_); }
  Options() = default;
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  void set(const char* key, const char* value) { av_dict_set(&options_, key, value, 0); }
  AVDictionary** get() { return &options_; }

 private:
  AVDictionary* options_ = nullptr;
};

bool is_hidden(const AVPacket& packet, AVCodecID codec) {
  // RFC 6386, sec. 9.1: the fifth bit of a VP8 frame says that it is shown.
  return codec == AV_CODEC_ID_VP8 && packet.size > 0 && (packet.data[0] & 0x10) == 0;
}

}  // namespace

Demuxer::Demuxer(const std::string& path) : path_(path) {
  open();
}

void Demuxer::open() {
  silence_libav();
  forget_messages();
  Options options;
  // Nothing but the file itself is opened, whatever it refers to.
  options.set("protocol_whitelist", "file");
  options.set("format_whitelist", "avi,mov,mp4,m4a,3gp,3g2,mj2,gif,matroska,webm");
  AVFormatContext* opened = nullptr;
  const int code = avformat_open_input(&opened, file_url(path_).c_str(), nullptr, options.get());
  container_.reset(opened);
  if (code == AVERROR(ENOENT)) {
    throw Error(ErrorKind::kNotFound, "no such file");
  }
  if (code < 0) {
    throw Error(kind_of(code), "video container cannot be opened: {}", failure(code));
  }
  stream_ = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (stream_ < 0) {
    throw Error(ErrorKind::kUnsupported, "container {} holds no video stream",
                opened->iformat->long_name);
  }
  find_indexed();

  std::vector<AVDictionary*> dictionaries(opened->nb_streams);
  for (unsigned i = 0; i < opened->nb_streams; ++i) {
    if (static_cast<int>(i) != stream_) {
      opened->streams[i]->discard = AVDISCARD_ALL;
    }
    av_dict_set(&dictionaries[i], "max_pixels", kMaxPixels, 0);
  }
  const int probed = avformat_find_stream_info(opened, dictionaries.data());
  for (AVDictionary*& dictionary : dictionaries) {
    av_dict_free(&dictionary);
  }
  if (probed < 0) {
    throw Error(kind_of(probed), "video stream cannot be read: {}", failure(probed));
  }
}

// Only before packets are read: AVI without an index grows one as it is read.
void Demuxer::find_indexed() {
  AVStream* stream = container_->streams[stream_];
  const std::string_view name = container_->iformat->name;
  const int entries = avformat_index_get_entries_count(stream);
  if ((name != "avi" && !name.starts_with("mov")) || stream->nb_frames <= 0 ||
      entries < stream->nb_frames) {
    return;
  }
  indexed_.emplace();
  indexed_->reserve(static_cast<size_t>(entries));
  for (int i = 0; i < entries; ++i) {
    const AVIndexEntry* entry = avformat_index_get_entry(stream, i);
    indexed_->push_back({.dts = entry->timestamp,
                         .key = (entry->flags & AVINDEX_KEYFRAME) != 0,
                         .shown = entry->size > 0 && (entry->flags & AVINDEX_DISCARD_FRAME) == 0});
  }
}

std::vector<PacketInfo> Demuxer::scan() {
  rewind();
  std::vector<PacketInfo> packets;
  const PacketPtr packet = make_packet();
  while (next(*packet)) {
    packets.push_back({.dts = packet->dts,
                       .pts = packet->pts,
                       .key = (packet->flags & AV_PKT_FLAG_KEY) != 0,
                       .shown = packet->size > 0 && (packet->flags & AV_PKT_FLAG_DISCARD) == 0 &&
                                !is_hidden(*packet, stream().codecpar->codec_id)});
  }
  rewind();
  return packets;
}

bool Demuxer::next(AVPacket& packet) {
  int damaged = 0;
  while (true) {
    av_packet_unref(&packet);
    const int code = av_read_frame(container_.get(), &packet);
    if (code == AVERROR(ENOMEM)) {
      throw Error(ErrorKind::kResource, "no memory is left for a packet of video");
    }
    if (code == AVERROR_EOF || (code < 0 && ++damaged > kMaxDamagedReads)) {
      return false;
    }
    if (code >= 0 && packet.stream_index == stream_) {
      return true;
    }
  }
}

void Demuxer::rewind() {
  // Opening again is the only way back to the first packet that every container has.
  container_.reset();
  indexed_.reset();
  open();
}

bool Demuxer::seek(int64_t dts) {
  return av_seek_frame(container_.get(), stream_, dts, AVSEEK_FLAG_BACKWARD) >= 0;
}

}  // namespace mote::video
