#include "mote/pipeline/convert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "mote/core/error.h"
#include "mote/core/number_text.h"
#include "mote/io/recording_writer.h"
#include "mote/io/utf8.h"
#include "mote/pipeline/frame_progress.h"
#include "mote/pipeline/staged_output.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using imaging::GreyScale;
using imaging::SampleRange;
using io::RecordingFormatInfo;

const RecordingFormatInfo& format_named(const std::string& name) {
  for (const RecordingFormatInfo& format : io::recording_formats()) {
    if (format.name == name) {
      return format;
    }
  }
  throw Error(ErrorKind::kUsage, "--to is '{}', expected one of {}", name,
              fmt::join(conversion_formats(), ", "));
}

const RecordingFormatInfo& format_of(const ConvertJob& job) {
  if (!job.to.empty()) {
    return format_named(job.to);
  }
  std::vector<std::string_view> known;
  for (const RecordingFormatInfo& format : io::recording_formats()) {
    for (const std::string_view extension : format.extensions) {
      if (job.output.ends_with(extension)) {
        return format;
      }
      known.push_back(extension);
    }
  }
  throw Error(ErrorKind::kUsage, "{}: its extension names no format: expected {}, or --to",
              job.output, fmt::join(known, ", "));
}

std::optional<GreyScale> parsed_range(const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  const size_t dots = text.find("..");
  const auto number = [&](size_t from, size_t to) {
    const auto value = number_from<double>(std::string_view(text).substr(from, to - from));
    return value && std::isfinite(*value) ? value : std::nullopt;
  };
  const auto black = dots == std::string::npos ? std::nullopt : number(0, dots);
  const auto white = dots == std::string::npos ? std::nullopt : number(dots + 2, text.size());
  if (!black || !white || *black >= *white) {
    throw Error(ErrorKind::kUsage, "--range is '{}', expected A..B with A below B, such as 0..4095",
                text);
  }
  return GreyScale{.black = *black, .white = *white};
}

bool holds(const RecordingFormatInfo& format, SampleType type) {
  return std::find(format.types.begin(), format.types.end(), type) != format.types.end();
}

