#include "mote/core/bytes.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

enum class Colour : uint16_t { kRed = 3 };

TEST(Bytes, GivesBackEveryKindOfValue) {
  const std::vector<Point> points = {{.y_px = 1.5, .x_px = -2}, {}};
  const Grid<float> grid({2, 3}, {0, 1, 2, 3, 4, 5});
  ByteWriter out;
  out.put(int64_t{-7});
  out.put(Colour::kRed);
  out.put(true);
  out.put("text");
  out.put(points);
  out.put(grid);
  out.put(std::vector<int32_t>());
  const std::string bytes = out.take();

  ByteReader in(bytes);

  EXPECT_EQ(in.get<int64_t>(), -7);
  EXPECT_EQ(in.get<Colour>(), Colour::kRed);
  EXPECT_TRUE(in.get<bool>());
  EXPECT_EQ(in.get<std::string>(), "text");
  EXPECT_EQ(in.get<std::vector<Point>>(), points);
  EXPECT_EQ(in.get<Grid<float>>(), grid);
  EXPECT_TRUE(in.get<std::vector<int32_t>>().empty());
  EXPECT_NO_THROW(in.expect_end());
}

TEST(Bytes, GoToASinkAsTheyWouldToAString) {
  const auto write = [](ByteWriter& out) {
    out.put(int64_t{-7});
    out.put(std::string(70'000, 'a'));
    out.put(Grid<float>({100, 300}, 2.5F));
    out.put("text");
  };
  ByteWriter whole;
  std::string bytes;
  size_t pieces = 0;
  ByteWriter streamed([&](std::string_view more) {
    bytes += more;
    ++pieces;
  });

  write(whole);
  write(streamed);
  streamed.flush();

  EXPECT_EQ(bytes, whole.take());
  EXPECT_GT(pieces, 2);
}

TEST(Bytes, GiveTextWithoutACopy) {
  ByteWriter out;
  out.put("text");
  out.put(int32_t{5});
  const std::string bytes = out.take();

  ByteReader in(bytes);

  EXPECT_EQ(in.get<std::string_view>(), "text");
  EXPECT_EQ(in.take_rest().data(), bytes.data() + bytes.size() - sizeof(int32_t));
  EXPECT_NO_THROW(in.expect_end());
}

TEST(Bytes, RefusesAValueThatIsCutOff) {
  ByteWriter out;
  out.put(int64_t{1});
  const std::string bytes = out.take().substr(0, 7);

  ByteReader in(bytes);

  EXPECT_THROW(in.get<int64_t>(), Error);
}

TEST(Bytes, RefusesAVectorThatClaimsMoreThanIsLeft) {
  ByteWriter out;
  out.put(uint64_t{1} << 61);
  const std::string bytes = out.take();

  ByteReader in(bytes);

  EXPECT_THROW(in.get<std::vector<double>>(), Error);
}

TEST(Bytes, RefusesAGridThatClaimsMoreThanIsLeft) {
  ByteWriter out;
  out.put(Size{.height = int64_t{1} << 32, .width = int64_t{1} << 32});
  out.put(Size{.height = -1, .width = 1});
  const std::string bytes = out.take();

  ByteReader in(bytes);

  EXPECT_THROW(in.get<Grid<uint8_t>>(), Error);
  EXPECT_THROW(in.get<Grid<uint8_t>>(), Error);
}

TEST(Bytes, RefusesBytesThatAreLeft) {
  ByteReader in("x");

  EXPECT_THROW(in.expect_end(), Error);
}

}  // namespace
}  // namespace mote
