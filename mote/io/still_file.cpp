#include "mote/io/still_file.h"

#include "mote/core/error.h"

namespace mote::io {
namespace {

class StillFile : public FrameSource {
 public:
  StillFile(const std::string& path, const StillFormat& format)
      : format_(format), file_(path), info_(format.describe(file_)) {
    info_.frames = 1;
    info_.files = {path};
  }

  const RecordingInfo& info() const override { return info_; }

  Frame read(int64_t index) override {
    if (index != 0) {
      throw Error(ErrorKind::kUsage, "frame {}: a {} file holds one", index, info_.format);
    }
    Frame frame;
    frame.image = format_.decode(file_, info_);
    return frame;
  }

 private:
  StillFormat format_;
  File file_;
  RecordingInfo info_;
};

}  // namespace

std::unique_ptr<FrameSource> open_still(const std::string& path, const StillFormat& format) {
  return std::make_unique<StillFile>(path, format);
}

}  // namespace mote::io
