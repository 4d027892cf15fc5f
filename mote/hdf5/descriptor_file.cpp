#include "mote/hdf5/descriptor_file.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <unistd.h>

namespace mote::hdf5 {
namespace {

constexpr haddr_t kFarthest = (haddr_t{1} << 62) - 1;

struct DescriptorFile {
  H5FD_t base;  // libhdf5's own, and first
  int descriptor;
  haddr_t end;          // of the file
  haddr_t end_of_used;  // as libhdf5 tells
};

DescriptorFile* own(H5FD_t* file) {
  return reinterpret_cast<DescriptorFile*>(file);
}
const DescriptorFile* own(const H5FD_t* file) {
  return reinterpret_cast<const DescriptorFile*>(file);
}

// The name is the descriptor's number.
H5FD_t* open(const char* name, unsigned /*flags*/, hid_t /*access*/, haddr_t /*farthest*/) {
  const std::string_view text = name;
  int descriptor = -1;
  struct stat status {};
  if (std::from_chars(text.data(), text.data() + text.size(), descriptor).ec != std::errc() ||
      ::fstat(descriptor, &status) != 0) {
    return nullptr;
  }
  auto* file = new (std::nothrow) DescriptorFile{};
  if (file == nullptr) {
    return nullptr;
  }
  file->descriptor = descriptor;
  file->end = static_cast<haddr_t>(status.st_size);
  return &file->base;
}

herr_t close(H5FD_t* file) {
  delete own(file);
  return 0;
}

herr_t query(const H5FD_t* /*file*/, unsigned long* flags) {
  *flags = H5FD_FEAT_ACCUMULATE_METADATA_READ | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_IGNORE_DRVRINFO;
  return 0;
}

haddr_t end_of_used(const H5FD_t* file, H5FD_mem_t /*type*/) {
  return own(file)->end_of_used;
}

herr_t set_end_of_used(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t address) {
  own(file)->end_of_used = address;
  return 0;
}

haddr_t end_of_file(const H5FD_t* file, H5FD_mem_t /*type*/) {
  return own(file)->end;
}

// What lies behind the end of the file is an error; libhdf5's own drivers make up zeros.
herr_t read(H5FD_t* file, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t address, size_t size,
            void* buffer) {
  const DescriptorFile& from = *own(file);
  if (address > from.end || size > from.end - address) {
    return -1;
  }
  size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(from.descriptor, static_cast<char*>(buffer) + done, size - done,
                                static_cast<off_t>(address + done));
    if (got > 0) {
      done += static_cast<size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      return -1;
    }
  }
  return 0;
}

herr_t refuse_to_write(H5FD_t* /*file*/, H5FD_mem_t /*type*/, hid_t /*transfer*/,
                       haddr_t /*address*/, size_t /*size*/, const void* /*buffer*/) {
  return -1;
}

constexpr H5FD_class_t kDriver = {
#ifdef H5FD_CLASS_VERSION  // libhdf5 1.14 and newer: a number beyond those of its own drivers
    .version = H5FD_CLASS_VERSION,
    .value = H5_VFD_RESERVED,
#endif
    .name = "mote",
    .maxaddr = kFarthest,
    .fc_degree = H5F_CLOSE_WEAK,
    .open = open,
    .close = close,
    .query = query,
    .get_eoa = end_of_used,
    .set_eoa = set_end_of_used,
    .get_eof = end_of_file,
    .read = read,
    .write = refuse_to_write,
    .fl_map = H5FD_FLMAP_DICHOTOMY};

}  // namespace

Handle open_file(int descriptor) {
  const Handle driver =
      checked(H5FDregister(&kDriver), H5FDunregister, "libhdf5 takes no driver of mote's");
  const Handle access =
      checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "libhdf5 gives no access list");
  if (H5Pset_driver(access.get(), driver.get(), nullptr) < 0) {
    throw Error(ErrorKind::kBadFile, "libhdf5 takes no driver of mote's: {}", last_words());
  }
  return checked(H5Fopen(std::to_string(descriptor).c_str(), H5F_ACC_RDONLY, access.get()),
                 H5Fclose, "not a sound HDF5 file");
}

}  // namespace mote::hdf5
