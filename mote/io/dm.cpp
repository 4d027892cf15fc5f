#include "mote/io/dm.h"

#include <utility>

#include <fmt/format.h>

#include "mote/io/dm_image.h"
#include "mote/io/dm_tags.h"
#include "mote/io/raw_source.h"

namespace mote::io {

std::unique_ptr<FrameSource> open_dm(const std::string& path, const ReadOptions& options) {
  RawRecording recording = recording_in(path);
  const DmTags tags = read_dm_tags(*recording.files.front());
  RecordingInfo& info = recording.info;
  info.format = fmt::format("DM{}", tags.version);
  const DmImage image = choose_image(tags, info.warnings);
  recording.format = image.format;
  recording.images = image.images;
  recording.is_volume = calibrate(image, info.format, info);
  describe(tags, image, info);
  recording.place = [offset = image.offset, bytes = image.format.bytes()](int64_t index) {
    return RawPlace{.offset = offset + index * bytes};
  };
  return make_raw_source(std::move(recording), options);
}

}  // namespace mote::io
