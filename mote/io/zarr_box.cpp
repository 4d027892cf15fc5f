#include "mote/io/zarr_box.h"

#include <algorithm>
#include <cstring>

namespace mote::io {
namespace {

void copy_from(size_t dimension, const std::vector<int64_t>& extent, int64_t element_bytes,
               const std::byte* from, const ZarrLayout& from_layout, std::byte* to,
               const ZarrLayout& to_layout) {
  const int64_t count = extent[dimension];
  const int64_t from_step = from_layout.stride[dimension];
  const int64_t to_step = to_layout.stride[dimension];
  const bool last = dimension + 1 == extent.size();
  if (last && from_step == element_bytes && to_step == element_bytes) {
    std::memcpy(to, from, static_cast<size_t>(count * element_bytes));
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    if (last) {
      std::memcpy(to + i * to_step, from + i * from_step, static_cast<size_t>(element_bytes));
    } else {
      copy_from(dimension + 1, extent, element_bytes, from + i * from_step, from_layout,
                to + i * to_step, to_layout);
    }
  }
}

}  // namespace

int64_t ZarrBox::elements() const {
  int64_t all = 1;
  for (const int64_t count : extent) {
    all *= count;
  }
  return all;
}

ZarrLayout ZarrLayout::row_major(const std::vector<int64_t>& shape, int64_t element_bytes) {
  ZarrLayout layout{.stride = std::vector<int64_t>(shape.size())};
  int64_t step = element_bytes;
  for (size_t i = shape.size(); i-- > 0;) {
    layout.stride[i] = step;
    step *= shape[i];
  }
  return layout;
}

ZarrLayout ZarrLayout::column_major(const std::vector<int64_t>& shape, int64_t element_bytes) {
  ZarrLayout layout{.stride = std::vector<int64_t>(shape.size())};
  int64_t step = element_bytes;
  for (size_t i = 0; i < shape.size(); ++i) {
    layout.stride[i] = step;
    step *= shape[i];
  }
  return layout;
}

ZarrLayout ZarrLayout::one_element(size_t dimensions) {
  return {.stride = std::vector<int64_t>(dimensions, 0)};
}

int64_t ZarrLayout::offset(const std::vector<int64_t>& index) const {
  int64_t bytes = 0;
  for (size_t i = 0; i < index.size(); ++i) {
    bytes += index[i] * stride[i];
  }
  return bytes;
}

void copy_zarr_box(const std::vector<int64_t>& extent, int64_t element_bytes, const std::byte* from,
                   const ZarrLayout& from_layout, std::byte* to, const ZarrLayout& to_layout) {
  const bool empty = std::any_of(extent.begin(), extent.end(), [](int64_t n) { return n < 1; });
  if (!empty) {
    copy_from(0, extent, element_bytes, from, from_layout, to, to_layout);
  }
}

void for_each_zarr_chunk(const ZarrBox& box, const std::vector<int64_t>& chunk,
                         const std::function<void(const std::vector<int64_t>&)>& act) {
  const size_t dimensions = box.dimensions();
  std::vector<int64_t> first(dimensions);
  std::vector<int64_t> last(dimensions);
  for (size_t i = 0; i < dimensions; ++i) {
    if (box.extent[i] < 1) {
      return;
    }
    first[i] = box.origin[i] / chunk[i];
    last[i] = (box.origin[i] + box.extent[i] - 1) / chunk[i];
  }
  std::vector<int64_t> index = first;
  while (true) {
    act(index);
    size_t i = dimensions;
    while (i > 0 && index[i - 1] == last[i - 1]) {
      index[i - 1] = first[i - 1];
      --i;
    }
    if (i == 0) {
      return;
    }
    ++index[i - 1];
  }
}

ZarrBox part_in_chunk(const ZarrBox& box, const std::vector<int64_t>& chunk,
                      const std::vector<int64_t>& index) {
  ZarrBox part = box;
  for (size_t i = 0; i < box.dimensions(); ++i) {
    part.origin[i] = std::max(box.origin[i], index[i] * chunk[i]);
    const int64_t end = std::min(box.origin[i] + box.extent[i], (index[i] + 1) * chunk[i]);
    part.extent[i] = std::max<int64_t>(0, end - part.origin[i]);
  }
  return part;
}

}  // namespace mote::io
