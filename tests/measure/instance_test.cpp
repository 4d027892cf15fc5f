#include "mote/measure/instance.h"

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "tests/synthetic.h"

namespace mote::measure {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::ThrowsMessage;

struct Drawn {
  LabelImage labels;
  Grid<uint8_t> coverage;
};

/// A shape of label 1, each pixel sampled 16 x 16; `inside` takes (y, x).
Drawn drawn(Size size, const std::function<bool(double, double)>& inside) {
  Drawn out{LabelImage(size), Grid<uint8_t>(size)};
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      int covered = 0;
      for (int sample = 0; sample < 16 * 16; ++sample) {
        covered += inside(static_cast<double>(y) - 0.5 + (sample / 16 + 0.5) / 16,
                          static_cast<double>(x) - 0.5 + (sample % 16 + 0.5) / 16);
      }
      out.coverage(y, x) = static_cast<uint8_t>(std::lround(255.0 * covered / (16 * 16)));
      out.labels(y, x) = out.coverage(y, x) >= 128;
    }
  }
  return out;
}

Drawn disc(double radius, Point centre, Size size = {64, 64}) {
  const Grid<float> covered = synthetic::coverage(size, {{centre.y_px, centre.x_px, radius}});
  Drawn out{LabelImage(size), Grid<uint8_t>(size)};
  for (size_t i = 0; i < covered.values().size(); ++i) {
    out.coverage.values()[i] = static_cast<uint8_t>(std::lround(255 * covered.values()[i]));
    out.labels.values()[i] = out.coverage.values()[i] >= 128;
  }
  return out;
}

/// Half axes `a` along `angle_deg` (counter-clockwise as seen) and `b` across, about (32.3, 31.6).
Drawn ellipse(double a, double b, double angle_deg) {
  const double angle = angle_deg * std::numbers::pi / 180;
  return drawn({64, 64}, [=](double y, double x) {
    const double up = 32.3 - y;
    const double right = x - 31.6;
    const double u = (right * std::cos(angle) + up * std::sin(angle)) / a;
    const double v = (up * std::cos(angle) - right * std::sin(angle)) / b;
    return u * u + v * v <= 1;
  });
}

InstanceMeasures only(const Drawn& shape, const InstanceMeasureOptions& options = {}) {
  const auto all =
      measure_instances(Grid<float>(shape.labels.size()), shape.labels, shape.coverage, options);
  return all.at(0);
}

InstanceMeasures only_whole(const LabelImage& labels, const InstanceMeasureOptions& options = {}) {
  return measure_instances(Grid<float>(labels.size()), labels, {}, options).at(0);
}

LabelImage rectangle(Size size, Box box, int32_t label = 1) {
  LabelImage labels(size);
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      labels(y, x) = label;
    }
  }
  return labels;
}

double ellipse_perimeter(double a, double b) {  // Ramanujan 1914: 1e-5 at these axes
  const double h = (a - b) * (a - b) / ((a + b) * (a + b));
  return std::numbers::pi * (a + b) * (1 + 3 * h / (10 + std::sqrt(4 - 3 * h)));
}

TEST(MeasureInstances, FindsDiscsOfAnyRadiusAndPlaceToAFractionOfAPixel) {
  synthetic::Noise noise(3);
  for (const double r : {5.0, 8.0, 12.0, 20.0}) {
    const Point centre{31 + noise.uniform(), 31 + noise.uniform()};

    const InstanceMeasures m = only(disc(r, centre));

    // Coverage in steps of 1/255 leaves about 0.01 px² a boundary pixel.
    EXPECT_NEAR(equivalent_diameter_px(m.area_px2), 2 * r, 2e-3 * r) << r;
    EXPECT_NEAR(m.centroid.y_px, centre.y_px, 0.01) << r;
    EXPECT_NEAR(m.centroid.x_px, centre.x_px, 0.01) << r;
    EXPECT_NEAR(m.perimeter_px, 2 * std::numbers::pi * r, 0.006 * 2 * std::numbers::pi * r) << r;
    EXPECT_NEAR(m.min_feret_px, 2 * r, 0.2) << r;
    EXPECT_NEAR(m.max_feret_px, 2 * r, 0.2) << r;
    EXPECT_NEAR(m.major_axis_px, 2 * r, 0.02) << r;
    EXPECT_NEAR(m.minor_axis_px, 2 * r, 0.02) << r;
    EXPECT_NEAR(m.solidity, 1, 0.005) << r;
    EXPECT_NEAR(circularity(m), 1, 0.012) << r;
    EXPECT_NEAR(aspect_ratio(m), 1, 0.03) << r;
  }
}

