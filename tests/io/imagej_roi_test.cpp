#include "mote/io/imagej_roi.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/imagej_roi_writer.h"
#include "tests/io/drawn_bytes.h"
#include "tests/io/drawn_masks.h"
#include "tests/io/files.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

ImagejRoi read_back(const ImagejRoi& roi) {
  return imagej_roi(imagej_roi_bytes(roi), "file");
}

std::vector<ImagejRoi> rois_in(const std::string& path) {
  std::vector<ImagejRoi> rois;
  for_each_imagej_roi(path, [&](const ImagejRoi& roi) { rois.push_back(roi); });
  return rois;
}

/// A ROI of `type` as ImageJ writes it: a header of 64 bytes with these bounds, and `rest`.
std::string drawn_roi(int type, int top, int left, int bottom, int right,
                      const std::string& rest = "") {
  std::string bytes = "Iout";
  bytes.resize(64);
  const auto put = [&](size_t at, int value) {
    bytes[at] = static_cast<char>(value >> 8 & 255);
    bytes[at + 1] = static_cast<char>(value & 255);
  };
  put(4, 227);
  bytes[6] = static_cast<char>(type);
  put(8, top);
  put(10, left);
  put(12, bottom);
  put(14, right);
  put(16, static_cast<int>(rest.size() / 4));
  return bytes + rest;
}

class ImagejRoiOfAMask : public testing::TestWithParam<testing_support::DrawnMask> {};

TEST_P(ImagejRoiOfAMask, ReadsBackAsTheSamePixels) {
  const ImagejRoi roi{.name = "track 7", .frame = 41, .mask = GetParam().mask};

  EXPECT_EQ(read_back(roi), roi);
}

INSTANTIATE_TEST_SUITE_P(Drawn, ImagejRoiOfAMask, testing::ValuesIn(testing_support::drawn_masks()),
                         [](const auto& mask) { return mask.param.name; });

TEST(ImagejRoi, IsTracedWhereTheMaskIsOnePiece) {
  const std::string bytes =
      imagej_roi_bytes({.name = "a", .mask = {.runs = {{.y = 3, .x = 5, .length = 2}}}});

  EXPECT_EQ(bytes[6], 8);
  // Around from the lower left corner: x, then y, counted from (5, 3).
  EXPECT_EQ(bytes.substr(64, 16), std::string("\0\0\0\2\0\2\0\0\0\0\0\0\0\1\0\1", 16));
}

TEST(ImagejRoi, KeepsNamesThatAreNotAscii) {
  const ImagejRoi roi{.name = "Å-Teilchen µ", .mask = {.runs = {{.y = 0, .x = 0, .length = 1}}}};

  EXPECT_EQ(read_back(roi).name, roi.name);
  EXPECT_EQ(read_back(roi).frame, std::nullopt);
}

TEST(ImagejRoi, ReadsRectanglesAndOvals) {
  EXPECT_THAT(imagej_roi(drawn_roi(1, 2, 3, 4, 6), "r").mask.runs,
              ElementsAre(mote::Run{2, 3, 3}, mote::Run{3, 3, 3}));
  EXPECT_THAT(
      imagej_roi(drawn_roi(2, 0, 0, 4, 4), "o").mask.runs,
      ElementsAre(mote::Run{0, 1, 2}, mote::Run{1, 0, 4}, mote::Run{2, 0, 4}, mote::Run{3, 1, 2}));
}

TEST(ImagejRoi, CutsOffWhatLiesOutsideTheImage) {
  EXPECT_THAT(imagej_roi(drawn_roi(1, -1, -2, 1, 2), "r").mask.runs,
              ElementsAre(mote::Run{0, 0, 2}));
  EXPECT_THAT(imagej_roi(drawn_roi(2, -2, -2, 2, 2), "o").mask.runs,
              ElementsAre(mote::Run{0, 0, 2}, mote::Run{1, 0, 1}));
}

// A triangle (0, 0), (4, 0), (0, 4) in (x, y), from (10, 20) on.
TEST(ImagejRoi, ReadsPolygons) {
  const std::string corners("\0\0\0\4\0\0\0\0\0\0\0\4", 12);

  EXPECT_THAT(imagej_roi(drawn_roi(0, 20, 10, 24, 14, corners), "p").mask.runs,
              ElementsAre(mote::Run{20, 10, 4}, mote::Run{21, 10, 3}, mote::Run{22, 10, 2},
                          mote::Run{23, 10, 1}));
}

TEST(ImagejRoi, TakesTheFrameFromTheNameWhereThereIsNoOther) {
  EXPECT_EQ(imagej_roi(drawn_roi(1, 0, 0, 1, 1), "0012-0345-0067").frame, 11);
  EXPECT_EQ(imagej_roi(drawn_roi(1, 0, 0, 1, 1), "0345-0067").frame, std::nullopt);
}

