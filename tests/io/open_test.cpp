#include "mote/io/open.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/io/picture_file.h"
#include "mote/io/stills.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

const std::string kData = MOTE_SOURCE_DIR "/../shared/data/";

// The error of opening `path`; its message begins with the path.
Error failure(const std::string& path) {
  try {
    open_frames(path)->read(0);
  } catch (const Error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(path + ": ")) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error;
  }
  ADD_FAILURE() << "opened " << path;
  return Error(ErrorKind::kUsage, "none");
}

void write_still(const std::string& path, uint8_t value, uint32_t width = 4) {
  files::write_png_file(
      path, {.height = 2, .width = width, .bytes = std::vector<uint8_t>(2 * width, value)});
}

TEST(NaturalLess, CountsNumbersByValue) {
  EXPECT_TRUE(natural_less("frame2", "frame10"));
  EXPECT_FALSE(natural_less("frame10", "frame2"));
  EXPECT_TRUE(natural_less("a1b2", "a1b10"));
  EXPECT_TRUE(natural_less("frame007", "frame8"));
  EXPECT_TRUE(natural_less("7", "07") != natural_less("07", "7"));
  EXPECT_FALSE(natural_less("same", "same"));
  EXPECT_TRUE(natural_less("t99999999999999999999998", "t99999999999999999999999"));
  EXPECT_TRUE(natural_less("frame", "frame1"));
}

TEST(OpenFrames, ReadsAFolderOfStillsInNaturalOrder) {
  const std::string folder = files::folder();
  write_still(folder + "frame10.png", 10);
  write_still(folder + "frame2.png", 2);
  write_still(folder + "frame1.PNG", 1);
  write_still(folder + ".hidden.png", 99);
  files::write(folder + "README.md", "words");
  files::write(folder + "truth.csv", "1,2");
  std::filesystem::create_directory(folder + "more.png");

  const auto source = open_frames(folder);

  EXPECT_EQ(source->info().format, "PNG stills");
  ASSERT_EQ(source->info().frames, 3);
  EXPECT_THAT(source->info().files,
              ElementsAre(EndsWith("frame1.PNG"), EndsWith("frame2.png"), EndsWith("frame10.png")));
  EXPECT_EQ(source->read(2).image.as<uint8_t>()[0], 10);
  EXPECT_EQ(source->read(2).index, 2);
  EXPECT_EQ(source->read(0).image.as<uint8_t>()[0], 1);
}

TEST(OpenFrames, ReadsAPatternOfStills) {
  const std::string folder = files::folder();
  write_still(folder + "a1.png", 1);
  write_still(folder + "a11.png", 11);
  write_still(folder + "a9.png", 9);
  write_still(folder + "b1.png", 100);

  const auto source = open_frames(folder + "a*.png");

  ASSERT_EQ(source->info().frames, 3);
  EXPECT_EQ(source->read(1).image.as<uint8_t>()[0], 9);
}

TEST(OpenFrames, ReadsAFileWhoseNameLooksLikeAPattern) {
  const std::string path = files::folder() + "run[1].png";
  write_still(path, 7);

  EXPECT_EQ(open_frames(path)->read(0).image.as<uint8_t>()[0], 7);
}

TEST(OpenFrames, TakesASingleStillForOneFrame) {
  const std::string path = files::folder() + "one.png";
  write_still(path, 7);

  const auto source = open_frames(path);

  EXPECT_EQ(source->info().frames, 1);
  EXPECT_EQ(source->info().format, "PNG");
  EXPECT_THROW(source->read(1), Error);
}

TEST(OpenFrames, OpensTheOneFileOfAFolderAsWhatItIs) {
  const std::string folder = files::folder();
  files::write_tiff(folder + "stack.tif", {{}, {}, {}});

  EXPECT_EQ(open_frames(folder)->info().frames, 3);
}

TEST(OpenFrames, LetsStillsDifferInSize) {
  const std::string folder = files::folder();
  write_still(folder + "1.png", 1, 4);
  write_still(folder + "2.png", 2, 5);

  const auto source = open_frames(folder);

  EXPECT_EQ(source->info().size.width, 4);
  EXPECT_EQ(source->read(1).image.size().width, 5);
}

TEST(OpenFrames, DropsThePixelSizeWhereStillsDisagree) {
  const std::string folder = files::folder();
  const std::string imagej = "ImageJ=1.53t\nunit=nm\n";
  const auto write_at = [&](const std::string& name, float resolution) {
    TIFF* tiff = TIFFOpen((folder + name).c_str(), "w");
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, resolution);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, resolution);
    files::write_tiff_page(tiff, {.description = imagej});
    TIFFClose(tiff);
  };
  write_at("1.tif", 2);
  write_at("2.tif", 2);
  EXPECT_DOUBLE_EQ(open_frames(folder)->info().pixel_size.value().x_nm, 0.5);

  write_at("3.tif", 4);
  const RecordingInfo info = open_frames(folder)->info();

  EXPECT_FALSE(info.pixel_size);
  ASSERT_EQ(info.warnings.size(), 1);
  EXPECT_THAT(info.warnings[0], HasSubstr("3.tif 0.25 nm"));
}

