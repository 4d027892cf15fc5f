#include "mote/core/lineage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Lineage, WithParentsThatEndBeforeTheirChildrenBeginIsSound) {
  const Lineage lineage{
      .tracks = {{1, 0, 4, {}}, {2, 0, 4, {}}, {3, 5, 9, {1, 2}}},
      .events = {{.type = EventType::kCoalescence, .tracks = {1, 2}, .children = {3}}}};

  EXPECT_NO_THROW(check(lineage));
}

TEST(Lineage, NamesTheChildThatBeginsBeforeItsParentEnds) {
  const Lineage lineage{.tracks = {{1, 0, 5, {}}, {2, 5, 9, {1}}}, .events = {}};

  EXPECT_THAT([&] { check(lineage); }, ThrowsMessage<Error>(HasSubstr("its child 2 begins in 5")));
}

TEST(Lineage, NamesTheParentThatDoesNotExist) {
  const Lineage lineage{.tracks = {{1, 0, 5, {7}}}, .events = {}};

  EXPECT_THAT([&] { check(lineage); }, ThrowsMessage<Error>(HasSubstr("track 7")));
}

TEST(Lineage, NamesTheEventWhoseTrackDoesNotExist) {
  const Lineage lineage{.tracks = {{1, 0, 5, {}}},
                        .events = {{.type = EventType::kLost, .frame = 6, .tracks = {2}}}};

  EXPECT_THAT([&] { check(lineage); }, ThrowsMessage<Error>(HasSubstr("lost in frame 6")));
}

}  // namespace
}  // namespace mote
