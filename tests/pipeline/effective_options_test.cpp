#include "mote/pipeline/effective_options.h"

#include <initializer_list>
#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/options.h"

namespace mote::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Json = nlohmann::ordered_json;
using Names = std::set<std::string>;

const Names kOfNetworks = {"weights", "precision", "tile-px", "tile-overlap-px", "tiles-at-once"};
const Names kOfAnyNetwork = {"device", "black", "white"};
const Names kOfMaps = {"min-probability"};
const Names kOfInstances = {"min-score", "max-overlap"};
const Names kPrompts = {"point", "box"};
const Names kOfGrids = {"points-per-side", "min-stability", "max-area-fraction"};
const Names kOfDeaot = {"tracker-model",     "tracker-weights", "keyframe-gap",
                        "short-side-px",     "min-new-area-px", "min-new-share",
                        "max-memory-frames", "min-piece-share", "min-merge-share"};
const Names kOfOverlap = {"max-distance-px",  "max-contrast-gap", "merge-neck-ratio",
                          "split-neck-ratio", "join-neck-ratio",  "border-px"};
const Names kOfThreshold = {"sigma-px",     "flatten",          "flatten-px",        "method",
                            "threshold",    "threshold-offset", "sauvola-window-px", "sauvola-k",
                            "window-frames"};
const Names kOfOtherMethods = {"threshold", "sauvola-window-px", "sauvola-k"};

Names joined(std::initializer_list<Names> parts) {
  Names all;
  for (const Names& part : parts) {
    all.insert(part.begin(), part.end());
  }
  return all;
}

/// Another value than `value` that the option `name` can have.
Json other(const std::string& name, const Json& value) {
  static const std::map<std::string, Json> choices = {{"method", "otsu"},
                                                      {"polarity", "dark"},
                                                      {"precision", "bf16"},
                                                      {"hash", "full"},
                                                      {"tracker-model", "r50-deaot-l"},
                                                      {"figure-width", "double"},
                                                      {"point", {"x=1,y=2"}},
                                                      {"channel", 1},
                                                      {"z", 1},
                                                      {"box", {"x0=1,y0=2,x1=3,y1=4"}},
                                                      {"black", 1.5},
                                                      {"white", 1.5}};
  if (const auto found = choices.find(name); found != choices.end()) {
    return found->second;
  }
  return value.is_boolean()          ? Json(!value.get<bool>())
         : value.is_number_integer() ? Json(value.get<int64_t>() + 1)
         : value.is_number()         ? Json(value.get<double>() + 0.25)
                                     : Json("other");
}

Job with_given(Job job, Names names) {
  job.given = std::move(names);
  return job;
}

/// Options that are refused where they alone are given beside those of `job`.
Names refused(const Job& job) {
  Names names;
  const Json options = options_to_json(job);
  for (const auto& [name, value] : options.items()) {
    if (name == "model" || name == "tracker" || name == "labels") {
      continue;
    }
    Job changed = job;
    options_from_json(Json{{name, other(name, value)}}, changed);
    changed.given = {name};
    try {
      require_effective_options(changed);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(name + (value.is_boolean() ? "" : " ")));
      EXPECT_THAT(error.what(), HasSubstr(" counts only "));
      names.insert(name);
    }
  }
  return names;
}

Job with_model(const std::string& name) {
  Job job = default_job(Command::kTrack);
  job.network.model = name;
  return job;
}

TEST(EffectiveOptions, OfTheThresholdAreNoneOfNetworks) {
  const Names expected = joined({kOfNetworks, kOfAnyNetwork, kOfMaps, kOfInstances, kPrompts,
                                 kOfGrids, kOfDeaot, kOfOtherMethods});

  EXPECT_EQ(refused(default_job(Command::kTrack)), expected);
}

TEST(EffectiveOptions, OfNetworksAreThoseOfTheOneThatIsChosen) {
  EXPECT_EQ(refused(with_model("unet")),
            joined({kOfThreshold, kOfInstances, kPrompts, kOfGrids, kOfDeaot}));
  EXPECT_EQ(refused(with_model("yolov8n-seg")),
            joined({kOfThreshold, kOfMaps, kPrompts, kOfGrids, kOfDeaot, {"max-neck-ratio"}}));
  EXPECT_EQ(refused(with_model("efficientsam-tiny")),
            joined({kOfThreshold, kOfMaps, kOfDeaot, {"max-neck-ratio"}}));
}

TEST(EffectiveOptions, OfAGridCountWithoutPrompts) {
  Job job = with_model("efficientsam-small");
  job.points = {"x=3,y=4"};

  EXPECT_EQ(refused(job),
            joined({kOfThreshold, kOfMaps, kOfDeaot, kOfGrids, {"max-neck-ratio", "min-score"}}));
}

TEST(EffectiveOptions, OfDeaotAndOfOverlapExcludeEachOther) {
  Job job = default_job(Command::kTrack);
  job.tracker = "deaot";

  EXPECT_EQ(refused(job), joined({kOfNetworks, kOfMaps, kOfInstances, kPrompts, kOfGrids,
                                  kOfOverlap, kOfOtherMethods}));
}

