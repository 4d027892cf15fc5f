#include "mote/core/frame_memory.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace mote {
namespace {

constexpr size_t kFrame = (size_t{1} << 20) + 24;

TEST(FrameMemory, GoesFromOneFrameToTheNextOfTheSameSize) {
  std::optional<FrameMemory> first(kFrame);
  const auto place = reinterpret_cast<uintptr_t>(first->data());
  first.reset();

  FrameMemory other_size(2 * kFrame);
  FrameMemory second(kFrame);

  EXPECT_NE(reinterpret_cast<uintptr_t>(other_size.data()), place);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(second.data()), place);
}

TEST(FrameMemory, IsCopiedWithItsBytes) {
  FrameMemory first(3);
  first.data()[2] = std::byte{7};
  first.data()[1] = first.data()[0] = std::byte{1};

  FrameMemory second = first;
  second.data()[0] = std::byte{9};
  FrameMemory third = std::move(second);

  EXPECT_EQ(first.data()[0], std::byte{1});
  EXPECT_EQ(third.data()[0], std::byte{9});
  EXPECT_EQ(third.data()[2], std::byte{7});
  EXPECT_FALSE(first == third);
}

TEST(FrameMemory, KeepsNoMoreThanEightPieces) {
  std::vector<uintptr_t> places;
  {
    std::vector<FrameMemory> many;
    for (int i = 0; i < 9; ++i) {
      many.emplace_back(3 * kFrame);
      places.push_back(reinterpret_cast<uintptr_t>(many.back().data()));
    }
  }

  std::vector<FrameMemory> again;
  int reused = 0;
  for (int i = 0; i < 9; ++i) {
    again.emplace_back(3 * kFrame);
    const auto place = reinterpret_cast<uintptr_t>(again.back().data());
    reused += std::count(places.begin(), places.end(), place) > 0 ? 1 : 0;
  }

  EXPECT_GE(reused, 8);
}

}  // namespace
}  // namespace mote
