#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace mote::io {

/// A box of an array's elements, by dimension.
struct ZarrBox {
  std::vector<int64_t> origin;
  std::vector<int64_t> extent;

  size_t dimensions() const { return origin.size(); }
  int64_t elements() const;
};

/// Where elements lie in memory: bytes from one to the next along each dimension.
struct ZarrLayout {
  std::vector<int64_t> stride;

  static ZarrLayout row_major(const std::vector<int64_t>& shape, int64_t element_bytes);
  static ZarrLayout column_major(const std::vector<int64_t>& shape, int64_t element_bytes);
  /// The same element everywhere.
  static ZarrLayout one_element(size_t dimensions);
  /// Bytes from the element at 0, 0, ... to the one at `index`.
  int64_t offset(const std::vector<int64_t>& index) const;
};

/// Copies `extent` elements of `element_bytes` each from one layout into another.
void copy_zarr_box(const std::vector<int64_t>& extent, int64_t element_bytes, const std::byte* from,
                   const ZarrLayout& from_layout, std::byte* to, const ZarrLayout& to_layout);

/// Calls `act` with the index of every chunk that holds a part of `box`, in row-major order.
void for_each_zarr_chunk(const ZarrBox& box, const std::vector<int64_t>& chunk,
                         const std::function<void(const std::vector<int64_t>&)>& act);

/// The part of `box` that chunk `index` holds; empty extents where there is none.
ZarrBox part_in_chunk(const ZarrBox& box, const std::vector<int64_t>& chunk,
                      const std::vector<int64_t>& index);

}  // namespace mote::io
