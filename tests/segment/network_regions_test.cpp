#include "mote/segment/network_regions.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/imaging/components.h"
#include "mote/imaging/regions.h"
#include "tests/synthetic.h"

namespace mote::segment {
namespace {

const Size kField = {96, 128};
const BinaryImage kNothing;

Grid<float> image_of(const std::vector<synthetic::Disc>& discs) {
  return synthetic::image(kField, discs,
                          {.background = 150, .particle = 60, .blur_px = 1, .noise_sd = 3});
}

/// What a network that sees in blocks of four pixels would say of discs: 0.5 inside, -0.5 outside.
Grid<float> coarse_field(const std::vector<synthetic::Disc>& discs) {
  Grid<float> field(kField, -0.5F);
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 0; x < kField.width; ++x) {
      for (const synthetic::Disc& disc : discs) {
        const double dy = static_cast<double>(y / 4 * 4) + 1.5 - disc.y_px;
        const double dx = static_cast<double>(x / 4 * 4) + 1.5 - disc.x_px;
        if (std::hypot(dy, dx) < disc.radius_px) {
          field(y, x) = 0.5F;
        }
      }
    }
  }
  return field;
}

TEST(NetworkRegions, MoveACoarseMaskToTheEdgeOfTheImage) {
  const std::vector<synthetic::Disc> discs = {{40.3, 60.7, 15.4}};
  const Grid<float> image = image_of(discs);

  const Segmentation found = regions_of(
      {.field = coarse_field(discs), .instances = {}, .blur_px = 3}, {image, kNothing}, {});

  ASSERT_EQ(found.regions.size(), 1);
  const double diameter = std::sqrt(4 * found.regions[0].area_px / std::numbers::pi);
  EXPECT_NEAR(diameter, 30.8, 0.2);
  EXPECT_NEAR(found.regions[0].centroid.y_px, 40.3, 0.1);
  EXPECT_NEAR(found.regions[0].contrast, 90, 25);
  EXPECT_EQ(found.values.at("bright"), 0);
}

TEST(NetworkRegions, CutAMaskAtNecksWhereItNamesNoInstances) {
  const std::vector<synthetic::Disc> discs = {{48, 44, 16}, {48, 74, 16}};
  const Grid<float> image = image_of(discs);
  const NetworkFinding finding = {.field = coarse_field(discs), .instances = {}, .blur_px = 3};

  const Segmentation cut = regions_of(finding, {image, kNothing}, {});
  const Segmentation whole = regions_of(finding, {image, kNothing}, {.split = false});

  EXPECT_EQ(cut.regions.size(), 2);
  EXPECT_EQ(cut.regions[0].cluster, cut.regions[1].cluster);
  EXPECT_EQ(whole.regions.size(), 1);
}

TEST(NetworkRegions, KeepInstancesThatTouchApart) {
  const std::vector<synthetic::Disc> discs = {{48, 44, 16}, {48, 74, 16}};
  const Grid<float> image = image_of(discs);
  LabelImage instances(kField);
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 0; x < kField.width; ++x) {
      instances(y, x) = x < 59 ? 7 : 3;
    }
  }

  const Segmentation found =
      regions_of({.field = coarse_field(discs), .instances = instances, .blur_px = 3},
                 {image, kNothing}, {.split = false});

  ASSERT_EQ(found.regions.size(), 2);
  EXPECT_NEAR(found.regions[0].centroid.x_px, 74, 0.6);
  EXPECT_NEAR(found.regions[1].centroid.x_px, 44, 0.6);
}

TEST(NetworkRegions, GiveWhatGrewBeyondAnInstanceToTheNearest) {
  const std::vector<synthetic::Disc> discs = {{40, 60, 15}};
  const Grid<float> image = image_of(discs);
  Grid<float> field = coarse_field(discs);
  LabelImage instances(kField);
  instances(40, 60) = 1;

  const Segmentation found =
      regions_of({.field = field, .instances = instances, .blur_px = 3}, {image, kNothing}, {});

  ASSERT_EQ(found.regions.size(), 1);
  EXPECT_NEAR(found.regions[0].area_px, std::numbers::pi * 225, 12);
}

