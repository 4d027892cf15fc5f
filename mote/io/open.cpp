#include "mote/io/open.h"

#include <filesystem>
#include <new>

#include "mote/core/error.h"
#include "mote/io/formats.h"
#include "mote/io/in_situ.h"
#include "mote/io/ome_zarr.h"
#include "mote/io/stills.h"

namespace mote::io {
namespace {

std::unique_ptr<FrameSource> open_list(const std::vector<std::string>& files,
                                       const ReadOptions& options) {
  // One file is what it is, of however many images.
  return files.size() == 1 ? open_file(files.front(), options) : open_stills(files, options);
}

bool is_pattern(const std::string& path) {
  return path.find_first_of("*?[") != std::string::npos;
}

std::unique_ptr<FrameSource> open_any(const std::string& path, const ReadOptions& options) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_directory(status) && looks_like_in_situ(path)) {
    return open_in_situ(path, options);
  }
  if (std::filesystem::is_directory(status) && looks_like_zarr(path)) {
    return open_zarr(path, options);
  }
  if (std::filesystem::is_directory(status)) {
    return open_list(stills_of_folder(path), options);
  }
  if (!std::filesystem::exists(status) && is_pattern(path)) {
    return open_list(stills_of_pattern(path), options);
  }
  return open_file(path, options);
}

}  // namespace

std::unique_ptr<FrameSource> open_frames(const std::string& path, const ReadOptions& options) {
  try {
    return open_any(path, options);
  } catch (const Error& error) {
    throw error.in(path);
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::kResource, "{}: no memory to open it", path);
  }
}

}  // namespace mote::io
