#include "mote/pipeline/montage.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/disc.h"
#include "mote/core/error.h"
#include "mote/core/number_text.h"
#include "mote/io/csv.h"
#include "mote/io/picture_file.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/identity.h"
#include "mote/pipeline/label_input.h"
#include "mote/pipeline/options.h"
#include "mote/pipeline/recording.h"
#include "mote/report/canvas.h"
#include "mote/report/overlay.h"

namespace mote::pipeline {
namespace {

constexpr int64_t kGapPx = 6;
constexpr Rgb kMark{230, 159, 0};

struct Happening {
  int64_t frame_before = 0;
  int64_t frame = 0;
  std::set<int32_t> tracks;  // before and after
  Point specimen;
};

// What is shown of one frame.
struct Tile {
  int64_t frame = 0;
  std::optional<double> time_s;
  Grid<float> image;
  LabelImage labels;
};

template <typename Number>
Number number(const std::string& cell, const char* what) {
  const std::optional<Number> value = number_from<Number>(cell);
  if (!value) {
    throw Error(ErrorKind::kBadFile, "{} is '{}', expected a number", what, cell);
  }
  return *value;
}

std::set<int32_t> ids(const std::string& cell) {
  std::set<int32_t> found;
  for (size_t at = 0; at < cell.size();) {
    const size_t end = std::min(cell.find(';', at), cell.size());
    found.insert(number<int32_t>(cell.substr(at, end - at), "a track"));
    at = end + 1;
  }
  return found;
}

Happening find_event(const MontageOptions& options) {
  const std::string path = options.run + "/events.csv";
  if (!exists(path)) {
    throw Error(ErrorKind::kNotFound, "{}: is not there; only mote track tells events", path);
  }
  const auto rows = io::csv_cells(read_file(path), {"event", "frame_before", "frame", "tracks",
                                                    "children", "specimen_y_px", "specimen_x_px"});
  const auto found = std::find_if(rows.begin(), rows.end(), [&options](const auto& row) {
    return row[0] == std::to_string(options.event);
  });
  if (found == rows.end()) {
    throw Error(ErrorKind::kNotFound, "{}: has no event {}; it has {}", path, options.event,
                rows.empty() ? "none" : fmt::format("1 to {}", rows.size()));
  }
  Happening event{.frame_before = number<int64_t>((*found)[1], "frame_before"),
                  .frame = number<int64_t>((*found)[2], "frame"),
                  .tracks = ids((*found)[3]),
                  .specimen = {number<double>((*found)[5], "specimen_y_px"),
                               number<double>((*found)[6], "specimen_x_px")}};
  event.tracks.merge(ids((*found)[4]));
  return event;
}

std::map<int64_t, Point> drifts(const std::string& run) {
  std::map<int64_t, Point> found;
  const std::string path = run + "/drift.csv";
  if (exists(path)) {
    for (const auto& row :
         io::csv_numbers(read_file(path), {"frame", "drift_y_px", "drift_x_px"})) {
      found[std::llround(row[0])] = {row[1], row[2]};
    }
  }
  return found;
}

// The recording as the run used it.
RecordingOptions recording_of(const MontageOptions& options, const nlohmann::ordered_json& run) {
  Job job;
  const std::string command = run.value("command", "");
  job.command = command == "measure" ? Command::kMeasure : Command::kTrack;
  options_from_json(run.at("options"), job);
  job.recording.path =
      options.recording.empty() ? run.at("recording").value("path", "") : options.recording;
  if (!exists(job.recording.path) && job.recording.path.find('*') == std::string::npos) {
    throw Error(ErrorKind::kNotFound,
                "{}: the run's recording is not there any more; say where with --recording",
                job.recording.path);
  }
  return job.recording;
}

void require_same(const nlohmann::ordered_json& run, const Recording& recording,
                  const std::string& path) {
  const auto& claimed = run.at("recording");
  const int64_t frames = claimed.value("frames_used", int64_t{0}) +
                         static_cast<int64_t>(claimed.at("frames_left_out").size());
  const Size size{.height = claimed.value("height_px", int64_t{0}),
                  .width = claimed.value("width_px", int64_t{0})};
  const RecordingInfo& info = recording.info();
  if (info.frames != frames || info.size != size) {
    throw Error(ErrorKind::kUsage,
                "{}: {} frames of {} x {} px, but the run was made of {} frames of {} x {} px",
                path, info.frames, info.size.width, info.size.height, frames, size.width,
                size.height);
  }
  // A mask, a drift file or label images would count in the run's hash too.
  const auto& input = run.at("input");
  if (input.value("files", size_t{0}) == info.files.size()) {
    const bool full = input.value("hash_covers", "") == "full";
    const auto found = input_identity(info.files, full ? InputHash::kFull : InputHash::kSampled);
    if (found.at("hash") != input.at("hash")) {
      throw Error(ErrorKind::kUsage,
                  "{}: not what the run was made of: its name, its size or its content differs",
                  path);
    }
  }
}

std::vector<int64_t> frames_to_show(const MontageOptions& options, const Happening& event,
                                    int64_t frames) {
  std::set<int64_t> chosen;
  for (int64_t i = 0; i < options.before; ++i) {
    chosen.insert(event.frame_before - i * options.step);
  }
  for (int64_t i = 0; i < options.after; ++i) {
    chosen.insert(event.frame + i * options.step);
  }
  std::vector<int64_t> shown;
  for (const int64_t frame : chosen) {
    if (frame >= 0 && frame < frames) {
      shown.push_back(frame);
    }
  }
  return shown;
}

// The square that is shown, in specimen coordinates.
struct View {
  Point centre;
  int64_t side_px = 0;
};

// What the tracks cover in all frames to show.
class Extent {
 public:
  explicit Extent(const Happening& event)
      : tracks_(event.tracks), least_(event.specimen), most_(event.specimen) {}