TEST(MeasureInstances, FindsAxesAndDirectionOfEllipses) {
  for (const double angle : {0.0, 30.0, 45.0, 90.0, -20.0, -60.0}) {
    const InstanceMeasures m = only(ellipse(20, 10, angle));

    EXPECT_NEAR(m.area_px2, std::numbers::pi * 20 * 10, 0.5) << angle;
    EXPECT_NEAR(m.major_axis_px, 40, 0.02) << angle;
    EXPECT_NEAR(m.minor_axis_px, 20, 0.02) << angle;
    EXPECT_NEAR(std::remainder(m.orientation_deg - angle, 180), 0, 0.2) << angle;
    EXPECT_GT(m.orientation_deg, -90) << angle;
    EXPECT_LE(m.orientation_deg, 90) << angle;
    EXPECT_NEAR(m.max_feret_px, 40, 0.25) << angle;
    EXPECT_NEAR(m.min_feret_px, 20, 0.25) << angle;
    EXPECT_NEAR(m.perimeter_px, ellipse_perimeter(20, 10), 0.006 * 97) << angle;
    EXPECT_NEAR(m.solidity, 1, 0.006) << angle;
  }
}

TEST(MeasureInstances, MeasuresARectangleOfWholePixelsByItsSides) {
  const InstanceMeasures m = only_whole(rectangle({40, 60}, {10, 15, 10, 30}));

  EXPECT_DOUBLE_EQ(m.area_px2, 300);
  EXPECT_EQ(m.centroid, (Point{14.5, 29.5}));
  EXPECT_EQ(m.box, (Box{10, 15, 10, 30}));
  EXPECT_DOUBLE_EQ(m.min_feret_px, 10);
  EXPECT_NEAR(m.max_feret_px, std::hypot(9, 30), 1e-9);  // the outline cuts half a pixel's corner
  EXPECT_NEAR(m.major_axis_px, 4 * 30 / std::sqrt(12.0), 1e-9);
  EXPECT_NEAR(m.minor_axis_px, 4 * 10 / std::sqrt(12.0), 1e-9);
  EXPECT_DOUBLE_EQ(m.orientation_deg, 0);
  EXPECT_DOUBLE_EQ(m.solidity, 1);
  EXPECT_FALSE(m.touches_border);
  EXPECT_FALSE(m.touching);
}

TEST(MeasureInstances, WeighsWholePixelOutlinesSoThatDiscsComeOutUnbiased) {
  double ratio = 0;
  synthetic::Noise noise(5);
  for (int i = 0; i < 30; ++i) {
    const Drawn shape = disc(15, {31 + noise.uniform(), 31 + noise.uniform()});
    ratio += only_whole(shape.labels).perimeter_px / (2 * std::numbers::pi * 15) / 30;
  }

  EXPECT_NEAR(ratio, 1, 0.005);
}

TEST(MeasureInstances, GivesAConcaveShapeTheSolidityOfItsHull) {
  LabelImage labels = rectangle({60, 60}, {10, 10, 40, 40});
  for (int64_t y = 30; y < 50; ++y) {
    for (int64_t x = 30; x < 50; ++x) {
      labels(y, x) = 0;
    }
  }

  const InstanceMeasures m = only_whole(labels);

  EXPECT_DOUBLE_EQ(m.area_px2, 1200);
  EXPECT_NEAR(m.solidity, 1200.0 / 1400, 0.01);
}

