#include "mote/io/ctc.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>

#include "mote/core/error.h"
#include "mote/io/frame_number.h"

namespace mote::io {
namespace {

Track track_of(const std::string& line, int64_t number) {
  std::istringstream in(line);
  int64_t label = 0;
  int64_t parent = 0;
  Track track;
  std::string rest;
  const bool read =
      static_cast<bool>(in >> label >> track.first_frame >> track.last_frame >> parent);
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  if (!read || in >> rest || label < 1 || label > kMost || parent < 0 || parent > kMost ||
      track.first_frame < 0 || track.last_frame < track.first_frame ||
      track.last_frame >= kMostFrames) {
    throw Error(ErrorKind::kBadFile,
                "line {}: '{}', expected label, first frame, last frame and parent", number, line);
  }
  track.id = static_cast<int32_t>(label);
  if (parent != 0) {
    track.parents = {static_cast<int32_t>(parent)};
  }
  return track;
}

}  // namespace

std::vector<Track> ctc_tracks(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<Track> tracks;
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) {
      tracks.push_back(track_of(line, number));
    }
  }
  std::stable_sort(tracks.begin(), tracks.end(),
                   [](const Track& a, const Track& b) { return a.id < b.id; });
  const auto twice = std::adjacent_find(
      tracks.begin(), tracks.end(), [](const Track& a, const Track& b) { return a.id == b.id; });
  if (twice != tracks.end()) {
    throw Error(ErrorKind::kBadFile, "track {} has two lines, expected one", twice->id);
  }
  return tracks;
}

int64_t ctc_frame(const std::string& mask_file) {
  const std::string stem = std::filesystem::path(mask_file).stem().string();
  const size_t begin = stem.find_last_not_of("0123456789") + 1;
  if (begin == stem.size() || stem.size() - begin > 9) {
    throw Error(ErrorKind::kUnsupported, "{}: expected a frame number at the end of its name",
                mask_file);
  }
  const int64_t frame = std::stoll(stem.substr(begin));
  require_frame(frame);
  return frame;
}

}  // namespace mote::io
