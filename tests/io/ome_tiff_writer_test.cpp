#include "mote/io/ome_tiff_writer.h"

#include <array>
#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/open.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing_support::TemporaryFolder;

/// What a command prints.
std::string printed(const std::string& command) {
  std::string text;
  FILE* out = popen(command.c_str(), "r");
  std::array<char, 4096> piece{};
  while (const size_t count = fread(piece.data(), 1, piece.size(), out)) {
    text.append(piece.data(), count);
  }
  pclose(out);
  return text;
}

void write_labels(const std::string& path, bool big) {
  OmeTiffWriter writer(path, {.pixel_size = PixelSize{.y_nm = 0.2, .x_nm = 0.3},
                              .name = "A & B <1>",
                              .bytes_expected = big ? int64_t{5} << 30 : 0,
                              .frames = 2});
  writer.write(LabelImage({5, 7}, 70000), 1.5);
  writer.write(LabelImage({5, 7}, -3), 2.25);
  writer.close();
}

TEST(OmeTiffWriter, WritesLabelImages) {
  const TemporaryFolder folder;
  write_labels(folder / "a.ome.tif", false);

  const auto source = open_frames(folder / "a.ome.tif");

  EXPECT_EQ(source->info().format, "OME-TIFF");
  EXPECT_EQ(source->info().type, SampleType::kInt32);
  EXPECT_EQ(source->read(0).image.as<int32_t>()[34], 70000);
  EXPECT_EQ(source->read(1).image.as<int32_t>()[0], -3);
  EXPECT_EQ(source->read(1).time_s, 2.25);
  EXPECT_THAT(source->info().warnings, IsEmpty());
}

TEST(OmeTiffWriter, WritesBigTiff) {
  const TemporaryFolder folder;
  write_labels(folder / "a.ome.tif", true);

  EXPECT_EQ(open_frames(folder / "a.ome.tif")->read(1).time_s, 2.25);
}

// Series, axes, OME's own values and pixels, as tifffile reads them.
TEST(OmeTiffWriter, WritesWhatTifffileReads) {
  if (!printed("/usr/bin/python3 -c 'import tifffile' 2>&1").empty()) {
    GTEST_SKIP() << "no python3-tifffile";
  }
  const TemporaryFolder folder;
  for (const bool big : {false, true}) {
    write_labels(folder / "a.ome.tif", big);

    const std::string text = printed(fmt::format(
        "/usr/bin/python3 -c \"\nimport tifffile\n"
        "with tifffile.TiffFile('{}') as tiff:\n"
        "    series = tiff.series[0]\n"
        "    image = tifffile.xml2dict(tiff.ome_metadata)['OME']['Image']\n"
        "    pixels = image['Pixels']\n"
        "    print(tiff.is_bigtiff, series.axes, series.shape, series.dtype, image['Name'],\n"
        "          pixels['PhysicalSizeX'], pixels['PhysicalSizeXUnit'], pixels['PhysicalSizeY'],\n"
        "          pixels['Plane'][1]['DeltaT'], series.asarray()[0, 4, 6], "
        "series.asarray()[1, 0, 0])\n\" 2>&1",
        folder / "a.ome.tif"));

    EXPECT_EQ(text, fmt::format("{} TYX (2, 5, 7) int32 A & B <1> 0.3 nm 0.2 2.25 70000 -3\n",
                                big ? "True" : "False"));
  }
}

}  // namespace
}  // namespace mote::io