  void add(const LabelImage& labels, Point drift) {
    for (int64_t y = 0; y < labels.height(); ++y) {
      const auto row = labels.row(y);
      for (int64_t x = 0; x < labels.width(); ++x) {
        if (row[x] > 0 && tracks_.contains(row[x])) {
          const Point at = Point{static_cast<double>(y), static_cast<double>(x)} - drift;
          least_ = {std::min(least_.y_px, at.y_px), std::min(least_.x_px, at.x_px)};
          most_ = {std::max(most_.y_px, at.y_px), std::max(most_.x_px, at.x_px)};
        }
      }
    }
  }

  View with_margin() const {
    constexpr double kLeastPx = 24;
    constexpr double kMargin = 1.4;
    const Point size = most_ - least_;
    const double side = std::max({kLeastPx, size.y_px * kMargin, size.x_px * kMargin});
    return {.centre = {(least_.y_px + most_.y_px) / 2, (least_.x_px + most_.x_px) / 2},
            .side_px = static_cast<int64_t>(std::ceil(side))};
  }

 private:
  const std::set<int32_t>& tracks_;
  Point least_;
  Point most_;
};

Box crop_of(const View& view, Point drift, Size size) {
  const int64_t height = std::min(view.side_px, size.height);
  const int64_t width = std::min(view.side_px, size.width);
  const auto y = std::llround(view.centre.y_px + drift.y_px) - height / 2;
  const auto x = std::llround(view.centre.x_px + drift.x_px) - width / 2;
  return {.y = std::clamp<int64_t>(y, 0, size.height - height),
          .x = std::clamp<int64_t>(x, 0, size.width - width),
          .height = height,
          .width = width};
}

template <typename T>
Grid<T> cropped(const Grid<T>& image, const Box& box) {
  Grid<T> out(box.size());
  for (int64_t y = 0; y < box.height; ++y) {
    for (int64_t x = 0; x < box.width; ++x) {
      out(y, x) = image(box.y + y, box.x + x);
    }
  }
  return out;
}

std::vector<report::OverlayInstance> instances_in(const LabelImage& labels) {
  std::map<int32_t, report::OverlayInstance> found;
  for (int64_t y = 0; y < labels.height(); ++y) {
    const auto row = labels.row(y);
    for (int64_t x = 0; x < labels.width(); ++x) {
      if (row[x] > 0) {
        found[row[x]] = {.label = row[x], .tracks = {row[x]}};
      }
    }
  }
  std::vector<report::OverlayInstance> instances;
  instances.reserve(found.size());
  for (auto& [label, instance] : found) {
    instances.push_back(std::move(instance));
  }
  return instances;
}

// A scale bar of a round length, at the lower left.
void draw_bar(Picture& picture, double scale, const std::optional<PixelSize>& pixel_size,
              const report::TextStyle& style) {
  const double per_px = pixel_size ? pixel_size->x_nm : 1;
  const double most = 0.4 * static_cast<double>(picture.width()) / scale * per_px;
  const double length = report::round_length(most);
  const auto width = std::llround(length / per_px * scale);
  const auto margin = std::llround(style.height_px * 0.5);
  const int64_t y = picture.height() - margin - 5;
  report::fill(picture, {.y = y - 1, .x = margin - 1, .height = 7, .width = width + 2},
               report::kBlackRgb, 0.6);
  report::fill(picture, {.y = y, .x = margin, .height = 5, .width = width}, report::kWhite);
  const std::string text =
      pixel_size ? report::length_text(length) : fmt::format("{:.6g} px", length);
  report::draw_text(picture,
                    {static_cast<double>(y) - style.height_px * 0.35, static_cast<double>(margin)},
                    text, style);
}

void draw_caption(Picture& picture, const Tile& tile, int decimals,
                  const report::TextStyle& style) {
  const double margin = style.height_px * 0.4;
  const std::string text = tile.time_s ? fmt::format("{:.{}f} s", *tile.time_s, decimals)
                                       : fmt::format("frame {}", tile.frame);
  report::draw_text(picture, {style.height_px + margin * 0.4, margin}, text, style);
  if (tile.time_s) {
    report::TextStyle right = style;
    right.align = report::Align::kRight;
    right.height_px *= 0.8;
    report::draw_text(
        picture, {style.height_px + margin * 0.4, static_cast<double>(picture.width()) - margin},
        fmt::format("frame {}", tile.frame), right);
  }
}

void draw_frame(Picture& picture) {
  constexpr int64_t kWidth = 4;
  const int64_t h = picture.height();
  const int64_t w = picture.width();
  for (const Box& side : {Box{0, 0, kWidth, w}, Box{h - kWidth, 0, kWidth, w}, Box{0, 0, h, kWidth},
                          Box{0, w - kWidth, h, kWidth}}) {
    report::fill(picture, side, kMark);
  }
}

Picture sheet_of(const std::vector<Picture>& pictures, int64_t columns) {
  const auto count = static_cast<int64_t>(pictures.size());
  columns = std::min(columns, count);
  const int64_t rows = (count + columns - 1) / columns;
  const Size tile = pictures.front().size();
  Picture sheet(
      {rows * tile.height + (rows - 1) * kGapPx, columns * tile.width + (columns - 1) * kGapPx},
      report::kWhite);
  for (int64_t i = 0; i < count; ++i) {
    report::paste(sheet, pictures[static_cast<size_t>(i)], i / columns * (tile.height + kGapPx),
                  i % columns * (tile.width + kGapPx));
  }
  return sheet;
}

void check_options(const MontageOptions& options) {
  const auto require = [](bool fine, const char* name, int64_t value, const char* range) {
    if (!fine) {
      throw Error(ErrorKind::kUsage, "--{} {}: expected {}", name, value, range);
    }
  };
  require(options.before >= 0 && options.before <= 100, "before", options.before, "0 to 100");
  require(options.after >= 0 && options.after <= 100, "after", options.after, "0 to 100");
  require(options.before + options.after > 0, "after", options.after, "1 where --before is 0");
  require(options.step >= 1 && options.step <= 1'000'000, "step", options.step, "1 to 1000000");
  require(options.columns >= 1 && options.columns <= 100, "columns", options.columns, "1 to 100");
  require(options.tile_px >= 64 && options.tile_px <= 2000, "tile-px", options.tile_px,
          "64 to 2000");
  require_free(options.output, options.force);
}

// Frames as the run counts them, from the recording less those that were left out.
std::vector<int64_t> sources_of(const nlohmann::ordered_json& run, const Recording& recording) {
  std::set<int64_t> left_out;
  for (const auto& frame : run.at("recording").at("frames_left_out")) {
    left_out.insert(frame.get<int64_t>());
  }
  std::vector<int64_t> sources;
  for (int64_t i = 0; i < recording.info().frames; ++i) {
    if (!left_out.contains(recording.recorded_index(i))) {
      sources.push_back(i);
    }
  }
  return sources;
}

// A run, opened to look at one of its events. One frame is in memory at a time, the crops apart.
class Montage {
 public:
  explicit Montage(const MontageOptions& options)
      : options_(options),
        run_(read_options_of_run(options.run + "/run.json")),
        event_(find_event(options)),
        chosen_(recording_of(options, run_)),
        recording_(Recording::open(chosen_)),
        labels_((require_same(run_, recording_, chosen_.path), options.run), chosen_, recording_),
        sources_(sources_of(run_, recording_)),
        drifts_(drifts(options.run)) {}

