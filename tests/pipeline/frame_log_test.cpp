#include "mote/pipeline/frame_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;
using testing_support::TemporaryFolder;

/// A log of `text`, in a folder of its own.
class FrameLogTest : public testing::Test {
 protected:
  FrameLog open(const std::string& text, const std::string& offset = "") {
    write_file(folder_ / "log.csv", text);
    return FrameLog::open(folder_ / "log.csv", offset);
  }

  TemporaryFolder folder_;
};

TEST_F(FrameLogTest, IsInterpolatedBetweenItsRows) {
  const FrameLog log = open("time_s,temperature_c\n0,20\n10,120\n20,120\n");

  EXPECT_THAT(log.values_at(2.5), ElementsAre(Pair("temperature_c", 45)));
  EXPECT_THAT(log.values_at(15), ElementsAre(Pair("temperature_c", 120)));
  EXPECT_THAT(log.warnings(), IsEmpty());
}

TEST_F(FrameLogTest, IsNeverExtrapolated) {
  const FrameLog log = open("time_s,temperature_c\n5,20\n10,120\n");

  EXPECT_THAT(log.values_at(4.999), IsEmpty());
  EXPECT_THAT(log.values_at(5), ElementsAre(Pair("temperature_c", 20)));
  EXPECT_THAT(log.values_at(10), ElementsAre(Pair("temperature_c", 120)));
  EXPECT_THAT(log.values_at(10.001), IsEmpty());
  EXPECT_THAT(log.values_at(std::nullopt), IsEmpty());
}

TEST_F(FrameLogTest, IsReadAsTheSimulatorWritesIt) {
  const FrameLog log = open("frame,recorded_frame,time_s,temperature_k\n0,0,0,773\n1,1,0.1,775\n");

  EXPECT_THAT(log.readings(), ElementsAre(LogReading{"temperature_k", "temperature", "K"}));
  EXPECT_THAT(log.values_at(0.05), ElementsAre(Pair("temperature_k", 774)));
}

TEST_F(FrameLogTest, MayHaveSemicolonsAndDecimalCommas) {
  const FrameLog log = open("Time (min);Temperature (°C);p/mbar\r\n0;20,5;1,5\r\n1;21,5;2,5\r\n");

  EXPECT_THAT(log.values_at(30),
              UnorderedElementsAre(Pair("temperature_c", 21), Pair("p_mbar", 2)));
}

TEST_F(FrameLogTest, MayHaveTabsAndCommentsAndAByteOrderMark) {
  const FrameLog log = open("\xef\xbb\xbf# heater 3\n\nt/s\tT/K\n0\t300\n2\t400\n");

  EXPECT_THAT(log.values_at(1), ElementsAre(Pair("temperature_k", 350)));
}

TEST_F(FrameLogTest, MayBeInLatin1) {
  const FrameLog log = open(
      "time_s,Temperature (\xb0"
      "C)\n0,20\n1,30\n");

  EXPECT_THAT(log.readings(), ElementsAre(LogReading{"temperature_c", "temperature", "°C"}));
}

TEST_F(FrameLogTest, IsShiftedByTheOffset) {
  const FrameLog log = open("time_s,x\n100,1\n110,2\n", "100s");

  EXPECT_EQ(log.first_s(), 0);
  EXPECT_EQ(log.last_s(), 10);
  EXPECT_EQ(open("time_s,x\n100,1\n110,2\n", "-2 min").first_s(), 220);
}

TEST_F(FrameLogTest, OfDatesBeginsWhereTheOffsetSays) {
  const std::string text = "Timestamp,T/K\n2024-05-01T12:30:00Z,300\n2024-05-01T12:30:10Z,400\n";

  EXPECT_EQ(open(text, "2024-05-01T12:30:05Z").first_s(), -5);
  EXPECT_EQ(open(text, "12:30:05").last_s(), 5);
  EXPECT_THAT([&] { open(text); }, ThrowsMessage<Error>(HasSubstr("give --log-offset")));
  EXPECT_THAT([&] { open(text, "5s"); }, ThrowsMessage<Error>(HasSubstr("its times are dates")));
}

TEST_F(FrameLogTest, MayHaveDateAndTimeInTwoColumns) {
  const FrameLog log = open("Date,Time,T/K\n2024-05-01,23:59:59,300\n2024-05-02,00:00:01,302\n",
                            "2024-05-01T23:59:59");

  EXPECT_EQ(log.last_s(), 2);
}