TEST(NetworkRegions, KeepTheLargestPieceOfAnInstance) {
  const std::vector<synthetic::Disc> discs = {{30, 30, 12}, {70, 90, 6}};
  const Grid<float> image = image_of(discs);

  const Segmentation found =
      regions_of({.field = coarse_field(discs), .instances = LabelImage(kField, 1), .blur_px = 3},
                 {image, kNothing}, {});

  ASSERT_EQ(found.regions.size(), 1);
  EXPECT_NEAR(found.regions[0].centroid.x_px, 30, 0.5);
  EXPECT_EQ(found.coverage(70, 90), 0);
}

/// Two discs that touch, of which a network takes what is within `parts` for more instances, from 3
/// on.
NetworkFinding with_parts(const std::vector<synthetic::Disc>& discs,
                          const std::vector<synthetic::Disc>& parts) {
  NetworkFinding finding = {
      .field = coarse_field(discs), .instances = LabelImage(kField), .blur_px = 3};
  for (int64_t y = 0; y < kField.height; ++y) {
    for (int64_t x = 0; x < kField.width; ++x) {
      finding.instances(y, x) = x < 59 ? 1 : 2;
      for (size_t i = 0; i < parts.size(); ++i) {
        const double dy = static_cast<double>(y) - parts[i].y_px;
        const double dx = static_cast<double>(x) - parts[i].x_px;
        if (std::hypot(dy, dx) < parts[i].radius_px) {
          finding.instances(y, x) = 3 + static_cast<int32_t>(i);
        }
      }
    }
  }
  return finding;
}

const std::vector<synthetic::Disc> kPair = {{48, 40, 20}, {48, 72, 14}};

TEST(NetworkRegions, LeaveNoHoleWhereAPieceOfOneInstanceLiesWithinAnother) {
  const Grid<float> image = image_of(kPair);
  NetworkFinding finding = with_parts(kPair, {{48, 40, 3}});
  std::replace(finding.instances.values().begin(), finding.instances.values().end(), 3, 2);

  const Segmentation found = regions_of(finding, {image, kNothing}, {});
  const CoveredLabels covered = covered_labels(finding, {image, kNothing}, {}, 0.2);

  ASSERT_EQ(found.regions.size(), 2);
  EXPECT_TRUE(imaging::holes_of(imaging::mask_of(found.labels)).components.empty());
  EXPECT_EQ(found.labels(48, 40), found.labels(48, 30));
  EXPECT_EQ(found.coverage(48, 40), 255);
  EXPECT_EQ(covered.labels(48, 40), 1);
}

TEST(NetworkRegions, LeaveOutSmallInstancesThatTouchOthers) {
  const Grid<float> image = image_of(kPair);
  const NetworkFinding finding = with_parts(kPair, {{48, 40, 4}, {32, 40, 4}, {48, 72, 7}});

  const Segmentation found = regions_of(finding, {image, kNothing}, {.min_diameter_px = 10});

  ASSERT_EQ(found.regions.size(), 3);
  EXPECT_EQ(found.labels(48, 40), found.labels(48, 30));  // within another, and part of it
  EXPECT_EQ(found.labels(30, 40), 0);
  EXPECT_NE(found.labels(48, 72), found.labels(48, 62));
}

TEST(NetworkRegions, LeaveOutWhatIsSmallAndWhatIsExcluded) {
  const std::vector<synthetic::Disc> discs = {{30, 30, 12}, {70, 90, 3}};
  const Grid<float> image = image_of(discs);
  BinaryImage excluded(kField);
  std::fill_n(excluded.row(30), kField.width, uint8_t{1});
  std::fill_n(excluded.row(31), kField.width, uint8_t{1});
  std::fill_n(excluded.row(32), kField.width, uint8_t{1});

  const Segmentation found =
      regions_of({.field = coarse_field(discs), .instances = {}, .blur_px = 3}, {image, excluded},
                 {.min_diameter_px = 10});

  ASSERT_EQ(found.regions.size(), 2);  // the bar cuts the larger disc
  EXPECT_TRUE(found.regions[0].touches_border);
  EXPECT_EQ(found.labels(31, 30), 0);
}

TEST(NetworkRegions, AreNoneWhereTheNetworkFindsNothing) {
  const Segmentation found =
      regions_of({.field = Grid<float>(kField, -1.0F), .instances = {}, .blur_px = 1},
                 {image_of({}), kNothing}, {});

  EXPECT_TRUE(found.regions.empty());
}