TEST(EffectiveOptions, OfSegmentersDoNotCountBesideLabels) {
  Job job = default_job(Command::kTrack);
  job.labels = "labels.tif";
  const Names of_all = {"polarity", "fill-holes", "min-diameter-px",
                        "refine",   "split",      "max-neck-ratio"};
  const Names expected = joined({kOfNetworks, kOfAnyNetwork, kOfMaps, kOfInstances, kPrompts,
                                 kOfGrids, kOfDeaot, kOfThreshold, of_all});

  EXPECT_EQ(refused(job), expected);
}

TEST(EffectiveOptions, OfMicrographsAreJudgedByTheirOwnDefaults) {
  Job job = default_job(Command::kSegment);
  job.network.model = "unet";

  EXPECT_EQ(refused(job), joined({kOfThreshold, kOfInstances, kPrompts, kOfGrids}));
}

TEST(EffectiveOptions, AreAllThatMeasureHas) {
  EXPECT_EQ(refused(default_job(Command::kMeasure)), Names{});
}

TEST(EffectiveOptions, NeedTheOneThatTheyBelongTo) {
  Job job = default_job(Command::kTrack);
  job.given = {"max-neck-ratio"};
  job.threshold.max_neck_ratio = 0.5;
  job.threshold.split = false;
  EXPECT_THAT([&] { require_effective_options(job); },
              ThrowsMessage<Error>("--max-neck-ratio 0.5 counts only with --split"));
  job.given = {"flatten-px"};
  job.threshold = {.flatten = false, .flatten_px = 40};
  EXPECT_THAT([&] { require_effective_options(job); },
              ThrowsMessage<Error>(HasSubstr("--flatten-px 40 counts only with --flatten")));
  job.given = {"threshold"};
  job.threshold = {.method = segment::ThresholdMethod::kFixed};
  EXPECT_THAT([&] { require_effective_options(job); },
              ThrowsMessage<Error>(HasSubstr("--method fixed needs --threshold")));
  job.threshold.threshold = 100;
  EXPECT_NO_THROW(require_effective_options(job));
}

TEST(EffectiveOptions, AreToldWithWhatTheyNeed) {
  Job job = default_job(Command::kTrack);
  job.points = {"x=3,y=4"};
  job.given = {"point"};

  EXPECT_THAT(
      [&] { require_effective_options(job); },
      ThrowsMessage<Error>(
          "--point x=3,y=4 counts only with --model efficientsam-tiny or efficientsam-small"));
}

TEST(EffectiveOptions, AreRefusedAtTheirDefaultsTooWhereTheyAreGiven) {
  const Job job = with_model("yolov8n-seg");

  EXPECT_THAT([&] { require_effective_options(with_given(job, {"points-per-side"})); },
              ThrowsMessage<Error>(HasSubstr("--points-per-side 32 counts only with ")));
  EXPECT_THAT([&] { require_effective_options(with_given(job, {"flatten"})); },
              ThrowsMessage<Error>("--flatten counts only with --model threshold"));
  EXPECT_THAT([&] { require_effective_options(with_given(job, {"point"})); },
              ThrowsMessage<Error>(HasSubstr("--point counts only with ")));
}

TEST(EffectiveOptions, ThatNobodyGaveAreLeftAlone) {
  Job job = with_model("yolov8n-seg");
  job.threshold.sigma_px = 2;
  job.points = {"x=3,y=4"};

  EXPECT_NO_THROW(require_effective_options(job));
}

TEST(EffectiveOptions, OfAPresetAreToldByItsName) {
  Job job = with_model("unet");
  job.threshold = segment::tiles_preset();
  job.preset = "tiles";
  job.given = {"preset"};

  EXPECT_THAT([&] { require_effective_options(job); },
              ThrowsMessage<Error>("--preset tiles counts only with --model threshold"));
  job.network.model = "threshold";
  EXPECT_NO_THROW(require_effective_options(job));
}

TEST(EffectiveOptions, OfDriftCountWhereItIsMeasured) {
  Job job = default_job(Command::kTrack);
  job.given = {"max-shift-px"};
  job.drift.max_shift_px = 5;
  EXPECT_NO_THROW(require_effective_options(job));
  for (const char* from : {"none", "drift.csv"}) {
    job.drift_from = from;

    EXPECT_THAT([&] { require_effective_options(job); },
                ThrowsMessage<Error>("--max-shift-px 5 counts only with --drift-from support, all "
                                     "or particles"));
  }
}

TEST(EffectiveOptions, OfOutputsCountWhereTheyAreWritten) {
  Job job = default_job(Command::kMeasure);
  job.overlay.enabled = false;
  job.figures = false;

  EXPECT_EQ(refused(job),
            (Names{"overlay-max-frames", "overlay-max-height-px", "overlay-fps", "figure-width"}));
}

}  // namespace
}  // namespace mote::pipeline