TEST_F(FrameLogTest, AveragesRowsOfOneTime) {
  const FrameLog log = open("time_s,x\n0,1\n1,2\n1,3\n1,4\n2,5\n");

  EXPECT_THAT(log.values_at(1), ElementsAre(Pair("x", 3)));
  EXPECT_THAT(log.warnings(),
              ElementsAre(HasSubstr("2 of 5 rows have the time of the row before")));
}

TEST_F(FrameLogTest, TellsNothingWhereItsTimeRunsBack) {
  const FrameLog log = open("time_s,x\n0,1\n2,2\n1.5,3\n");

  EXPECT_THAT(log.values_at(1), IsEmpty());
  EXPECT_THAT(log.readings(), IsEmpty());
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("line 4: its time runs back by 0.5 s")));
}

TEST_F(FrameLogTest, LeavesColumnsOfTextOut) {
  const FrameLog log = open("time_s,State,x\n0,heating,1\n1,holding,2\n");

  EXPECT_THAT(log.values_at(0), ElementsAre(Pair("x", 1)));
  EXPECT_THAT(log.warnings(),
              ElementsAre(HasSubstr("column 'State' is left out: line 2 says 'heating'")));
}

TEST_F(FrameLogTest, TakesASingleCellThatIsNoNumberAsMissing) {
  const FrameLog log = open("time_s,x\n0,1\n1,OVER\n2,3\n3,\n4,5\n");

  EXPECT_THAT(log.values_at(1), ElementsAre(Pair("x", 2)));
  EXPECT_THAT(log.values_at(3), ElementsAre(Pair("x", 4)));
  EXPECT_THAT(log.warnings(), ElementsAre(HasSubstr("1 of 5 cells are no numbers")));
}

TEST_F(FrameLogTest, GivesNoReadingTheNameOfAColumnOfFrames) {
  const FrameLog log = open("time_s,threshold,n,x,x\n0,1,2,3,4\n1,1,2,3,4\n");

  EXPECT_THAT(log.values_at(0), UnorderedElementsAre(Pair("log_threshold", 1), Pair("log_n", 2),
                                                     Pair("x", 3), Pair("x_2", 4)));
}

TEST_F(FrameLogTest, RefusesAFileWithoutTimesOrRows) {
  const auto refuses = [this](const std::string& text, const std::string& why) {
    EXPECT_THAT([&] { open(text); }, ThrowsMessage<Error>(HasSubstr("log.csv: " + why))) << text;
  };

  refuses("", "is empty");
  refuses("time_s,T/K\n", "has a header but no rows");
  refuses("T/K,p/mbar\n300,1\n", "has no column of times");
  refuses("time_s,T/K\nsoon,300\n", "line 2: time_s is 'soon'");
  refuses("time_s,T/K\n0,300\n12:30,300\n", "line 3: time_s is '12:30', expected numbers");
  refuses(std::string("time_s,T/K\n0,\0\n", 15), "is no text");
  refuses("\xff\xfet", "is UTF-16");
}

TEST_F(FrameLogTest, SaysHowManyFramesLieOutside) {
  const FrameLog log = open("time_s,x\n1,1\n3,2\n");
  LogCoverage coverage(log);
  for (const double time : {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}) {
    coverage.add(time);
  }
  coverage.add(std::nullopt);

  EXPECT_THAT(coverage.warnings(),
              ElementsAre(HasSubstr("1 of 7 frames have no time"),
                          HasSubstr("3 of 7 frames lie outside of it and have none of its values: "
                                    "1 before its first time, 2 after its last")));
}

TEST_F(FrameLogTest, SaysWhereNoFrameLiesWithin) {
  const FrameLog log = open("time_s,x\n100,1\n300,2\n");
  LogCoverage coverage(log);
  coverage.add(0);
  coverage.add(24);

  EXPECT_THAT(coverage.warnings(),
              ElementsAre(HasSubstr("no frame lies within it: on the clock of the recording it "
                                    "goes from 100 to 300 s, the frames from 0 to 24 s")));
}

TEST(ReadingText, NamesAllButTheTemperature) {
  EXPECT_EQ(reading_text({"temperature_k", "temperature", "K"}, 823.04), "823 K");
  EXPECT_EQ(reading_text({"p_mbar", "p", "mbar"}, 1.25), "p 1.25 mbar");
  EXPECT_EQ(reading_text({"column_3", "", ""}, 7), "column_3 7");
}

}  // namespace
}  // namespace mote::pipeline
