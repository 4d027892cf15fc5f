#include "mote/pipeline/preview.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>
#include <opencv2/core/utility.hpp>
#include <tbb/parallel_for.h>

#include "mote/core/counted.h"
#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/imaging/filters.h"
#include "mote/imaging/regions.h"
#include "mote/imaging/resemblance.h"
#include "mote/io/picture_file.h"
#include "mote/pipeline/effective_options.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/frame_names.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/nothing_found.h"
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
constexpr double kSauvolaStep = 0.05;
constexpr double kLeastSigmaPx = 0.5;
constexpr double kLeastResemblance = 0.1;
constexpr int64_t kVariantSidePx = 384;  // of the piece of the field that variants show

// What the command finds in a frame that others like it follow.
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
  // Twice, as a recording in which nothing moves: a pair that touches is known by then.
  for (int64_t index = 0; index < 2; ++index) {
    tracker->push({.index = index, .time = 0, .image = image, .drift = {}},
                  [&]() -> const Segmentation& { return segmentation; });
  }
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
  instances.reserve(present.size());
  for (const int32_t label : present) {
    instances.push_back({.label = label, .tracks = {}, .centroid = {}});
  }
  return overlay.draw({.image = image,
                       .labels = labels,
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

double median_contrast(const Segmentation& segmentation) {
  std::vector<double> contrasts;
  for (const Region& region : segmentation.regions) {
    contrasts.push_back(region.contrast);
  }
  return median(std::move(contrasts));
}

double value_or(const Segmentation& segmentation, const char* name, double otherwise) {
  const auto found = segmentation.values.find(name);
  return found == segmentation.values.end() ? otherwise : found->second;
}

// The image as the threshold sees it, but for the Gaussian.
Grid<float> evened(const Job& job, const Grid<float>& image, const BinaryImage& excluded) {
  const segment::ThresholdOptions& options = job.threshold;
  return options.flatten && options.method != segment::ThresholdMethod::kFixed
             ? imaging::flattened(image, excluded, segment::flatten_scale_px(options, image.size()))
             : image;
}

// How far the columns of the sheet move the threshold, in grey levels.
double threshold_step(const Grid<float>& image, const Segmentation& chosen) {
  const double step = kThresholdStep * median_contrast(chosen);
  if (step > 0) {
    return step;
  }
  const report::DisplayRange range = report::display_range(image);
  return kThresholdStep * (range.white - range.black) / 2;
}

// As a user would write it, so that what is counted is what the written option does.
double written(double value, int digits = 2) {
  return std::stod(fmt::format("{:.{}g}", value, digits));
}

// The options of a variant: `column` times a step in threshold, `factor` times the sigma that was
// found; and how they are written.
std::pair<segment::ThresholdOptions, std::string> varied(const segment::ThresholdOptions& given,
                                                         const Segmentation& chosen, double factor,
                                                         double column, double step) {
  using segment::ThresholdMethod;
  segment::ThresholdOptions options = given;
  std::string text;
  if (factor != 1) {
    const double sigma = std::max(kLeastSigmaPx, value_or(chosen, "sigma_px", given.sigma_px));
    options.sigma_px = written(sigma * factor);
    text = fmt::format("--sigma-px {:g}", options.sigma_px);
  }
  if (column == 0) {
    return {options, text};
  }
  text += text.empty() ? "" : " ";
  if (given.method == ThresholdMethod::kSauvola) {
    options.sauvola_k = std::clamp(written(given.sauvola_k + kSauvolaStep * column), 0.0, 1.0);
    text += fmt::format("--sauvola-k {:g}", options.sauvola_k);
  } else if (given.method == ThresholdMethod::kFixed) {
    options.threshold = written(given.threshold + column * step, 5);
    text += fmt::format("--threshold {:g}", options.threshold);
  } else {
    options.threshold_offset = written(given.threshold_offset + column * step);
    text += fmt::format("--threshold-offset {:g}", options.threshold_offset);
  }
  return {options, text};
}

// Each counts what the command with its options would count in a recording of this frame alone.
std::vector<report::PreviewVariant> variants(const Job& job, const Grid<float>& image,
                                             const BinaryImage& excluded, const Found& chosen,
                                             const RecordingInfo& info) {
  const double step = threshold_step(image, chosen.segmentation);
  std::vector<Point> particles;
  for (const Region& region : chosen.segmentation.regions) {
    particles.push_back(region.centroid);
  }
  const Box box = report::preview_piece(image.size(), particles, kVariantSidePx);
  std::vector<report::PreviewVariant> all(9);
  tbb::parallel_for(size_t{0}, all.size(), [&](size_t i) {
    report::PreviewVariant& variant = all[i];
    variant.chosen = i == 4;
    segment::ThresholdOptions options;
    std::tie(options, variant.options) =
        varied(job.threshold, chosen.segmentation, kSigmaFactors[i / 3],
               static_cast<double>(i % 3) - 1, step);
    const Found other = variant.chosen ? Found{} : found_in(job, options, image, excluded);
    const Found& found = variant.chosen ? chosen : other;
    variant.count = found.particles;
    variant.picture =
        drawn(piece(image, box), piece(found.labels, box), info, report::kPreviewVariantPx, false);
  });
  return all;
}

// Why the stills are micrographs that have nothing to do with one another, rather than frames of a
// recording; nothing where they seem to be frames. One file of many frames is a recording.
std::optional<std::string> unrelated(Recording& recording) {
  const RecordingInfo& info = recording.info();
  if (info.frames < 2 || info.files.size() < 2) {
    return std::nullopt;
  }
  std::vector<double> alike;
  const int64_t last = info.frames - 1;
  for (const int64_t index : std::set<int64_t>{0, last / 2, last - 1}) {
    const Grid<float> one = to_float32(recording.read_field(index).frame.image);
    const Grid<float> next = to_float32(recording.read_field(index + 1).frame.image);
    if (one.size() != next.size() || one.size() != info.size) {
      return "the stills differ in size";
    }
    if (const auto resemblance = imaging::resemblance(one, next)) {
      alike.push_back(*resemblance);
    }
  }
  const double typical = median(alike);
  if (alike.empty() || typical >= kLeastResemblance) {
    return std::nullopt;
  }
  return fmt::format(
      "stills that follow one another do not resemble each other (correlation {:.2f}, "
      "below {:.1f})",
      typical, kLeastResemblance);
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
      line += fmt::format(" --{} {}", key,
                          value.is_string()         ? shell_quoted(value.get<std::string>())
                          : value.is_number_float() ? fmt::format("{}", value.get<double>())
                                                    : json_text(value));
    }
  }
  return line;
}

