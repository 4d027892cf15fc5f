#include "mote/measure/necks.h"

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::measure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Event event(EventType type, int64_t frame, std::vector<int32_t> tracks,
            std::vector<int32_t> children = {}, std::map<std::string, double> evidence = {}) {
  return {.type = type,
          .frame_before = frame - 1,
          .frame = frame,
          .tracks = std::move(tracks),
          .children = std::move(children),
          .evidence = std::move(evidence)};
}

/// Tracks 1 and 2 touch from frame 3 on, are 3 from frame 6 and have merged in frame 8.
Lineage merge_of_two() {
  return {.tracks = {{1, 0, 5, {}}, {2, 0, 5, {}}, {3, 6, 20, {1, 2}}},
          .events = {event(EventType::kContact, 3, {1, 2}),
                     event(EventType::kCoalescence, 6, {1, 2}, {3}, {{"merged_frame", 8}})}};
}

ParticleRow particle(std::vector<int32_t> tracks, double radius_px, Point at) {
  ParticleRow row;
  row.measures.area_px2 = std::numbers::pi * radius_px * radius_px;
  row.measures.centroid = at;
  row.measures.mean_intensity = 60;
  row.measures.background = 100;
  row.measures.solidity = 0.9;
  row.tracks = std::move(tracks);
  return row;
}

FrameInfo at(int64_t frame) {
  return {.frame = frame,
          .recorded_frame = frame,
          .time_s = 0.5 * static_cast<double>(frame),
          .pixel_size = PixelSize{0.2, 0.2}};
}

/// What becomes of two particles of 10 and 5 px, 20 px apart when they touch, 2 px less a frame.
std::vector<NeckRow> rows_of_merge(int64_t frames) {
  NeckCollector collector(merge_of_two());
  std::vector<NeckRow> all;
  for (int64_t frame = 0; frame < frames; ++frame) {
    const double distance = 20 - 2 * static_cast<double>(frame - 3);
    std::vector<ParticleRow> particles;
    std::vector<NeckSample> necks;
    if (frame < 6) {
      particles = {particle({1}, 10, {50, 50}), particle({2}, 5, {50, 50 + distance})};
    } else {
      particles = {particle({3}, 11, {50, 53})};
    }
    if (frame == 4 || frame == 5) {
      necks = {{.a = 1, .b = 2, .ratio = 0.3, .width_px = 3, .apart = {0, distance}}};
    } else if (frame >= 6) {
      necks = {{.a = 3, .b = 3, .ratio = 0.6, .width_px = 6, .apart = {0, distance}}};
    }
    for (NeckRow& row : collector.add(at(frame), particles, necks)) {
      all.push_back(std::move(row));
    }
  }
  return all;
}

TEST(ContactSpans, GoFromContactToMerged) {
  EXPECT_THAT(contact_spans(merge_of_two()), ElementsAre(ContactSpan{.tracks = {1, 2},
                                                                     .first_frame = 3,
                                                                     .last_frame = 8,
                                                                     .contact_frame = 3,
                                                                     .began_as = "contact",
                                                                     .ends_as = "coalescence",
                                                                     .child = 3}));
}

TEST(ContactSpans, OfAPairThatMeetsTwiceAreTwo) {
  const Lineage lineage{
      .tracks = {{1, 0, 20, {}}, {2, 0, 20, {}}},
      .events = {event(EventType::kContact, 3, {1, 2}), event(EventType::kParted, 6, {1, 2}),
                 event(EventType::kOverlap, 9, {1, 2}), event(EventType::kUnresolved, 20, {1, 2})}};

  const std::vector<ContactSpan> spans = contact_spans(lineage);

  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(std::pair(spans[0].first_frame, spans[0].last_frame),
            std::pair(int64_t{3}, int64_t{5}));
  EXPECT_EQ(spans[0].ends_as, "parted");
  EXPECT_EQ(std::pair(spans[1].first_frame, spans[1].last_frame),
            std::pair(int64_t{9}, int64_t{20}));
  EXPECT_EQ(spans[1].began_as, "overlap");
}

TEST(ContactSpans, GoOnWithTheChildOfOneThatMergesWithAThird) {
  const Lineage lineage{
      .tracks =
          {{1, 0, 9, {}}, {2, 0, 6, {}}, {3, 0, 6, {}}, {4, 7, 9, {2, 3}}, {5, 10, 20, {1, 4}}},
      .events = {event(EventType::kContact, 2, {2, 3}), event(EventType::kContact, 4, {1, 2}),
                 event(EventType::kCoalescence, 7, {2, 3}, {4}),
                 event(EventType::kCoalescence, 10, {1, 4}, {5})}};

  const std::vector<ContactSpan> spans = contact_spans(lineage);

  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[1].tracks, std::pair(1, 2));
  EXPECT_EQ(spans[1].last_frame, 6);
  EXPECT_EQ(spans[2].tracks, std::pair(1, 4));
  EXPECT_EQ(spans[2].first_frame, 7);
  EXPECT_EQ(spans[2].contact_frame, 4);
  EXPECT_EQ(spans[2].ends_as, "coalescence");
}

