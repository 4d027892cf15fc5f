#include "mote/report/pair_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::report {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kSidePx = 200;
constexpr int64_t kSheetPx = 2 * kSidePx + 3 * 12;

PairSide side(Size crop) {
  return {.name = "a.png",
          .image = Grid<float>({100, 100}),
          .shared = {0, 0, 50, 50},
          .crop = Grid<float>(crop),
          .crop_name = "shared"};
}

TEST(DrawPair, PutsLongStripsAboveOneAnotherAndEnlargesThem) {
  const Picture strips = draw_pair(side({10, 100}), side({10, 100}), kSidePx);
  const Picture squares = draw_pair(side({50, 50}), side({50, 50}), kSidePx);
  const Picture images = draw_pair(side({0, 0}), side({0, 0}), kSidePx);

  EXPECT_EQ(strips.width(), kSheetPx);
  EXPECT_EQ(strips.height() - images.height(), 2 * (40 + 26 + 12));  // 10 px four times enlarged
  EXPECT_EQ(squares.height() - images.height(), 200 + 26 + 12);      // once, side by side
}

TEST(PicturePage, MarksWhatIsBadAndEscapesTexts) {
  const std::string page = picture_page(
      {.title = "a < b",
       .verdict = "2 leaks",
       .alarm = true,
       .tables = {{"Kinds", {"kind"}, {{"<copy>"}}}},
       .entries = {
           {.heading = "one", .verdict = "Leak", .alarm = true, .text = "told", .jpeg = {1, 2, 3}},
           {.heading = "two", .verdict = "No leak"}}});

  EXPECT_THAT(page, HasSubstr("<p class=\"verdict problem\">2 leaks</p>"));
  EXPECT_THAT(page, HasSubstr("<td>&lt;copy&gt;</td>"));
  EXPECT_THAT(page, HasSubstr("<section class=\"entry alarm\"><h2>one</h2>"));
  EXPECT_THAT(page, HasSubstr("<section class=\"entry\"><h2>two</h2>"));
  EXPECT_THAT(page, Not(HasSubstr("a < b")));
}

}  // namespace
}  // namespace mote::report
