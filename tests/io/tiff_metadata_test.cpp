#include "mote/io/tiff_metadata.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/io/open.h"
#include "tests/io/drawn_tiff.h"
#include "tests/io/files.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::Contains;
using testing::Key;
using testing::Not;
using testing::Pair;

std::map<std::string, std::string> metadata_of(const std::vector<TiffTag>& tags) {
  const std::string path = files::folder() + "drawn.tif";
  files::write(path, tiff_with_tags(512, tags));
  return open_frames(path)->info().metadata;
}

TEST(TiffMetadata, NamesEveryTagAndItsValue) {
  const auto metadata = metadata_of(
      {tiff_text(270, "first\nsecond \n"),
       {.tag = 282, .type = 5, .count = 1, .bytes = bytes_of(uint32_t{3}) + bytes_of(uint32_t{7})},
       tiff_double(65009, 0.25),
       {.tag = 65100, .type = 7, .count = 5, .bytes = std::string("\0\1\2\3\4\0\0\0", 8)}});

  EXPECT_THAT(metadata, Contains(Pair("ImageDescription", "first\nsecond")));
  EXPECT_THAT(metadata, Contains(Pair("ImageWidth", "512")));
  EXPECT_THAT(metadata, Contains(Pair("XResolution", "3/7")));
  EXPECT_THAT(metadata, Contains(Pair("DigitalMicrograph scale of x", "0.25")));
  EXPECT_THAT(metadata, Contains(Pair("tag 65100", "5 bytes")));
  EXPECT_THAT(metadata, Not(Contains(Key("tag 273"))));
}

TEST(TiffMetadata, ShortensLongLists) {
  std::string values;
  for (int i = 0; i < 40; ++i) {
    values += bytes_of(static_cast<uint16_t>(i));
  }

  const auto metadata = metadata_of({{.tag = 65200, .type = 3, .count = 40, .bytes = values}});

  EXPECT_EQ(metadata.at("tag 65200"),
            "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, ... (40 values)");
}

}  // namespace
}  // namespace mote::io
