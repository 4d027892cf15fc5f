// Writes a drawn tree as a real HDF5 file, by libhdf5 itself.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <hdf5.h>

#include "tests/io/memory_hdf5.h"

namespace mote::io::drawn {

struct Hdf5Spec {
  bool chunked = false;     ///< by half of each axis, rounded up
  int deflate = 0;          ///< level; needs chunks
  bool szip = false;        ///< likewise
  H5Z_filter_t filter = 0;  ///< an optional one, which need not be there
  bool big_endian = false;
  bool latest = false;     ///< the newest form of all structures
  hsize_t user_block = 0;  ///< bytes before HDF5's own: 0, 512, 1024, ...
  bool write_samples = true;
};

namespace detail {

inline hid_t file_type(StoredType stored, bool big) {
  switch (stored) {
    case StoredType::kInt8: return H5T_STD_I8LE;
    case StoredType::kUint8: return H5T_STD_U8LE;
    case StoredType::kInt16: return big ? H5T_STD_I16BE : H5T_STD_I16LE;
    case StoredType::kUint16: return big ? H5T_STD_U16BE : H5T_STD_U16LE;
    case StoredType::kInt32: return big ? H5T_STD_I32BE : H5T_STD_I32LE;
    case StoredType::kUint32: return big ? H5T_STD_U32BE : H5T_STD_U32LE;
    case StoredType::kInt64: return big ? H5T_STD_I64BE : H5T_STD_I64LE;
    case StoredType::kUint64: return big ? H5T_STD_U64BE : H5T_STD_U64LE;
    case StoredType::kFloat32: return big ? H5T_IEEE_F32BE : H5T_IEEE_F32LE;
    default: return big ? H5T_IEEE_F64BE : H5T_IEEE_F64LE;
  }
}

inline hid_t memory_type(StoredType stored) {
  switch (stored) {
    case StoredType::kInt8: return H5T_NATIVE_INT8;
    case StoredType::kUint8: return H5T_NATIVE_UINT8;
    case StoredType::kInt16: return H5T_NATIVE_INT16;
    case StoredType::kUint16: return H5T_NATIVE_UINT16;
    case StoredType::kInt32: return H5T_NATIVE_INT32;
    case StoredType::kUint32: return H5T_NATIVE_UINT32;
    case StoredType::kInt64: return H5T_NATIVE_INT64;
    case StoredType::kUint64: return H5T_NATIVE_UINT64;
    case StoredType::kFloat32: return H5T_NATIVE_FLOAT;
    default: return H5T_NATIVE_DOUBLE;
  }
}

inline void write_attribute(hid_t object, const std::string& name, const Hdf5Value& value) {
  hid_t type = H5Tcopy(H5T_NATIVE_DOUBLE);
  hid_t space = H5Screate(H5S_SCALAR);
  const auto* text = std::get_if<std::string>(&value);
  const auto* numbers = std::get_if<std::vector<double>>(&value);
  const char* pointer = text != nullptr ? text->c_str() : nullptr;
  const void* from = std::get_if<double>(&value);
  if (text != nullptr) {
    H5Tclose(type);
    type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    from = &pointer;
  } else if (numbers != nullptr) {
    const hsize_t count = numbers->size();
    H5Sclose(space);
    space = H5Screate_simple(1, &count, nullptr);
    from = numbers->data();
  }
  const hid_t attribute = H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, type, from);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

inline hid_t write_dataset(hid_t file, const std::string& path, const Hdf5Dataset& dataset,
                           const std::string& samples, const Hdf5Spec& spec) {
  const std::vector<hsize_t> shape(dataset.shape.begin(), dataset.shape.end());
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  if (spec.chunked) {
    std::vector<hsize_t> chunk;
    for (const hsize_t side : shape) {
      chunk.push_back((side + 1) / 2);
    }
    H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
  }
  if (spec.deflate > 0) {
    H5Pset_shuffle(creation);
    H5Pset_deflate(creation, static_cast<unsigned>(spec.deflate));
    H5Pset_fletcher32(creation);
  }
  if (spec.szip) {
    H5Pset_szip(creation, H5_SZIP_NN_OPTION_MASK, 2);
  }
  if (spec.filter != 0) {
    H5Pset_filter(creation, spec.filter, H5Z_FLAG_OPTIONAL, 0, nullptr);
  }
  const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
  const hid_t id = H5Dcreate2(file, path.c_str(), file_type(*dataset.stored, spec.big_endian),
                              space, H5P_DEFAULT, creation, H5P_DEFAULT);
  if (spec.write_samples) {
    H5Dwrite(id, memory_type(*dataset.stored), H5S_ALL, H5S_ALL, H5P_DEFAULT, samples.data());
  }
  H5Sclose(space);
  H5Pclose(creation);
  return id;
}

}  // namespace detail

/// Returns the file, still open, for a test to add to; H5Fclose closes it.
inline hid_t begin_hdf5(const std::string& path, const MemoryHdf5& drawn,
                        const Hdf5Spec& spec = {}) {
  const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_userblock(creation, spec.user_block);
  if (spec.latest) {
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  }
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access);
  for (const auto& [name, node] : drawn.held.nodes) {
    hid_t object = -1;
    if (node.dataset) {
      object = detail::write_dataset(file, name, *node.dataset, drawn.samples.at(name), spec);
    } else if (name.empty()) {
      object = H5Gopen2(file, "/", H5P_DEFAULT);
    } else {
      object = H5Gcreate2(file, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    }
    for (const auto& [attribute, value] : node.attributes) {
      detail::write_attribute(object, attribute, value);
    }
    H5Oclose(object);
  }
  H5Pclose(access);
  H5Pclose(creation);
  return file;
}

inline void write_hdf5(const std::string& path, const MemoryHdf5& drawn,
                       const Hdf5Spec& spec = {}) {
  H5Fclose(begin_hdf5(path, drawn, spec));
}

}  // namespace mote::io::drawn
