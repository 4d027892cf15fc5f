#include "mote/pipeline/label_input.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "mote/core/error.h"
#include "mote/imaging/components.h"
#include "mote/io/csv.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

constexpr int32_t kMaskValue = 255;

template <typename T>
LabelImage whole_numbers(const Image& image) {
  LabelImage labels(image.size());
  const T* samples = image.as<T>();
  for (int64_t i = 0; i < image.size().area(); ++i) {
    const auto value = static_cast<double>(samples[i]);
    if (!(value >= 0 && value <= std::numeric_limits<int32_t>::max()) ||
        value != std::floor(value)) {
      throw Error(ErrorKind::kUnsupported,
                  "label {} at x={} y={}: expected whole numbers of 0 to 2147483647", value,
                  i % image.size().width, i / image.size().width);
    }
    labels.data()[i] = static_cast<int32_t>(value);
  }
  return labels;
}

LabelImage labels_of(const Image& image) {
  switch (image.type()) {
    case SampleType::kUint8: return whole_numbers<uint8_t>(image);
    case SampleType::kInt8: return whole_numbers<int8_t>(image);
    case SampleType::kUint16: return whole_numbers<uint16_t>(image);
    case SampleType::kInt16: return whole_numbers<int16_t>(image);
    case SampleType::kUint32: return whole_numbers<uint32_t>(image);
    case SampleType::kInt32: return whole_numbers<int32_t>(image);
    case SampleType::kFloat32: return whole_numbers<float>(image);
    case SampleType::kFloat64: return whole_numbers<double>(image);
  }
  return {};
}

// A value that a mask does not hold, or nothing.
std::optional<int32_t> not_of_a_mask(const LabelImage& labels) {
  for (const int32_t label : labels.values()) {
    if (label != 0 && label != kMaskValue) {
      return label;
    }
  }
  return std::nullopt;
}

// Throws where an image is a photograph: nearly every pixel of noise would be a label of its own,
// and scoring would take minutes. Single pixels are many there, and far more than the values they
// hold; in a label image of points each has its own.
void require_labels(const LabelImage& labels, int64_t index) {
  constexpr int64_t kFewPixels = 100;
  int64_t labelled = 0;
  std::vector<int32_t> lone;
  for (int64_t y = 0; y < labels.height(); ++y) {
    const int32_t* row = labels.row(y);
    const int32_t* above = y > 0 ? labels.row(y - 1) : nullptr;
    const int32_t* below = y + 1 < labels.height() ? labels.row(y + 1) : nullptr;
    for (int64_t x = 0; x < labels.width(); ++x) {
      const int32_t label = row[x];
      if (label == 0) {
        continue;
      }
      ++labelled;
      const bool together =
          (x > 0 && row[x - 1] == label) || (x + 1 < labels.width() && row[x + 1] == label) ||
          (above != nullptr && above[x] == label) || (below != nullptr && below[x] == label);
      if (!together) {
        lone.push_back(label);
      }
    }
  }
  const auto pieces = static_cast<int64_t>(lone.size());
  if (pieces <= kFewPixels || 4 * pieces <= labelled) {
    return;
  }
  std::sort(lone.begin(), lone.end());
  const int64_t values = std::unique(lone.begin(), lone.end()) - lone.begin();
  if (pieces > 3 * values) {
    throw Error(ErrorKind::kUsage,
                "label image {} is a photograph, not a label image: {} of its {} labelled pixels "
                "stand alone, with {} values",
                index, pieces, labelled, values);
  }
}

LabelImage numbered_parts(const LabelImage& mask) {
  BinaryImage inside(mask.size());
  for (size_t i = 0; i < mask.values().size(); ++i) {
    inside.values()[i] = mask.values()[i] != 0 ? 1 : 0;
  }
  return imaging::components_of(inside).labels;
}

// The recorded frames that a mote run's label images are of; empty where `path` is no such run.
std::vector<int64_t> frames_of_run(const std::string& path) {
  const std::string table = path + "/frames.csv";
  if (!exists(path + "/labels.tif") || !exists(table)) {
    return {};
  }
  std::vector<int64_t> frames;
  try {
    for (const auto& cells : io::csv_numbers(read_file(table), {"recorded_frame"})) {
      frames.push_back(static_cast<int64_t>(cells[0]));
    }
  } catch (const Error& error) {
    throw error.in(table);
  }
  return frames;
}

