#include "mote/pipeline/score_source.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/coco.h"
#include "mote/io/csv.h"
#include "mote/io/ctc.h"
#include "mote/io/json_fault.h"
#include "mote/io/motchallenge.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/label_input.h"
#include "mote/pipeline/score_tables.h"
#include "mote/pipeline/whole_masks.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

std::vector<int64_t> counted(int64_t frames) {
  std::vector<int64_t> numbers(static_cast<size_t>(frames));
  std::iota(numbers.begin(), numbers.end(), int64_t{0});
  return numbers;
}

class LabelSource : public ScoreSource {
 public:
  /// `masks` take the place of the label images, `shared` adds to them.
  explicit LabelSource(ScoreInfo info, const std::string& labels,
                       std::optional<TruthMasks> masks = {},
                       std::optional<SharedInstances> shared = {})
      : info_(std::move(info)),
        labels_path_(labels),
        labels_(labels),
        masks_(std::move(masks)),
        shared_(std::move(shared)) {
    info_.overlapping = masks_ || shared_;
    if (info_.numbers.empty()) {
      info_.numbers = counted(labels_.info().frames);
    }
    if (static_cast<int64_t>(info_.numbers.size()) != labels_.info().frames) {
      throw Error(ErrorKind::kBadFile, "{}: {} label images, but the tables tell of {} frames",
                  labels, labels_.info().frames, info_.numbers.size());
    }
    info_.pixel_size = labels_.info().pixel_size;
  }

  const ScoreInfo& info() const override { return info_; }

  eval::ObjectImage read(int64_t index) override {
    if (masks_) {
      return masks_->read(index, labels_.info().size);
    }
    LabelImage labels;
    try {
      labels = labels_.read(index);
    } catch (const Error& error) {
      throw std::string_view(error.what()).starts_with(labels_path_) ? error
                                                                     : error.in(labels_path_);
    }
    eval::ObjectImage image = eval::objects_of(labels);
    if (shared_) {
      shared_->add_to(image, index);
    }
    return image;
  }

  std::vector<eval::ObjectBox> boxes(int64_t index) override { return eval::boxes_of(read(index)); }

 private:
  ScoreInfo info_;
  std::string labels_path_;
  LabelInput labels_;
  std::optional<TruthMasks> masks_;
  std::optional<SharedInstances> shared_;
};

class MotSource : public ScoreSource {
 public:
  MotSource(const std::string& given, const std::string& path, bool is_truth) {
    const std::vector<io::MotBox> boxes =
        parsed_file(path, [](const std::string& text) { return io::mot_boxes(text); });
    for (const io::MotBox& box : boxes) {
      if (is_truth && box.confidence == 0) {
        continue;  // a box that MOTChallenge does not ask for
      }
      by_frame_[box.frame].push_back({.id = box.id,
                                      .y_px = box.top_px,
                                      .x_px = box.left_px,
                                      .height_px = box.height_px,
                                      .width_px = box.width_px,
                                      .score = box.confidence});
    }
    info_ = {.path = given,
             .format = "MOTChallenge",
             .numbers = counted(boxes.empty() ? 0 : boxes.back().frame + 1),
             .boxes = true,
             .tracked = true,
             .scored = !is_truth};
    std::map<int32_t, Track> tracks;
    for (const auto& [frame, list] : by_frame_) {
      for (const eval::ObjectBox& box : list) {
        Track& track =
            tracks.try_emplace(box.id, Track{.id = box.id, .first_frame = frame}).first->second;
        track.last_frame = frame;
      }
    }
    for (const auto& [unused, track] : tracks) {
      info_.tracks.push_back(track);
    }
  }

  const ScoreInfo& info() const override { return info_; }
  eval::ObjectImage read(int64_t) override { return {}; }
  std::vector<eval::ObjectBox> boxes(int64_t index) override {
    const auto found = by_frame_.find(index);
    return found != by_frame_.end() ? found->second : std::vector<eval::ObjectBox>();
  }

 private:
  ScoreInfo info_;
  std::map<int64_t, std::vector<eval::ObjectBox>> by_frame_;
};

