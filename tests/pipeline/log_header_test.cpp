#include "mote/pipeline/log_header.h"

#include <gtest/gtest.h>

namespace mote::pipeline {
namespace {

struct Written {
  const char* text;
  const char* name;
  const char* unit;
};

class LogHeaderOfAReading : public testing::TestWithParam<Written> {};

TEST_P(LogHeaderOfAReading, GivesNameAndUnit) {
  const LogHeader header = log_header(GetParam().text);

  EXPECT_EQ(header.name, GetParam().name);
  EXPECT_EQ(header.unit, GetParam().unit);
  EXPECT_FALSE(header.is_time);
}

INSTANTIATE_TEST_SUITE_P(
    AsInstrumentsWriteThem, LogHeaderOfAReading,
    testing::Values(Written{"temperature_c", "temperature_c", "°C"},
                    Written{"Temperature (°C)", "temperature_c", "°C"},
                    Written{"Temperature [degC]", "temperature_c", "°C"},
                    Written{"T/K", "temperature_k", "K"}, Written{"T (°C)", "temperature_c", "°C"},
                    Written{"t (°C)", "temperature_c", "°C"}, Written{"T", "temperature", ""},
                    Written{"Temp K", "temperature_k", "K"},
                    Written{"Heater Temp [K]", "temperature_heater_k", "K"},
                    Written{"SampleTemperature", "temperature_sample", ""},
                    Written{"Pressure (mbar)", "pressure_mbar", "mbar"},
                    Written{"Heater power / mW", "heater_power_mw", "mW"},
                    Written{"I [μA]", "i_ua", "µA"},
                    Written{"H2 flow (ml/min)", "h2_flow_ml_per_min", "ml/min"},
                    Written{"Fill %", "fill_percent", "%"}));

struct Clock {
  const char* text;
  double unit_s;
};

class LogHeaderOfTimes : public testing::TestWithParam<Clock> {};

TEST_P(LogHeaderOfTimes, SaysHowLongAUnitIs) {
  const LogHeader header = log_header(GetParam().text);

  EXPECT_TRUE(header.is_time);
  EXPECT_DOUBLE_EQ(header.unit_s, GetParam().unit_s);
}

INSTANTIATE_TEST_SUITE_P(AsInstrumentsWriteThem, LogHeaderOfTimes,
                         testing::Values(Clock{"time_s", 1}, Clock{"Time", 1}, Clock{"t", 1},
                                         Clock{"t/s", 1}, Clock{"Time (ms)", 1e-3},
                                         Clock{"Elapsed Time [min]", 60}, Clock{"Timestamp", 1},
                                         Clock{"TimeStamp", 1}, Clock{"Date Time", 1},
                                         Clock{"time_h", 3600}));

TEST(LogHeader, TellsADateFromItsTime) {
  EXPECT_TRUE(log_header("Date").is_date);
  EXPECT_FALSE(log_header("Date").is_time);
}

TEST(LogHeader, TakesNoOtherTimeForTheClock) {
  EXPECT_FALSE(log_header("exposure time (ms)").is_time);
}

TEST(LogHeader, KnowsTheNumbersOfFrames) {
  EXPECT_TRUE(log_header("recorded_frame").is_index);
  EXPECT_FALSE(log_header("frame power (W)").is_index);
}

}  // namespace
}  // namespace mote::pipeline