  std::vector<int64_t> frames() const {
    return frames_to_show(options_, event_, static_cast<int64_t>(sources_.size()));
  }

  Picture picture() {
    Extent extent(event_);
    for (const int64_t frame : frames()) {
      extent.add(labels_.read(source(frame)), drift(frame));
    }
    const View view = extent.with_margin();
    std::vector<Tile> tiles;
    std::vector<report::DisplayRange> ranges;
    for (const int64_t frame : frames()) {
      const Grid<float> image = to_float32(recording_.read(source(frame)).image);
      ranges.push_back(report::display_range(image));
      const Box crop = crop_of(view, drift(frame), image.size());
      tiles.push_back({.frame = frame,
                       .time_s = recording_.time_s(source(frame)),
                       .image = cropped(image, crop),
                       .labels = cropped(labels_.read(source(frame), image.size()), crop)});
    }
    std::vector<Picture> pictures;
    pictures.reserve(tiles.size());
    for (const Tile& tile : tiles) {
      pictures.push_back(drawn(tile, report::join(ranges), pictures.empty()));
    }
    return sheet_of(pictures, options_.columns);
  }

 private:
  int64_t source(int64_t frame) const { return sources_.at(static_cast<size_t>(frame)); }

  Point drift(int64_t frame) const {
    const auto found = drifts_.find(frame);
    return found == drifts_.end() ? Point{} : found->second;
  }

