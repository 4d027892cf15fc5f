#include "mote/io/ome_zarr.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "mote/io/zarr_codec.h"
#include "tests/io/files.h"
#include "tests/io/opened.h"
#include "tests/io/zarr_memory.h"

namespace mote::io {
namespace {

using namespace drawn;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Files = std::map<std::string, std::string>;

std::string axis(const std::string& name, const std::string& type, const std::string& unit = "") {
  return R"({"name":")" + name + R"(","type":")" + type + "\"" +
         (unit.empty() ? "" : R"(,"unit":")" + unit + "\"") + "}";
}

std::string multiscales(const std::string& axes, const std::string& scale,
                        const std::string& more = "") {
  return R"({"multiscales":[{"version":"0.4","axes":[)" + axes +
         R"(],"datasets":[{"path":"0","coordinateTransformations":[{"type":"scale","scale":)" +
         scale + R"(}]}])" + more + "}]}";
}

const std::string kTyx = axis("t", "time", "millisecond") + "," + axis("y", "space", "micrometer") +
                         "," + axis("x", "space", "micrometer");

// Two frames of 1 x 2 px.
Files series(const std::string& attributes = multiscales(kTyx, "[40,0.002,0.003]")) {
  return {{".zgroup", R"({"zarr_format":2})"},
          {".zattrs", attributes},
          {"0/.zarray", zarray("[2,1,2]", "[1,1,2]", "|u1")},
          {"0/0.0.0", "\1\2"},
          {"0/1.0.0", "\3\4"}};
}

std::unique_ptr<FrameSource> open_drawn(const Files& files, const ReadOptions& options = {}) {
  return open_zarr(std::make_unique<ZarrMemory>(files), "drawn", options);
}

std::string fault(const Files& files) {
  return thrown_by([&] { open_drawn(files); }).what();
}

// Five dimensions: 2 frames, 2 channels, 3 slices, 1 x 1 px; the value counts them all.
Files five_dimensions() {
  Files files = {{".zattrs", R"({"multiscales":[{"datasets":[{"path":"0"}],"version":"0.2"}]})"},
                 {"0/.zarray", zarray("[2,2,3,1,1]", "[2,2,3,1,1]", "|u1")}};
  for (char i = 0; i < 12; ++i) {
    files["0/0.0.0.0.0"] += i;
  }
  return files;
}

TEST(OmeZarr, ReadsFramesWithTheirCalibration) {
  const auto source = open_drawn(series());
  const RecordingInfo& info = source->info();

  EXPECT_EQ(info.format, "OME-Zarr 0.4");
  EXPECT_EQ(info.frames, 2);
  EXPECT_EQ(info.size, (Size{.height = 1, .width = 2}));
  ASSERT_TRUE(info.pixel_size);
  EXPECT_DOUBLE_EQ(info.pixel_size->y_nm, 2);
  EXPECT_DOUBLE_EQ(info.pixel_size->x_nm, 3);
  ASSERT_TRUE(info.frame_interval);
  EXPECT_DOUBLE_EQ(info.frame_interval->seconds, 0.04);
  EXPECT_EQ(source->read(1).image.as<uint8_t>()[0], 3);
  EXPECT_THAT(info.files, Contains("drawn/0/.zarray"));
  EXPECT_THAT(info.warnings, IsEmpty());
}

TEST(OmeZarr, ReadsVersion05) {
  const std::string ome = multiscales(kTyx, "[40,0.002,0.003]");
  const Files files = {
      {"zarr.json",
       R"({"zarr_format":3,"node_type":"group","attributes":{"ome":{"version":"0.5",)" +
           ome.substr(1) + "}}"},
      {"0/zarr.json", zarr3("[2,1,2]", "[1,1,2]", "uint8", R"([{"name":"bytes"}])")},
      {"0/c/1/0/0", "\3\4"}};

  const auto source = open_drawn(files);

  EXPECT_EQ(source->info().format, "OME-Zarr 0.5");
  EXPECT_EQ(source->read(1).image.as<uint8_t>()[1], 4);
  EXPECT_EQ(source->read(0).image.as<uint8_t>()[1], 0);
}

