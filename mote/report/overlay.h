#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/core/picture.h"

namespace mote::report {

/// Grey levels shown as black and as white; held over a recording, or it would flicker.
struct DisplayRange {
  double black = 0;
  double white = 255;

  bool operator==(const DisplayRange&) const = default;
};

/// The range between two percentiles of the image's grey levels, taken from at most 65,536 pixels
/// evenly spread over it; values that are not finite are left out.
DisplayRange display_range(const Grid<float>& image, double low_percent = 0.2,
                           double high_percent = 99.8);

/// The range to hold over several images: the medians of theirs. `ranges` must not be empty.
DisplayRange join(std::vector<DisplayRange> ranges);

struct OverlayOptions {
  int64_t max_height_px = 1080;  ///< larger frames are reduced by area averaging
  int64_t max_width_px = 1920;
  int64_t min_side_px = 480;  ///< smaller frames are enlarged by a whole factor
  double line_width_px = 0;   ///< of outlines; 0 follows the picture's size
  int64_t event_frames = 8;   ///< an event is marked so many frames before and after
  bool outlines = true;
  bool ids = true;
  bool scale_bar = true;
  bool clock = true;
  DisplayRange range;
  std::optional<PixelSize> pixel_size;     ///< without it the scale bar counts pixels
  std::optional<double> frame_interval_s;  ///< sets the decimals of the clock
};

/// One particle to draw: a label and who it is.
struct OverlayInstance {
  int32_t label = 0;
  std::vector<int32_t> tracks;  ///< final ids; empty in a still, which is coloured by label
  Point centroid;
  double ecd_px = 0;
};

/// Where a track was lately, oldest first, ending at the frame to draw.
struct Trail {
  int32_t track = 0;
  std::vector<Point> points;  ///< in camera pixels of the frame to draw

  bool operator==(const Trail&) const = default;
};

/// Remembers the last positions of every track in bounded memory.
class Trails {
 public:
  explicit Trails(int64_t frames = 20) : frames_(frames) {}

  /// The next frame. Positions are kept in the specimen's coordinates, so that a trail shows how a
  /// particle moved over the support and not how the stage drifted.
  void push(int64_t index, const std::vector<OverlayInstance>& instances, Point drift = {});

  /// The trails at the frame pushed last, in order of track.
  std::vector<Trail> now() const;

 private:
  struct Position {
    int64_t index = 0;
    Point specimen;
  };
  int64_t frames_;
  int64_t index_ = 0;
  Point drift_;
  std::map<int32_t, std::deque<Position>> positions_;
};

/// What is drawn of one frame.
struct OverlayFrame {
  const Grid<float>& image;
  const LabelImage& labels;
  std::vector<OverlayInstance> instances;
  int64_t index = 0;           ///< as events count
  int64_t recorded_frame = 0;  ///< as the clock shows it
  std::optional<double> time_s;
  std::vector<std::string> readings;  ///< of instruments, below the clock: `823 K`
  std::string caption;                ///< in place of the clock, for a still
  std::vector<Trail> trails;
  std::span<const Event> events;         ///< of the whole recording, in order of frame
  std::span<const Point> prompt_points;  ///< that a network was asked about, in frame pixels
  std::span<const Box> prompt_boxes;     ///< likewise
};

/// Draws frames with outlines, trails, prompts, events, scale bar and clock. Thread-safe: `draw`
/// changes nothing. Cost is linear in pixels of the frame and in particles.
class Overlay {
 public:
  Overlay(const OverlayOptions& options, Size frame);

  /// Of every picture it draws.
  Size size() const { return size_; }

  /// Throws kUsage where image or labels have another size than `frame` above.
  Picture draw(const OverlayFrame& frame) const;

 private:
  OverlayOptions options_;
  Size frame_;
  Size size_;
  double scale_ = 1;  // of the picture to the frame
};

/// A round length, 1, 2 or 5 times a power of ten, of at most `most`.
double round_length(double most);

/// `50 nm`, `2 µm`, `0.5 nm`: a length as a scale bar says it.
std::string length_text(double nm);

/// `contact 3 · 7`, `merge 3 + 7 → 9`: an event in words.
std::string event_text(const Event& event);

}  // namespace mote::report
