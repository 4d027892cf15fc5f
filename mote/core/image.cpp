#include "mote/core/image.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "mote/core/error.h"

namespace mote {
namespace {

template <typename T>
void convert(const Image& image, Grid<float>& out) {
  const T* samples = image.as<T>();
  float* values = out.data();
  const int64_t count = image.size().area();
  for (int64_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(samples[i]);
  }
}

}  // namespace

int64_t bytes_per_sample(SampleType type) {
  switch (type) {
    case SampleType::kUint8:
    case SampleType::kInt8: return 1;
    case SampleType::kUint16:
    case SampleType::kInt16: return 2;
    case SampleType::kUint32:
    case SampleType::kInt32:
    case SampleType::kFloat32: return 4;
    case SampleType::kFloat64: return 8;
  }
  return 0;
}

std::string_view name(SampleType type) {
  switch (type) {
    case SampleType::kUint8: return "uint8";
    case SampleType::kInt8: return "int8";
    case SampleType::kUint16: return "uint16";
    case SampleType::kInt16: return "int16";
    case SampleType::kUint32: return "uint32";
    case SampleType::kInt32: return "int32";
    case SampleType::kFloat32: return "float32";
    case SampleType::kFloat64: return "float64";
  }
  return "";
}

Image::Image(Size size, SampleType type) : Image(unfilled(size, type)) {
  std::fill(bytes_.begin(), bytes_.end(), std::byte{});
}

Image Image::unfilled(Size size, SampleType type) {
  Image image;
  image.size_ = size;
  image.type_ = type;
  try {
    image.bytes_ = FrameMemory(static_cast<size_t>(size.area() * bytes_per_sample(type)));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::kResource, "no memory for an image of {} x {} px of {}", size.width,
                size.height, name(type));
  }
  return image;
}

Image to_image(const Grid<float>& values) {
  Image image = Image::unfilled(values.size(), SampleType::kFloat32);
  std::memcpy(image.bytes(), values.data(), static_cast<size_t>(image.byte_count()));
  return image;
}

Grid<float> to_float32(const Image& image) {
  auto out = Grid<float>::unfilled(image.size());
  switch (image.type()) {
    case SampleType::kUint8: convert<uint8_t>(image, out); break;
    case SampleType::kInt8: convert<int8_t>(image, out); break;
    case SampleType::kUint16: convert<uint16_t>(image, out); break;
    case SampleType::kInt16: convert<int16_t>(image, out); break;
    case SampleType::kUint32: convert<uint32_t>(image, out); break;
    case SampleType::kInt32: convert<int32_t>(image, out); break;
    case SampleType::kFloat32: convert<float>(image, out); break;
    case SampleType::kFloat64: convert<double>(image, out); break;
  }
  return out;
}

Image crop(const Image& image, Box box) {
  if (box.empty() || box.y < 0 || box.x < 0 || box.y_end() > image.size().height ||
      box.x_end() > image.size().width) {
    throw Error(ErrorKind::kUsage,
                "region x={} y={} w={} h={} does not lie within the image of {} x {} px", box.x,
                box.y, box.width, box.height, image.size().width, image.size().height);
  }
  Image out = Image::unfilled(box.size(), image.type());
  const int64_t sample = bytes_per_sample(image.type());
  for (int64_t y = 0; y < box.height; ++y) {
    const std::byte* from = image.bytes() + ((box.y + y) * image.size().width + box.x) * sample;
    std::memcpy(out.bytes() + y * box.width * sample, from,
                static_cast<size_t>(box.width * sample));
  }
  return out;
}

}  // namespace mote