TEST(OpenFrames, NamesTheBadStill) {
  const std::string folder = files::folder();
  write_still(folder + "1.png", 1);
  files::write(folder + "2.png", "not a picture");
  const auto source = open_frames(folder);

  try {
    source->read(1);
    FAIL() << "read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    EXPECT_STREQ(error.what(), "2.png: not a file of any format that mote reads");
  }
}

TEST(OpenFrames, RefusesAFolderOfSeveralKinds) {
  const std::string folder = files::folder();
  write_still(folder + "1.png", 1);
  files::write_tiff(folder + "1.tif", {{}});

  const Error error = failure(folder);

  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("1 PNG, 1 TIFF"));
}

TEST(OpenFrames, RefusesSeveralStacks) {
  const std::string folder = files::folder();
  files::write_tiff(folder + "1.tif", {{}, {}});
  files::write_tiff(folder + "2.tif", {{}, {}});

  EXPECT_EQ(failure(folder).kind(), ErrorKind::kUnsupported);
}

TEST(OpenFrames, SaysWhatIsWrongWithWhatIsNoRecording) {
  const std::string folder = files::folder();
  std::filesystem::create_directory(folder + "empty folder");
  files::write(folder + "empty.tif", "");
  files::write(folder + "words.tif", "These are words, not an image.");
  files::write(folder + "words.txt", "These are words, not an image.");
  files::write(folder + "short.tif", "II*");
  files::write(folder + "short.png", "\x89PNG\r\n\x1a\n");
  files::write(folder + "short.jpg", "\xFF\xD8\xFF");

  EXPECT_EQ(failure(folder + "missing.tif").kind(), ErrorKind::kNotFound);
  EXPECT_EQ(failure(folder + "nothing*.png").kind(), ErrorKind::kNotFound);
  EXPECT_EQ(failure(folder + "words.tif/inside").kind(), ErrorKind::kNotFound);
  EXPECT_EQ(failure(folder + "empty folder").kind(), ErrorKind::kNotFound);
  EXPECT_EQ(failure(folder + "empty.tif").kind(), ErrorKind::kBadFile);
  EXPECT_EQ(failure(folder + "short.png").kind(), ErrorKind::kBadFile);
  EXPECT_EQ(failure(folder + "short.jpg").kind(), ErrorKind::kBadFile);
  EXPECT_EQ(failure("/dev/null").kind(), ErrorKind::kUsage);
  const Error words = failure(folder + "words.tif");
  EXPECT_EQ(words.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(words.what(), HasSubstr("named .tif, but cut off, damaged or no recording that mote "
                                      "knows: it reads TIFF, PNG, JPEG, AVI"));
  EXPECT_THAT(failure(folder + "words.txt").what(), HasSubstr(": not a recording that mote knows"));
}

TEST(OpenFrames, DoesNotWaitForAPipe) {
  const std::string path = files::folder() + "pipe.tif";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);

  EXPECT_THAT(failure(path).what(), HasSubstr("is not a file that can be read at any offset"));
}

TEST(OpenFrames, NamesTheSubFoldersOfAFolderWithoutImages) {
  const std::string folder = files::folder();
  std::filesystem::create_directory(folder + "frames");
  write_still(folder + "frames/1.png", 1);

  EXPECT_THAT(failure(folder).what(), HasSubstr("its sub-folders (frames) are not searched"));
}

TEST(OpenFrames, NamesTheRecordingsOfAFolderWithoutStills) {
  const std::string folder = files::folder();
  files::write(folder + "run_001.tvips", "x");
  files::write(folder + "run_000.tvips", "x");
  files::write(folder + "notes.txt", "x");

  EXPECT_THAT(failure(folder).what(),
              HasSubstr("name one of its recordings (run_000.tvips, run_001.tvips)"));
}

TEST(OpenFrames, SaysWhereAFileMayNotBeRead) {
  const std::string path = files::folder() + "secret.png";
  write_still(path, 1);
  ::chmod(path.c_str(), 0);
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may read everything";
  }

  EXPECT_EQ(failure(path).kind(), ErrorKind::kNotFound);
}

TEST(OpenFrames, GoesByTheLeadingBytes) {
  const std::string path = files::folder() + "really_a_png.tif";
  write_still(path, 5);

  EXPECT_EQ(open_frames(path)->info().format, "PNG");
}

TEST(OpenFrames, OpensEveryRealSeriesOfStills) {
  if (!std::filesystem::exists(kData)) {
    GTEST_SKIP() << "needs ../shared/data";
  }
  const std::vector<std::pair<std::string, int64_t>> series{
      {"tem-tiles/test/images", 10},   {"seq-colloids-brightfield", 20},
      {"seq-colloids-bulk-water", 20}, {"seq-embryo-nuclei", 10},
      {"seq-faketracks/frames", 50},   {"seq-lptem-nanorod-simulated/images", 8}};

  for (const auto& [folder, frames] : series) {
    const auto source = open_frames(kData + folder);
    EXPECT_EQ(source->info().frames, frames) << folder;
    const Image last = source->read(source->info().frames - 1).image;
    EXPECT_EQ(last.size(), source->info().size) << folder;
    EXPECT_EQ(last.type(), source->info().type) << folder;
  }
}

}  // namespace
}  // namespace mote::io
