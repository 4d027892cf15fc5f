#include "mote/pipeline/info.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <tbb/task_arena.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "mote/io/stills.h"
#include "mote/pipeline/run_json.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;

// Rough costs of `mote track`, from docs/performance.md; other machines differ.
constexpr double kSecondsPerPixel = 60e-9;  // of one processor, without the overlay
constexpr double kSecondsPerFrame = 2e-3;
constexpr double kOverlaySecondsPerFrame = 20e-3;
constexpr int64_t kOverlayFrames = 2000;
constexpr double kBytesPerPixelInFlight = 40;  // images, labels and spectra of one frame
constexpr double kBaseBytes = 60e6;
constexpr double kOutputBytesPerPixel = 0.05;  // labels.tif, tables and journal, compressed
constexpr double kPictureBytesPerPixel = 0.2;  // of a noisy frame in video and report
constexpr double kMostVideoPixels = 1920.0 * 1080;
constexpr double kMostReportPixels = 640.0 * 640;
constexpr double kMostReportBytes = 15e6;

Json cost(const RecordingInfo& info) {
  const auto threads = static_cast<double>(tbb::this_task_arena::max_concurrency());
  const auto pixels = static_cast<double>(info.size.area());
  const auto frames = static_cast<double>(info.frames);
  const double overlays = std::min<double>(frames, kOverlayFrames);
  const double seconds = (frames * (pixels * kSecondsPerPixel + kSecondsPerFrame) +
                          overlays * kOverlaySecondsPerFrame) /
                         threads;
  const double video = overlays * kPictureBytesPerPixel * std::min(pixels, kMostVideoPixels);
  const double report = std::min(
      kMostReportBytes, frames * kPictureBytesPerPixel * std::min(pixels, kMostReportPixels));
  const double in_flight = 2 * threads + 12;  // frames, with those that the tracker holds back
  return {{"threads", static_cast<int64_t>(threads)},
          {"seconds", seconds},
          {"memory_bytes", kBaseBytes + in_flight * pixels * kBytesPerPixelInFlight / 4},
          {"disk_bytes", frames * pixels * kOutputBytesPerPixel + video + report}};
}

std::string bytes_text(double bytes) {
  return bytes >= 1e9 ? fmt::format("{:.1f} GB", bytes / 1e9)
                      : fmt::format("{:.0f} MB", bytes / 1e6);
}

std::string seconds_text(double seconds) {
  if (seconds < 90) {
    return fmt::format("{:.0f} s", std::max(1.0, seconds));
  }
  return seconds < 5400 ? fmt::format("{:.0f} min", seconds / 60)
                        : fmt::format("{:.1f} h", seconds / 3600);
}

std::string pixel_text(const Json& pixel) {
  if (pixel.is_null()) {
    return "not known: give --pixel-size, or sizes stay in px";
  }
  const double y = pixel.at("y_nm");
  const double x = pixel.at("x_nm");
  std::string text =
      y == x ? fmt::format("{:.6g} nm", y) : fmt::format("{:.6g} x {:.6g} nm (y by x)", y, x);
  if (!pixel.at("relative_uncertainty").is_null()) {
    text += fmt::format(" ± {:.3g} %", pixel.at("relative_uncertainty").get<double>() * 100);
  }
  return fmt::format("{} (from {})", text, pixel.at("source").get<std::string>());
}

std::string stamps_text(const Json& mean_s) {
  return mean_s.is_null() ? "time stamps in the frames"
                          : fmt::format("{:.6g} s on average, by time stamps in the frames",
                                        mean_s.get<double>());
}

std::string interval_text(const Json& interval, bool stamped, const Json& mean_s) {
  if (interval.is_null()) {
    return stamped ? stamps_text(mean_s)
                   : "not known: give --frame-interval, or times stay in frames";
  }
  return fmt::format("{:.6g} s (from {}){}", interval.at("seconds").get<double>(),
                     interval.at("source").get<std::string>(),
                     stamped ? "; taken are times: " + stamps_text(mean_s) : "");
}

// The recording, or of one of several channels or slices, of which none was chosen, the first.
Recording open_first(RecordingOptions options, std::vector<std::string>& warnings) {
  auto source = io::open_frames(options.path, {.channel = options.channel, .z = options.z});
  const RecordingInfo& found = source->info();
  const auto choose = [&](const char* what, const char* option, int64_t count,
                          std::optional<int64_t>& choice) {
    if (count > 1 && !choice) {
      choice = 0;
      warnings.push_back(fmt::format(
          "of its {} {} every other command takes one, by {} from 0 to {}; told is that of 0",
          count, what, option, count - 1));
      return true;
    }
    return false;
  };
  const bool channel = choose("channels", "--channel", found.channels, options.channel);
  const bool slice = choose("slices (z)", "--z", found.slices, options.z);
  return channel || slice ? Recording::open(options) : Recording::from(std::move(source), options);
}

