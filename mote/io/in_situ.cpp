#include "mote/io/in_situ.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "mote/core/error.h"
#include "mote/io/dm.h"
#include "mote/io/raw_source.h"

namespace mote::io {
namespace {

struct InSituFile {
  int64_t second = 0;  // since hour 0
  int64_t number = 0;  // within the second
  std::string path;
};

// The digits behind `label` in `name`; `from` moves behind them.
std::optional<int64_t> number_behind(const std::string& name, std::string_view label,
                                     size_t& from) {
  const size_t at = name.find(label, from);
  if (at == std::string::npos) {
    return std::nullopt;
  }
  int32_t value = 0;
  const char* begin = name.data() + at + label.size();
  const auto [end, error] = std::from_chars(begin, name.data() + name.size(), value);
  if (error != std::errc() || value < 0) {
    return std::nullopt;
  }
  from = static_cast<size_t>(end - name.data());
  return value;
}

std::optional<InSituFile> parse_name(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  size_t from = 0;
  const auto hour = number_behind(name, "_Hour_", from);
  const auto minute = number_behind(name, "_Minute_", from);
  const auto second = number_behind(name, "_Second_", from);
  const auto number = number_behind(name, "_Frame_", from);
  const std::string rest = name.substr(from);
  if (!hour || !minute || !second || !number || (rest != ".dm4" && rest != ".dm3")) {
    return std::nullopt;
  }
  return InSituFile{
      .second = (*hour * 60 + *minute) * 60 + *second, .number = *number, .path = path.string()};
}

std::vector<InSituFile> find_files(const std::string& folder) {
  std::vector<InSituFile> files;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end;
       !error && entry != end; entry.increment(error)) {
    if (auto file = parse_name(entry->path())) {
      files.push_back(std::move(*file));
    }
  }
  if (files.empty()) {
    throw Error(ErrorKind::kNotFound,
                "an In-situ folder without files such as "
                "NAME_Hour_00_Minute_00_Second_00_Frame_0000.dm4");
  }
  std::sort(files.begin(), files.end(), [](const InSituFile& a, const InSituFile& b) {
    return std::tie(a.second, a.number, a.path) < std::tie(b.second, b.number, b.path);
  });
  return files;
}

// How many frames a second has at most.
int64_t frames_a_second(const std::vector<InSituFile>& files) {
  int64_t most = 0;
  for (const InSituFile& file : files) {
    most = std::max(most, file.number + 1);
  }
  return most;
}

// How many frames lie missing between two that follow on each other.
int64_t missing_between(const InSituFile& before, const InSituFile& after, int64_t rate) {
  if (before.second == after.second) {
    return std::max<int64_t>(0, after.number - before.number - 1);
  }
  const int64_t to_its_end = std::max<int64_t>(0, rate - 2 - before.number);
  return to_its_end + (after.second - before.second - 1) * rate + after.number;
}

void report_missing(const std::vector<InSituFile>& files, int64_t rate, RecordingInfo& info) {
  int64_t missing = 0;
  std::vector<std::string> gaps;
  for (size_t i = 1; i < files.size(); ++i) {
    const int64_t between = missing_between(files[i - 1], files[i], rate);
    missing += between;
    if (between > 0) {
      gaps.push_back(fmt::format("{} before frame {} ({})", between, i,
                                 std::filesystem::path(files[i].path).filename().string()));
    }
  }
  if (missing == 0) {
    return;
  }
  constexpr size_t kMostNamed = 3;
  const size_t more = gaps.size() - std::min(gaps.size(), kMostNamed);
  gaps.resize(gaps.size() - more);
  info.warnings.push_back(fmt::format("{} frames are missing: {}{}; times stay those of the names",
                                      missing, fmt::join(gaps, ", "),
                                      more > 0 ? fmt::format(" and {} more gaps", more) : ""));
}

class InSitu : public FrameSource {
 public:
  InSitu(const std::string& folder, const ReadOptions& options)
      : files_(find_files(folder)), options_(options), rate_(frames_a_second(files_)) {
    info_ = open(0)->info();
    info_.format += " In-situ folder";
    info_.frames = static_cast<int64_t>(files_.size());
    info_.files.clear();
    for (const InSituFile& file : files_) {
      info_.files.push_back(file.path);
    }
    if (info_.frames > 1) {
      info_.frame_interval = {.seconds = 1.0 / static_cast<double>(rate_),
                              .source = "frames a second in the folder"};
    }
    report_missing(files_, rate_, info_);
  }

  const RecordingInfo& info() const override { return info_; }

  Frame read(int64_t index) override {
    check_frame(index, info_.frames);
    const InSituFile& file = files_[static_cast<size_t>(index)];
    const InSituFile& first = files_.front();
    Frame frame = open(static_cast<size_t>(index))->read(0);
    frame.index = index;
    frame.time_s = static_cast<double>(file.second - first.second) +
                   static_cast<double>(file.number - first.number) / static_cast<double>(rate_);
    return frame;
  }

 private:
  std::unique_ptr<FrameSource> open(size_t index) const {
    const std::string& path = files_[index].path;
    try {
      std::unique_ptr<FrameSource> source = open_dm(path, options_);
      if (source->info().frames != 1) {
        throw Error(ErrorKind::kUnsupported, "holds {} images: expected one a file",
                    source->info().frames);
      }
      return source;
    } catch (const Error& error) {
      throw error.in(std::filesystem::path(path).filename().string());
    }
  }

  std::vector<InSituFile> files_;
  ReadOptions options_;
  int64_t rate_;
  RecordingInfo info_;
};

}  // namespace

bool looks_like_in_situ(const std::string& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().filename().string().starts_with("Hour_") && entry->is_directory(ignored)) {
      return true;
    }
  }
  return false;
}

std::unique_ptr<FrameSource> open_in_situ(const std::string& folder, const ReadOptions& options) {
  return std::make_unique<InSitu>(folder, options);
}

}  // namespace mote::io
