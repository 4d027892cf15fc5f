#include "mote/data/layout.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "mote/core/lower.h"

namespace mote::data {
namespace {

using Words = std::vector<std::string>;

constexpr auto kSplitFolders = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"train", "train"},
    {"training", "train"},
    {"val", "val"},
    {"valid", "val"},
    {"validation", "val"},
    {"dev", "val"},
    {"test", "test"},
    {"testing", "test"},
});
constexpr auto kLabelFolders = std::to_array<std::string_view>(
    {"label", "labels", "mask", "masks", "annotation", "annotations", "gt", "ground_truth", "seg"});
constexpr auto kLabelWords = std::to_array<std::string_view>(
    {"label", "labels", "mask", "masks", "annotation", "annotations", "gt", "seg"});
constexpr auto kImageWords = std::to_array<std::string_view>({"image", "images", "img", "imgs"});
constexpr auto kImageEndings =
    std::to_array<std::string_view>({"png", "jpg", "jpeg", "tif", "tiff"});
constexpr auto kTextEndings = std::to_array<std::string_view>({"txt", "json", "xml"});

template <typename List>
bool holds(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Words parts_of(const std::string& text, std::string_view separators) {
  Words parts(1);
  for (const char c : text) {
    if (separators.find(c) != std::string_view::npos) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

struct File {
  bool image = false;
  bool label = false;
  std::string split;
  std::string key;  // what an image and its label have in common
};

File file_of(const std::string& path) {
  Words folders = parts_of(lower(path), "/");
  const std::string file_name = folders.back();
  folders.pop_back();
  const size_t dot = file_name.rfind('.');
  const std::string ending = dot == std::string::npos ? "" : file_name.substr(dot + 1);
  File file;
  file.image = holds(kImageEndings, ending);
  file.label = holds(kTextEndings, ending);
  for (const std::string& folder : folders) {
    const auto* const split =
        std::find_if(kSplitFolders.begin(), kSplitFolders.end(),
                     [&](const auto& known) { return known.first == folder; });
    if (file.split.empty() && split != kSplitFolders.end()) {
      file.split = split->second;
    } else if (holds(kLabelFolders, folder)) {
      file.label = true;
    } else if (!holds(kImageWords, folder)) {
      file.key += folder + "/";
    }
  }
  file.key = file.split + "/" + file.key;
  for (const std::string& word : parts_of(file_name.substr(0, dot), "_-. ")) {
    if (holds(kLabelWords, word)) {
      file.label = true;
    } else if (!holds(kImageWords, word)) {
      file.key += word + "_";
    }
  }
  file.image = file.image && !file.label;
  file.label = file.label && (holds(kImageEndings, ending) || holds(kTextEndings, ending));
  return file;
}

}  // namespace

std::vector<Item> items_of(const std::vector<std::string>& files) {
  std::map<std::string, std::string> labels;
  for (const std::string& path : files) {
    const File file = file_of(path);
    if (file.label) {
      labels.emplace(file.key, path);
    }
  }
  std::vector<Item> items;
  for (const std::string& path : files) {
    const File file = file_of(path);
    if (file.image) {
      const auto label = labels.find(file.key);
      items.push_back({.image = path,
                       .label = label != labels.end() ? label->second : "",
                       .split = file.split});
    }
  }
  return items;
}

}  // namespace mote::data