TEST(OmeZarr, TakesOneChannelAndSlice) {
  EXPECT_EQ(open_drawn(five_dimensions(), {.channel = 1, .z = 2})->read(1).image.as<uint8_t>()[0],
            11);
  EXPECT_EQ(open_drawn(five_dimensions(), {.channel = 0, .z = 1})->read(1).image.as<uint8_t>()[0],
            7);
}

TEST(OmeZarr, AsksForAChannelAndASlice) {
  const auto source = open_drawn(five_dimensions());

  EXPECT_EQ(source->info().channels, 2);
  EXPECT_EQ(source->info().slices, 3);
  EXPECT_THAT(thrown_by([&] { source->read(0); }).what(), HasSubstr("by --channel"));
  EXPECT_THAT(thrown_by([&] { open_drawn(five_dimensions(), {.channel = 0})->read(0); }).what(),
              HasSubstr("by --z"));
  EXPECT_EQ(thrown_by([&] { open_drawn(five_dimensions(), {.z = 3}); }).kind(), ErrorKind::kUsage);
}

TEST(OmeZarr, KnowsTheUnitsOfLengthAndTime) {
  const auto info = [](const std::string& length, const std::string& time) {
    return open_drawn(
               series(multiscales(axis("t", "time", time) + "," + axis("y", "space", length) + "," +
                                      axis("x", "space", length),
                                  "[2,0.5,0.5]")))
        ->info();
  };

  EXPECT_DOUBLE_EQ(info("nanometer", "second").pixel_size.value().x_nm, 0.5);
  EXPECT_DOUBLE_EQ(info("angstrom", "second").pixel_size.value().x_nm, 0.05);
  EXPECT_DOUBLE_EQ(info("picometer", "minute").pixel_size.value().x_nm, 0.0005);
  EXPECT_DOUBLE_EQ(info("micrometers", "minute").pixel_size.value().x_nm, 500);
  EXPECT_DOUBLE_EQ(info("millimetre", "hour").pixel_size.value().x_nm, 5e5);
  EXPECT_DOUBLE_EQ(info("nm", "s").pixel_size.value().x_nm, 0.5);
  EXPECT_DOUBLE_EQ(info("nanometer", "microsecond").frame_interval.value().seconds, 2e-6);
  EXPECT_DOUBLE_EQ(info("nanometer", "hour").frame_interval.value().seconds, 7200);
  EXPECT_FALSE(info("nanometer", "frame").frame_interval);
}

TEST(OmeZarr, TakesNoPixelSizeWithoutAUnit) {
  const std::string axes = axis("t", "time") + "," + axis("y", "space") + "," + axis("x", "space");

  const RecordingInfo scaled = open_drawn(series(multiscales(axes, "[1,0.2,0.2]")))->info();
  const RecordingInfo plain = open_drawn(series(multiscales(axes, "[1,1,1]")))->info();

  EXPECT_FALSE(scaled.pixel_size);
  EXPECT_FALSE(scaled.frame_interval);
  EXPECT_THAT(scaled.warnings, ElementsAre(HasSubstr("is no pixel size")));
  EXPECT_THAT(plain.warnings, IsEmpty());
}

TEST(OmeZarr, WarnsOfAPixelOfExactlyOneUnit) {
  const RecordingInfo info = open_drawn(series(multiscales(kTyx, "[1,1,1]")))->info();

  EXPECT_EQ(info.pixel_size.value().x_nm, 1000);
  EXPECT_THAT(info.warnings, ElementsAre(HasSubstr("exactly 1 micrometer")));
}

TEST(OmeZarr, MultipliesTheScalesOfLevelAndImage) {
  const std::string more = R"(,"coordinateTransformations":[{"type":"scale","scale":[0.5,1,2]}])";

  const RecordingInfo info = open_drawn(series(multiscales(kTyx, "[1,0.01,0.01]", more)))->info();

  EXPECT_DOUBLE_EQ(info.pixel_size.value().x_nm, 20);
  EXPECT_DOUBLE_EQ(info.frame_interval.value().seconds, 0.0005);
}

