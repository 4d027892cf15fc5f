#include "mote/pipeline/frame_names.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>

namespace mote::pipeline {

FrameNames::FrameNames(const Recording& recording) : recording_(recording) {
  const std::vector<std::string>& files = recording.info().files;
  if (static_cast<int64_t>(files.size()) != recording.recorded_frames()) {
    return;
  }
  std::set<std::string> met;
  for (const std::string& file : files) {
    stills_.push_back(std::filesystem::path(file).stem().string());
    met.insert(stills_.back());
  }
  if (met.size() < stills_.size()) {
    for (size_t i = 0; i < stills_.size(); ++i) {
      stills_[i] = fmt::format("{:06}_{}", i, stills_[i]);
    }
  }
}

std::string FrameNames::operator()(int64_t source_index) const {
  const int64_t recorded = recording_.recorded_index(source_index);
  return stills_.empty() ? fmt::format("frame_{:06}", recorded)
                         : stills_[static_cast<size_t>(recorded)];
}

}  // namespace mote::pipeline