// The label image of each frame of `recording`, or -1.
std::vector<int64_t> pages_of_run(const std::string& path, const RecordingOptions& options,
                                  const Recording& recording) {
  const std::vector<int64_t> frames = frames_of_run(path);
  std::vector<int64_t> pages;
  for (int64_t i = 0; !frames.empty() && i < recording.info().frames; ++i) {
    const int64_t recorded = recording.recorded_index(i);
    const auto found = std::lower_bound(frames.begin(), frames.end(), recorded);
    const bool there = found != frames.end() && *found == recorded;
    if (!there && !options.skip_bad_frames) {
      throw Error(ErrorKind::kUsage, "{}: has no labels of frame {}: that run left it out", path,
                  recorded);
    }
    pages.push_back(there ? found - frames.begin() : -1);
  }
  return pages;
}

RecordingOptions label_options(std::string path, const RecordingOptions& options) {
  RecordingOptions own;
  if (exists(path + "/labels.tif")) {
    path += "/labels.tif";
  }
  own.path = std::move(path);
  own.keep_bars = true;
  own.any_size = true;  // each is compared with its frame
  if (options.bin != 1 || options.average != 1) {
    throw Error(ErrorKind::kUsage, "label images cannot be binned or averaged: leave out {}",
                options.bin != 1 ? "--bin" : "--average");
  }
  return own;
}

Recording open_labels(const std::string& path, const RecordingOptions& options,
                      const Recording& recording, const std::vector<int64_t>& pages) {
  RecordingOptions own = label_options(path, options);
  Recording all = Recording::open(own);
  const int64_t count = all.info().frames;
  const bool sizes_fit = all.info().size == recording.info().size;
  own.roi = sizes_fit ? "" : options.roi;
  if (!pages.empty()) {
    if (const int64_t last = *std::max_element(pages.begin(), pages.end()); last >= count) {
      throw Error(ErrorKind::kBadFile, "{}: {} label images, but frames.csv names more", path,
                  count);
    }
    return sizes_fit ? std::move(all) : Recording::open(own);
  }
  if (count == recording.info().frames && sizes_fit) {
    return all;
  }
  own.frames = options.frames;
  Recording selected = Recording::open(own);
  if (selected.info().frames != recording.info().frames) {
    throw Error(ErrorKind::kUsage, "{}: {} label images for {} frames", path, count,
                recording.info().frames);
  }
  return selected;
}

}  // namespace

LabelInput::LabelInput(const std::string& path, const RecordingOptions& options,
                       const Recording& recording)
    : pages_(pages_of_run(path, options, recording)),
      recording_(open_labels(path, options, recording, pages_)),
      masks_(begins_with_a_mask()) {}

LabelInput::LabelInput(const std::string& path)
    : recording_(Recording::open(label_options(path, {}))), masks_(begins_with_a_mask()) {}

int64_t LabelInput::page_of(int64_t index) const {
  const int64_t page = pages_.empty() ? index : pages_.at(static_cast<size_t>(index));
  if (page < 0) {
    throw Error(ErrorKind::kUsage, "frame {} has no labels: the run that made them left it out",
                index);
  }
  return page;
}

// One answer for the whole input: a label image may well hold only instance 255 in some frame.
bool LabelInput::begins_with_a_mask() {
  for (int64_t page = 0; page < recording_.info().frames; ++page) {
    const Image image = recording_.read(page).image;
    if (image.type() != SampleType::kUint8) {
      return false;
    }
    const LabelImage labels = labels_of(image);
    if (not_of_a_mask(labels)) {
      return false;
    }
    const auto pixels = labels.values();
    if (std::find(pixels.begin(), pixels.end(), kMaskValue) != pixels.end()) {
      return true;
    }
  }
  return false;
}

LabelImage LabelInput::read(int64_t index, Size expected) {
  const Image image = recording_.read(page_of(index)).image;
  if (image.size() != expected) {
    throw Error(ErrorKind::kUsage, "label image {} is {} x {} px, its frame {} x {} px", index,
                image.size().width, image.size().height, expected.width, expected.height);
  }
  return labels_in(image, index);
}

LabelImage LabelInput::read(int64_t index) {
  return labels_in(recording_.read(page_of(index)).image, index);
}

LabelImage LabelInput::labels_in(const Image& image, int64_t index) const {
  LabelImage labels = labels_of(image);
  if (!masks_) {
    require_labels(labels, index);
    return labels;
  }
  if (const auto value = not_of_a_mask(labels)) {
    throw Error(ErrorKind::kUsage,
                "label image {} holds {}, those before it only 0 and 255, as masks do: save them "
                "with 16 bits where 255 is an instance",
                index, *value);
  }
  return numbered_parts(labels);
}

}  // namespace mote::pipeline
