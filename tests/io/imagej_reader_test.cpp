// mote's ROIs and stacks against ImageJ itself, where ImageJ and a JDK are installed.
#include <array>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/imagej_roi.h"
#include "mote/io/imagej_roi_writer.h"
#include "mote/io/tiff_writer.h"
#include "tests/io/drawn_masks.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::Not;
using testing_support::TemporaryFolder;

constexpr const char* kImagej = "/usr/share/java/ij.jar";

bool is_installed() {
  return std::filesystem::exists(kImagej) && std::filesystem::exists("/usr/bin/javac");
}

/// What Imagej.java prints, line by line.
std::vector<std::string> lines_of_imagej(const std::string& task, const std::string& path) {
  const std::string command = fmt::format("java -cp {} {}/tests/io/Imagej.java {} {} 2>/dev/null",
                                          kImagej, MOTE_SOURCE_DIR, task, path);
  std::string text;
  FILE* out = popen(command.c_str(), "r");
  std::array<char, 4096> piece{};
  while (const size_t count = fread(piece.data(), 1, piece.size(), out)) {
    text.append(piece.data(), count);
  }
  pclose(out);
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string line_of(const ImagejRoi& roi) {
  std::string line = fmt::format("{}\t{}\t0\t", roi.name, roi.frame ? *roi.frame + 1 : 0);
  for (const Run& run : roi.mask.runs) {
    line += fmt::format("{} {} {} ", run.y, run.x, run.length);
  }
  return line;
}

TEST(Imagej, SelectsThePixelsThatMoteWrote) {
  if (!is_installed()) {
    GTEST_SKIP() << "no ImageJ (Debian's imagej) with a JDK";
  }
  const TemporaryFolder folder;
  std::vector<std::string> expected;
  ImagejRoiWriter writer(folder / "RoiSet.zip");
  for (const auto& drawn : testing_support::drawn_masks()) {
    const ImagejRoi roi{.name = drawn.name, .frame = 41, .mask = drawn.mask};
    writer.write(roi);
    expected.push_back(line_of(roi));
  }
  writer.close();

  EXPECT_THAT(lines_of_imagej("read", folder / "RoiSet.zip"), ElementsAreArray(expected));
}

TEST(Imagej, DrawsRoisThatMoteReadsAsTheSamePixels) {
  if (!is_installed()) {
    GTEST_SKIP() << "no ImageJ (Debian's imagej) with a JDK";
  }
  const TemporaryFolder folder;

  const std::vector<std::string> expected = lines_of_imagej("draw", folder / "RoiSet.zip");
  std::vector<std::string> read;
  for_each_imagej_roi(folder / "RoiSet.zip",
                      [&](const ImagejRoi& roi) { read.push_back(line_of(roi)); });

  EXPECT_THAT(read, Not(IsEmpty()));
  EXPECT_THAT(read, ElementsAreArray(expected));
}

TEST(Imagej, OpensAStackThatMoteWroteWithItsCalibration) {
  if (!is_installed()) {
    GTEST_SKIP() << "no ImageJ (Debian's imagej) with a JDK";
  }
  const TemporaryFolder folder;
  TiffWriter writer(folder / "a.tif", {.pixel_size = PixelSize{.y_nm = 0.25, .x_nm = 0.5},
                                       .frame_interval = FrameInterval{.seconds = 0.125},
                                       .frames = 2});
  for (const uint16_t first : {1, 60001}) {
    Image image({2, 3}, SampleType::kUint16);
    std::iota(image.as<uint16_t>(), image.as<uint16_t>() + 6, first);
    writer.write(image);
  }
  writer.close();

  EXPECT_THAT(lines_of_imagej("stack", folder / "a.tif"),
              ElementsAre("3 2 1 2 16 0.5 0.25 nm 0.125 sec", "1 2 3 4 5 6 ",
                          "60001 60002 60003 60004 60005 60006 "));
}

}  // namespace
}  // namespace mote::io