TEST(OmeZarr, ReadsTheFirstImageOfACollection) {
  Files files = {{".zattrs", R"({"bioformats2raw.layout":3})"}, {"1/.zgroup", "{}"}};
  for (const auto& [key, bytes] : series()) {
    files["0/" + key] = bytes;
  }

  const auto source = open_drawn(files);

  EXPECT_EQ(source->info().frames, 2);
  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("the first is read")));
}

TEST(OmeZarr, ReadsPlainArrays) {
  const Files files = {{".zarray", zarray("[2,1,2]", "[1,1,2]", "|b1")}, {"1.0.0", "\0\5"}};

  const auto source = open_drawn(files);

  EXPECT_EQ(source->info().format, "Zarr 2");
  EXPECT_EQ(source->info().frames, 2);
  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("taken for time")));
}

TEST(OmeZarr, ReadsYesOrNoAndWideNumbers) {
  Files yes = series();
  yes["0/.zarray"] = zarray("[2,1,2]", "[1,1,2]", "|b1");
  yes["0/0.0.0"] = std::string("\0\5", 2);
  Files wide = series();
  wide["0/.zarray"] = zarray("[1,1,1]", "[1,1,1]", "<i8");
  wide["0/0.0.0"] = std::string("\0\0\0\0\1\0\0\0", 8);
  Files half = series();
  half["0/.zarray"] = zarray("[1,1,1]", "[1,1,1]", "<f2");
  half["0/0.0.0"] = std::string("\0\x3E", 2);

  EXPECT_EQ(open_drawn(yes)->read(0).image.as<uint8_t>()[1], 1);
  EXPECT_EQ(open_drawn(wide)->read(0).image.as<double>()[0], 4294967296.0);
  EXPECT_EQ(open_drawn(half)->read(0).image.as<float>()[0], 1.5F);
}

TEST(OmeZarr, OpensAFolderByWhatItHolds) {
  const std::string folder = files::folder();
  std::filesystem::create_directories(folder + "x/0");
  for (const auto& [key, bytes] : series()) {
    files::write(folder + "x/" + key, bytes);
  }

  EXPECT_EQ(open_frames(folder + "x")->read(1).image.as<uint8_t>()[1], 4);
  EXPECT_EQ(open_frames(folder + "x/")->info().frames, 2);
  EXPECT_EQ(open_frames(folder + "x/0")->info().format, "Zarr 2");
}

TEST(OmeZarr, RefusesByNameWhatIsNoImage) {
  const auto group = [](const std::string& attributes) {
    return fault({{".zgroup", "{}"}, {".zattrs", attributes}});
  };

  EXPECT_THAT(group("{}"), HasSubstr("without OME metadata"));
  EXPECT_THAT(group(R"({"plate":{}})"), HasSubstr("A/1/0"));
  EXPECT_THAT(group(R"({"labels":["cells"]})"), HasSubstr(R"(name one of ["cells"])"));
  EXPECT_THAT(group(R"({"file_format":"HyperSpy"})"), HasSubstr("HyperSpy's ZSPY"));
  EXPECT_THAT(group(R"({"geff":{}})"), HasSubstr("GEFF"));
  EXPECT_THAT(fault({{".zarray", zarray("[1]", "[1]", "|u1")}}), HasSubstr("1 dimensions"));
}

TEST(OmeZarr, RefusesMetadataThatContradictThemselves) {
  const auto with = [](const std::string& attributes) { return fault(series(attributes)); };
  const std::string yx = axis("y", "space") + "," + axis("x", "space");

  EXPECT_THAT(with(multiscales(yx, "[1,1]")), HasSubstr("2 axes for an array of 3"));
  EXPECT_THAT(with(multiscales(kTyx, "[1,1]")), HasSubstr("2 numbers for 3 axes"));
  EXPECT_THAT(with(multiscales(yx + "," + axis("t", "time"), "[1,1,1]")), HasSubstr("order yxt"));
  EXPECT_THAT(with(multiscales(axis("angle", "other") + "," + yx, "[1,1,1]")),
              HasSubstr("axis 'angle'"));
  EXPECT_THAT(with(R"({"multiscales":[{"datasets":[]}]})"), HasSubstr("OME metadata"));
  EXPECT_THAT(with(R"({"multiscales":[7]})"), HasSubstr("OME metadata"));
  EXPECT_THAT(fault({{"zarr.json", R"({"attributes":[]})"}}), HasSubstr("no JSON object"));
  EXPECT_THAT(with(R"({"multiscales":[{"datasets":[{"path":"../../etc"}]}]})"),
              HasSubstr("leads out"));
  EXPECT_THAT(with(R"({"multiscales":[{"datasets":[{"path":"7"}]}]})"), HasSubstr("no Zarr array"));
}

