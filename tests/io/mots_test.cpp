#include "mote/io/mots.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/png.h"
#include "tests/io/drawn_masks.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StrEq;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

constexpr Size kSize{64, 80};

std::vector<MotsInstance> instances_in(const std::string& text) {
  std::vector<MotsInstance> instances;
  for_each_mots_instance(text, [&](const MotsInstance& one) { instances.push_back(one); });
  return instances;
}

LabelImage labels_of_png(const std::string& path) {
  const Image image = open_png(path)->read(0).image;
  LabelImage labels(image.size());
  std::copy_n(image.as<uint16_t>(), labels.size().area(), labels.data());
  return labels;
}

TEST(MotsText, ReadsBackAsItWasWritten) {
  std::vector<MotsInstance> written;
  std::string text;
  for (const auto& drawn : testing_support::drawn_masks()) {
    written.push_back({.frame = static_cast<int64_t>(written.size()),
                       .id = 998 + static_cast<int32_t>(written.size()),
                       .size = kSize,
                       .mask = drawn.mask});
    text += mots_line(written.back());
  }

  EXPECT_EQ(instances_in(text), written);
}

TEST(MotsText, IsALineOfSixValues) {
  const Mask centre{.runs = {{.y = 1, .x = 1, .length = 1}}};

  EXPECT_EQ(mots_line({.frame = 52, .id = 5, .size = {3, 3}, .mask = centre}),
            "52 1005 1 3 3 414\n");
}

TEST(MotsText, RefusesLinesThatAreNone) {
  EXPECT_THAT([] { instances_in("1 1001 1 3 3 414\n\nx\n"); },
              ThrowsMessage<Error>(HasSubstr("line 3: 'x', expected frame, id, class")));
  EXPECT_THAT([] { instances_in("1 1001 1 3 3 41\n"); },
              ThrowsMessage<Error>(HasSubstr("line 1: runs of 5 px, expected 9")));
  EXPECT_THROW(instances_in("1 1001 1 3 9999999 414"), Error);
  EXPECT_THROW(instances_in("1 99999999999 1 3 3 414"), Error);
  EXPECT_THROW(instances_in("9223372036854775807 1001 1 3 3 414"), Error);
}

TEST(MotsPng, ReadsBackAsItWasWritten) {
  const TemporaryFolder folder;
  const auto masks = testing_support::drawn_masks();
  const std::vector<MotsInstance> written = {
      {.frame = 4, .class_id = 1, .id = 7, .size = kSize, .mask = masks.at(0).mask},
      {.frame = 4, .class_id = 1, .id = 999, .size = kSize, .mask = masks.at(2).mask}};

  write_mots_png(folder / "a.png", kSize, written);

  EXPECT_EQ(mots_instances(labels_of_png(folder / "a.png"), 4), written);
}

TEST(MotsPng, RefusesWhatItCannotHold) {
  const TemporaryFolder folder;
  const Mask pixel{.runs = {{.y = 1, .x = 1, .length = 1}}};

  EXPECT_THAT(
      [&] {
        write_mots_png(folder / "a.png", kSize, {{.id = 1000, .size = kSize, .mask = pixel}});
      },
      ThrowsMessage<Error>(StrEq("track 1000 of class 1: a MOTS PNG holds tracks 0 to 999 of "
                                 "classes 1 to 64; its text file holds all")));
  EXPECT_THROW(write_mots_png(folder / "a.png", {1, 1}, {{.id = 1, .size = {1, 1}, .mask = pixel}}),
               Error);
}

TEST(MotsPng, RefusesNumbersThatStandForNoClass) {
  EXPECT_THAT(
      [] {
        mots_instances(LabelImage({2, 2}, 7), 0);
      },
      ThrowsMessage<Error>(HasSubstr("the number 7, expected 1000 or more")));
}

}  // namespace
}  // namespace mote::io
