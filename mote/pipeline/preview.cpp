#include "mote/pipeline/preview.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <set>

#include <nlohmann/json.hpp>
#include <opencv2/core/utility.hpp>
#include <tbb/parallel_for.h>

#include "mote/core/error.h"
#include "mote/imaging/filters.h"
#include "mote/imaging/regions.h"
#include "mote/io/picture_file.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/options.h"
#include "mote/pipeline/shell_text.h"
#include "mote/pipeline/sinks.h"
#include "mote/report/overlay.h"
#include "mote/report/preview_sheet.h"
#include "mote/segment/segmenter.h"
#include "mote/track/overlap.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<double, 3> kSigmaFactors = {0.5, 1, 2};
constexpr double kThresholdStep = 0.15;  // of the particles' contrast
constexpr double kLeastSigmaPx = 0.5;
constexpr int64_t kVariantSidePx = 384;  // of the piece of the field that variants show

// What the command finds in a frame that it knows no other of.
struct Found {
  Segmentation segmentation;
  LabelImage labels;  // of particles, which may have several regions
  int64_t particles = 0;
};

Found found_in(const Job& job, const segment::ThresholdOptions& options, const Grid<float>& image,
               const BinaryImage& excluded) {
  const auto segmenter = segment::make_threshold_segmenter(options);
  Segmentation segmentation = segment::segment_one(*segmenter, {image, excluded});
  if (job.command == Command::kSegment) {
    segmentation = imaging::join_necks(std::move(segmentation), job.still_join_ratio);
    LabelImage labels = segmentation.labels;
    const auto particles = std::ssize(segmentation.regions);
    return {std::move(segmentation), std::move(labels), particles};
  }
  const auto tracker = track::make_overlap_tracker(job.overlap, image.size());
  tracker->push({.index = 0, .time = 0, .image = image, .drift = {}},
                [&]() -> const Segmentation& { return segmentation; });
  track::TrackerOutput output = tracker->finish();
  track::TrackedFrame& frame = output.frames.front();
  return {std::move(segmentation), std::move(frame.labels), std::ssize(frame.instances)};
}

Picture drawn(const Grid<float>& image, const LabelImage& labels, const RecordingInfo& info,
              int64_t side_px, bool scale_bar) {
  const report::Overlay overlay({.max_height_px = side_px,
                                 .max_width_px = side_px,
                                 .min_side_px = 1,
                                 .ids = false,
                                 .scale_bar = scale_bar,
                                 .clock = false,
                                 .range = report::display_range(image),
                                 .pixel_size = info.pixel_size},
                                image.size());
  std::set<int32_t> present(labels.values().begin(), labels.values().end());
  present.erase(0);
  std::vector<report::OverlayInstance> instances;
  for (const int32_t label : present) {
    instances.push_back({.label = label, .tracks = {}, .centroid = {}});
  }
  static const Grid<uint8_t> no_coverage;
  return overlay.draw({.image = image,
                       .labels = labels,
                       .coverage = no_coverage,
                       .instances = std::move(instances),
                       .index = 0,
                       .recorded_frame = 0,
                       .time_s = {},
                       .trails = {},
                       .events = {}});
}

template <typename T>
Grid<T> piece(const Grid<T>& grid, Box box) {
  Grid<T> out(box.size());
  for (int64_t y = 0; y < box.height; ++y) {
    std::copy_n(grid.row(box.y + y) + box.x, box.width, out.row(y));
  }
  return out;
}

// A square of the field's middle.
Box middle(Size field) {
  const int64_t height = std::min(field.height, kVariantSidePx);
  const int64_t width = std::min(field.width, kVariantSidePx);
  return {.y = (field.height - height) / 2,
          .x = (field.width - width) / 2,
          .height = height,
          .width = width};
}

double median_contrast(const Segmentation& segmentation) {
  std::vector<double> contrasts;
  for (const Region& region : segmentation.regions) {
    contrasts.push_back(region.contrast);
  }
  if (contrasts.empty()) {
    return 0;
  }
  const auto half = contrasts.begin() + static_cast<std::ptrdiff_t>(contrasts.size() / 2);
  std::nth_element(contrasts.begin(), half, contrasts.end());
  return *half;
}

double value_or(const Segmentation& segmentation, const char* name, double otherwise) {
  const auto found = segmentation.values.find(name);
  return found == segmentation.values.end() ? otherwise : found->second;
}