TEST(Necks, HaveARowAFrameFromContactToMerged) {
  const std::vector<NeckRow> rows = rows_of_merge(12);

  std::vector<int64_t> frames;
  for (const NeckRow& row : rows) {
    frames.push_back(row.info.frame);
    EXPECT_THAT(row.tracks, ElementsAre(1, 2));
    EXPECT_EQ(row.contact_frame, 3);
    EXPECT_NEAR(row.since_contact_s.value(), 0.5 * static_cast<double>(row.info.frame - 3), 1e-12);
  }
  EXPECT_THAT(frames, ElementsAre(3, 4, 5, 6, 7, 8));
}

TEST(Necks, AreZeroUntilOneIsSeenAndThoseOfTheChildAfterTheMerge) {
  const std::vector<NeckRow> rows = rows_of_merge(12);

  std::vector<double> ratios;
  std::vector<int64_t> instances;
  for (const NeckRow& row : rows) {
    ratios.push_back(row.ratio.value());
    instances.push_back(row.n_instances);
  }
  EXPECT_THAT(ratios, ElementsAre(0, 0.3, 0.3, 0.6, 0.6, 0.6));
  EXPECT_THAT(instances, ElementsAre(2, 2, 2, 1, 1, 1));
}

TEST(Necks, CompareTheAreaWithItsTwoLimits) {
  const NeckRow row = rows_of_merge(12).back();

  ASSERT_TRUE(row.before.has_value());
  EXPECT_NEAR(row.area_px2.value(), std::numbers::pi * 121, 1e-9);
  EXPECT_NEAR(row.before->contact_area_px2, std::numbers::pi * 125, 1e-9);
  EXPECT_NEAR(row.before->relaxed_area_px2, std::numbers::pi * std::pow(1125, 2.0 / 3), 1e-9);
  EXPECT_NEAR(row.intensity_balance.value(), 121.0 / 125, 1e-9);
}

TEST(Necks, HaveTheSolidityOfOneInstanceOnly) {
  const std::vector<NeckRow> rows = rows_of_merge(12);

  EXPECT_FALSE(rows.front().solidity.has_value());
  EXPECT_EQ(rows.back().solidity, 0.9);
}

TEST(Necks, TellHowTheLobesMove) {
  const std::vector<NeckRow> rows = rows_of_merge(12);

  EXPECT_NEAR(rows.front().distance_px.value(), 20, 1e-12);
  EXPECT_FALSE(rows.front().distance_step_px.has_value());
  for (size_t i = 1; i < rows.size(); ++i) {
    EXPECT_NEAR(rows[i].distance_step_px.value(), -2, 1e-12);
  }
}

TEST(Necks, OfParticlesThatTheBorderCutsHaveNoArea) {
  NeckCollector collector(merge_of_two());
  std::vector<ParticleRow> particles = {particle({1}, 10, {50, 50}), particle({2}, 5, {50, 65})};
  particles[0].measures.touches_border = true;

  const std::vector<NeckRow> rows = collector.add(at(3), particles, {});

  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].area_px2.has_value());
  EXPECT_FALSE(rows[0].before.has_value());
}

TEST(Necks, OfAnInstanceThatAThirdSharesHaveNoArea) {
  NeckCollector collector(merge_of_two());

  const std::vector<NeckRow> rows = collector.add(at(4), {{particle({1, 2, 7}, 14, {50, 55})}}, {});

  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].n_instances, 1);
  EXPECT_FALSE(rows[0].area_px2.has_value());
  EXPECT_FALSE(rows[0].ratio.has_value());
}

TEST(Necks, HaveNoRowWhereNeitherIsSeen) {
  NeckCollector collector(merge_of_two());

  EXPECT_THAT(collector.add(at(4), {}, {}), IsEmpty());
}

TEST(Necks, MeasureDistancesAsTheSpecimenHasThem) {
  NeckCollector collector(merge_of_two());
  FrameInfo info = at(4);
  info.pixel_size = PixelSize{.y_nm = 0.4, .x_nm = 0.1};
  const std::vector<ParticleRow> particles = {particle({1}, 10, {50, 50}),
                                              particle({2}, 5, {60, 50})};
  const std::vector<NeckSample> necks = {{.a = 1, .b = 2, .ratio = 0.2, .apart = {10, 0}}};

  const std::vector<NeckRow> rows = collector.add(info, particles, necks);

  ASSERT_EQ(rows.size(), 1U);
  EXPECT_NEAR(length_nm(rows[0].distance_px, info.pixel_size).value(), 4, 1e-9);
}

}  // namespace
}  // namespace mote::measure
