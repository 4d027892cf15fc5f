#include "mote/video/muxer.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace mote::video {
namespace {

void sync(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && (::fsync(file) == 0 || errno == EINVAL);
  const int code = errno;
  if (file >= 0) {
    ::close(file);
  }
  if (!synced) {
    throw Error(ErrorKind::kResource, "video {} cannot be written: {}", path, std::strerror(code));
  }
}

}  // namespace

Muxer::Muxer(const std::string& path, const AVCodecParameters& parameters, AVRational frame_rate,
             bool index_first)
    : path_(path) {
  silence_libav();
  forget_messages();
  AVFormatContext* made = nullptr;
  avformat_alloc_output_context2(&made, nullptr, "mp4", file_url(path).c_str());
  container_.reset(made);
  AVStream* stream = made == nullptr ? nullptr : avformat_new_stream(made, nullptr);
  if (stream == nullptr) {
    throw Error(ErrorKind::kResource, "no memory is left to write video");
  }
  container_->flags |= AVFMT_FLAG_BITEXACT;
  avcodec_parameters_copy(stream->codecpar, &parameters);
  stream->codecpar->codec_tag = 0;
  stream->time_base = av_inv_q(frame_rate);
  stream->avg_frame_rate = frame_rate;
  check(avio_open(&container_->pb, file_url(path).c_str(), AVIO_FLAG_WRITE));
  AVDictionary* options = nullptr;
  if (index_first) {
    av_dict_set(&options, "movflags", "+faststart", 0);
  }
  const int code = avformat_write_header(made, &options);
  av_dict_free(&options);
  check(code);
}

void Muxer::write(AVPacket& packet, AVRational time_base) {
  av_packet_rescale_ts(&packet, time_base, container_->streams[0]->time_base);
  packet.stream_index = 0;
  packet.pos = -1;
  check(av_write_frame(container_.get(), &packet));
}

void Muxer::close() {
  check(av_write_trailer(container_.get()));
  avio_flush(container_->pb);
  check(0);
  check(avio_closep(&container_->pb));
  sync(path_);
}

void Muxer::check(int code) const {
  if (code >= 0 && container_->pb != nullptr && container_->pb->error < 0) {
    code = container_->pb->error;
  }
  if (code < 0) {
    throw Error(ErrorKind::kResource, "video {} cannot be written: {}", path_, failure(code));
  }
}

}  // namespace mote::video