std::string subtitle(const RecordingInfo& info, bool stills) {
  std::string text = fmt::format("{}, {} of {} x {} px, {}", info.format,
                                 counted(info.frames, stills ? "micrograph" : "frame"),
                                 info.size.width, info.size.height, name(info.type));
  text += info.pixel_size ? fmt::format(", pixel {:.4g} nm", info.pixel_size->y_nm)
                          : std::string(", pixel size not known");
  return text;
}

}  // namespace

PreviewResult preview(const Job& given, const JobContext& context) {
  require_free(given.output, given.force);
  if (given.network.is_network()) {
    throw Error(ErrorKind::kUsage,
                "model is {}: mote preview shows what the threshold finds, mote segment --frames 0 "
                "what a network does",
                given.network.model);
  }
  require_effective_options(given);
  cv::setNumThreads(1);
  RecordingOptions options = given.recording;
  options.any_size = true;
  Recording recording = Recording::open(options);
  const RecordingInfo& info = recording.info();
  Job job = given;
  const std::optional<std::string> apart = unrelated(recording);
  job.command = info.frames > 1 && !apart ? Command::kTrack : Command::kSegment;
  job.overlap.join_neck_ratio = job.still_join_ratio;

  report::PreviewSheet sheet;
  sheet.title = std::filesystem::path(job.recording.path).filename().string();
  const bool stills = job.command == Command::kSegment;
  sheet.subtitle = subtitle(info, stills);
  const std::vector<std::string> names =
      stills ? FrameNames(recording).stills() : std::vector<std::string>{};
  std::set<int64_t> indices = {0, info.frames / 2, info.frames - 1};
  PreviewResult result{
      .picture = job.output, .command = run_command(job), .warnings = info.warnings};
  if (apart) {
    result.warnings.push_back(
        fmt::format("{}: taken for micrographs to segment; mote track links frames", *apart));
  }
  const auto total = static_cast<int64_t>(indices.size()) + 1;
  for (const int64_t index : indices) {
    if (context.cancelled()) {
      throw Cancelled();
    }
    const FieldFrame field = recording.read_field(index);
    const Grid<float> image = to_float32(field.frame.image);
    const BinaryImage& excluded = *field.excluded;
    const int64_t recorded = recording.recorded_index(index);
    const std::string name =
        names.empty() ? fmt::format("frame {}", recorded) : names.at(static_cast<size_t>(recorded));
    for (const std::string& warning : field.warnings) {
      result.warnings.push_back(fmt::format("{}: {}", name, warning));
    }
    const Found found = found_in(job, job.threshold, image, excluded);
    const Segmentation& segmentation = found.segmentation;
    const int64_t particles = found.particles;
    result.particles.push_back(particles);
    sheet.frames.push_back({drawn(image, found.labels, info, report::kPreviewFramePx, true),
                            fmt::format("{}: {}", name, counted(particles, "particle"))});
    if (index == 0) {
      const double sigma = value_or(segmentation, "sigma_px", job.threshold.sigma_px);
      sheet.threshold = value_or(segmentation, "threshold", NAN);
      sheet.bright = value_or(segmentation, "bright", 0) != 0;
      sheet.histogram = report::histogram(imaging::gaussian(evened(job, image, excluded), sigma));
      sheet.variants = variants(job, image, excluded, found, info);
      for (const report::PreviewVariant& variant : sheet.variants) {
        result.variants.push_back({variant.options, variant.count});
      }
      result.warnings.insert(result.warnings.end(), segmentation.warnings.begin(),
                             segmentation.warnings.end());
    }
    if (context.progress) {
      context.progress({.stage = "previewing",
                        .done = static_cast<int64_t>(sheet.frames.size()),
                        .total = total});
    }
  }
  if (std::all_of(result.particles.begin(), result.particles.end(),
                  [](int64_t particles) { return particles == 0; })) {
    result.warnings.push_back(nothing_found(job));
  }
  io::write_png(job.output, report::draw(sheet));
  return result;
}

}  // namespace mote::pipeline
