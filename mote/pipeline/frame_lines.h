#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mote::pipeline {

/// A text file whose lines are told of frames, in order of frame: remembers where those of each
/// frame are, so that a file larger than memory can be read frame by frame.
class FrameLines {
 public:
  /// The frame that a line is of; none for headers and the like.
  using FrameOf = std::function<std::optional<int64_t>(std::string_view line)>;

  /// Reads the file once, a line at a time.
  /// Throws kNotFound, and kBadFile, with the path in front, where frames are out of order.
  FrameLines(std::string path, const FrameOf& frame_of);

  const std::string& path() const { return path_; }
  const std::string& first_line() const { return first_line_; }

  /// All lines of `frame`, with their line ends; empty where it has none. Thread-safe.
  /// Throws kResource where the file cannot be read any more.
  std::string lines_of(int64_t frame) const;

 private:
  struct Block {
    int64_t begin = 0;
    int64_t bytes = 0;
  };

  std::string path_;
  std::string first_line_;
  std::vector<Block> blocks_;  // by frame
};

/// The number that a line begins with, as those of mote's CSV do with their frame.
std::optional<int64_t> leading_number(std::string_view line);

}  // namespace mote::pipeline
