#include "mote/io/ome_tiff_writer.h"

#include <array>
#include <cstdio>
#include <filesystem>
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

TEST(OmeTiffWriter, WritesRoisBesideTheImage) {
  const TemporaryFolder folder;
  {
    OmeTiffWriter writer(folder / "a.ome.tif", {.frames = 1});
    writer.write(LabelImage({5, 7}), std::nullopt);
    writer.add_roi("track <1>", 0, {.runs = {{.y = 1, .x = 2, .length = 3}}});
    // Two pieces: bits 101, then 001.
    writer.add_roi("track 2", 0,
                   {.runs = {{.y = 3, .x = 1, .length = 1},
                             {.y = 3, .x = 3, .length = 1},
                             {.y = 4, .x = 3, .length = 1}}});
    writer.close();
  }

  const std::string xml = open_frames(folder / "a.ome.tif")->info().metadata.at("ImageDescription");

  EXPECT_THAT(xml, HasSubstr("</Pixels>\n<ROIRef ID=\"ROI:0\"/>\n<ROIRef ID=\"ROI:1\"/>\n"
                             "</Image>\n<ROI ID=\"ROI:0\" Name=\"track &lt;1&gt;\"><Union>"
                             "<Polygon ID=\"Shape:0:0\" TheT=\"0\" Points=\"2,1 5,1 5,2 2,2\"/>"
                             "</Union></ROI>\n<ROI ID=\"ROI:1\""));
  EXPECT_THAT(xml, HasSubstr("X=\"1\" Y=\"3\" Width=\"3\" Height=\"2\"><BinData "
                             "BigEndian=\"false\" Length=\"4\">pA==</BinData></Mask>"));
  EXPECT_THAT(xml, testing::EndsWith("</ROI>\n</OME>"));
  EXPECT_FALSE(std::filesystem::exists(folder / "a.ome.tif.rois"));
}

TEST(OmeTiffWriter, WritesManyRois) {
  const TemporaryFolder folder;
  OmeTiffWriter writer(folder / "a.ome.tif", {.frames = 1});
  writer.write(LabelImage({5, 7}), std::nullopt);
  for (int i = 0; i < 4000; ++i) {
    writer.add_roi("a", 0, {.runs = {{.y = 1, .x = 2, .length = 3}}});
  }
  writer.close();

  const std::string xml = open_frames(folder / "a.ome.tif")->info().metadata.at("ImageDescription");

  EXPECT_THAT(xml, HasSubstr("<ROIRef ID=\"ROI:3999\"/>\n</Image>\n<ROI ID=\"ROI:0\""));
  EXPECT_THAT(xml, HasSubstr("\"Shape:3999:0\""));
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
