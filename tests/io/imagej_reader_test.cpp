// mote's ROIs against ImageJ itself, where ImageJ and a JDK are installed.
#include <array>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/imagej_roi.h"
#include "tests/io/drawn_masks.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::Not;
using testing_support::TemporaryFolder;

constexpr const char* kImagej = "/usr/share/java/ij.jar";

bool is_installed() {
  return std::filesystem::exists(kImagej) && std::filesystem::exists("/usr/bin/javac");
}

/// What ImagejRois.java prints, line by line.
std::vector<std::string> lines_of_imagej(const std::string& task, const std::string& path) {
  const std::string command =
      fmt::format("java -cp {} {}/tests/io/ImagejRois.java {} {} 2>/dev/null", kImagej,
                  MOTE_SOURCE_DIR, task, path);
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

}  // namespace
}  // namespace mote::io
