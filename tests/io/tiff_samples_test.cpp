// Every sample of ../shared/data/formats-tiff against what an independent reader saw.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "tests/io/sample_pixels.h"

namespace mote::io {
namespace {

using nlohmann::json;

const std::string kFolder = MOTE_SOURCE_DIR "/../shared/data/formats-tiff/";

class TiffSamples : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) {
      GTEST_SKIP() << "needs ../shared/data";
    }
    expected_ = json::parse(std::ifstream(kFolder + "expected.json"));
  }

  json expected_;
};

TEST_F(TiffSamples, HaveTheShapeTypeAndPixelsThatOthersSee) {
  const std::set<std::string> differently = {
      "dec_minisblack-1c-3b.tiff",                // no other reader decodes it
      "pil_multipage_multiple_frame_loop.tiff"};  // refused
  int compared = 0;

  for (const auto& [file, entry] : expected_.items()) {
    if (differently.contains(file)) {
      continue;
    }
    SCOPED_TRACE(file);
    const json& seen = entry.at("expected");
    const auto& series = seen.at("series").at(0);
    const std::string axes = series.at("axes");
    std::vector<int64_t> shape = series.at("shape");
    const auto source = open_frames(kFolder + file);
    const RecordingInfo& info = source->info();

    const bool colour = axes.find('S') != std::string::npos;
    EXPECT_EQ(info.colour, colour || seen.at("photometric") == "PALETTE");
    int64_t images = 1;
    for (size_t i = 0; i < axes.size(); ++i) {
      if (axes[i] == 'Y') {
        EXPECT_EQ(info.size.height, shape[i]);
      } else if (axes[i] == 'X') {
        EXPECT_EQ(info.size.width, shape[i]);
      } else if (axes[i] != 'S') {
        images *= shape[i];
      }
    }
    const samples::Pixels pixels = samples::read_all(kFolder + file, images);
    EXPECT_EQ(pixels.images, images);

    std::string type = seen.at("dtype");
    if (seen.at("photometric") == "MINISWHITE" || seen.at("photometric") == "PALETTE" || colour) {
      continue;  // values change by rule; see the tests below
    }
    ++compared;
    type = type == "bool" ? "uint8" : type == "float16" ? "float32" : type;
    EXPECT_EQ(name(info.type), type);
    EXPECT_NEAR(pixels.min, seen.at("min"), 1e-6);
    EXPECT_NEAR(pixels.max, seen.at("max"), 1e-6);
    EXPECT_NEAR(pixels.mean(), seen.at("mean"), 1e-6 * std::max(1.0, std::abs(pixels.mean())));
    if (seen.at("dtype") != "float16") {
      EXPECT_EQ(samples::sha256_start(pixels.bytes), seen.at("sha256_pixels").get<std::string>());
    }
  }
  EXPECT_EQ(compared, 27);
}

TEST_F(TiffSamples, HaveImageJsPixelSize) {
  for (const char* file : {"em_test_loading_image_saved_with_imageJ.tif",
                           "em_test_loading_image_saved_with_imageJ_stack.tif"}) {
    const RecordingInfo info = open_frames(kFolder + file)->info();

    ASSERT_TRUE(info.pixel_size) << file;
    const double expected_um = expected_[file]["expected"]["calibration"].back()["scale"];
    EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, expected_um * 1000);
    EXPECT_DOUBLE_EQ(info.pixel_size->y_nm, expected_um * 1000);
    EXPECT_EQ(info.pixel_size->source, "ImageJ TIFF");
  }
}

TEST_F(TiffSamples, TakeImageJsSlicesOfAPlainStackForFramesAndSaySo) {
  const std::string path = kFolder + "em_test_loading_image_saved_with_imageJ_stack.tif";

  const RecordingInfo info = open_frames(path)->info();
  const RecordingInfo one_slice = open_frames(path, {.z = 1})->info();

  EXPECT_EQ(info.frames, 2);
  ASSERT_EQ(info.warnings.size(), 1);
  EXPECT_NE(info.warnings[0].find("taken for frames"), std::string::npos);
  EXPECT_EQ(one_slice.frames, 1);
  EXPECT_EQ(one_slice.slices, 2);
}

TEST_F(TiffSamples, HaveOmesDimensions) {
  const std::string path = kFolder + "ome_4D-series.ome.tiff";

  const RecordingInfo info = open_frames(path)->info();

  EXPECT_EQ(info.format, "OME-TIFF");
  EXPECT_EQ(info.frames, 7);
  EXPECT_EQ(info.slices, 5);
  EXPECT_EQ(info.channels, 1);
  EXPECT_FALSE(info.pixel_size);
  EXPECT_THROW(open_frames(path)->read(0), Error);
}

TEST_F(TiffSamples, TakeNoPrintResolutionForAPixelSize) {
  for (const char* file : {"dec_gradient-1c-32b.tiff", "js_float32.tif", "pil_hopper_bigtiff.tif",
                           "dec_predictor-3-gray-f32.tif"}) {
    EXPECT_FALSE(open_frames(kFolder + file)->info().pixel_size) << file;
  }
}

TEST_F(TiffSamples, TakeAResolutionFinerThanAnyPrintForAPixelSize) {
  const RecordingInfo info = open_frames(kFolder + "em_TVIPS_bin4.tif")->info();

  ASSERT_TRUE(info.pixel_size);
  EXPECT_NEAR(info.pixel_size->x_nm, 1.4208, 1e-4);
  EXPECT_EQ(info.pixel_size->source, "TIFF resolution fields");
}

TEST_F(TiffSamples, UnpackOddBitDepths) {
  const Frame frame = open_frames(kFolder + "dec_minisblack-1c-3b.tiff")->read(0);

  EXPECT_EQ(frame.image.type(), SampleType::kUint8);
  const std::vector<uint8_t> pixels(frame.image.as<uint8_t>(),
                                    frame.image.as<uint8_t>() + frame.image.size().area());
  EXPECT_EQ(pixels, (std::vector<uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0}));
}

TEST_F(TiffSamples, RefuseAChainThatLoops) {
  try {
    open_frames(kFolder + "pil_multipage_multiple_frame_loop.tiff");
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    EXPECT_NE(std::string(error.what()).find("again"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace mote::io
