#include "mote/pipeline/recording.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <mutex>
#include <utility>

#include "mote/core/error.h"
#include "mote/imaging/annotation.h"
#include "mote/imaging/binning.h"
#include "mote/imaging/finite.h"
#include "mote/io/open.h"
#include "mote/pipeline/mask_file.h"
#include "mote/pipeline/selection.h"

namespace mote::pipeline {
namespace {

using imaging::BinnedMean;

void check_at_least_one(const char* option, int64_t value) {
  if (value < 1) {
    throw Error(ErrorKind::kUsage, "{} is {}, expected at least 1", option, value);
  }
}

void leave_out(BinaryImage& left_out, Box box) {
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    std::fill_n(left_out.row(y) + box.x, box.width, uint8_t{1});
  }
}

// 39 frames of 0.1 s are 3.9 s, not 3.9000000000000004.
double whole_nanoseconds(double seconds) {
  return std::round(seconds * 1e9) / 1e9;
}

// Means of named values over the frames that have them.
class ValueMeans {
 public:
  void add(const std::map<std::string, double>& values) {
    for (const auto& [key, value] : values) {
      auto& [sum, count] = sums_[key];
      sum += value;
      ++count;
    }
  }
  std::map<std::string, double> means() const {
    std::map<std::string, double> means;
    for (const auto& [key, sum_and_count] : sums_) {
      means[key] = sum_and_count.first / sum_and_count.second;
    }
    return means;
  }

 private:
  std::map<std::string, std::pair<double, double>> sums_;
};

}  // namespace

struct Recording::Impl {
  RecordingOptions options;
  std::unique_ptr<FrameSource> source;
  RecordingInfo info;
  Selection selection;
  Size recorded_size;  // of the first frame that can be read
  Box roi;
  BinaryImage outside_mask;  // of the recorded size; empty without a mask
  std::shared_ptr<const BinaryImage> excluded;
  bool stamped = false;              // times come from the frames' stamps
  std::optional<double> interval_s;  // between recorded frames
  std::optional<FrameLog> log;

  std::mutex reading;  // guards source
  std::mutex stamping;
  std::map<int64_t, std::optional<double>> stamps;  // of recorded frames read so far

  Impl(std::unique_ptr<FrameSource> frames, const RecordingOptions& given)
      : options(given), source(std::move(frames)), info(source->info()) {
    check_at_least_one("--bin", options.bin);
    check_at_least_one("--average", options.average);
    select();
    calibrate();
    const Frame first = first_readable();
    recorded_size = first.image.size();
    stamped = first.time_s.has_value() && options.frame_interval.empty();
    roi = parse_roi(options.roi, recorded_size);
    info.size = BinnedMean(roi, options.bin, options.average).size();
    if (options.bin > 1 || options.average > 1) {
      info.type = SampleType::kFloat32;
    }
    exclude(first.image);
    open_log();
  }

  void open_log() {
    if (options.log.empty()) {
      if (!options.log_offset.empty()) {
        throw Error(ErrorKind::kUsage, "--log-offset {} counts only with --log",
                    options.log_offset);
      }
      return;
    }
    if (!stamped && !interval_s) {
      throw Error(ErrorKind::kUsage,
                  "--log {}: the recording does not say its frame interval: give --frame-interval",
                  options.log);
    }
    log = FrameLog::open(options.log, options.log_offset);
    info.warnings.insert(info.warnings.end(), log->warnings().begin(), log->warnings().end());
  }

  void select() {
    selection = parse_frames(options.frames, info.frames);
    info.frames = selection.count / options.average;
    if (info.frames == 0) {
      throw Error(ErrorKind::kUsage, "--average is {}, but there are only {} frames",
                  options.average, selection.count);
    }
    if (const int64_t rest = selection.count % options.average; rest > 0) {
      info.warnings.push_back(
          fmt::format("the last {} of {} frames are left out: they are fewer than --average {}",
                      rest, selection.count, options.average));
    }
  }

  void warn_of_contradiction(const std::optional<PixelSize>& recorded) {
    constexpr double kMostRatio = 10;
    if (!recorded) {
      return;
    }
    const double ratio = std::sqrt(info.pixel_size->area_nm2() / recorded->area_nm2());
    if (ratio > kMostRatio || ratio < 1 / kMostRatio) {
      info.warnings.push_back(fmt::format(
          "--pixel-size {:.4g} nm contradicts {:.4g} nm from {} by a factor of {:.3g}: "
          "is the unit right? Taken is --pixel-size",
          info.pixel_size->x_nm, recorded->x_nm, recorded->source, std::max(ratio, 1 / ratio)));
    }
  }

