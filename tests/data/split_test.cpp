#include "mote/data/split.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<int64_t> singles(int64_t count) {
  std::vector<int64_t> regions(static_cast<size_t>(count));
  std::iota(regions.begin(), regions.end(), 1);
  return regions;
}

TEST(Regions, JoinWhatChainsOfBondsConnect) {
  const std::vector<Bond> bonds = {{4, 2}, {0, 5}, {5, 4}};

  EXPECT_THAT(regions_of(7, bonds), ElementsAre(1, 2, 1, 3, 1, 1, 4));
  EXPECT_THAT(regions_of(3, {}), ElementsAre(1, 2, 3));
}

TEST(Ratio, NamesTwoOrThreeSplits) {
  EXPECT_THAT(parse_ratio("70:15:15"),
              ElementsAre(Share{"train", 70}, Share{"val", 15}, Share{"test", 15}));
  EXPECT_THAT(parse_ratio("0.8:0.2"), ElementsAre(Share{"train", 0.8}, Share{"test", 0.2}));
}

TEST(Ratio, RefusesAnythingElse) {
  for (const char* text : {"", "70", "70:", ":30", "70:-30", "70:0:30", "a:b", "1:2:3:4", "1 2"}) {
    EXPECT_THAT([&] { parse_ratio(text); }, ThrowsMessage<Error>(HasSubstr("ratio is"))) << text;
  }
}

TEST(Ratio, RefusesSharesThatDoNotAddUp) {
  EXPECT_THAT([] { parse_ratio("70:15"); },
              ThrowsMessage<Error>("ratio 70:15 adds up to 85, expected 100 (or 1)"));
  EXPECT_THAT([] { parse_ratio("4:1"); }, ThrowsMessage<Error>(HasSubstr("adds up to 5")));
  EXPECT_EQ(parse_ratio("33.3:33.3:33.4").size(), 3);
}

TEST(Split, KeepsRegionsWholeAndComesNearTheRatio) {
  std::vector<int64_t> regions = singles(100);
  std::fill(regions.begin(), regions.begin() + 9, 1);  // one large region ...
  for (size_t i = 9; i < regions.size(); ++i) {
    regions[i] -= 8;  // ... and 91 single images
  }

  const std::vector<int64_t> split = split_regions(regions, parse_ratio("70:15:15"), 1);

  EXPECT_EQ(std::count(split.begin(), split.end(), 0), 70);
  EXPECT_EQ(std::count(split.begin(), split.end(), 1), 15);
  EXPECT_EQ(std::count(split.begin(), split.end(), 2), 15);
  EXPECT_EQ(std::count(split.begin(), split.begin() + 9, split[0]), 9);
}

TEST(Split, DependsOnTheSeedAlone) {
  const std::vector<int64_t> regions = singles(40);
  const std::vector<Share> shares = parse_ratio("50:50");

  EXPECT_EQ(split_regions(regions, shares, 1), split_regions(regions, shares, 1));
  EXPECT_NE(split_regions(regions, shares, 1), split_regions(regions, shares, 2));
}

}  // namespace
}  // namespace mote::data
