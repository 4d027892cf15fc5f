#include "mote/measure/radial_image.h"

#include <numbers>

#include <gtest/gtest.h>

namespace mote::measure {
namespace {

/// The sum over the plane of what is known a px apart from the centre.
double volume(const RadialImage& image) {
  double sum = std::numbers::pi * image[0] / 4;
  for (size_t r = 1; r < image.size(); ++r) {
    sum += 2 * std::numbers::pi * static_cast<double>(r) * image[r];
  }
  return sum;
}

TEST(RadialImage, OfAFlatDiscHasHalfItsHeightAtTheRim) {
  const RadialImage image = flat_disc(30, 2, 45);

  EXPECT_NEAR(image[10], 1, 0.01);
  EXPECT_NEAR(image[30], 0.5, 0.03);  // less by the curvature
  EXPECT_NEAR(image[40], 0, 1e-6);
}

TEST(RadialImage, OfASphereHasHalfItsHeightInsideTheRim) {
  const RadialImage image = sphere_by_thickness(30, 1, 40);

  EXPECT_NEAR(image[15], 0.866, 0.01);
  EXPECT_NEAR(image[26], 0.5, 0.01);
  EXPECT_LT(image[30], 0.2);
}

TEST(RadialImage, KeepsTheVolumeOfTheBodyWhateverTheBlur) {
  const double sphere = 2.0 / 3 * std::numbers::pi * 12 * 12;  // its chord over the diameter

  EXPECT_NEAR(volume(sphere_by_thickness(12, 1.5, 40)), sphere, 0.01 * sphere);
  EXPECT_NEAR(volume(sphere_by_thickness(12, 4, 60)), sphere, 0.01 * sphere);
  EXPECT_NEAR(volume(flat_disc(12, 4, 60)), 1.5 * sphere, 0.015 * sphere);
}

}  // namespace
}  // namespace mote::measure