TEST(OmeZarr, RefusesImagesOfNothingAndTooMuch) {
  const auto shaped = [](const std::string& shape, const std::string& chunk) {
    Files files = series();
    files["0/.zarray"] = zarray(shape, chunk, "|u1");
    return fault(files);
  };

  EXPECT_THAT(shaped("[0,1,2]", "[1,1,2]"), HasSubstr("no images"));
  EXPECT_THAT(shaped("[2,2000000,2]", "[1,1,2]"), HasSubstr("expected are sides"));
  EXPECT_THAT(shaped("[2,100000,100000]", "[1,1000,1000]"), HasSubstr("4 GiB"));
  EXPECT_THAT(shaped("[2,10000,10000]", "[1,1000,1000]"), HasSubstr("claim 100000000 bytes"));
}

TEST(OmeZarr, NamesTheChunkThatIsDamaged) {
  Files files = series();
  files["0/1.0.0"] = "\3";
  const auto source = open_drawn(files);

  EXPECT_EQ(source->read(0).image.as<uint8_t>()[0], 1);
  EXPECT_THAT(thrown_by([&] { source->read(1); }).what(), HasSubstr("chunk 1.0.0 of array '0'"));
  EXPECT_EQ(thrown_by([&] { source->read(2); }).kind(), ErrorKind::kUsage);
}

// Opened and every frame read, refused, or read in part.
struct Outcome {
  int64_t refused = 0;
  int64_t opened = 0;
};

void try_reading(const Files& files, Outcome& outcome) {
  try {
    const auto source = open_drawn(files, {.channel = 0, .z = 0});
    ++outcome.opened;
    for (int64_t i = 0; i < std::min<int64_t>(3, source->info().frames); ++i) {
      source->read(i);
    }
  } catch (const Error&) {
    ++outcome.refused;
  }
}

// Two frames, the chunk of the first packed by Blosc.
Files packed_series() {
  Files files = series();
  files["0/.zarray"] = zarray("[2,1,2]", "[1,1,2]", "|u1",
                              R"("compressor":{"id":"blosc"},"dimension_separator":".")");
  files["0/0.0.0"] = encode_blosc("\1\2", 1);
  files.erase("0/1.0.0");
  return files;
}

TEST(OmeZarr, SurvivesEveryDamagedByte) {
  Outcome outcome;

  for (const auto& [key, bytes] : packed_series()) {
    for (size_t i = 0; i < bytes.size(); ++i) {
      for (const char value : {'\0', '\x7F', '\x80', '\xFF', '9', '-', '[', '"'}) {
        Files damaged = packed_series();
        damaged[key][i] = value;
        try_reading(damaged, outcome);
      }
    }
  }

  EXPECT_GT(outcome.refused, 1000);
  EXPECT_GT(outcome.opened, 100);
}

TEST(OmeZarr, SurvivesEveryCut) {
  Outcome outcome;

  for (const auto& [key, bytes] : packed_series()) {
    for (size_t length = 0; length < bytes.size(); ++length) {
      Files damaged = packed_series();
      damaged[key] = bytes.substr(0, length);
      try_reading(damaged, outcome);
    }
  }

  EXPECT_GT(outcome.refused, 300);
}

TEST(OmeZarr, AdvisesWhatToDoWithHyperSpysZip) {
  EXPECT_THAT(thrown_by([&] { opened("a.zspy", "PK\3\4"); }).what(),
              HasSubstr("save the signal as .hspy"));
}

}  // namespace
}  // namespace mote::io
