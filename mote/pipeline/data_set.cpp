#include "mote/pipeline/data_set.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "mote/io/open.h"
#include "mote/io/stills.h"
#include "mote/pipeline/recording.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

// Whether a link leads to a folder that it lies in.
bool leads_back(const fs::directory_entry& entry) {
  std::error_code error;
  if (!entry.is_symlink(error) || !entry.is_directory(error)) {
    return false;
  }
  const fs::path here = fs::canonical(entry.path().parent_path(), error);
  const fs::path there = fs::canonical(entry.path(), error);
  return std::mismatch(there.begin(), there.end(), here.begin(), here.end()).first == there.end();
}

std::vector<std::string> files_within(const std::string& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (!fs::exists(status)) {
    throw Error(ErrorKind::kNotFound, "{}: no such folder", folder);
  }
  if (!fs::is_directory(status)) {
    throw Error(ErrorKind::kUsage, "{}: is a file, expected the folder of a data set", folder);
  }
  std::vector<std::string> files;
  constexpr auto kFollow = fs::directory_options::follow_directory_symlink;
  fs::recursive_directory_iterator entry(folder, kFollow, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with(".") || leads_back(*entry)) {
      entry.disable_recursion_pending();
    } else if (std::error_code unused; entry->is_regular_file(unused)) {
      files.push_back(entry->path().lexically_relative(folder).generic_string());
    }
  }
  if (error) {
    throw Error(ErrorKind::kResource, "{}: cannot be listed: {}", folder, error.message());
  }
  std::sort(files.begin(), files.end(), io::natural_less);
  return files;
}

int place_of(const std::string& split) {
  return split == "train" ? 0 : split == "val" ? 1 : split == "test" ? 2 : 3;
}

RecordingOptions one_image(const std::string& path) {
  return {.path = path, .any_size = true};
}

}  // namespace

std::vector<data::Item> data_set_items(const std::string& folder) {
  std::vector<data::Item> items = data::items_of(files_within(folder));
  if (items.empty()) {
    throw Error(ErrorKind::kNotFound, "{}: no PNG, JPEG or TIFF image but labels", folder);
  }
  std::stable_sort(items.begin(), items.end(), [](const data::Item& a, const data::Item& b) {
    return place_of(a.split) < place_of(b.split);
  });
  return items;
}

DataSetImage read_data_set_image(const std::string& path) {
  Recording recording = Recording::open(one_image(path));
  FieldFrame field = recording.read_field(0);
  return {.image = std::move(field.frame.image),
          .excluded = *field.excluded,
          .frames = recording.info().frames};
}

Size data_set_image_size(const std::string& path) {
  return io::open_frames(path)->info().size;
}

}  // namespace mote::pipeline