// Seconds from one frame to the next by the stamps of the first and the last; null where one of
// them is missing or cannot be read.
Json mean_interval_s(const Recording& recording) {
  const int64_t last = recording.info().frames - 1;
  if (!recording.stamped() || last < 1) {
    return nullptr;
  }
  try {
    const auto from = recording.time_s(0);
    const auto to = recording.time_s(last);
    return from && to && *to > *from ? Json((*to - *from) / static_cast<double>(last))
                                     : Json(nullptr);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadFile) {
      throw;
    }
    return nullptr;
  }
}

/// A line a value, `key: value`; further lines of a text stand indented.
std::string metadata_text(const Json& metadata) {
  if (metadata.empty()) {
    return "\nthe file says nothing more\n";
  }
  std::string text = "\nall that the file says:\n";
  for (const auto& [key, value] : metadata.items()) {
    text += key + ": ";
    for (const char c : value.get<std::string>()) {
      if (c == '\n') {
        text += "\n    ";
      } else if (c != '\r') {
        text += c;
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace

Json describe(const RecordingOptions& options, bool all) {
  if (options.path.empty()) {
    throw Error(ErrorKind::kUsage, "no recording given: name a file, a folder or a glob of frames");
  }
  std::vector<std::string> warnings;
  const Recording recording = open_first(options, warnings);
  const RecordingInfo& info = recording.info();
  Json out = {{"path", options.path},        {"format", info.format},
              {"frames", info.frames},       {"height_px", info.size.height},
              {"width_px", info.size.width}, {"sample_type", std::string(name(info.type))},
              {"colour", info.colour},       {"channels", info.channels},
              {"slices", info.slices},       {"files", info.files.size()}};
  out.update(calibration_json(info));
  out["instrument"] = info.instrument;
  out["time_stamps"] = recording.stamped();
  out["mean_interval_s"] = mean_interval_s(recording);
  out["cost"] = cost(info);
  warnings.insert(warnings.end(), info.warnings.begin(), info.warnings.end());
  const auto difference = info.files.size() > 1 ? io::size_difference(info.files) : std::nullopt;
  out["one_size"] = !difference;
  if (difference) {
    warnings.push_back(
        fmt::format("the stills differ in size ({}): mote segment takes them, mote track does not",
                    *difference));
  }
  out["warnings"] = warnings;
  if (all) {
    out["metadata"] = info.metadata;
  }
  return out;
}

std::string to_text(const Json& d) {
  std::string text;
  const auto line = [&](std::string_view key, const std::string& value) {
    text += fmt::format("{:<16}{}\n", key, value);
  };
  const auto count = [&](const char* key) { return d.at(key).get<int64_t>(); };
  line("recording", d.at("path").get<std::string>());
  line("format", d.at("format").get<std::string>());
  line("frames", fmt::format("{}", count("frames")));
  line("size", fmt::format("{} x {} px (width x height), {}{}", count("width_px"),
                           count("height_px"), d.at("sample_type").get<std::string>(),
                           d.at("colour").get<bool>() ? ", colour turned into grey (BT.601)" : ""));
  if (count("channels") > 1 || count("slices") > 1) {
    line("channels, z", fmt::format("{}, {}", count("channels"), count("slices")));
  }
  line("pixel size", pixel_text(d.at("pixel_size")));
  const Json& interval = d.at("frame_interval");
  line("frame interval", interval_text(interval, d.at("time_stamps"), d.at("mean_interval_s")));
  if (!d.at("exposure_s").is_null()) {
    line("exposure", fmt::format("{:.6g} s", d.at("exposure_s").get<double>()));
  }
  for (const auto& [key, value] : d.at("instrument").items()) {
    line(key, value.get<std::string>());
  }
  const Json& cost = d.at("cost");
  line(d.at("one_size").get<bool>() ? "mote track" : "mote segment",
       fmt::format("about {}, {} of memory, {} on disk (rough, {} processors)",
                   seconds_text(cost.at("seconds")), bytes_text(cost.at("memory_bytes")),
                   bytes_text(cost.at("disk_bytes")), cost.at("threads").get<int64_t>()));
  for (const auto& warning : d.at("warnings")) {
    line("warning", warning.get<std::string>());
  }
  if (d.contains("metadata")) {
    text += metadata_text(d.at("metadata"));
  }
  return text;
}

}  // namespace mote::pipeline
