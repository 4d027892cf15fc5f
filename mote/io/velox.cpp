#include "mote/io/velox.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "mote/core/counted.h"
#include "mote/core/error.h"
#include "mote/io/hdf5_frames.h"
#include "mote/io/velox_metadata.h"

namespace mote::io {
namespace {

constexpr const char* kImages = "/Data/Image";
constexpr Hdf5Axes kStill = {.y = 0, .x = 1, .series = {}};
constexpr Hdf5Axes kSeries = {.y = 0, .x = 1, .series = 2};
constexpr size_t kMostImages = 100;

struct VeloxImage {
  std::string path;  // `/Data/Image/ID`
  std::string what;  // of it, in words
  std::string why_not;
  VeloxMetadata metadata{""};
  Hdf5Axes axes;
  int64_t frames = 1;
};

VeloxImage image_at(Hdf5File& file, const std::string& path) {
  VeloxImage image{.path = path};
  const Hdf5Dataset* data = file.tree().dataset(path + "/Data");
  if (data == nullptr || (data->shape.size() != 2 && data->shape.size() != 3)) {
    image.what = "an image";
    image.why_not = "without Data of rows, columns and frames";
    return image;
  }
  image.axes = data->shape.size() == 3 ? kSeries : kStill;
  image.frames = data->shape.size() == 3 ? data->shape[2] : 1;
  image.metadata = velox_metadata(file, path, 0);
  const std::string detector = image.metadata.detector();
  image.what = fmt::format("{}{} of {} x {} px, {}", detector.empty() ? "an image" : detector,
                           image.metadata.is_map() ? ", a map from spectra" : "", data->shape[1],
                           data->shape[0], counted(image.frames, "frame"));
  try {
    check_images(*data, image.axes);
  } catch (const Error& error) {
    image.why_not = error.what();
  }
  return image;
}

// Whether `a` is more likely what the file was recorded for than `b`.
bool before(const VeloxImage& a, const VeloxImage& b) {
  const auto rank = [](const VeloxImage& image) {
    return std::tuple(!image.why_not.empty(), image.metadata.is_reciprocal(),
                      image.metadata.is_map(), -image.frames, image.metadata.detector() != "HAADF");
  };
  return rank(a) < rank(b);
}

std::vector<VeloxImage> images_of(Hdf5File& file) {
  std::vector<VeloxImage> images;
  for (const std::string& name : file.tree().children(kImages)) {
    const std::string path = fmt::format("{}/{}", kImages, name);
    if (file.tree().has_group(path) && images.size() < kMostImages) {
      images.push_back(image_at(file, path));
    }
  }
  std::stable_sort(images.begin(), images.end(), before);
  return images;
}

[[noreturn]] void refuse_without_images(const Hdf5Tree& tree) {
  std::string held;
  for (const std::string& kind : tree.children("/Data")) {
    if (!tree.children("/Data/" + kind).empty() && kind != "Text" && kind != "Shape") {
      held += (held.empty() ? "" : ", ") + kind;
    }
  }
  throw Error(ErrorKind::kUnsupported, "a Velox file without an image{}{}",
              held.empty() ? "" : "; it holds ", held);
}

// All but the first; those alike are counted.
void name_left_out(const std::vector<VeloxImage>& images, std::vector<std::string>& warnings) {
  std::vector<std::pair<std::string, int>> left_out;
  for (size_t i = 1; i < images.size(); ++i) {
    const std::string text =
        fmt::format("{} of the file is left out: {}", images[i].what,
                    images[i].why_not.empty() ? "mote reads one image" : images[i].why_not);
    if (left_out.empty() || left_out.back().first != text) {
      left_out.emplace_back(text, 0);
    }
    ++left_out.back().second;
  }
  for (const auto& [text, count] : left_out) {
    warnings.push_back(count == 1 ? text : fmt::format("{} times: {}", count, text));
  }
}

// Cameras stamp each frame; where the last stamp is not later than the first, none is a time.
void add_times(const VeloxImage& image, Hdf5Recording& recording) {
  if (image.frames < 2) {
    return;
  }
  Hdf5File& file = *recording.file;
  const std::optional<double> first = image.metadata.stamp_us();
  const std::optional<double> last = velox_metadata(file, image.path, image.frames - 1).stamp_us();
  if (!first || !last || *last <= *first) {
    return;
  }
  recording.time_s = [&file, path = image.path,
                      start = *first](int64_t index) -> std::optional<double> {
    const std::optional<double> stamp = velox_metadata(file, path, index).stamp_us();
    return stamp ? std::optional((*stamp - start) * 1e-6) : std::nullopt;
  };
}

}  // namespace

bool looks_like_velox(const Hdf5Tree& tree) {
  const Hdf5Dataset* version = tree.dataset("/Version");
  const bool named = version != nullptr && version->text.find("Velox") != std::string::npos;
  return tree.has_group("/Data") && (named || tree.has_group(kImages));
}

std::unique_ptr<FrameSource> open_velox(std::shared_ptr<Hdf5File> file,
                                        const ReadOptions& options) {
  const std::vector<VeloxImage> images = images_of(*file);
  if (images.empty()) {
    refuse_without_images(file->tree());
  }
  const VeloxImage& image = images.front();
  const std::string data = image.path + "/Data";
  if (const Hdf5Dataset* dataset = file->tree().dataset(data); !image.why_not.empty()) {
    if (dataset != nullptr && dataset->shape.size() > 1) {
      check_images(*dataset, image.axes);
    }
    throw Error(ErrorKind::kBadFile, "{} {}", image.what, image.why_not);
  }
  Hdf5Recording recording;
  RecordingInfo& info = recording.info;
  info.format = "Velox EMD";
  recording.file = std::move(file);
  recording.dataset = data;
  recording.axes = image.axes;
  describe_velox(image.metadata, info);
  if (image.frames == 1) {
    info.frame_interval.reset();
  }
  add_times(image, recording);
  name_left_out(images, info.warnings);
  return make_hdf5_source(std::move(recording), options);
}

}  // namespace mote::io
