#include "mote/hdf5/samples.h"

#include <algorithm>
#include <array>
#include <vector>

#include "mote/hdf5/types.h"
#include "mote/io/hdf5_protocol.h"

namespace mote::hdf5 {
namespace {

constexpr hsize_t kMostChunksLookedAt = 4096;

struct Selection {
  std::vector<hsize_t> start;
  std::vector<hsize_t> count;
  hsize_t samples = 1;
};

Selection checked_selection(hid_t space, const io::Hdf5Box& box) {
  std::array<hsize_t, H5S_MAX_RANK> shape{};
  const int rank = H5Sget_simple_extent_dims(space, shape.data(), nullptr);
  if (rank < 1 || box.start.size() != static_cast<size_t>(rank) ||
      box.count.size() != static_cast<size_t>(rank)) {
    throw Error(ErrorKind::kBadFile, "the dataset has {} axes", rank);
  }
  Selection selection;
  for (size_t i = 0; i < box.start.size(); ++i) {
    const auto start = static_cast<hsize_t>(box.start[i]);
    const auto count = static_cast<hsize_t>(box.count[i]);
    if (box.start[i] < 0 || box.count[i] < 1 || start > shape[i] || count > shape[i] - start ||
        __builtin_mul_overflow(selection.samples, count, &selection.samples)) {
      throw Error(ErrorKind::kBadFile, "the dataset has {} samples on axis {}", shape[i], i);
    }
    selection.start.push_back(start);
    selection.count.push_back(count);
  }
  return selection;
}

// Whether the file holds any of the chunks that a selection needs. libhdf5 makes up what is absent.
bool any_chunk_held(hid_t dataset, const std::vector<hsize_t>& chunk, const Selection& selection) {
  std::vector<hsize_t> at = selection.start;
  for (size_t i = 0; i < at.size(); ++i) {
    at[i] -= at[i] % chunk[i];
  }
  std::vector<hsize_t> first = at;
  for (hsize_t looked = 0; looked < kMostChunksLookedAt; ++looked) {
    unsigned mask = 0;
    haddr_t address = HADDR_UNDEF;
    hsize_t bytes = 0;
    if (H5Dget_chunk_info_by_coord(dataset, at.data(), &mask, &address, &bytes) < 0) {
      throw Error(ErrorKind::kBadFile, "the dataset's chunks cannot be found (libhdf5: {})",
                  last_words());
    }
    if (address != HADDR_UNDEF) {
      return true;
    }
    size_t axis = at.size();
    while (axis > 0) {
      --axis;
      at[axis] += chunk[axis];
      if (at[axis] < selection.start[axis] + selection.count[axis]) {
        break;
      }
      at[axis] = first[axis];
      if (axis == 0) {
        return false;
      }
    }
  }
  return true;
}

// Decoding takes the chunk packed and unpacked, while one of them grows.
void check_chunk(const std::vector<hsize_t>& chunk, hsize_t sample_size) {
  constexpr hsize_t kMost = hsize_t{io::kHdf5MemoryBytes} / 4;
  hsize_t bytes = sample_size;
  for (const hsize_t side : chunk) {
    if (__builtin_mul_overflow(bytes, side, &bytes)) {
      bytes = kMost + 1;
      break;
    }
  }
  if (bytes > kMost) {
    throw Error(ErrorKind::kUnsupported, "chunks of {} bytes: mote reads up to {}", bytes, kMost);
  }
}

void check_held(hid_t dataset, hid_t type, const Selection& selection) {
  const Handle creation =
      checked(H5Dget_create_plist(dataset), H5Pclose, "a dataset without a layout");
  const H5D_layout_t layout = H5Pget_layout(creation.get());
  if (layout == H5D_VIRTUAL || H5Pget_external_count(creation.get()) > 0) {
    throw Error(ErrorKind::kUnsupported, "its samples lie in another file");
  }
  bool held = H5Dget_storage_size(dataset) > 0;
  if (held && layout == H5D_CHUNKED) {
    std::vector<hsize_t> chunk(selection.start.size());
    const int rank = H5Pget_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
    const bool sound = rank == static_cast<int>(chunk.size()) &&
                       std::find(chunk.begin(), chunk.end(), hsize_t{0}) == chunk.end();
    if (!sound) {
      throw Error(ErrorKind::kBadFile, "the dataset's chunks have another number of axes");
    }
    check_chunk(chunk, H5Tget_size(type));
    held = any_chunk_held(dataset, chunk, selection);
  }
  if (!held) {
    throw Error(ErrorKind::kBadFile, "these samples were never written to the file");
  }
}

}  // namespace

void read_samples(hid_t file, const std::string& path, const io::Hdf5Box& box,
                  std::span<std::byte> to) {
  const Handle dataset =
      checked(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose, "the dataset does not open");
  const Handle space = checked(H5Dget_space(dataset.get()), H5Sclose, "a dataset without a shape");
  const Handle type = checked(H5Dget_type(dataset.get()), H5Tclose, "a dataset without a type");
  const auto stored = sample_kind(type.get()).stored;
  const Selection selection = checked_selection(space.get(), box);
  if (!stored || selection.samples > to.size() ||
      selection.samples * static_cast<hsize_t>(sample_bytes(*stored)) != to.size()) {
    throw Error(ErrorKind::kBadFile, "the dataset's samples are not of the size asked for");
  }
  check_held(dataset.get(), type.get(), selection);
  // Of the selection's own shape: else libhdf5 goes sample by sample.
  const Handle memory(
      H5Screate_simple(static_cast<int>(selection.count.size()), selection.count.data(), nullptr),
      H5Sclose);
  const Handle as = memory_type(type.get(), *stored);
  if (!memory.open() ||
      H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, selection.start.data(), nullptr,
                          selection.count.data(), nullptr) < 0 ||
      H5Dread(dataset.get(), as.get(), memory.get(), space.get(), H5P_DEFAULT, to.data()) < 0) {
    throw Error(ErrorKind::kBadFile, "the samples cannot be decoded (libhdf5: {})", last_words());
  }
}

}  // namespace mote::hdf5