  void calibrate() {
    if (!options.pixel_size.empty()) {
      const std::optional<PixelSize> recorded = info.pixel_size;
      info.pixel_size = parse_pixel_size(options.pixel_size, "--pixel-size");
      warn_of_contradiction(recorded);
    }
    if (info.pixel_size) {
      info.pixel_size->y_nm *= static_cast<double>(options.bin);
      info.pixel_size->x_nm *= static_cast<double>(options.bin);
    }
    if (info.pixel_size && std::abs(info.pixel_size->y_nm / info.pixel_size->x_nm - 1) > 1e-3) {
      info.warnings.push_back(fmt::format(
          "pixels are not square ({} x {} nm): sizes are measured on the true grid, but necks, so "
          "contacts, merges and splits, are judged in pixels",
          info.pixel_size->y_nm, info.pixel_size->x_nm));
    }
    if (!options.frame_interval.empty()) {
      info.frame_interval = parse_frame_interval(options.frame_interval, "--frame-interval");
    }
    if (info.frame_interval) {
      interval_s = info.frame_interval->seconds;
      info.frame_interval->seconds *= static_cast<double>(selection.step * options.average);
    }
    if (!options.exposure.empty()) {
      info.exposure_s = parse_exposure_s(options.exposure);
    }
    if (info.exposure_s && interval_s && *info.exposure_s > 1.001 * *interval_s) {
      info.warnings.push_back(fmt::format(
          "an exposure of {:.4g} s does not fit into a frame interval of {:.4g} s: motion is "
          "corrected for an exposure of the whole interval",
          *info.exposure_s, *interval_s));
    }
    if (info.exposure_s) {
      *info.exposure_s *= static_cast<double>(options.average);
    }
  }

  /// Of the selected frames; the first unless bad ones are to be skipped.
  Frame first_readable() {
    for (int64_t k = 0;; ++k) {
      const int64_t recorded = selection.first + k * selection.step;
      try {
        return source->read(recorded);
      } catch (const Error& error) {
        const bool skip = options.skip_bad_frames && error.kind() == ErrorKind::kBadFile;
        if (!skip || k + 1 == selection.count) {
          throw described(error, recorded);
        }
      }
    }
  }

  // What holds for all frames: the mask, and bars unless each frame is a still of its own.
  void exclude(const Image& first) {
    if (!options.mask.empty()) {
      outside_mask = read_mask_file(options.mask, recorded_size);
    }
    auto [pixels, warnings] = left_out_of(first, roi, !options.keep_bars && !options.any_size);
    if (!options.mask.empty() && !pixels.empty()) {
      info.warnings.push_back(
          "--mask: border weights are those of the whole rectangle, so corrected counts, densities "
          "and area fractions come out low beside the mask; --roi is weighted right");
    }
    excluded = std::make_shared<const BinaryImage>(std::move(pixels));
    info.warnings.insert(info.warnings.end(), warnings.begin(), warnings.end());
  }

  struct LeftOut {
    BinaryImage pixels;  // of `box`, binned; empty where there are none
    std::vector<std::string> warnings;
  };

  LeftOut left_out_of(const Image& image, Box box, bool find_bars) const {
    LeftOut out;
    BinaryImage left_out = outside_mask;
    if (find_bars) {
      for (const imaging::Annotation& found : imaging::find_annotations(image)) {
        if (left_out.empty()) {
          left_out = BinaryImage(image.size());
        }
        leave_out(left_out, found.box);
        out.warnings.push_back(fmt::format(
            "a {} at x={},y={},w={},h={} is left out (--keep-bars keeps it)", name(found.kind),
            found.box.x, found.box.y, found.box.width, found.box.height));
      }
    }
    if (left_out.empty()) {
      return out;
    }
    out.pixels = imaging::binned_any(left_out, box, options.bin);
    const auto pixels = out.pixels.values();
    const auto count = std::count(pixels.begin(), pixels.end(), uint8_t{1});
    if (count == out.pixels.size().area()) {
      throw Error(ErrorKind::kUsage, "mask and bars leave nothing of the field");
    }
    if (count == 0) {
      out.pixels = {};
    }
    return out;
  }

  Error described(const Error& error, int64_t recorded) const {
    const Error in_frame = error.in(fmt::format("frame {}", recorded));
    return options.path.empty() ? in_frame : in_frame.in(options.path);
  }

  Frame read_recorded(int64_t recorded) {
    Frame frame;
    {
      const std::lock_guard lock(reading);
      frame = source->read(recorded);
    }
    if (stamped) {
      const std::lock_guard lock(stamping);
      stamps[recorded] = frame.time_s;
    }
    return frame;
  }

