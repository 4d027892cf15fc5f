#include "mote/io/hdf5_frames.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/raw_source.h"
#include "mote/io/tiff_samples.h"

namespace mote::io {
namespace {

constexpr int64_t kBlockBytes = int64_t{32} << 20;
constexpr int64_t kMostImageBytes = int64_t{4} << 30;

int64_t count_of(const Hdf5Dataset& dataset, const Hdf5Axes& axes) {
  return axes.series ? dataset.shape[*axes.series] : 1;
}

RawFormat format_of(const Hdf5Dataset& dataset, const Hdf5Axes& axes) {
  return {.size = checked_size(dataset.shape[axes.y], dataset.shape[axes.x]),
          .stored = *dataset.stored};
}

// What so much of a file may be at most: deflate packs up to 1032 to 1, the other filters that
// libhdf5 has do less.
int64_t most_unpacked(int64_t held_bytes) {
  return std::clamp<int64_t>(held_bytes, 0, kMostImageBytes) * 1032;
}

// How many images to read at a time: one, where it lies in pieces of its own.
int64_t images_a_block(const Hdf5Dataset& dataset, const Hdf5Axes& axes, int64_t image_bytes) {
  if (!axes.series) {
    return 1;
  }
  const size_t series = *axes.series;
  const bool spread = series > axes.y || series > axes.x;
  const int64_t wanted = !dataset.chunk.empty() ? dataset.chunk[series]
                         : spread               ? dataset.shape[series]
                                                : 1;
  const int64_t most = std::min(kBlockBytes, most_unpacked(dataset.held_bytes)) / image_bytes;
  return std::clamp<int64_t>(wanted, 1, std::max<int64_t>(1, most));
}

// Samples of `width` bytes that lie `y_step` and `x_step` samples apart, side by side.
template <size_t kWidth>
void gather(const std::byte* from, Size size, int64_t y_step, int64_t x_step, std::byte* to) {
  for (int64_t y = 0; y < size.height; ++y) {
    const std::byte* row = from + y * y_step * static_cast<int64_t>(kWidth);
    for (int64_t x = 0; x < size.width; ++x, to += kWidth) {
      std::memcpy(to, row + x * x_step * static_cast<int64_t>(kWidth), kWidth);
    }
  }
}

void gather(const std::byte* from, int64_t width, Size size, int64_t y_step, int64_t x_step,
            std::byte* to) {
  switch (width) {
    case 1: gather<1>(from, size, y_step, x_step, to); break;
    case 2: gather<2>(from, size, y_step, x_step, to); break;
    case 4: gather<4>(from, size, y_step, x_step, to); break;
    default: gather<8>(from, size, y_step, x_step, to); break;
  }
}

class Hdf5Source : public FrameSource {
 public:
  Hdf5Source(Hdf5Recording recording, const ReadOptions& options)
      : recording_(std::move(recording)), info_(std::move(recording_.info)) {
    const Hdf5Dataset& dataset = *recording_.file->tree().dataset(recording_.dataset);
    check_images(dataset, recording_.axes);
    format_ = format_of(dataset, recording_.axes);
    images_ = count_of(dataset, recording_.axes);
    shape_ = dataset.shape;
    per_block_ = images_a_block(dataset, recording_.axes, format_.bytes());
    describe_series(options, images_, recording_.is_volume, info_);
    info_.size = format_.size;
    info_.type = format_.type();
    chosen("channel", options.channel, 1);
    slice_ = chosen("slice", options.z, info_.slices).value_or(0);
  }

  const RecordingInfo& info() const override { return info_; }

  Frame read(int64_t index) override {
    check_frame(index, info_.frames);
    Frame frame;
    frame.index = index;
    if (recording_.time_s && info_.slices == 1) {
      frame.time_s = recording_.time_s(index);
    }
    frame.image = image(info_.slices > 1 ? slice_ : index);
    return frame;
  }

 private:
  Image image(int64_t index) {
    const int64_t first = index / per_block_ * per_block_;
    const int64_t images = std::min(per_block_, images_ - first);
    if (images == 1 && in_order() && stored_as_read(format_.stored)) {
      Image direct = Image::unfilled(format_.size, format_.type());
      read_box(first, 1, {direct.bytes(), static_cast<size_t>(direct.byte_count())});
      return direct;
    }
    if (block_first_ != first || block_.empty()) {
      block_first_ = -1;
      block_ = FrameMemory(static_cast<size_t>(images * format_.bytes()));
      read_box(first, images, {block_.data(), block_.size()});
      block_first_ = first;
    }
    Image taken = out_of_block(index - first, images);
    if (images == 1) {
      block_ = FrameMemory();
    }
    return taken;
  }