TEST(MeasureInstances, TakesLengthsOfAnAnisotropicGridOnTheSpecimen) {
  // A disc of radius 12 on the specimen, seen through pixels twice as high as wide: in units of
  // the geometric mean, y shrinks by sqrt 2 and x grows by it.
  const double s = std::numbers::sqrt2;
  const Drawn shape = drawn({64, 96}, [&](double y, double x) {
    return std::hypot((y - 30.2) * std::sqrt(s * s), (x - 47.7) / std::sqrt(s * s)) <= 12;
  });

  const InstanceMeasures m = only(shape, {.y_over_x = 2});

  EXPECT_NEAR(m.area_px2, std::numbers::pi * 144, 0.5);
  EXPECT_NEAR(m.centroid.y_px, 30.2, 0.01);
  EXPECT_NEAR(m.centroid.x_px, 47.7, 0.01);
  EXPECT_NEAR(m.min_feret_px, 24, 0.3);
  EXPECT_NEAR(m.max_feret_px, 24, 0.3);
  EXPECT_NEAR(m.perimeter_px, 2 * std::numbers::pi * 12, 0.01 * 75);
  EXPECT_NEAR(m.major_axis_px, m.minor_axis_px, 0.1);
  EXPECT_NEAR(m.solidity, 1, 0.006);
}

TEST(MeasureInstances, WeighsWholePixelOutlinesOnAnAnisotropicGridToo) {
  double ratio = 0;
  synthetic::Noise noise(5);
  for (int i = 0; i < 30; ++i) {
    const double cy = 31 + noise.uniform();
    const double cx = 63 + noise.uniform();
    const Drawn shape = drawn({64, 128}, [&](double y, double x) {
      return std::hypot((y - cy) * std::sqrt(3.0), (x - cx) / std::sqrt(3.0)) <= 20;
    });
    ratio +=
        only_whole(shape.labels, {.y_over_x = 3}).perimeter_px / (2 * std::numbers::pi * 20) / 30;
  }

  EXPECT_NEAR(ratio, 1, 0.01);
}

TEST(MeasureInstances, GivesAOnePixelInstanceFiniteMeasures) {
  const InstanceMeasures m = only_whole(rectangle({9, 9}, {4, 4, 1, 1}));

  EXPECT_DOUBLE_EQ(m.area_px2, 1);
  EXPECT_EQ(m.centroid, (Point{4, 4}));
  EXPECT_DOUBLE_EQ(m.max_feret_px, 1);
  EXPECT_NEAR(m.min_feret_px, std::sqrt(0.5), 1e-12);
  EXPECT_DOUBLE_EQ(m.solidity, 1);
  EXPECT_DOUBLE_EQ(m.sd_intensity, 0);
  EXPECT_DOUBLE_EQ(m.orientation_deg, 0);
}

TEST(MeasureInstances, GivesAFaintPixelFiniteMeasures) {
  Grid<uint8_t> coverage({9, 9});
  coverage(4, 4) = 128;
  const Drawn shape{rectangle({9, 9}, {4, 4, 1, 1}), coverage};

  const InstanceMeasures m = only(shape);

  EXPECT_NEAR(m.area_px2, 128.0 / 255, 1e-12);
  EXPECT_GT(m.min_feret_px, 0);
  EXPECT_TRUE(std::isfinite(circularity(m)));
  EXPECT_TRUE(std::isfinite(aspect_ratio(m)));
  EXPECT_NEAR(m.solidity, 1, 1e-9);
}

TEST(MeasureInstances, MeasuresALineOnePixelWide) {
  const InstanceMeasures m = only_whole(rectangle({20, 40}, {10, 5, 1, 30}));

  EXPECT_DOUBLE_EQ(m.area_px2, 30);
  EXPECT_DOUBLE_EQ(m.max_feret_px, 30);
  EXPECT_NEAR(m.min_feret_px, 1, 1e-12);
  EXPECT_DOUBLE_EQ(m.solidity, 1);
  EXPECT_NEAR(m.minor_axis_px, 4 / std::sqrt(12.0), 1e-9);
}

TEST(MeasureInstances, MeasuresADiagonalLineWhosePixelsShareCornersOnly) {
  LabelImage labels({40, 40});
  for (int64_t i = 5; i < 35; ++i) {
    labels(i, i) = 7;
  }

  const InstanceMeasures m = only_whole(labels);

  EXPECT_EQ(m.label, 7);
  EXPECT_DOUBLE_EQ(m.area_px2, 30);
  EXPECT_DOUBLE_EQ(m.orientation_deg, -45);
  EXPECT_NEAR(m.max_feret_px, std::hypot(29, 29) + std::sqrt(0.5), 0.01);
}