/// `discs` as instances of the given numbers, in blocks of four pixels.
LabelImage coarse_instances(const std::vector<synthetic::Disc>& discs,
                            const std::vector<int32_t>& numbers) {
  LabelImage instances(kField);
  for (size_t i = 0; i < discs.size(); ++i) {
    const Grid<float> field = coarse_field({discs[i]});
    for (size_t p = 0; p < field.values().size(); ++p) {
      instances.values()[p] = field.values()[p] > 0 ? numbers[i] : instances.values()[p];
    }
  }
  return instances;
}

double covered_px(const CoveredLabels& found, int32_t label) {
  const LabelImage owners = imaging::coverage_owners(found.labels, found.coverage);
  double area = 0;
  for (size_t i = 0; i < owners.values().size(); ++i) {
    area += owners.values()[i] == label ? found.coverage.values()[i] / 255.0 : 0;
  }
  return area;
}

TEST(CoveredLabels, KeepTheNumbersOfInstancesWhoseBoundariesMove) {
  const std::vector<synthetic::Disc> discs = {{30.3, 30.7, 15.4}, {60, 90, 10}};
  const Grid<float> image = image_of(discs);

  const CoveredLabels found =
      covered_labels(finding_of(coarse_instances(discs, {7, 4}), 3), {image, kNothing}, {}, 0.2);

  EXPECT_EQ(found.labels(30, 30), 7);
  EXPECT_EQ(found.labels(60, 90), 4);
  EXPECT_NEAR(covered_px(found, 7), std::numbers::pi * 15.4 * 15.4, 8);
  EXPECT_NEAR(covered_px(found, 4), std::numbers::pi * 10 * 10, 6);
}

TEST(CoveredLabels, AreThoseOfTheInstancesWhereBoundariesStay) {
  const std::vector<synthetic::Disc> discs = {{30.3, 30.7, 15.4}, {60, 90, 10}};
  const LabelImage instances = coarse_instances(discs, {7, 4});

  const CoveredLabels found =
      covered_labels(finding_of(instances, 3), {image_of(discs), kNothing}, {.refine = false}, 0.2);

  EXPECT_EQ(found.labels, instances);
  EXPECT_TRUE(found.coverage.empty());
}

TEST(CoveredLabels, KeepPiecesApartThatAreLargeEnough) {
  const std::vector<synthetic::Disc> discs = {{30, 30, 15}, {60, 90, 10}, {80, 20, 4}};
  const Grid<float> image = image_of(discs);

  const CoveredLabels found =
      covered_labels(finding_of(coarse_instances(discs, {7, 7, 7}), 3), {image, kNothing}, {}, 0.2);

  EXPECT_EQ(found.labels(30, 30), 7);
  EXPECT_EQ(found.labels(60, 90), 7);
  EXPECT_EQ(found.labels(80, 20), 0);
  EXPECT_EQ(found.coverage(80, 20), 0);
}

TEST(CoveredLabels, KeepTheLargestOfPiecesThatAreAllSmall) {
  const std::vector<synthetic::Disc> discs = {{30, 30, 9}, {60, 90, 10}, {60, 30, 9}};

  const CoveredLabels found = covered_labels(finding_of(coarse_instances(discs, {7, 7, 7}), 3),
                                             {image_of(discs), kNothing}, {}, 0.5);

  EXPECT_EQ(found.labels(30, 30), 0);
  EXPECT_EQ(found.labels(60, 90), 7);
  EXPECT_EQ(found.labels(60, 30), 0);
}

TEST(CoveredLabels, AreInOnePieceAcrossCorners) {
  LabelImage line(kField);
  for (int64_t i = 10; i < 40; ++i) {
    line(i, i) = 7;
  }

  const CoveredLabels found = covered_labels(
      finding_of(line, 3), {Grid<float>(kField, 1.0F), kNothing}, {.refine = false}, 0.2);

  EXPECT_EQ(found.labels, line);
}

TEST(CoveredLabels, LeaveOutInstancesThatAreTooSmall) {
  const std::vector<synthetic::Disc> discs = {{30, 30, 15}, {60, 90, 5}};
  const Grid<float> image = image_of(discs);

  const CoveredLabels found = covered_labels(finding_of(coarse_instances(discs, {1, 2}), 3),
                                             {image, kNothing}, {.min_diameter_px = 12}, 0.2);

  EXPECT_EQ(found.labels(30, 30), 1);
  EXPECT_EQ(found.labels(60, 90), 0);
}

}  // namespace
}  // namespace mote::segment