  // As many as tell two frames apart.
  int decimals() const {
    constexpr int kMost = 6;
    constexpr int kUnknown = 3;
    const auto& interval = recording_.info().frame_interval;
    return interval ? std::clamp(static_cast<int>(std::ceil(-std::log10(interval->seconds) - 1e-9)),
                                 0, kMost)
                    : kUnknown;
  }

  Picture drawn(const Tile& tile, const report::DisplayRange& range, bool first) const {
    constexpr int64_t kAnySize = 1 << 20;
    const report::OverlayOptions drawing{.max_height_px = kAnySize,
                                         .max_width_px = kAnySize,
                                         .min_side_px = options_.tile_px,
                                         .outlines = options_.outlines,
                                         .ids = false,
                                         .scale_bar = false,
                                         .clock = false,
                                         .range = range};
    Picture picture = report::Overlay(drawing, tile.image.size())
                          .draw({.image = tile.image,
                                 .labels = tile.labels,
                                 .instances = instances_in(tile.labels),
                                 .index = tile.frame});
    const report::TextStyle style{.height_px = static_cast<double>(picture.height()) / 13,
                                  .halo_px = 1.5};
    draw_caption(picture, tile, decimals(), style);
    if (first) {
      const double scale =
          static_cast<double>(picture.width()) / static_cast<double>(tile.image.width());
      draw_bar(picture, scale, recording_.info().pixel_size, style);
    }
    if (tile.frame == event_.frame) {
      draw_frame(picture);
    }
    return picture;
  }

  const MontageOptions& options_;
  nlohmann::ordered_json run_;
  Happening event_;
  RecordingOptions chosen_;
  Recording recording_;
  LabelInput labels_;
  std::vector<int64_t> sources_;  // indices in the recording, by frame of the run
  std::map<int64_t, Point> drifts_;
};

}  // namespace

MontageResult montage(const MontageOptions& options) {
  check_options(options);
  Montage montage(options);
  const std::vector<uint8_t> png = io::encode_png(montage.picture());
  write_file(options.output,
             std::string_view(reinterpret_cast<const char*>(png.data()), png.size()));
  return {.picture = options.output, .frames = montage.frames()};
}

}  // namespace mote::pipeline