std::string types_of(const RecordingFormatInfo& format) {
  std::vector<std::string_view> names;
  for (const SampleType type : format.types) {
    names.push_back(name(type));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// The sample type that is written, before numbers are looked at.
SampleType type_for(const ConvertJob& job, const RecordingFormatInfo& format, SampleType recorded) {
  using enum SampleType;
  static const std::map<std::string, SampleType> depths = {
      {"8", kUint8}, {"16", kUint16}, {"32f", kFloat32}};
  if (job.depth == "keep") {
    for (const SampleType type :
         {recorded, kUint8, kInt8, kUint16, kInt16, kInt32, kUint32, kFloat32, kFloat64}) {
      if (holds(format, type) && imaging::holds_all(type, recorded)) {
        return type;
      }
    }
    throw Error(ErrorKind::kUsage, "{} holds {}, not all numbers of {}: give another --depth",
                format.title, types_of(format), name(recorded));
  }
  const auto found = depths.find(job.depth);
  if (found == depths.end()) {
    throw Error(ErrorKind::kUsage, "--depth is '{}', expected keep, 8, 16 or 32f", job.depth);
  }
  if (!holds(format, found->second)) {
    throw Error(ErrorKind::kUsage, "--depth {}: {} holds {}", job.depth, format.title,
                types_of(format));
  }
  return found->second;
}

void require_apart(const ConvertJob& job, const RecordingInfo& info) {
  if (job.output.empty()) {
    throw Error(ErrorKind::kUsage, "--output is required");
  }
  std::error_code ignored;
  const fs::path out = fs::weakly_canonical(job.output, ignored);
  for (const std::string& file : info.files) {
    const fs::path in = fs::weakly_canonical(file, ignored);
    const fs::path relative = in.lexically_relative(out);
    if (in == out || (!relative.empty() && *relative.begin() != "..")) {
      throw Error(ErrorKind::kUsage,
                  "{}: is the recording itself, or holds it: choose another output", job.output);
    }
  }
}

SampleRange range_of_all(Recording& recording, const JobContext& context) {
  const int64_t frames = recording.info().frames;
  FrameProgress progress(context, "looking for black and white", frames);
  SampleRange range;
  for (int64_t index = 0; index < frames; ++index) {
    range.join(imaging::range_of(recording.read(index).image));
    progress.done(index + 1);
  }
  return range;
}

/// What numbers are laid on, where they do not fit as they are.
std::optional<GreyScale> scale_for(const ConvertJob& job, SampleType to, Recording& recording,
                                   const JobContext& context) {
  const std::optional<GreyScale> given = parsed_range(job.range);
  const bool scales = job.depth == "8" || job.depth == "16";
  if (given && !scales) {
    throw Error(ErrorKind::kUsage, "--range counts only with --depth 8 and 16");
  }
  if (given || !scales || imaging::holds_all(to, recording.info().type)) {
    return given;
  }
  const SampleRange found = range_of_all(recording, context);
  const SampleRange limits = *imaging::range_of(to);
  if (found.whole && found.least >= limits.least && found.most <= limits.most) {
    return std::nullopt;
  }
  if (found.least == found.most) {
    throw Error(ErrorKind::kUsage, "all samples are {}: give --range A..B", found.least);
  }
  return GreyScale{.black = found.least, .white = found.most};
}

/// What a format does not hold of a recording's calibration.
void warn_of_losses(const RecordingFormatInfo& format, const Recording& recording,
                    std::vector<std::string>& warnings) {
  const RecordingInfo& info = recording.info();
  std::vector<std::string_view> lost;
  if (info.pixel_size && !format.pixel_size) {
    lost.emplace_back("pixel size");
  }
  if (info.pixel_size && info.pixel_size->relative_uncertainty) {
    lost.emplace_back("uncertainty of the pixel size");
  }
  if (info.frame_interval && !format.frame_interval) {
    lost.emplace_back("frame interval");
  }
  if (recording.stamped() && !format.time_stamps) {
    lost.emplace_back("time stamps of the frames");
  }
  if (info.exposure_s && !format.exposure) {
    lost.emplace_back("exposure");
  }
  if (!info.instrument.empty() && !format.instrument) {
    lost.emplace_back("what the file says of the microscope");
  }
  if (!lost.empty()) {
    warnings.push_back(fmt::format("{} does not hold: {}", format.title, fmt::join(lost, ", ")));
  }
  if (info.colour) {
    warnings.emplace_back("colour is written as grey (BT.601)");
  }
}

/// Writes the frames, and counts what became of their samples.
class FrameConverter {
 public:
  FrameConverter(const ConvertJob& job, SampleType to, std::optional<GreyScale> scale)
      : job_(job), to_(to), scale_(scale) {}

  void write(Frame frame, SampleType recorded, io::RecordingWriter& writer) {
    if (frame.image.type() != recorded && job_.depth == "keep") {
      throw Error(ErrorKind::kUsage, "frame {} is {}, the first one {}: give --depth 8, 16 or 32f",
                  frame.index, name(frame.image.type()), name(recorded));
    }
    if (const auto found = frame.values.find("repaired_samples"); found != frame.values.end()) {
      repaired_ += static_cast<int64_t>(found->second);
    }
    samples_ += frame.image.size().area();
    if (frame.image.type() != to_ || scale_) {
      imaging::Converted made = imaging::converted(frame.image, to_, scale_);
      clipped_ += made.clipped;
      rounded_ += made.rounded;
      if (made.clipped > 0 && !scale_) {
        throw Error(ErrorKind::kUsage, "frame {}: {} samples are beyond {}: give --depth 8 or 16",
                    frame.index, made.clipped, name(to_));
      }
      frame.image = std::move(made.image);
    }
    writer.write(frame);
  }

  void warn(std::vector<std::string>& warnings) const {
    if (clipped_ > 0) {
      warnings.push_back(fmt::format("{} of {} samples were outside --range and were cut to it",
                                     clipped_, samples_));
    }
    if (rounded_ > 0) {
      warnings.push_back(
          fmt::format("{} of {} samples were rounded to {}", rounded_, samples_, name(to_)));
    }
    if (repaired_ > 0) {
      warnings.push_back(fmt::format(
          "{} samples that were not finite were replaced by the median around them", repaired_));
    }
  }

 private:
  const ConvertJob& job_;
  SampleType to_;
  std::optional<GreyScale> scale_;
  int64_t samples_ = 0;
  int64_t clipped_ = 0;
  int64_t rounded_ = 0;
  int64_t repaired_ = 0;
};

void write_frames(Recording& recording, const JobContext& context, FrameConverter& converter,
                  io::RecordingWriter& writer) {
  const RecordingInfo& info = recording.info();
  FrameProgress progress(context, "writing", info.frames);
  for (int64_t index = 0; index < info.frames; ++index) {
    Frame frame = recording.read(index);
    if (!recording.stamped()) {
      frame.time_s.reset();
    }
    converter.write(std::move(frame), info.type, writer);
    progress.done(index + 1);
  }
  writer.close();
}

std::string name_of(const std::string& output) {
  const std::string file = fs::path(output).filename().string();
  return io::to_utf8(file.substr(0, file.find('.')));
}

}  // namespace

std::vector<std::string> conversion_formats() {
  std::vector<std::string> names;
  for (const RecordingFormatInfo& format : io::recording_formats()) {
    names.emplace_back(format.name);
  }
  return names;
}

ConvertResult convert(const ConvertJob& job, const JobContext& context) {
  RecordingOptions options = job.recording;
  options.keep_bars = true;  // they are looked for only to be left out of what is measured
  Recording recording = Recording::open(options);
  const RecordingInfo& info = recording.info();
  require_apart(job, info);
  const RecordingFormatInfo& format = format_of(job);
  const StagedOutput stage(job.output, job.force, format.names);

  const SampleType type = type_for(job, format, info.type);
  ConvertResult result{.output = job.output,
                       .format = std::string(format.title),
                       .frames = info.frames,
                       .size = info.size,
                       .type = type,
                       .scale = scale_for(job, type, recording, context),
                       .warnings = info.warnings};
  if (job.depth == "keep" && type != info.type) {
    result.warnings.push_back(fmt::format("{} holds no {}: numbers are written as {}", format.title,
                                          name(info.type), name(type)));
  }
  warn_of_losses(format, recording, result.warnings);
  result.pixel_size = format.pixel_size ? info.pixel_size : std::nullopt;
  result.frame_interval = format.frame_interval ? info.frame_interval : std::nullopt;

  FrameConverter converter(job, type, result.scale);
  stage.publish([&](const std::string& path) {
    const auto writer = io::make_recording_writer(
        format.format, path,
        {.name = name_of(job.output),
         .frames = info.frames,
         .pixel_size = info.pixel_size,
         .frame_interval = info.frame_interval,
         .exposure_s = info.exposure_s,
         .instrument = info.instrument,
         .bytes_expected = info.frames * info.size.area() * bytes_per_sample(type)});
    write_frames(recording, context, converter, *writer);
  });
  converter.warn(result.warnings);
  return result;
}

}  // namespace mote::pipeline
