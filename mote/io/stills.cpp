#include "mote/io/stills.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include <fmt/ranges.h>
#include <glob.h>

#include "mote/core/error.h"
#include "mote/io/formats.h"

namespace mote::io {
namespace {

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

// The digits that `text` begins with, without leading zeros; takes them off.
std::string_view take_number(std::string_view& text) {
  size_t end = 0;
  while (end < text.size() && is_digit(text[end])) {
    ++end;
  }
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// Names as a message lists them.
std::string some_of(const std::set<std::string>& names) {
  constexpr size_t kMostNamed = 5;
  std::vector<std::string> named(names.begin(), names.end());
  if (named.size() > kMostNamed) {
    named.resize(kMostNamed);
    named.emplace_back("...");
  }
  return fmt::format("{}", fmt::join(named, ", "));
}

// From one file to the next, where all are too many to open.
size_t step_over(const std::vector<std::string>& files) {
  constexpr size_t kMostOpened = 300;
  return (files.size() + kMostOpened - 1) / kMostOpened;
}

class Stills : public FrameSource {
 public:
  Stills(std::vector<std::string> files, const ReadOptions& options);

  const RecordingInfo& info() const override { return info_; }
  Frame read(int64_t index) override;

 private:
  std::unique_ptr<FrameSource> open(const std::string& path) const;
  void compare_pixel_sizes();

  std::vector<std::string> files_;
  ReadOptions options_;
  RecordingInfo info_;
};

Stills::Stills(std::vector<std::string> files, const ReadOptions& options)
    : files_(std::move(files)), options_(options) {
  const std::unique_ptr<FrameSource> first = open(files_.front());
  info_ = first->info();
  info_.format += files_.size() == 1 ? " still" : " stills";
  info_.frames = static_cast<int64_t>(files_.size());
  info_.files = files_;
  if (files_.size() > 1 && info_.pixel_size) {
    compare_pixel_sizes();
  }
}

std::unique_ptr<FrameSource> Stills::open(const std::string& path) const {
  try {
    std::unique_ptr<FrameSource> source = open_file_of_series(path, options_);
    if (source->info().frames != 1) {
      throw Error(ErrorKind::kUnsupported,
                  "holds {} images: mote reads a series of stills, or one file of several images",
                  source->info().frames);
    }
    return source;
  } catch (const Error& error) {
    throw error.in(file_name(path));
  }
}

// A mixture of magnifications must not be measured with the first one's pixel size.
void Stills::compare_pixel_sizes() {
  constexpr double kSame = 1e-6;
  const size_t step = step_over(files_);
  for (size_t i = step; i < files_.size(); i += step) {
    std::optional<PixelSize> size;
    try {
      size = open(files_[i])->info().pixel_size;
    } catch (const Error&) {
      continue;  // reported when the frame is read
    }
    if (!size || std::abs(size->x_nm / info_.pixel_size->x_nm - 1) > kSame ||
        std::abs(size->y_nm / info_.pixel_size->y_nm - 1) > kSame) {
      info_.warnings.push_back(
          fmt::format("the stills differ in pixel size ({} has {} nm, {} {}): none is taken",
                      file_name(files_.front()), info_.pixel_size->x_nm, file_name(files_[i]),
                      size ? fmt::format("{} nm", size->x_nm) : "none"));
      info_.pixel_size.reset();
      return;
    }
  }
}

Frame Stills::read(int64_t index) {
  if (index < 0 || index >= info_.frames) {
    throw Error(ErrorKind::kUsage, "frame {}: the recording has {} (0 to {})", index, info_.frames,
                info_.frames - 1);
  }
  const std::string& path = files_[static_cast<size_t>(index)];
  const std::unique_ptr<FrameSource> source = open(path);
  try {
    Frame frame = source->read(0);
    frame.index = index;
    return frame;
  } catch (const Error& error) {
    throw error.in(file_name(path));
  }
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  const std::pair<std::string_view, std::string_view> whole{a, b};
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view first = take_number(a);
      const std::string_view second = take_number(b);
      if (first.size() != second.size()) {
        return first.size() < second.size();
      }
      if (first != second) {
        return first < second;
      }
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() && b.empty()) {
    return whole.first < whole.second;  // `07` and `7`
  }
  return a.empty();
}

std::vector<std::string> stills_of_folder(const std::string& folder) {
  std::map<std::string, std::vector<std::string>> by_kind;
  std::set<std::string> sub_folders;
  std::set<std::string> recordings;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string kind = still_kind_by_extension(entry->path().string());
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      sub_folders.insert(file_name(entry->path().string()));
    } else if (kind.empty() && is_named_as_a_recording(entry->path().string())) {
      recordings.insert(file_name(entry->path().string()));
    }
    if (!kind.empty() && !file_name(entry->path().string()).starts_with(".") &&
        entry->is_regular_file(ignored)) {
      by_kind[kind].push_back(entry->path().string());
    }
  }
  if (error) {
    throw Error(ErrorKind::kNotFound, "cannot be opened: {}", error.message());
  }
  if (by_kind.empty()) {
    throw Error(ErrorKind::kNotFound, "no stills that mote reads lie in this folder{}{}",
                recordings.empty()
                    ? ""
                    : fmt::format("; name one of its recordings ({})", some_of(recordings)),
                sub_folders.empty()
                    ? ""
                    : fmt::format("; its sub-folders ({}) are not searched", some_of(sub_folders)));
  }
  if (by_kind.size() > 1) {
    std::string found;
    for (const auto& [kind, files] : by_kind) {
      found += fmt::format("{}{} {}", found.empty() ? "" : ", ", files.size(), kind);
    }
    const std::string example = by_kind.begin()->second.front();
    throw Error(ErrorKind::kUsage,
                "a folder of {} files: expected one kind, or a pattern such as '{}/*{}'", found,
                folder, std::filesystem::path(example).extension().string());
  }
  std::vector<std::string> files = std::move(by_kind.begin()->second);
  std::sort(files.begin(), files.end(), natural_less);
  return files;
}

std::vector<std::string> stills_of_pattern(const std::string& pattern) {
  glob_t matches{};
  const int failure = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches);
  std::vector<std::string> files;
  for (size_t i = 0; failure == 0 && i < matches.gl_pathc; ++i) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(matches.gl_pathv[i], ignored)) {
      files.emplace_back(matches.gl_pathv[i]);
    }
  }
  ::globfree(&matches);
  if (files.empty()) {
    throw Error(ErrorKind::kNotFound, "no file matches");
  }
  std::sort(files.begin(), files.end(), natural_less);
  return files;
}

std::optional<std::string> size_difference(const std::vector<std::string>& files) {
  std::optional<Size> size;
  std::string first;
  for (size_t i = 0; i < files.size(); i += step_over(files)) {
    try {
      const Size own = open_file_of_series(files[i])->info().size;
      if (size && own != *size) {
        return fmt::format("{} has {} x {} px, {} {} x {} px", first, size->width, size->height,
                           file_name(files[i]), own.width, own.height);
      }
      size = own;
    } catch (const Error&) {
      continue;  // reported when the frame is read
    }
    first = first.empty() ? file_name(files[i]) : first;
  }
  return std::nullopt;
}

std::unique_ptr<FrameSource> open_stills(const std::vector<std::string>& files,
                                         const ReadOptions& options) {
  return std::make_unique<Stills>(files, options);
}

}  // namespace mote::io
