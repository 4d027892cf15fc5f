#include "mote/pipeline/label_input.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <set>

#include "mote/core/error.h"
#include "mote/imaging/components.h"

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

bool is_mask(const LabelImage& labels) {
  bool any = false;
  for (const int32_t label : labels.values()) {
    if (label != 0 && label != kMaskValue) {
      return false;
    }
    any = any || label != 0;
  }
  return any;
}

LabelImage numbered_parts(const LabelImage& mask) {
  BinaryImage inside(mask.size());
  for (size_t i = 0; i < mask.values().size(); ++i) {
    inside.values()[i] = mask.values()[i] != 0 ? 1 : 0;
  }
  return imaging::components_of(inside).labels;
}

RecordingOptions label_options(std::string path, const RecordingOptions& options) {
  RecordingOptions own;
  if (std::filesystem::exists(path + "/labels.tif")) {
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
                      const Recording& recording) {
  RecordingOptions own = label_options(path, options);
  Recording all = Recording::open(own);
  const bool sizes_fit = all.info().size == recording.info().size;
  if (all.info().frames == recording.info().frames && sizes_fit) {
    return all;
  }
  own.frames = options.frames;
  own.roi = sizes_fit ? "" : options.roi;
  Recording selected = Recording::open(own);
  if (selected.info().frames != recording.info().frames) {
    throw Error(ErrorKind::kUsage, "{}: {} label images for {} frames", path, all.info().frames,
                recording.info().frames);
  }
  return selected;
}

}  // namespace

LabelInput::LabelInput(const std::string& path, const RecordingOptions& options,
                       const Recording& recording)
    : recording_(open_labels(path, options, recording)) {}

LabelImage LabelInput::read(int64_t index, Size expected) {
  const Image image = recording_.read(index).image;
  if (image.size() != expected) {
    throw Error(ErrorKind::kUsage, "label image {} is {} x {} px, its frame {} x {} px", index,
                image.size().width, image.size().height, expected.width, expected.height);
  }
  LabelImage labels = labels_of(image);
  return is_mask(labels) ? numbered_parts(labels) : labels;
}

}  // namespace mote::pipeline