  /// The region of a frame, which may differ in size where that is allowed.
  Box box_in(Size size) const {
    if (size == recorded_size) {
      return roi;
    }
    if (!options.any_size || options.average > 1 || !options.mask.empty()) {
      throw Error(ErrorKind::kUsage, "is {} x {} px, the first frame {} x {} px; {}", size.width,
                  size.height, recorded_size.width, recorded_size.height,
                  options.any_size ? "with --average or --mask they must be alike"
                                   : "frames of a recording must be alike; for stills of any size "
                                     "there is mote segment");
    }
    return parse_roi(options.roi, size);
  }

  FieldFrame read(int64_t index, bool find_bars) {
    FieldFrame out{.frame = {}, .excluded = excluded, .warnings = {}};
    std::optional<BinnedMean> mean;
    ValueMeans values;
    int64_t repaired = 0;
    Image image;
    for (int64_t k = 0; k < options.average; ++k) {
      const int64_t recorded = recorded_index(index) + k * selection.step;
      try {
        Frame frame = read_recorded(recorded);
        const Box box = box_in(frame.image.size());
        if (find_bars && k == 0) {
          LeftOut left_out = left_out_of(frame.image, box, true);
          out.excluded = std::make_shared<const BinaryImage>(std::move(left_out.pixels));
          out.warnings = std::move(left_out.warnings);
        }
        repaired += imaging::repair_non_finite(frame.image, box);
        values.add(frame.values);
        if (options.bin > 1 || options.average > 1) {
          if (!mean) {
            mean.emplace(box, options.bin, options.average);
          }
          mean->add(frame.image);
        } else {
          const bool whole = box.size() == frame.image.size();
          image = whole ? std::move(frame.image) : crop(frame.image, box);
        }
      } catch (const Error& error) {
        throw described(error, recorded);
      }
    }
    out.frame = {.index = index,
                 .time_s = time_s(index),
                 .values = values.means(),
                 .image = mean ? mean->mean() : std::move(image)};
    out.frame.values.merge(log_values(index));
    if (repaired > 0) {
      out.frame.values["repaired_samples"] = static_cast<double>(repaired);
    }
    return out;
  }

  std::map<std::string, double> log_values(int64_t index) {
    ValueMeans values;
    for (int64_t k = 0; log && k < options.average; ++k) {
      values.add(log->values_at(recorded_time_s(recorded_index(index) + k * selection.step)));
    }
    return values.means();
  }

  int64_t recorded_index(int64_t index) const {
    assert(index >= 0 && index < info.frames);
    return selection.first + index * options.average * selection.step;
  }

  std::optional<double> time_s(int64_t index) {
    double sum = 0;
    for (int64_t k = 0; k < options.average; ++k) {
      const std::optional<double> time =
          recorded_time_s(recorded_index(index) + k * selection.step);
      if (!time) {
        return std::nullopt;
      }
      sum += *time;
    }
    return whole_nanoseconds(sum / static_cast<double>(options.average));
  }

  std::optional<double> recorded_time_s(int64_t recorded) {
    if (!stamped) {
      return interval_s
                 ? std::optional(whole_nanoseconds(static_cast<double>(recorded) * *interval_s))
                 : std::nullopt;
    }
    {
      const std::lock_guard lock(stamping);
      if (const auto found = stamps.find(recorded); found != stamps.end()) {
        return found->second;
      }
    }
    try {
      return read_recorded(recorded).time_s;
    } catch (const Error& error) {
      throw described(error, recorded);
    }
  }
};

Recording Recording::open(const RecordingOptions& options) {
  return from(io::open_frames(options.path, {.channel = options.channel, .z = options.z}), options);
}

Recording Recording::from(std::unique_ptr<FrameSource> source, const RecordingOptions& options) {
  return Recording(std::make_unique<Impl>(std::move(source), options));
}

Recording::Recording(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recording::Recording(Recording&&) noexcept = default;
Recording& Recording::operator=(Recording&&) noexcept = default;
Recording::~Recording() = default;

const RecordingInfo& Recording::info() const {
  return impl_->info;
}
Frame Recording::read(int64_t index) {
  return impl_->read(index, false).frame;
}
FieldFrame Recording::read_field(int64_t index) {
  return impl_->read(index, impl_->options.any_size && !impl_->options.keep_bars);
}
int64_t Recording::recorded_index(int64_t index) const {
  return impl_->recorded_index(index);
}
int64_t Recording::recorded_frames() const {
  return impl_->source->info().frames;
}
std::optional<double> Recording::time_s(int64_t index) const {
  return impl_->time_s(index);
}
std::map<std::string, double> Recording::log_values(int64_t index) const {
  return impl_->log_values(index);
}
const FrameLog* Recording::log() const {
  return impl_->log ? &*impl_->log : nullptr;
}
bool Recording::stamped() const {
  return impl_->stamped;
}
const BinaryImage& Recording::excluded() const {
  return *impl_->excluded;
}

}  // namespace mote::pipeline
