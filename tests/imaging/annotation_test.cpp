#include "mote/imaging/annotation.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/open.h"
#include "mote/simulate/demo.h"
#include "tests/synthetic.h"

namespace mote::imaging {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Size kSize = {300, 400};

void fill(Grid<float>& image, Box box, float value) {
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    std::fill_n(image.row(y) + box.x, box.width, value);
  }
}

/// A sign 12 px high and 8 px wide: a ring with a line through it.
void draw_sign(Grid<float>& image, int64_t y, int64_t x, float value) {
  fill(image, {y, x, 2, 8}, value);
  fill(image, {y + 5, x, 2, 8}, value);
  fill(image, {y + 10, x, 2, 8}, value);
  fill(image, {y, x, 12, 2}, value);
  fill(image, {y, x + 6, 12, 2}, value);
}

void draw_text(Grid<float>& image, int64_t y, int64_t x, int64_t signs, float value) {
  for (int64_t i = 0; i < signs; ++i) {
    draw_sign(image, y, x + 12 * i, value);
  }
}

/// Particles on a support, with noise.
Grid<float> micrograph() {
  Grid<float> image = synthetic::image(
      kSize, {{60, 80, 25}, {150, 200, 40}, {220, 330, 30}, {250, 100, 18}}, {.noise_sd = 8});
  for (float& value : image.values()) {
    value = std::clamp(std::round(value), 0.0F, 255.0F);
  }
  return image;
}

Image as_uint8(const Grid<float>& image) {
  Image out(image.size(), SampleType::kUint8);
  for (size_t i = 0; i < image.values().size(); ++i) {
    out.as<uint8_t>()[i] =
        static_cast<uint8_t>(std::clamp(std::round(image.values()[i]), 0.0F, 255.0F));
  }
  return out;
}

Grid<float> with_data_bar(float paper, float ink) {
  Grid<float> image = micrograph();
  fill(image, {260, 0, 40, 400}, paper);
  draw_text(image, 274, 20, 12, ink);
  draw_text(image, 274, 220, 8, ink);
  fill(image, {278, 330, 4, 50}, ink);
  return image;
}

const Annotation kDataBar = {AnnotationKind::kDataBar, {260, 0, 40, 400}};

TEST(Annotations, FindsADataBarOfEitherPolarityInAnySampleType) {
  EXPECT_THAT(find_annotations(as_uint8(with_data_bar(255, 0))), ElementsAre(kDataBar));
  EXPECT_THAT(find_annotations(as_uint8(with_data_bar(0, 255))), ElementsAre(kDataBar));
  EXPECT_THAT(find_annotations(to_image(with_data_bar(0, 60000))), ElementsAre(kDataBar));
}

TEST(Annotations, FindsADataBarAtTheTop) {
  const Grid<float> upright = with_data_bar(255, 0);
  Grid<float> image(kSize);
  for (int64_t y = 0; y < kSize.height; ++y) {
    std::copy_n(upright.row(kSize.height - 1 - y), kSize.width, image.row(y));
  }

  EXPECT_THAT(find_annotations(as_uint8(image)),
              ElementsAre(Annotation{AnnotationKind::kDataBar, {0, 0, 40, 400}}));
}

TEST(Annotations, FindsADataBarAfterLossyCompression) {
  Grid<float> image = synthetic::blurred(with_data_bar(255, 0), 0.5);
  synthetic::add_noise(image, 1.5, 3);

  const auto found = find_annotations(as_uint8(image));

  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].kind, AnnotationKind::kDataBar);
  EXPECT_NEAR(static_cast<double>(found[0].box.y), 260, 2);
}

TEST(Annotations, FindsTheLinesDrawnAroundADataBarToo) {
  Grid<float> image = with_data_bar(255, 0);
  fill(image, {260, 0, 1, 400}, 0);
  fill(image, {299, 0, 1, 400}, 0);
  fill(image, {260, 0, 40, 1}, 0);
  fill(image, {260, 399, 40, 1}, 0);

  EXPECT_THAT(find_annotations(as_uint8(image)), ElementsAre(kDataBar));
}

TEST(Annotations, FindsABlankStrip) {
  Grid<float> image = micrograph();
  fill(image, {285, 0, 15, 400}, 0);

  EXPECT_THAT(find_annotations(as_uint8(image)),
              ElementsAre(Annotation{AnnotationKind::kDataBar, {285, 0, 15, 400}}));
}