  // Whether the samples of one image come row by row.
  bool in_order() const { return recording_.axes.y < recording_.axes.x; }

  void read_box(int64_t first, int64_t images, std::span<std::byte> to) {
    Hdf5Box box{.start = std::vector<int64_t>(shape_.size(), 0),
                .count = std::vector<int64_t>(shape_.size(), 1)};
    box.count[recording_.axes.y] = format_.size.height;
    box.count[recording_.axes.x] = format_.size.width;
    if (recording_.axes.series) {
      box.start[*recording_.axes.series] = first;
      box.count[*recording_.axes.series] = images;
    }
    recording_.file->read(recording_.dataset, box, to);
  }

  // Samples from one to the next along an axis of the block.
  int64_t step(size_t axis, int64_t images) const {
    int64_t samples = 1;
    for (size_t i = axis + 1; i < shape_.size(); ++i) {
      samples *= recording_.axes.series == i ? images : shape_[i];
    }
    return samples;
  }

  Image out_of_block(int64_t place, int64_t images) const {
    const int64_t width = format_.bytes() / format_.size.area();
    const int64_t skipped =
        recording_.axes.series ? place * step(*recording_.axes.series, images) : 0;
    const int64_t y_step = step(recording_.axes.y, images);
    const int64_t x_step = step(recording_.axes.x, images);
    const std::byte* from = block_.data() + skipped * width;
    if (x_step == 1 && y_step == format_.size.width) {
      return image_of(from, format_.size, format_.stored);
    }
    FrameMemory rows(static_cast<size_t>(format_.bytes()));
    gather(from, width, format_.size, y_step, x_step, rows.data());
    return image_of(rows.data(), format_.size, format_.stored);
  }

  Hdf5Recording recording_;
  RecordingInfo info_;
  RawFormat format_;
  std::vector<int64_t> shape_;
  int64_t images_ = 0;
  int64_t per_block_ = 1;
  int64_t slice_ = 0;
  FrameMemory block_;  // images from block_first_ on
  int64_t block_first_ = -1;
};

}  // namespace

void check_images(const Hdf5Dataset& dataset, const Hdf5Axes& axes) {
  if (!dataset.problem.empty()) {
    throw Error(ErrorKind::kUnsupported, "{}", dataset.problem);
  }
  if (!dataset.stored) {
    const bool complex = dataset.type.starts_with("complex");
    throw Error(ErrorKind::kUnsupported, "{}{}: expected real numbers", dataset.type,
                complex ? ", as of a Fourier transform" : "");
  }
  const RawFormat format = format_of(dataset, axes);
  if (format.bytes() > kMostImageBytes) {
    throw Error(ErrorKind::kUnsupported, "images of {} bytes: mote reads up to 4 GiB",
                format.bytes());
  }
  constexpr int64_t kSmall = int64_t{1} << 20;
  if (format.bytes() > kSmall && format.bytes() > most_unpacked(dataset.held_bytes)) {
    throw Error(ErrorKind::kBadFile,
                "images of {} x {} px of {} ({} bytes each), of which the file holds {} bytes",
                format.size.width, format.size.height, name(format.stored), format.bytes(),
                dataset.held_bytes);
  }
  if (count_of(dataset, axes) < 1) {
    throw Error(ErrorKind::kBadFile, "the file holds no image: a series of 0");
  }
}

std::unique_ptr<FrameSource> make_hdf5_source(Hdf5Recording recording, const ReadOptions& options) {
  return std::make_unique<Hdf5Source>(std::move(recording), options);
}

std::vector<double> numbers_of(Hdf5File& file, const std::string& path, int64_t most) {
  const Hdf5Dataset* dataset = file.tree().dataset(path);
  if (dataset == nullptr || !dataset->stored || !dataset->problem.empty() ||
      dataset->shape.size() != 1 || dataset->shape[0] < 1 || dataset->shape[0] > most) {
    return {};
  }
  const Size size{.height = 1, .width = dataset->shape[0]};
  const RawFormat format{.size = size, .stored = *dataset->stored};
  std::vector<std::byte> bytes(static_cast<size_t>(format.bytes()));
  file.read(path, {.start = {0}, .count = {size.width}}, bytes);
  const Image image = image_of(bytes.data(), size, format.stored);
  std::vector<double> values(static_cast<size_t>(size.width));
  with_sample_type(image.type(), [&](auto sample) {
    using T = decltype(sample);
    std::copy_n(image.as<T>(), values.size(), values.begin());
  });
  return values;
}

}  // namespace mote::io
