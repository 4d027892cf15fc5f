#include "mote/pipeline/log_time.h"

#include <gtest/gtest.h>

namespace mote::pipeline {
namespace {

constexpr double kMayFirst2024S = 1714521600;  // 2024-05-01T00:00:00Z, by `date -d ... +%s`

TEST(LogTime, IsANumber) {
  EXPECT_EQ(log_time(" 12.5 ", false), (LogTime{LogTimeKind::kNumber, 12.5}));
}

TEST(LogTime, HasADecimalCommaWhereColumnsAreNotApartByCommas) {
  EXPECT_EQ(log_time("12,5", true), (LogTime{LogTimeKind::kNumber, 12.5}));
  EXPECT_EQ(log_time("12,5", false), std::nullopt);
}

TEST(LogTime, IsATimeOfDay) {
  EXPECT_EQ(log_time("01:02:03.5", false), (LogTime{LogTimeKind::kClock, 3723.5}));
  EXPECT_EQ(log_time("1:02", false), (LogTime{LogTimeKind::kClock, 3720}));
}

TEST(LogTime, IsADateInAnyZone) {
  const LogTime noon{LogTimeKind::kDate, kMayFirst2024S + 43200};

  EXPECT_EQ(log_time("2024-05-01T12:00:00Z", false), noon);
  EXPECT_EQ(log_time("2024-05-01 12:00:00", false), noon);
  EXPECT_EQ(log_time("2024/05/01 14:00:00,0+02:00", false), noon);
}

TEST(LogTime, IsMidnightOfADateAlone) {
  EXPECT_EQ(log_time("2024-05-01", false), (LogTime{LogTimeKind::kDate, kMayFirst2024S}));
}

TEST(LogTime, IsNothingElse) {
  for (const char* text : {"", "soon", "12:61:00", "2024-13-01", "2024-02-30T00:00:00", "1.5 s",
                           "01/05/2024 12:00", "inf"}) {
    EXPECT_EQ(log_time(text, true), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace mote::pipeline
