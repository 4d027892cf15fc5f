#include "mote/pipeline/frame_lines.h"

#include <charconv>
#include <fstream>
#include <utility>

#include "mote/core/error.h"

namespace mote::pipeline {

std::optional<int64_t> leading_number(std::string_view line) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  return error == std::errc() && value >= 0 ? std::optional(value) : std::nullopt;
}

FrameLines::FrameLines(std::string path, const FrameOf& frame_of) : path_(std::move(path)) {
  std::ifstream in(path_, std::ios::binary);
  if (!in) {
    throw Error(ErrorKind::kNotFound, "{}: cannot be opened", path_);
  }
  int64_t begin = 0;
  int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    const int64_t bytes = static_cast<int64_t>(line.size()) + 1;
    if (++number == 1) {
      first_line_ = line;
    }
    if (const std::optional<int64_t> frame = frame_of(line)) {
      const auto last = static_cast<int64_t>(blocks_.size()) - 1;
      // A frame may well be without lines, but a number out of all proportion is no frame.
      if (*frame < last || *frame > last + begin + bytes) {
        throw Error(ErrorKind::kBadFile, "{}: line {}: is of frame {}, after frame {}", path_,
                    number, *frame, last);
      }
      blocks_.resize(static_cast<size_t>(*frame) + 1, Block{.begin = begin});
      blocks_.back().bytes = begin + bytes - blocks_.back().begin;
    }
    begin += bytes;
  }
}

std::string FrameLines::lines_of(int64_t frame) const {
  if (frame < 0 || frame >= static_cast<int64_t>(blocks_.size())) {
    return {};
  }
  const Block& block = blocks_[static_cast<size_t>(frame)];
  std::string lines(static_cast<size_t>(block.bytes), '\n');
  std::ifstream in(path_, std::ios::binary);
  in.seekg(block.begin);
  in.read(lines.data(), block.bytes);
  if (in.gcount() + 1 < block.bytes) {  // the last line of the file may lack its end
    throw Error(ErrorKind::kResource, "{}: frame {} cannot be read any more", path_, frame);
  }
  return lines;
}

}  // namespace mote::pipeline