class CocoSource : public ScoreSource {
 public:
  /// `images` are those of the truth where the file has none.
  CocoSource(const std::string& path, io::CocoFile file, std::vector<io::CocoImage> images)
      : file_(std::move(file)), images_(std::move(images)) {
    std::map<int64_t, size_t> places;
    for (size_t i = 0; i < images_.size(); ++i) {
      if (!places.emplace(images_[i].id, i).second) {
        throw Error(ErrorKind::kBadFile, "{}: image {} is there twice", path, images_[i].id);
      }
    }
    by_image_.resize(images_.size());
    for (size_t i = 0; i < file_.annotations.size(); ++i) {
      const auto place = places.find(file_.annotations[i].image_id);
      if (place == places.end()) {
        throw Error(ErrorKind::kBadFile, "{}: annotation {} is of image {}, which is not there",
                    path, i + 1, file_.annotations[i].image_id);
      }
      by_image_[place->second].push_back(i);
    }
    info_ = {.path = path,
             .format = "COCO",
             .numbers = counted(static_cast<int64_t>(images_.size())),
             .scored = true};
  }

  const ScoreInfo& info() const override { return info_; }
  const std::vector<io::CocoImage>& images() const { return images_; }

  eval::ObjectImage read(int64_t index) override {
    const auto place = static_cast<size_t>(index);
    eval::ObjectImage image{.size = images_[place].size};
    for (const size_t i : by_image_[place]) {
      const io::CocoAnnotation& annotation = file_.annotations[i];
      try {
        image.objects.push_back({.id = static_cast<int32_t>(image.objects.size() + 1),
                                 .mask = io::mask_of(annotation, image.size),
                                 .score = annotation.score,
                                 .crowd = annotation.crowd});
      } catch (const Error& error) {
        throw error.in(fmt::format("{}: annotation {}", info_.path, i + 1));
      }
    }
    return image;
  }

  std::vector<eval::ObjectBox> boxes(int64_t index) override { return eval::boxes_of(read(index)); }

 private:
  ScoreInfo info_;
  io::CocoFile file_;
  std::vector<io::CocoImage> images_;
  std::vector<std::vector<size_t>> by_image_;
};

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::unique_ptr<ScoreSource> open_ctc(const std::string& given, const fs::path& folder,
                                      const std::string& table, const std::string& masks) {
  ScoreInfo info{.path = given, .format = "CTC", .numbered = true, .tracked = true};
  info.tracks = parsed_file((folder / table).string(),
                            [](const std::string& text) { return io::ctc_tracks(text); });
  const std::string pattern = (folder / masks).string();
  const LabelInput images(pattern);
  for (const std::string& file : images.info().files) {
    info.numbers.push_back(io::ctc_frame(file));
  }
  return std::make_unique<LabelSource>(std::move(info), pattern);
}

/// What run.json says of how the recording was read, and which it was.
void add_input(const std::string& text, ScoreInfo& info) {
  try {
    const auto json = nlohmann::json::parse(text);
    const auto& options = json.at("options");
    info.reading = {.roi = options.value("roi", ""),
                    .bin = options.value("bin", int64_t{1}),
                    .average = options.value("average", int64_t{1}),
                    .mask = options.value("mask", "")};
    const auto& input = json.at("input");
    const fs::path path = json.at("recording").value("path", "");
    if (input.value("files", 0) == 1) {
      info.input = {.file = path.filename().string(),
                    .hash = input.value("hash", ""),
                    .full = input.value("hash_covers", "") == "full"};
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::kBadFile, "is no run.json of mote: {}", io::json_fault(error));
  }
}

