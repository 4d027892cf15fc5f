#include "mote/pipeline/info.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/io/ome_tiff_writer.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_support::TemporaryFolder;

std::string write_stamped(const std::string& path, std::initializer_list<double> times_s) {
  io::OmeTiffWriter writer(path, {.frames = static_cast<int64_t>(times_s.size())});
  for (const double time_s : times_s) {
    writer.write(Image({8, 8}, SampleType::kUint8), time_s);
  }
  writer.close();
  return path;
}

/// An OME-Zarr of 2 frames, 2 channels, 3 slices, 1 x 1 px.
std::string write_five_dimensions(const std::string& folder) {
  std::filesystem::create_directories(folder + "/0");
  std::ofstream(folder + "/.zattrs")
      << R"({"multiscales":[{"datasets":[{"path":"0"}],"version":"0.2"}]})";
  std::ofstream(folder + "/.zgroup") << R"({"zarr_format":2})";
  std::ofstream(folder + "/0/.zarray")
      << R"({"zarr_format":2,"shape":[2,2,3,1,1],"chunks":[2,2,3,1,1],"dtype":"|u1",)"
      << R"("compressor":null,"fill_value":0,"order":"C","filters":null})";
  std::ofstream(folder + "/0/0.0.0.0.0") << "abcdefghijkl";
  return folder;
}

TEST(Info, TellsTheMeanIntervalOfTimeStamps) {
  const TemporaryFolder folder;
  const std::string path = write_stamped(folder / "in.ome.tif", {5, 5.1, 5.4, 5.6});

  const auto description = describe({.path = path}, false);

  EXPECT_NEAR(description.at("mean_interval_s"), 0.2, 1e-9);
  EXPECT_THAT(to_text(description), HasSubstr("0.2 s on average, by time stamps in the frames"));
}

TEST(Info, TellsTheMeanIntervalOfTheFramesThatAreSelected) {
  const TemporaryFolder folder;
  const std::string path = write_stamped(folder / "in.ome.tif", {0, 0.1, 0.4, 0.6});

  const auto description = describe({.path = path, .frames = "0:3:2"}, false);

  EXPECT_NEAR(description.at("mean_interval_s"), 0.4, 1e-9);
}

TEST(Info, TellsNoMeanIntervalOfOneFrame) {
  const TemporaryFolder folder;
  const std::string path = write_stamped(folder / "in.ome.tif", {5});

  EXPECT_TRUE(describe({.path = path}, false).at("mean_interval_s").is_null());
}

TEST(Info, DescribesARecordingOfSeveralChannelsAndSlicesOfWhichNoneWasChosen) {
  const TemporaryFolder folder;
  const std::string path = write_five_dimensions(folder / "in.ome.zarr");

  const auto description = describe({.path = path}, false);

  EXPECT_EQ(description.at("frames"), 2);
  EXPECT_EQ(description.at("slices"), 3);
  EXPECT_EQ(description.at("channels"), 2);
  EXPECT_THAT(to_text(description), HasSubstr("of its 3 slices (z) every other command takes one"));
  EXPECT_THAT(to_text(description), HasSubstr("by --channel from 0 to 1"));
}

TEST(Info, WarnsOfNoChoiceThatWasMade) {
  const TemporaryFolder folder;
  const std::string path = write_five_dimensions(folder / "in.ome.zarr");

  const auto description = describe({.path = path, .channel = 1, .z = 2}, false);

  EXPECT_THAT(to_text(description), Not(HasSubstr("every other command")));
}

}  // namespace
}  // namespace mote::pipeline