TEST(Annotations, FindsABareScaleBarWithItsText) {
  for (const float ink : {0.0F, 255.0F}) {
    Grid<float> image = micrograph();
    fill(image, {280, 20, 5, 90}, ink);
    draw_text(image, 262, 40, 4, ink);

    EXPECT_THAT(find_annotations(as_uint8(image)),
                ElementsAre(Annotation{AnnotationKind::kScaleBar, {258, 16, 31, 98}}))
        << ink;
  }
}

TEST(Annotations, FindsAScaleBarInABoxOfItsOwn) {
  Grid<float> image = micrograph();
  fill(image, {250, 0, 50, 130}, 0);
  fill(image, {252, 2, 46, 126}, 255);
  fill(image, {260, 15, 5, 100}, 0);
  draw_text(image, 275, 40, 4, 0);

  EXPECT_THAT(find_annotations(as_uint8(image)),
              ElementsAre(Annotation{AnnotationKind::kScaleBar, {250, 0, 50, 130}}));
}

TEST(Annotations, AreNotSeenInMicrographsWithoutAny) {
  EXPECT_THAT(find_annotations(as_uint8(micrograph())), IsEmpty());
  EXPECT_THAT(find_annotations(simulate::make_demo({})->read(0).image), IsEmpty());
  EXPECT_THAT(find_annotations(as_uint8(Grid<float>(kSize, 7))), IsEmpty());
  EXPECT_THAT(find_annotations(Image({20, 20}, SampleType::kUint8)), IsEmpty());
}

TEST(Annotations, AreNotSeenInPicturesWithoutNoise) {
  const Grid<float> discs = synthetic::image(
      kSize, {{20, 80, 15}, {150, 200, 40}, {270, 330, 20}, {275, 100, 18}, {280, 180, 10}});
  Grid<float> rods(kSize, 200);
  for (int64_t i = 0; i < 5; ++i) {
    fill(rods, {240 + 11 * i, 20 + 70 * i, 6, 60}, 40);
    fill(rods, {10 + 11 * i, 40 + 60 * i, 4, 50}, 40);
  }

  EXPECT_THAT(find_annotations(as_uint8(discs)), IsEmpty());
  EXPECT_THAT(find_annotations(as_uint8(rods)), IsEmpty());
}

TEST(Annotations, AreNotSeenInAVacuumThatIsCutOffAtBlack) {
  Grid<float> image = synthetic::image(kSize, {{60, 80, 45}, {120, 200, 60}, {150, 330, 50}},
                                       {.background = -30, .particle = 160, .blur_px = 6});
  synthetic::add_noise(image, 8, 5);

  EXPECT_THAT(find_annotations(as_uint8(image)), IsEmpty());
}

std::vector<Annotation> in_file(const std::string& path) {
  return find_annotations(io::open_frames(path)->read(0).image);
}

const std::string kShared = MOTE_SOURCE_DIR "/../shared/data/";

TEST(Annotations, AreFoundInPicturesOfMicroscopeMakers) {
  if (!std::filesystem::exists(kShared + "formats-tiff")) {
    GTEST_SKIP() << "needs the shared recordings";
  }

  EXPECT_THAT(in_file(kShared + "formats-tiff/em_FEI-Helios-Ebeam-16bits.tif"),
              ElementsAre(Annotation{AnnotationKind::kDataBar, {438, 0, 33, 512}}));
  EXPECT_THAT(in_file(kShared + "formats-tiff/em_test_tiff_Zeiss_SEM_512pix.tif"),
              ElementsAre(Annotation{AnnotationKind::kDataBar, {350, 0, 34, 512}}));
  EXPECT_THAT(in_file(kShared + "formats-tiff/em_TVIPS_bin4.tif"),
              ElementsAre(Annotation{AnnotationKind::kScaleBar, {967, 0, 57, 157}}));
}

TEST(Annotations, AreNotSeenInSharedMicrographsWithoutAny) {
  if (!std::filesystem::exists(kShared + "tem-tiles")) {
    GTEST_SKIP() << "needs the shared recordings";
  }
  int64_t pictures = 0;
  for (const char* folder : {"tem-tiles/test/images", "tem-tiles/train/images", "soot-tem",
                             "sem-agglomerates/images", "seq-colloids-brightfield",
                             "seq-lptem-nanorod-simulated/images", "seq-faketracks/frames"}) {
    for (const auto& entry : std::filesystem::directory_iterator(kShared + folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".png" || extension == ".jpg" || extension == ".tif") {
        EXPECT_THAT(in_file(entry.path().string()), IsEmpty()) << entry.path();
        ++pictures;
      }
    }
  }
  EXPECT_GT(pictures, 60);
}

}  // namespace
}  // namespace mote::imaging