/// The folder of a run, or the truth of a simulation.
std::unique_ptr<ScoreSource> open_run(const std::string& given, const fs::path& folder) {
  const bool run = is_there(folder / "run.json");
  const bool simulation = is_there(folder / "simulation.json");
  ScoreInfo info{.path = given,
                 .format = run          ? "mote run"
                           : simulation ? "simulation"
                                        : "label images"};
  if (run) {
    parsed_file((folder / "run.json").string(),
                [&](const std::string& text) { add_input(text, info); });
  } else if (simulation) {
    info.reading = ReadingOptions{};
    const fs::path recording =
        fs::absolute(folder).lexically_normal().parent_path() / "recording.tif";
    info.recording = is_there(recording) ? recording.string() : "";
  }
  if (is_there(folder / "frames.csv")) {
    const auto numbers = parsed_file((folder / "frames.csv").string(), [](const std::string& text) {
      return io::csv_numbers(text, {"recorded_frame"});
    });
    for (const std::vector<double>& row : numbers) {
      info.numbers.push_back(static_cast<int64_t>(row[0]));
    }
    info.numbered = true;
    info.partial = true;
  }
  if (is_there(folder / "tracks.csv")) {
    info.tracks = parsed_file((folder / "tracks.csv").string(), tracks_of_csv);
    info.tracked = true;
  }
  if (is_there(folder / "events.csv")) {
    info.events = parsed_file((folder / "events.csv").string(), [&](const std::string& text) {
      return events_of_csv(text, info.numbers);
    });
  }
  const bool one_file = is_there(folder / "labels.tif");
  const std::string labels = (folder / (one_file ? "labels.tif" : "labels")).string();
  std::optional<TruthMasks> masks;
  std::optional<SharedInstances> shared;
  if (!run && TruthMasks::are_in(folder.string())) {
    masks.emplace(folder.string());
  }
  if (run && info.tracked && is_there(folder / "particles.csv")) {
    shared.emplace((folder / "particles.csv").string());
  }
  return std::make_unique<LabelSource>(std::move(info), labels, std::move(masks),
                                       std::move(shared));
}

bool is_run(const fs::path& folder) {
  return is_there(folder / "labels.tif") ||
         (is_there(folder / "labels") && is_there(folder / "run.json"));
}

std::unique_ptr<ScoreSource> open_folder(const std::string& path, bool is_truth) {
  const fs::path folder = path;
  for (const fs::path& place : {folder, folder / "truth"}) {
    if (is_run(place)) {
      return open_run(path, place);
    }
  }
  for (const fs::path& place : {folder, folder / "TRA"}) {
    if (is_there(place / "man_track.txt")) {
      return open_ctc(path, place, "man_track.txt", "man_track*.tif");
    }
    if (is_there(place / "res_track.txt")) {
      return open_ctc(path, place, "res_track.txt", "mask*.tif");
    }
  }
  if (is_there(folder / "gt" / "gt.txt")) {
    return std::make_unique<MotSource>(path, (folder / "gt" / "gt.txt").string(), is_truth);
  }
  return std::make_unique<LabelSource>(ScoreInfo{.path = path, .format = "label images"}, path);
}

/// `truth` lends its images to COCO results; null for the truth itself.
std::unique_ptr<ScoreSource> open_source(const std::string& path, const ScoreSource* truth) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return open_folder(path, truth == nullptr);
  }
  const std::string extension = fs::path(path).extension().string();
  if (extension == ".txt" && is_there(path)) {
    return std::make_unique<MotSource>(path, path, truth == nullptr);
  }
  if (extension == ".json" && is_there(path)) {
    io::CocoFile file =
        parsed_file(path, [](const std::string& text) { return io::coco_file(text); });
    const auto* lender = dynamic_cast<const CocoSource*>(truth);
    std::vector<io::CocoImage> images = lender != nullptr ? lender->images() : file.images;
    if (images.empty() && !file.annotations.empty()) {
      throw Error(ErrorKind::kUsage, "{}: has no images, and the truth is no COCO JSON", path);
    }
    return std::make_unique<CocoSource>(path, std::move(file), std::move(images));
  }
  return std::make_unique<LabelSource>(ScoreInfo{.path = path, .format = "label images"}, path);
}

}  // namespace

std::pair<std::unique_ptr<ScoreSource>, std::unique_ptr<ScoreSource>> open_score_sources(
    const std::string& truth, const std::string& result) {
  std::unique_ptr<ScoreSource> wanted = open_source(truth, nullptr);
  std::unique_ptr<ScoreSource> found = open_source(result, wanted.get());
  return {std::move(wanted), std::move(found)};
}

}  // namespace mote::pipeline