TEST(MeasureInstances, TellsTouchingInstancesFromLoneOnes) {
  LabelImage labels = rectangle({40, 40}, {5, 5, 10, 10}, 3);
  for (int64_t y = 5; y < 15; ++y) {
    for (int64_t x = 15; x < 25; ++x) {
      labels(y, x) = 2;
    }
  }
  labels(30, 30) = 9;

  const auto all = measure_instances(Grid<float>(labels.size()), labels, {});

  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].label, 2);
  EXPECT_TRUE(all[0].touching);
  EXPECT_EQ(all[1].label, 3);
  EXPECT_TRUE(all[1].touching);
  EXPECT_EQ(all[2].label, 9);
  EXPECT_FALSE(all[2].touching);
  EXPECT_NEAR(all[0].min_feret_px, 10, 1e-12);
  EXPECT_NEAR(all[1].min_feret_px, 10, 1e-12);
}

TEST(MeasureInstances, GivesTheRimBetweenTwoDiscsToTheLowerLabelOnce) {
  const std::vector<synthetic::Disc> discs{{32, 20, 10}, {32, 41.4, 11}};
  const LabelImage labels = synthetic::labels({64, 64}, discs);
  const Grid<float> covered = synthetic::coverage({64, 64}, discs);
  Grid<uint8_t> coverage({64, 64});
  double total = 0;
  for (size_t i = 0; i < covered.values().size(); ++i) {
    const long level = std::lround(255 * covered.values()[i]);
    const bool labelled = labels.values()[i] != 0;
    coverage.values()[i] = static_cast<uint8_t>(labelled ? level : std::min(level, 127L));
    total += coverage.values()[i] / 255.0;
  }

  const auto all = measure_instances(covered, labels, coverage);

  ASSERT_THAT(all, SizeIs(2));
  EXPECT_NEAR(all[0].area_px2 + all[1].area_px2, total, 1e-9);
  EXPECT_NEAR(equivalent_diameter_px(all[0].area_px2), 20, 0.05);
  EXPECT_NEAR(equivalent_diameter_px(all[1].area_px2), 22, 0.05);
}

TEST(MeasureInstances, SeesTheBorderAndEndsTheOutlineThere) {
  const InstanceMeasures m = only_whole(rectangle({30, 30}, {0, 10, 8, 6}));

  EXPECT_TRUE(m.touches_border);
  EXPECT_DOUBLE_EQ(m.area_px2, 48);
  EXPECT_DOUBLE_EQ(m.min_feret_px, 6);
}

TEST(MeasureInstances, CountsWhatExcludedPixelsCutAsAtTheBorder) {
  const std::vector<synthetic::Disc> discs{{20, 20, 6}, {20, 60, 6}};
  const LabelImage labels = synthetic::labels({40, 80}, discs);
  BinaryImage excluded({40, 80});
  excluded(26, 20) = 1;
  const BinaryImage of_another_size({10, 10}, 1);

  const auto cut = measure_instances(Grid<float>({40, 80}), labels, {}, {.excluded = &excluded});
  const auto whole =
      measure_instances(Grid<float>({40, 80}), labels, {}, {.excluded = &of_another_size});

  ASSERT_THAT(cut, SizeIs(2));
  EXPECT_TRUE(cut[0].touches_border);
  EXPECT_FALSE(cut[1].touches_border);
  EXPECT_FALSE(whole[0].touches_border);
}

TEST(MeasureInstances, MeasuresAnInstanceThatFillsTheImage) {
  const InstanceMeasures m = only_whole(LabelImage({12, 20}, 5));

  EXPECT_DOUBLE_EQ(m.area_px2, 240);
  EXPECT_DOUBLE_EQ(m.min_feret_px, 12);
  EXPECT_TRUE(m.touches_border);
  EXPECT_EQ(m.background, std::nullopt);
}

