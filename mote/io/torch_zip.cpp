#include "mote/io/torch_zip.h"

#include <map>
#include <memory>

#include <libdeflate.h>

#include "mote/core/error.h"
#include "mote/io/mapped_file.h"
#include "mote/io/torch_pickle.h"
#include "mote/io/zip.h"

namespace mote::io {
namespace {

/// The entries of an archive by name.
class Archive {
 public:
  explicit Archive(const std::string& path) : file_(std::make_shared<MappedFile>(path)) {
    for (ZipPlace& place : zip_places(path)) {
      const std::string name = place.name;
      places_.emplace(name, std::move(place));
    }
  }

  const std::shared_ptr<MappedFile>& file() const { return file_; }
  bool has(const std::string& name) const { return places_.contains(name); }

  /// The folder of the archive, which is named as the file was: it is the one with a data.pkl.
  std::string folder() const {
    const std::string pickle = "data.pkl";
    for (const auto& [name, place] : places_) {
      const size_t slash = name.find('/');
      if (slash != std::string::npos && name.compare(slash + 1, std::string::npos, pickle) == 0) {
        return name.substr(0, slash + 1);
      }
    }
    throw Error(ErrorKind::kUnsupported, "is a zip file without {}: no PyTorch checkpoint", pickle);
  }

  std::span<const std::byte> bytes(const std::string& name) const {
    const auto found = places_.find(name);
    if (found == places_.end()) {
      throw Error(ErrorKind::kBadFile, "{} is missing from the archive", name);
    }
    const ZipPlace& place = found->second;
    if (!place.stored) {
      throw Error(ErrorKind::kUnsupported, "{} is packed, which torch.save does not do", name);
    }
    const auto bytes =
        file_->bytes().subspan(static_cast<size_t>(place.offset), static_cast<size_t>(place.bytes));
    if (libdeflate_crc32(0, bytes.data(), bytes.size()) != place.crc32) {
      throw Error(ErrorKind::kBadFile, "{} does not have the checksum that its archive says", name);
    }
    return bytes;
  }

 private:
  std::shared_ptr<MappedFile> file_;
  std::map<std::string, ZipPlace> places_;
};

void check_kind(const Archive& archive, const std::string& folder) {
  if (archive.has(folder + "constants.pkl")) {
    throw Error(ErrorKind::kUnsupported,
                "is a TorchScript program; mote reads state dicts: save one with "
                "torch.save(module.state_dict(), FILE)");
  }
  const std::string order_name = folder + "byteorder";
  if (archive.has(order_name)) {
    const auto bytes = archive.bytes(order_name);
    const std::string_view order(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (order != "little") {
      throw Error(ErrorKind::kUnsupported, "byte order other than little");
    }
  }
}

}  // namespace

Weights read_torch_zip(const std::string& path) {
  const Archive archive(path);
  const std::string folder = archive.folder();
  check_kind(archive, folder);
  const TorchPickle pickle =
      torch_pickle(read_pickle(archive.bytes(folder + "data.pkl"), is_torch_global));
  std::vector<std::span<const std::byte>> storages;
  for (const TorchStorage& storage : pickle.storages) {
    storages.push_back(archive.bytes(folder + "data/" + storage.key));
  }
  return torch_weights(pickle, storages, archive.file());
}

}  // namespace mote::io
