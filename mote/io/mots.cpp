#include "mote/io/mots.h"

#include <algorithm>
#include <limits>
#include <map>
#include <sstream>
#include <utility>

#include "mote/core/error.h"
#include "mote/core/image.h"
#include "mote/io/coco_runs.h"
#include "mote/io/frame_number.h"
#include "mote/io/picture_file.h"

namespace mote::io {
namespace {

constexpr int32_t kIdsPerClass = 1000;
constexpr int32_t kLastPngClass = 64;  // 65 would not hold all ids in 16 bits

MotsInstance instance_of(const std::string& line) {
  std::istringstream in(line);
  MotsInstance instance;
  int64_t id = 0;
  std::string counts;
  std::string rest;
  const bool read = static_cast<bool>(in >> instance.frame >> id >> instance.class_id >>
                                      instance.size.height >> instance.size.width >> counts);
  if (!read || in >> rest || instance.class_id < 0) {
    throw Error(ErrorKind::kBadFile, "'{}', expected frame, id, class, height, width and runs",
                line.substr(0, 60));
  }
  require_frame(instance.frame);
  // Files of others may have ids that do not begin with their class.
  const int64_t first = int64_t{instance.class_id} * kIdsPerClass;
  id = id > first ? id - first : id;
  if (id < 0 || id > std::numeric_limits<int32_t>::max()) {
    throw Error(ErrorKind::kBadFile, "the id {}", id);
  }
  instance.id = static_cast<int32_t>(id);
  instance.mask = coco_mask(counts, instance.size);
  return instance;
}

uint16_t png_number(const MotsInstance& instance) {
  if (instance.id < 0 || instance.id >= kIdsPerClass || instance.class_id < 1 ||
      instance.class_id > kLastPngClass) {
    throw Error(ErrorKind::kUnsupported,
                "track {} of class {}: a MOTS PNG holds tracks 0 to 999 of classes 1 to 64; its "
                "text file holds all",
                instance.id, instance.class_id);
  }
  return static_cast<uint16_t>(instance.class_id * kIdsPerClass + instance.id);
}

}  // namespace

std::string mots_line(const MotsInstance& instance) {
  return fmt::format("{} {} {} {} {} {}\n", instance.frame,
                     int64_t{instance.class_id} * kIdsPerClass + instance.id, instance.class_id,
                     instance.size.height, instance.size.width,
                     coco_counts(instance.mask, instance.size));
}

void for_each_mots_instance(std::string_view text,
                            const std::function<void(const MotsInstance& instance)>& use) {
  int64_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string::npos) {
      continue;
    }
    try {
      use(instance_of(line));
    } catch (const Error& error) {
      throw error.in(fmt::format("line {}", number));
    }
  }
}

void write_mots_png(const std::string& path, Size size,
                    const std::vector<MotsInstance>& instances) {
  Image image(size, SampleType::kUint16);
  for (const MotsInstance& instance : instances) {
    const Box box = instance.mask.bounds();
    if (instance.size != size || box.y < 0 || box.x < 0 || box.y_end() > size.height ||
        box.x_end() > size.width) {
      throw Error(ErrorKind::kUsage, "track {} is not in an image of {} x {} px", instance.id,
                  size.width, size.height);
    }
    const uint16_t number = png_number(instance);
    for (const Run& run : instance.mask.runs) {
      uint16_t* from = image.as<uint16_t>() + run.y * size.width + run.x;
      std::fill(from, from + run.length, number);
    }
  }
  write_grey_png(path, image);
}

std::vector<MotsInstance> mots_instances(const LabelImage& labels, int64_t frame) {
  std::vector<MotsInstance> instances;
  for (auto& [number, mask] : masks_of(labels)) {
    if (number < kIdsPerClass) {
      throw Error(ErrorKind::kBadFile, "the number {}, expected 1000 or more (class and id)",
                  number);
    }
    instances.push_back({.frame = frame,
                         .class_id = number / kIdsPerClass,
                         .id = number % kIdsPerClass,
                         .size = labels.size(),
                         .mask = std::move(mask)});
  }
  return instances;
}

}  // namespace mote::io
