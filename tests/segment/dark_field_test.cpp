#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/disc.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"
#include "tests/counted_electrons.h"

namespace mote::segment {
namespace {

using testing::AllOf;
using testing::Gt;
using testing::IsEmpty;
using testing::Lt;
using testing::SizeIs;

const BinaryImage kNothing;

Segmentation segmented(const Grid<float>& image) {
  const auto segmenter = make_threshold_segmenter({});
  return segment_one(*segmenter, {.image = image, .excluded = kNothing});
}

// Few electrons a pixel make noise whose peaks a Gaussian of its width would never reach.
TEST(DarkField, WithoutParticlesHasNone) {
  for (const double background_e : {0.03, 0.1, 0.3, 1.0, 10.0}) {
    for (const uint64_t seed : {1, 2, 3}) {
      const Grid<float> image =
          counted_electrons::image({512, 512}, {}, {.background_e = background_e, .seed = seed});

      EXPECT_THAT(segmented(image).regions, IsEmpty()) << background_e << " " << seed;
    }
  }
}

// The rim of a large sphere rises over many pixels, and is as noisy as it is bright.
TEST(DarkField, FindsSpheresOfEverySize) {
  for (const double radius_px : {8.0, 20.0, 60.0, 150.0}) {
    const auto side = static_cast<int64_t>(5 * radius_px + 60);
    const Grid<float> image =
        counted_electrons::image({side, side},
                                 {{1.5 * radius_px, 1.5 * radius_px, radius_px},
                                  {3.6 * radius_px, 1.5 * radius_px, 0.8 * radius_px}},
                                 {});

    const Segmentation found = segmented(image);

    ASSERT_THAT(found.regions, SizeIs(2)) << radius_px;
    // The half level of a sphere lies at 0.87 of its radius.
    EXPECT_THAT(equivalent_radius_px(found.regions[0].area_px) / radius_px, AllOf(Gt(0.8), Lt(1.0)))
        << radius_px;
  }
}

}  // namespace
}  // namespace mote::segment