TEST(ImagejRoi, RefusesFramesThatNoRecordingHas) {
  const std::string far = imagej_roi_bytes(
      {.name = "a", .frame = 2'000'000'000, .mask = {.runs = {{.y = 0, .x = 0, .length = 1}}}});

  EXPECT_THAT([&] { imagej_roi(far, "x"); }, ThrowsMessage<Error>(HasSubstr("frame 2000000000")));
}

TEST(ImagejRoi, RefusesWhatHasNoInsideByName) {
  for (const auto& [type, name] : std::vector<std::pair<int, std::string>>{
           {3, "type line"}, {5, "segmented line"}, {9, "angle"}, {10, "point"}}) {
    EXPECT_THAT([&] { imagej_roi(drawn_roi(type, 0, 0, 1, 1), "x"); },
                ThrowsMessage<Error>(HasSubstr(name)));
  }
}

TEST(ImagejRoi, RefusesToWriteWhatTheFormatCannotHold) {
  EXPECT_THAT([] { imagej_roi_bytes({.name = "a"}); },
              ThrowsMessage<Error>(HasSubstr("a: a ROI without pixels")));
  EXPECT_THAT(
      [] {
        imagej_roi_bytes({.name = "a", .mask = {.runs = {{.y = 60600, .x = 0, .length = 1}}}});
      },
      ThrowsMessage<Error>(HasSubstr("goes to x=1 y=60601, an ImageJ ROI to 60535")));
}

TEST(ImagejRoi, RefusesDamagedBytes) {
  const std::string sound = imagej_roi_bytes(
      {.name = "a",
       .mask = {.runs = {{.y = 0, .x = 0, .length = 1}, {.y = 0, .x = 2, .length = 1}}}});

  EXPECT_THROW(imagej_roi("", "x"), Error);
  EXPECT_THROW(imagej_roi(drawn_roi(99, 0, 0, 1, 1), "x"), Error);
  EXPECT_THROW(imagej_roi(drawn_roi(1, 9, 9, 1, 1), "x"), Error);
  for (size_t bytes = 0; bytes < sound.size(); ++bytes) {
    EXPECT_THROW(imagej_roi(std::string_view(sound).substr(0, bytes), "x"), Error) << bytes;
  }
}

TEST(ImagejRoiWriter, WritesAZipFileThatIsReadBack) {
  const TemporaryFolder folder;
  const std::string path = folder / "RoiSet.zip";
  const auto masks = testing_support::drawn_masks();

  ImagejRoiWriter writer(path);
  std::vector<ImagejRoi> written;
  for (const auto& drawn : masks) {
    written.push_back({.name = drawn.name, .frame = 3, .mask = drawn.mask});
    writer.write(written.back());
  }
  writer.close();

  EXPECT_EQ(rois_in(path), written);
}

TEST(ImagejRoiWriter, WritesTheSameBytesEachTime) {
  const TemporaryFolder folder;
  for (const char* name : {"a.zip", "b.zip"}) {
    ImagejRoiWriter writer(folder / name);
    writer.write({.name = "a", .mask = {.runs = {{.y = 0, .x = 0, .length = 1}}}});
    writer.close();
  }

  EXPECT_EQ(testing_support::bytes_of(folder / "a.zip"),
            testing_support::bytes_of(folder / "b.zip"));
}

TEST(ImagejRois, AreReadFromASingleFile) {
  const TemporaryFolder folder;
  testing_support::write_bytes(folder / "0002-0001-0001.roi", drawn_roi(1, 0, 0, 1, 1));

  EXPECT_THAT(rois_in(folder / "0002-0001-0001.roi"),
              ElementsAre(ImagejRoi{.name = "0002-0001-0001",
                                    .frame = 1,
                                    .mask = {.runs = {{.y = 0, .x = 0, .length = 1}}}}));
}

// A zip file whose list of names has its last entry `count` times.
std::string repeated(std::string zip, uint16_t count) {
  const size_t end = zip.rfind("PK\x05\x06");
  const size_t list = zip.find("PK\x01\x02");
  const std::string entry = zip.substr(list, end - list);
  for (uint16_t i = 1; i < count; ++i) {
    zip.insert(list, entry);
  }
  const size_t new_end = zip.rfind("PK\x05\x06");
  drawn::put(zip, new_end + 8, count);
  drawn::put(zip, new_end + 10, count);
  drawn::put(zip, new_end + 12, static_cast<uint32_t>(entry.size() * count));
  return zip;
}

TEST(ImagejRois, InTheSameBytesOfAZipFileAreRefused) {
  const TemporaryFolder folder;
  ImagejRoiWriter writer(folder / "one.zip");
  writer.write({.name = "a", .mask = {.runs = {{.y = 1, .x = 2, .length = 3}}}});
  writer.close();
  const std::string one = files::read(folder / "one.zip");
  files::write(folder / "once.zip", repeated(one, 1));
  files::write(folder / "often.zip", repeated(one, 1000));

  EXPECT_EQ(rois_in(folder / "once.zip").size(), 1U);
  EXPECT_THAT([&] { rois_in(folder / "often.zip"); },
              ThrowsMessage<Error>(HasSubstr("claim more bytes than the file has")));
}

TEST(ImagejRois, OfADamagedZipFileAreRefused) {
  const TemporaryFolder folder;
  ImagejRoiWriter writer(folder / "sound.zip");
  writer.write({.name = "a", .mask = {.runs = {{.y = 0, .x = 0, .length = 9}}}});
  writer.close();
  const std::string sound = testing_support::bytes_of(folder / "sound.zip");

  testing_support::write_bytes(folder / "cut.zip", sound.substr(0, sound.size() - 30));
  std::string changed = sound;
  changed[50] = static_cast<char>(changed[50] ^ 16);
  testing_support::write_bytes(folder / "changed.zip", changed);

  EXPECT_THAT([&] { rois_in(folder / "cut.zip"); },
              ThrowsMessage<Error>(HasSubstr("no sound list of entries")));
  EXPECT_THAT([&] { rois_in(folder / "changed.zip"); }, ThrowsMessage<Error>(HasSubstr("a.roi: ")));
}

}  // namespace
}  // namespace mote::io
