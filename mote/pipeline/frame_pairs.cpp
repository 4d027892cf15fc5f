#include "mote/pipeline/frame_pairs.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/identity.h"

namespace mote::pipeline {
namespace {

int64_t place_of(const std::vector<int64_t>& numbers, int64_t number) {
  const auto found = std::lower_bound(numbers.begin(), numbers.end(), number);
  return found != numbers.end() && *found == number ? found - numbers.begin() : -1;
}

std::vector<FramePair> pairs_with_boxes(const ScoreInfo& truth, const ScoreInfo& result) {
  const auto frames = [](const ScoreInfo& info) {
    return static_cast<int64_t>(info.numbers.size());
  };
  const int64_t most = std::max(frames(truth), frames(result));
  for (const auto& [whole, boxes] : {std::pair(&truth, &result), std::pair(&result, &truth)}) {
    if (!whole->boxes && frames(*boxes) > frames(*whole)) {
      throw Error(ErrorKind::kUsage, "{} has {} frames, {} has boxes in frame {}", whole->path,
                  frames(*whole), boxes->path, frames(*boxes));
    }
  }
  std::vector<FramePair> pairs;
  for (int64_t i = 0; i < most; ++i) {
    pairs.push_back(
        {.number = i, .truth = i < frames(truth) ? i : -1, .result = i < frames(result) ? i : -1});
  }
  return pairs;
}

}  // namespace

bool are_of_other_recordings(const ScoreInfo& truth, const ScoreInfo& result) {
  for (const auto& [simulation, run] : {std::pair(&truth, &result), std::pair(&result, &truth)}) {
    if (simulation->recording.empty() || !run->input ||
        run->input->file != std::filesystem::path(simulation->recording).filename().string()) {
      continue;
    }
    const InputHash hash = run->input->full ? InputHash::kFull : InputHash::kSampled;
    return input_identity({simulation->recording}, hash).at("hash") != run->input->hash;
  }
  return false;
}

void require_like_frames(const ScoreInfo& truth, const ScoreInfo& result) {
  if (!truth.reading || !result.reading) {
    return;
  }
  const auto option_of = [](const ReadingOptions& mine, const ReadingOptions& other) {
    return mine.roi != other.roi && !mine.roi.empty() ? "--roi " + mine.roi
           : mine.bin != other.bin && mine.bin > 1    ? fmt::format("--bin {}", mine.bin)
           : mine.average != other.average && mine.average > 1
               ? fmt::format("--average {}", mine.average)
               : std::string();
  };
  for (const auto& [one, other] : {std::pair(&result, &truth), std::pair(&truth, &result)}) {
    const std::string option = option_of(*one->reading, *other->reading);
    if (!option.empty()) {
      throw Error(ErrorKind::kUsage,
                  "{} was made with {}, so its frames are not those of {}: run it without, "
                  "only --frames can be scored",
                  one->path, option, other->path);
    }
  }
}

std::vector<FramePair> frame_pairs(const ScoreInfo& truth, const ScoreInfo& result) {
  if (truth.boxes || result.boxes) {
    return pairs_with_boxes(truth, result);
  }
  const bool partial = result.partial || truth.partial;
  if (!partial && truth.numbers.size() != result.numbers.size()) {
    throw Error(ErrorKind::kUsage, "{} has {} frames, {} has {}", truth.path, truth.numbers.size(),
                result.path, result.numbers.size());
  }
  const bool by_number = partial || (truth.numbered && result.numbered);
  std::vector<FramePair> pairs;
  for (size_t i = 0; i < result.numbers.size(); ++i) {
    const auto place = static_cast<int64_t>(i);
    if (!by_number) {
      pairs.push_back({.number = truth.numbers[i], .truth = place, .result = place});
      continue;
    }
    const int64_t number = result.numbers[i];
    const int64_t wanted = place_of(truth.numbers, number);
    if (wanted < 0 && !truth.partial) {
      throw Error(ErrorKind::kUsage, "{} has no frame {}, but {} has", truth.path, number,
                  result.path);
    }
    if (wanted >= 0) {
      pairs.push_back({.number = number, .truth = wanted, .result = place});
    }
  }
  if (pairs.empty() && !truth.numbers.empty()) {
    throw Error(ErrorKind::kUsage, "{} and {} have no frame in common", truth.path, result.path);
  }
  return pairs;
}

}  // namespace mote::pipeline
