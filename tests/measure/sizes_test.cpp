#include "mote/measure/sizes.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/measure/frame.h"
#include "mote/measure/instance.h"
#include "tests/synthetic.h"

namespace mote::measure {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Size kField{200, 300};

ParticleRow disc_row(const synthetic::Disc& disc, int64_t frame, int32_t track) {
  InstanceMeasures m;
  m.area_px2 = std::acos(-1.0) * disc.radius_px * disc.radius_px;
  m.centroid = {disc.y_px, disc.x_px};
  m.box = {.y = std::llround(disc.y_px - disc.radius_px),
           .x = std::llround(disc.x_px - disc.radius_px),
           .height = std::llround(2 * disc.radius_px),
           .width = std::llround(2 * disc.radius_px)};
  return particle_row({.frame = frame}, m, {track}, 0, kField);
}

/// `count` discs of log-normal sizes, the same in every frame.
std::vector<ParticleRow> population(int64_t frame, int count) {
  synthetic::Noise noise(1);
  std::vector<ParticleRow> rows;
  for (int i = 0; i < count; ++i) {
    const double radius = 6 * std::exp(0.3 * noise.normal());
    rows.push_back(
        disc_row({40 + 120 * noise.uniform(), 40 + 220 * noise.uniform(), radius}, frame, i + 1));
  }
  return rows;
}

SizesCollector::Tables tables(const SizesOptions& options, int count) {
  SizesCollector collector(options);
  for (int64_t frame = 0; frame < options.frames; ++frame) {
    collector.add({.frame = frame}, population(frame, count), kField);
  }
  return collector.tables();
}

const SizesRow& row_of(const SizesCollector::Tables& tables, const std::string& at,
                       const std::string& region, const std::string& clusters,
                       const std::string& weighting) {
  for (const SizesRow& row : tables.sizes) {
    if (row.at == at && row.region == region && row.clusters == clusters &&
        row.weighting == weighting) {
      return row;
    }
  }
  ADD_FAILURE() << "no row " << at << " " << region << " " << clusters << " " << weighting;
  static const SizesRow none;
  return none;
}

/// All discs of 10 and 90 px at places 10 px apart in and around the field, one a frame.
struct Swept {
  SizesCollector::Tables tables;
  double plain_mean_px = 0;
};

Swept swept_discs() {
  std::vector<synthetic::Disc> discs;
  for (const double radius : {5.0, 45.0}) {
    for (double y = -50; y < 250; y += 10) {
      for (double x = -50; x < 350; x += 10) {
        discs.push_back({y + 0.3, x + 0.3, radius});
      }
    }
  }
  const auto frames = static_cast<int64_t>(discs.size());
  SizesCollector collector(
      {.frames = frames, .single_times = false, .whole_frames = frames, .resamples = 0});
  double sum = 0;
  double seen = 0;
  for (int64_t frame = 0; frame < frames; ++frame) {
    const LabelImage labels = synthetic::labels(kField, {discs[static_cast<size_t>(frame)]});
    std::vector<ParticleRow> rows;
    for (const InstanceMeasures& m : measure_instances(Grid<float>(kField), labels, {})) {
      rows.push_back(particle_row({.frame = frame}, m, {1}, 0, kField));
      sum += rows.back().ecd_px();
      seen += 1;
    }
    collector.add({.frame = frame}, rows, kField);
  }
  return {.tables = collector.tables(), .plain_mean_px = sum / seen};
}

TEST(SizesCollector, CorrectsTheMeanOfLargeParticlesInASmallFieldToWithinAPerCent) {
  const Swept swept = swept_discs();

  const SizesRow& row = row_of(swept.tables, "recording", "field", "split", "number");

  EXPECT_NEAR(row.value->mean, 50, 0.5);
  EXPECT_GT(std::abs(swept.plain_mean_px - 50), 2.5);
}

TEST(SizesCollector, GivesARowOfEachTimeRegionRuleAndWeighting) {
  const auto all = tables({.frames = 9, .common_window = Box{0, 0, 200, 300}}, 40);

  EXPECT_THAT(all.sizes, SizeIs(4 * 2 * 3 * 2));
  EXPECT_EQ(row_of(all, "middle", "window", "exclude", "volume").info.frame, 4);
  EXPECT_EQ(row_of(all, "last", "field", "split", "number").info.frame, 8);
  EXPECT_EQ(row_of(all, "first", "field", "split", "number").n, 40);
  EXPECT_EQ(row_of(all, "recording", "field", "split", "number").n, 9 * 40);
  EXPECT_EQ(row_of(all, "recording", "field", "split", "number").frames, 9);
}

TEST(SizesCollector, LeavesTheWindowOutWhereThereIsNone) {
  for (const SizesRow& row : tables({.frames = 1}, 10).sizes) {
    EXPECT_EQ(row.region, "field");
  }
}

TEST(SizesCollector, CountsByNumberAndByVolume) {
  const auto all = tables({.frames = 1}, 200);

  const SizesRow& number = row_of(all, "first", "field", "split", "number");
  const SizesRow& volume = row_of(all, "first", "field", "split", "volume");

  EXPECT_NEAR(volume.value->mean, number.value->d43, 1e-9);
  EXPECT_LT(volume.effective_n, number.effective_n);
  EXPECT_THAT(volume.flags, Contains("below_iso_13322_1"));
}

TEST(SizesCollector, DrawsTracksWholeOverARecording) {
  const auto all = tables({.frames = 9}, 40);

  const auto& once = row_of(all, "first", "field", "split", "number").interval;
  const auto& often = row_of(all, "recording", "field", "split", "number").interval;

  // Nine times the same particles say no more than once.
  EXPECT_NEAR(often->high.mean - often->low.mean, once->high.mean - once->low.mean, 0.3);
}

TEST(SizesCollector, FitsTheLawsAndTestsThemAtSingleTimesAlone) {
  const auto all = tables({.frames = 3}, 300);

  const SizesRow& first = row_of(all, "first", "field", "split", "number");
  const SizesRow& recording = row_of(all, "recording", "field", "split", "number");

  EXPECT_NEAR(first.laws[0].spread.value(), std::exp(0.3), 0.05);
  EXPECT_GT(first.laws[0].p.value(), 0.05);
  EXPECT_LT(first.laws[2].p.value(), 0.05);
  EXPECT_TRUE(recording.laws[0].distance);
  EXPECT_FALSE(recording.laws[0].p);
}

TEST(SizesCollector, FitsNothingToFewerThanFiveParticles) {
  const auto all = tables({.frames = 1}, 4);

  const SizesRow& row = row_of(all, "first", "field", "split", "number");

  EXPECT_FALSE(row.laws[0].distance);
  EXPECT_TRUE(row.value);
  EXPECT_THAT(row.flags, Contains("few_particles"));
}

TEST(SizesCollector, TakesAtMostSoManyFramesEvenlySpread) {
  const auto all = tables({.frames = 101, .whole_frames = 11, .resamples = 0}, 1);

  EXPECT_EQ(row_of(all, "recording", "field", "split", "number").frames, 11);
}

TEST(SizesCollector, GivesHistogramsWhoseSharesAddUpToOne) {
  const auto all = tables({.frames = 1}, 100);

  double share = 0;
  double expected = 0;
  int bins = 0;
  for (const SizeCurveRow& bin : all.curves) {
    if (bin.clusters == "split" && bin.weighting == "number" && bin.at == "first") {
      share += bin.share;
      expected += bin.expected[0].value();
      ++bins;
    }
  }

  EXPECT_EQ(bins, 24);
  EXPECT_NEAR(share, 1, 1e-9);
  EXPECT_NEAR(expected, 1, 0.05);
}

TEST(SizesCollector, OfAnEmptyRecordingHasRowsWithoutValues) {
  const auto all = tables({.frames = 2}, 0);

  ASSERT_THAT(all.sizes, Not(IsEmpty()));
  EXPECT_FALSE(all.sizes[0].value);
  EXPECT_THAT(all.curves, IsEmpty());
}

TEST(SizesColumns, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const auto& column : sizes_columns()) {
    names.insert(column.name);
  }

  EXPECT_EQ(names.size(), sizes_columns().size());
}

}  // namespace
}  // namespace mote::measure
