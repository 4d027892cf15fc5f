#include "mote/io/zarr_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "mote/core/buffer.h"
#include "mote/core/error.h"
#include "mote/io/output_file.h"
#include "mote/io/zarr_codec.h"

namespace mote::io {
namespace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(ErrorKind::kResource, "{}: cannot be made: {}", folder.string(), error.message());
  }
}

// The folder in making is synced as a whole.
void write_file(const std::string& path, std::string_view bytes) {
  OutputFile(path).write_at(0, bytes.data(), static_cast<int64_t>(bytes.size()));
}

void write_json(const std::string& path, const nlohmann::json& json) {
  write_file(path, json.dump(2) + "\n");
}

void sync_file_system(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = descriptor >= 0 && ::syncfs(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  if (!done) {
    throw Error(ErrorKind::kResource, "{}: cannot be written: {}", folder, std::strerror(error));
  }
}

}  // namespace

ZarrFolderInMaking::ZarrFolderInMaking(std::string folder) : folder_(std::move(folder)) {
  std::error_code ignored;
  if (fs::exists(folder_, ignored)) {
    throw Error(ErrorKind::kUsage, "{}: is there already: choose another name", folder_);
  }
  make_folder(folder_);
}

ZarrFolderInMaking::~ZarrFolderInMaking() {
  if (!finished_) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
}

void ZarrFolderInMaking::finish() {
  sync_file_system(folder_);
  finished_ = true;
}

void write_zarr_group(const std::string& folder, int version, const nlohmann::json& attributes) {
  make_folder(folder);
  if (version == 3) {
    write_json(folder + "/zarr.json",
               {{"zarr_format", 3}, {"node_type", "group"}, {"attributes", attributes}});
    return;
  }
  if (!attributes.empty()) {
    write_json(folder + "/.zattrs", attributes);
  }
  write_json(folder + "/.zgroup", {{"zarr_format", 2}});
}

ZarrArrayWriter::ZarrArrayWriter(std::string folder, ZarrMetadata metadata)
    : folder_(std::move(folder)), metadata_(std::move(metadata)) {
  make_folder(folder_);
}

void ZarrArrayWriter::write(const ZarrBox& box, const std::byte* from) {
  const int64_t element = metadata_.type.bytes;
  const ZarrLayout from_layout = ZarrLayout::row_major(box.extent, element);
  const ZarrLayout chunk_layout = ZarrLayout::row_major(metadata_.chunk, element);
  Buffer<std::byte> chunk(static_cast<size_t>(metadata_.chunk_bytes()));
  const std::string separator(1, metadata_.separator);
  for_each_zarr_chunk(box, metadata_.chunk, [&](const std::vector<int64_t>& index) {
    std::fill(chunk.begin(), chunk.end(), std::byte{});
    const ZarrBox part = part_in_chunk(box, metadata_.chunk, index);
    std::vector<int64_t> in_box(index.size());
    for (size_t i = 0; i < index.size(); ++i) {
      in_box[i] = part.origin[i] - box.origin[i];
    }
    copy_zarr_box(part.extent, element, from + from_layout.offset(in_box), from_layout,
                  chunk.data(), chunk_layout);
    if (std::all_of(chunk.begin(), chunk.end(), [](std::byte b) { return b == std::byte{}; })) {
      return;
    }
    std::string key = metadata_.version == 3 ? "c" + separator : "";
    key += fmt::format("{}", fmt::join(index, separator));
    const fs::path path = fs::path(folder_) / key;
    make_folder(path.parent_path());
    const std::string_view bytes(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    write_file(path.string(), encode_blosc(bytes, element));
  });
}

void ZarrArrayWriter::close(int64_t length, const nlohmann::json& attributes) {
  metadata_.shape[0] = length;
  if (metadata_.version == 3) {
    write_json(folder_ + "/zarr.json", zarr_json(metadata_, attributes));
    return;
  }
  if (!attributes.empty()) {
    write_json(folder_ + "/.zattrs", attributes);
  }
  write_json(folder_ + "/.zarray", zarr_json(metadata_, attributes));
}

}  // namespace mote::io