TEST(MeasureInstances, TakesIntensityInsideAndBackgroundFromTheRing) {
  const std::vector<synthetic::Disc> discs{{30, 30, 8}, {30, 70, 8}};
  Grid<float> image = synthetic::image({60, 100}, discs, {.background = 150, .particle = 50});
  for (int64_t y = 0; y < 60; ++y) {
    for (int64_t x = 50; x < 100; ++x) {
      image(y, x) += 20;
    }
  }
  const LabelImage labels = synthetic::labels({60, 100}, discs);

  const auto all = measure_instances(image, labels, {});

  ASSERT_THAT(all, SizeIs(2));
  EXPECT_DOUBLE_EQ(all[0].background.value(), 150);
  EXPECT_DOUBLE_EQ(all[1].background.value(), 170);
  EXPECT_NEAR(all[0].mean_intensity, 50, 5);  // rim pixels are part background
  EXPECT_NEAR(all[1].mean_intensity - all[0].mean_intensity, 20, 1e-3);
}

TEST(MeasureInstances, GivesMeanAndDeviationOfTheLabelledPixels) {
  LabelImage labels({3, 8});
  Grid<float> image({3, 8}, 1e6F);
  for (int64_t i = 0; i < 4; ++i) {
    labels(1, 2 + i) = 1;
    image(1, 2 + i) = 1e6F + static_cast<float>(i);
  }

  const InstanceMeasures m = measure_instances(image, labels, {}).at(0);

  EXPECT_DOUBLE_EQ(m.mean_intensity, 1e6 + 1.5);
  EXPECT_NEAR(m.sd_intensity, std::sqrt(5.0 / 3), 1e-12);
}

TEST(MeasureInstances, SurvivesAnImageOfNoNumbers) {
  const LabelImage labels = rectangle({20, 20}, {5, 5, 6, 6});
  Grid<float> none(labels.size(), std::numeric_limits<float>::quiet_NaN());
  Grid<float> some(labels.size(), 100);
  some(3, 3) = std::numeric_limits<float>::quiet_NaN();
  some(3, 8) = std::numeric_limits<float>::infinity();

  const InstanceMeasures in_none = measure_instances(none, labels, {}).at(0);
  const InstanceMeasures in_some = measure_instances(some, labels, {}).at(0);

  EXPECT_EQ(in_none.background, std::nullopt);
  EXPECT_FALSE(std::isfinite(in_none.mean_intensity));
  EXPECT_FALSE(std::isfinite(in_none.sd_intensity));
  EXPECT_DOUBLE_EQ(in_none.area_px2, 36);
  EXPECT_EQ(in_some.background, 100.0);
}

TEST(MeasureInstances, NeedsNoConsecutiveLabels) {
  LabelImage labels = rectangle({20, 20}, {2, 2, 3, 3}, std::numeric_limits<int32_t>::max());
  labels(10, 10) = -4;

  const auto all = measure_instances(Grid<float>(labels.size()), labels, {});

  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].label, -4);
  EXPECT_DOUBLE_EQ(all[0].area_px2, 1);
  EXPECT_EQ(all[1].label, std::numeric_limits<int32_t>::max());
  EXPECT_DOUBLE_EQ(all[1].area_px2, 9);
}

TEST(MeasureInstances, FindsNothingInAnEmptyFrame) {
  EXPECT_THAT(measure_instances(Grid<float>({20, 20}), LabelImage({20, 20}), {}), IsEmpty());
  EXPECT_THAT(measure_instances({}, {}, {}), IsEmpty());
}

TEST(MeasureInstances, RefusesAnImageOfAnotherSizeAndOptionsOutOfRange) {
  EXPECT_THAT(
      [] {
        measure_instances(Grid<float>({20, 21}), LabelImage({20, 20}), {});
      },
      ThrowsMessage<Error>(HasSubstr("labels of 20 x 20 px do not fit an image of 21 x 20")));
  EXPECT_THAT(
      [] {
        measure_instances(Grid<float>({20, 20}), LabelImage({20, 20}), {}, {.y_over_x = 0});
      },
      ThrowsMessage<Error>(HasSubstr("must be above 0")));
  EXPECT_THAT(
      [] {
        measure_instances(Grid<float>({20, 20}), LabelImage({20, 20}), {}, {.ring_inner_px = 1});
      },
      ThrowsMessage<Error>(HasSubstr("must begin at 2 or more")));
}

}  // namespace
}  // namespace mote::measure