std::vector<report::PreviewVariant> variants(const Job& job, const Grid<float>& image,
                                             const BinaryImage& excluded,
                                             const Segmentation& chosen,
                                             const RecordingInfo& info) {
  const double sigma =
      std::max(kLeastSigmaPx, value_or(chosen, "sigma_px", job.threshold.sigma_px));
  const double threshold = value_or(chosen, "threshold", job.threshold.threshold);
  double step = kThresholdStep * median_contrast(chosen);
  if (step == 0) {
    const report::DisplayRange range = report::display_range(image);
    step = kThresholdStep * (range.white - range.black) / 2;
  }
  const Box box = middle(image.size());
  std::vector<report::PreviewVariant> all(9);
  tbb::parallel_for(size_t{0}, all.size(), [&](size_t i) {
    report::PreviewVariant& variant = all[i];
    variant.sigma_px = sigma * kSigmaFactors[i / 3];
    variant.threshold = threshold + (static_cast<double>(i % 3) - 1) * step;
    segment::ThresholdOptions options = job.threshold;
    options.sigma_px = variant.sigma_px;
    options.method = segment::ThresholdMethod::kFixed;
    options.threshold = variant.threshold;
    options.polarity =
        value_or(chosen, "bright", 0) != 0 ? segment::Polarity::kBright : segment::Polarity::kDark;
    const Found found = found_in(job, options, image, excluded);
    variant.count = found.particles;
    variant.chosen = i == 4;
    variant.picture =
        drawn(piece(image, box), piece(found.labels, box), info, report::kPreviewVariantPx, false);
  });
  return all;
}

// The command for a run with these options: those that differ from the defaults.
std::string run_command(const Job& job) {
  Job defaults;
  defaults.command = job.command;
  const Json was = options_to_json(defaults);
  const Json is = options_to_json(job);
  const bool still = job.command == Command::kSegment;
  std::string line = fmt::format("mote {} {} -o RESULT", still ? "segment" : "track",
                                 shell_quoted(job.recording.path));
  for (const auto& [key, value] : is.items()) {
    if (value == was.at(key) || value.is_null()) {
      continue;
    }
    if (value.is_boolean()) {
      line += value.get<bool>() ? " --" + key : " --no-" + key;
    } else {
      line += fmt::format(
          " --{} {}", key,
          value.is_string() ? shell_quoted(value.get<std::string>()) : json_text(value));
    }
  }
  return line;
}

std::string subtitle(const RecordingInfo& info) {
  std::string text = fmt::format("{}, {} {} of {} x {} px, {}", info.format, info.frames,
                                 info.frames == 1 ? "frame" : "frames", info.size.width,
                                 info.size.height, name(info.type));
  text += info.pixel_size ? fmt::format(", pixel {:.4g} nm", info.pixel_size->y_nm)
                          : std::string(", pixel size not known");
  return text;
}

}  // namespace

PreviewResult preview(const Job& given, const JobContext& context) {
  if (std::filesystem::exists(given.output) && !given.force) {
    throw Error(ErrorKind::kUsage, "{}: exists; overwrite it with --force", given.output);
  }
  cv::setNumThreads(1);
  RecordingOptions options = given.recording;
  options.any_size = true;
  Recording recording = Recording::open(options);
  const RecordingInfo& info = recording.info();
  Job job = given;
  job.command = info.frames > 1 ? Command::kTrack : Command::kSegment;
  job.overlap.join_neck_ratio = job.still_join_ratio;

  report::PreviewSheet sheet;
  sheet.title = std::filesystem::path(job.recording.path).filename().string();
  sheet.subtitle = subtitle(info);
  std::set<int64_t> indices = {0, info.frames / 2, info.frames - 1};
  PreviewResult result{
      .picture = job.output, .command = run_command(job), .warnings = info.warnings};
  const auto total = static_cast<int64_t>(indices.size()) + 1;
  for (const int64_t index : indices) {
    if (context.cancelled()) {
      throw Cancelled();
    }
    const FieldFrame field = recording.read_field(index);
    const Grid<float> image = to_float32(field.frame.image);
    const BinaryImage& excluded = *field.excluded;
    for (const std::string& warning : field.warnings) {
      result.warnings.push_back(
          fmt::format("frame {}: {}", recording.recorded_index(index), warning));
    }
    const auto [found, labels, particles] = found_in(job, job.threshold, image, excluded);
    result.particles.push_back(particles);
    sheet.frames.push_back({drawn(image, labels, info, report::kPreviewFramePx, true),
                            fmt::format("frame {}: {} {}", recording.recorded_index(index),
                                        particles, particles == 1 ? "particle" : "particles")});
    if (index == 0) {
      const double sigma = value_or(found, "sigma_px", job.threshold.sigma_px);
      sheet.threshold = value_or(found, "threshold", 0);
      sheet.bright = value_or(found, "bright", 0) != 0;
      sheet.histogram = report::histogram(imaging::gaussian(image, sigma));
      sheet.variants = variants(job, image, excluded, found, info);
      result.warnings.insert(result.warnings.end(), found.warnings.begin(), found.warnings.end());
    }
    if (context.progress) {
      context.progress({.stage = "previewing",
                        .done = static_cast<int64_t>(sheet.frames.size()),
                        .total = total});
    }
  }
  io::write_png(job.output, report::draw(sheet));
  return result;
}

}  // namespace mote::pipeline
