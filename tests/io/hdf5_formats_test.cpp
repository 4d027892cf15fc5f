// What mote makes of HDF5 files of each kind, drawn behind the seam: without libhdf5.
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/hdf5.h"
#include "tests/io/drawn_hdf5.h"
#include "tests/io/opened.h"

namespace mote::io {
namespace {

using drawn::add_emd_group;
using drawn::add_signal;
using drawn::add_velox_image;
using drawn::dm5_file;
using drawn::emd_file;
using drawn::hyperspy_file;
using drawn::velox_file;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

template <typename T>
std::vector<T> samples_of(const Image& image) {
  return {image.as<T>(), image.as<T>() + image.size().area()};
}

std::string refusal(const std::shared_ptr<MemoryHdf5>& file, const ReadOptions& options = {}) {
  return thrown_by([&] { open_hdf5_tree(file, options); }).what();
}

TEST(Hdf5, IsKnownByItsSignatureAlsoBehindAnotherHeader) {
  const std::string signature = "\x89HDF\r\n\x1a\n";

  EXPECT_TRUE(looks_like_hdf5(signature + "rest"));
  EXPECT_TRUE(looks_like_hdf5(std::string(512, 'x') + signature));
  EXPECT_TRUE(looks_like_hdf5(std::string(2048, 'x') + signature));
  EXPECT_FALSE(looks_like_hdf5(std::string(511, 'x') + signature));
  EXPECT_FALSE(looks_like_hdf5("\x89HDF"));
}

TEST(Hdf5, OfAnotherKindIsRefusedNamingWhatItHolds) {
  const auto file = std::make_shared<MemoryHdf5>();
  file->group("/entry").group("/other");

  EXPECT_THAT(refusal(file), HasSubstr("it holds 'entry', 'other'"));
}

TEST(Velox, TakesFramesAlongTheLastAxis) {
  const auto source = open_hdf5_tree(velox_file({.height = 2, .width = 3, .frames = 2}));

  EXPECT_EQ(source->info().format, "Velox EMD");
  EXPECT_EQ(source->info().frames, 2);
  EXPECT_EQ(source->info().size, (Size{2, 3}));
  EXPECT_THAT(samples_of<int16_t>(source->read(0).image), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(samples_of<int16_t>(source->read(1).image), ElementsAre(1, 3, 5, 7, 9, 11));
}

TEST(Velox, TellsPixelSizeTimesAndMicroscope) {
  const auto source = open_hdf5_tree(velox_file());

  const RecordingInfo& info = source->info();
  EXPECT_NEAR(info.pixel_size.value().x_nm, 0.085, 1e-12);
  EXPECT_EQ(info.pixel_size->source, "Velox EMD");
  EXPECT_EQ(info.exposure_s, 0.8);
  EXPECT_EQ(info.instrument.at("microscope"), "FEI Company Titan");
  EXPECT_EQ(info.instrument.at("voltage"), "300000 V");
  EXPECT_EQ(info.instrument.at("date"), "2019-12-05 10:03:44 UTC");
  EXPECT_FALSE(info.frame_interval.has_value());
  EXPECT_DOUBLE_EQ(source->read(0).time_s.value(), 0);
  EXPECT_NEAR(source->read(1).time_s.value(), 0.8, 1e-9);
}

TEST(Velox, TakesTheFrameTimeOfAScan) {
  const auto source = open_hdf5_tree(velox_file(
      {.detector = "HAADF", .detector_type = "ScanningDetector", .frames = 3, .stamp_us = 0}));

  EXPECT_EQ(source->info().frame_interval.value().seconds, 0.25);
  EXPECT_FALSE(source->read(1).time_s.has_value());
}

TEST(Velox, HasNoTimesWhereStampsStandStill) {
  const auto source = open_hdf5_tree(velox_file({.step_us = 0}));

  EXPECT_FALSE(source->read(1).time_s.has_value());
}

TEST(Velox, PrefersImagesToMapsFromSpectraAndDiffractionPatterns) {
  const auto file = velox_file({.id = "1", .detector = "SuperXG2"});
  add_velox_image(*file, {.id = "2", .detector = "BF", .unit = "1/m", .frames = 9});
  add_velox_image(*file, {.id = "3", .detector = "DF4", .width = 7, .frames = 1});
  add_velox_image(*file, {.id = "4", .detector = "HAADF", .width = 5, .frames = 1});

  const auto source = open_hdf5_tree(file);

  EXPECT_EQ(source->info().size.width, 5);
  EXPECT_THAT(source->info().warnings,
              ElementsAre(HasSubstr("DF4 of 7 x 2 px"), HasSubstr("SuperXG2, a map from spectra"),
                          HasSubstr("BF of 3 x 2 px, 9 frames")));
}

TEST(Velox, OfReciprocalAxesHasNoPixelSize) {
  const auto source = open_hdf5_tree(velox_file({.unit = "1/m"}));

  EXPECT_FALSE(source->info().pixel_size.has_value());
  EXPECT_THAT(source->info().warnings, ElementsAre(HasSubstr("diffraction pattern")));
}

TEST(Velox, WithoutMetadataHasNoPixelSize) {
  const auto file = std::make_shared<MemoryHdf5>();
  file->dataset("/Data/Image/1/Data", StoredType::kUint8, {2, 2, 1}, counted<uint8_t>(4));

  const auto source = open_hdf5_tree(file);

  EXPECT_FALSE(source->info().pixel_size.has_value());
  EXPECT_THAT(samples_of<uint8_t>(source->read(0).image), ElementsAre(0, 1, 2, 3));
}

TEST(Velox, RefusesAFourierTransformByName) {
  const auto file = velox_file();
  auto& data = file->held.nodes["/Data/Image/26f60320/Data"].dataset.value();
  data.stored.reset();
  data.type = "complex numbers";

  EXPECT_THAT(refusal(file), HasSubstr("complex numbers, as of a Fourier transform"));
}

TEST(Velox, WithoutImagesIsRefusedNamingWhatItHolds) {
  const auto file = std::make_shared<MemoryHdf5>();
  file->group("/Data/Image").group("/Data/SpectrumStream/1");

  EXPECT_THAT(refusal(file), HasSubstr("without an image; it holds SpectrumStream"));
}

TEST(HyperSpy, TakesFramesAlongTheNavigationAxis) {
  const auto source =
      open_hdf5_tree(hyperspy_file({{.size = 2, .unit = "s", .scale = 0.5, .navigates = true},
                                    {.size = 2, .unit = "nm", .scale = 0.2},
                                    {.size = 3, .unit = "Å", .scale = 3}}));

  const RecordingInfo& info = source->info();
  EXPECT_EQ(info.frames, 2);
  EXPECT_EQ(info.frame_interval.value().seconds, 0.5);
  EXPECT_NEAR(info.pixel_size.value().y_nm, 0.2, 1e-12);
  EXPECT_NEAR(info.pixel_size.value().x_nm, 0.3, 1e-12);
  EXPECT_EQ(info.instrument.at("voltage"), "200 kV");
  EXPECT_THAT(samples_of<int32_t>(source->read(1).image), ElementsAre(6, 7, 8, 9, 10, 11));
}

TEST(HyperSpy, TakesAnAxisOfLengthForAVolume) {
  const auto file = hyperspy_file({{.size = 4, .unit = "nm", .navigates = true}, {}, {}});

  EXPECT_THAT(open_hdf5_tree(file)->info().warnings, ElementsAre(HasSubstr("slices of a volume")));
  EXPECT_EQ(open_hdf5_tree(file, {.z = 3})->info().slices, 4);
  EXPECT_EQ(open_hdf5_tree(file, {.z = 3})->read(0).image.as<int32_t>()[0], 12);
}

TEST(HyperSpy, RefusesSpectraAndScansOfImagesByName) {
  EXPECT_THAT(refusal(hyperspy_file({{.navigates = true}, {.unit = "eV"}})),
              HasSubstr("a spectrum or profile"));
  EXPECT_THAT(refusal(hyperspy_file({{}, {.unit = "eV"}})), HasSubstr("an axis in eV"));
  EXPECT_THAT(refusal(hyperspy_file({{.navigates = true}, {.navigates = true}, {}, {}})),
              HasSubstr("4 dimensions: images at the points of a scan"));
}

TEST(HyperSpy, KnowsNoPixelSizeWithoutUnits) {
  const auto undefined =
      open_hdf5_tree(hyperspy_file({{.unit = "<undefined>"}, {.unit = "<undefined>"}}));
  const auto pattern = open_hdf5_tree(hyperspy_file({{.unit = "1 / nm"}, {.unit = "1 / nm"}}));

  EXPECT_FALSE(undefined->info().pixel_size.has_value());
  EXPECT_THAT(undefined->info().warnings, IsEmpty());
  EXPECT_FALSE(pattern->info().pixel_size.has_value());
  EXPECT_THAT(pattern->info().warnings, ElementsAre(HasSubstr("diffraction pattern")));
}

TEST(HyperSpy, NamesTheSignalsThatItLeavesOut) {
  const auto file = std::make_shared<MemoryHdf5>();
  add_signal(*file, "a spectrum", {{.unit = "eV"}});
  add_signal(*file, "b", {{.size = 5}, {}});
  add_signal(*file, "c", {{}, {}});

  const auto source = open_hdf5_tree(file);

  EXPECT_EQ(source->info().size.height, 5);
  EXPECT_THAT(source->info().warnings,
              ElementsAre(HasSubstr("signal 'a spectrum' of the file is left out"),
                          HasSubstr("signal 'c' of the file is left out: mote reads the first")));
}

TEST(HyperSpy, WithoutAnAxisIsBad) {
  const auto file = hyperspy_file({{}, {}});
  file->held.nodes.erase("/Experiments/drawn/axis-1");

  EXPECT_THAT(refusal(file), HasSubstr("the signal has no axis-1"));
}

TEST(HyperSpy, ReadsWideIntegersUpTo2To53) {
  const auto file = hyperspy_file({{.size = 1}, {.size = 2}});
  file->dataset("/Experiments/drawn/data", StoredType::kInt64, {1, 2},
                std::vector<int64_t>{-5, int64_t{1} << 53});

  EXPECT_THAT(samples_of<double>(open_hdf5_tree(file)->read(0).image),
              ElementsAre(-5, 9007199254740992.0));

  file->dataset("/Experiments/drawn/data", StoredType::kUint64, {1, 2},
                std::vector<uint64_t>{0, (uint64_t{1} << 53) + 1});

  const Error error = thrown_by([&] { open_hdf5_tree(file)->read(0); });
  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("9007199254740993"));
}

TEST(Emd, TakesRowsAndColumnsByTheNamesOfTheAxes) {
  const auto as_stored =
      open_hdf5_tree(emd_file({2, 3}, {{"Y", "[n_m]", {0, 0.5}}, {"X", "[n_m]", {0, 0.25, 0.5}}}));
  const auto turned = open_hdf5_tree(
      emd_file({2, 3}, {{"R_x", "[n_m]", {0, 0.5}}, {"R_y", "[n_m]", {0, 0.25, 0.5}}}));

  EXPECT_EQ(as_stored->info().size, (Size{2, 3}));
  EXPECT_EQ(as_stored->info().pixel_size.value().y_nm, 0.5);
  EXPECT_EQ(as_stored->info().pixel_size.value().x_nm, 0.25);
  EXPECT_THAT(samples_of<float>(as_stored->read(0).image), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_EQ(turned->info().size, (Size{3, 2}));
  EXPECT_EQ(turned->info().pixel_size.value().y_nm, 0.25);
  EXPECT_THAT(samples_of<float>(turned->read(0).image), ElementsAre(0, 3, 1, 4, 2, 5));
}

TEST(Emd, TakesTheAxisOfTimeForFramesWhereverItIs) {
  const auto source = open_hdf5_tree(emd_file(
      {2, 1, 3}, {{"", "[n_m]", {0, 2}}, {"", "[n_m]", {0, 2}}, {"", "[s]", {5, 5.5, 7}}}));

  EXPECT_EQ(source->info().frames, 3);
  EXPECT_EQ(source->info().size, (Size{2, 1}));
  EXPECT_FALSE(source->info().frame_interval.has_value());
  EXPECT_EQ(source->read(2).time_s, 2.0);
  EXPECT_THAT(samples_of<float>(source->read(1).image), ElementsAre(1, 4));
}

TEST(Emd, TakesTwoValuesForAnEvenAxis) {
  const auto source = open_hdf5_tree(
      emd_file({3, 2, 2}, {{"t", "s", {0, 0.5}}, {"y", "u_m", {1, 3}}, {"x", "u_m", {1, 3}}}));

  EXPECT_EQ(source->info().frame_interval.value().seconds, 0.5);
  EXPECT_EQ(source->info().pixel_size.value().x_nm, 2000);
}

TEST(Emd, OfUnevenAxesHasNoPixelSize) {
  const auto source =
      open_hdf5_tree(emd_file({3, 3}, {{"y", "n_m", {0, 1, 3}}, {"x", "n_m", {0, 1, 2}}}));

  EXPECT_FALSE(source->info().pixel_size.has_value());
  EXPECT_THAT(source->info().warnings, testing::Contains(HasSubstr("'y' are not evenly spaced")));
}

TEST(Emd, RefusesFourDimensionsAndSpectraByName) {
  EXPECT_THAT(refusal(emd_file({2, 2, 2, 2}, {})), HasSubstr("4 dimensions (2 x 2 x 2 x 2)"));
  EXPECT_THAT(refusal(emd_file({9}, {})), HasSubstr("1 dimensions"));
  EXPECT_THAT(refusal(emd_file({2, 2, 2}, {{"y", "", {}}, {"x", "", {}}, {"E", "[eV]", {}}})),
              HasSubstr("an axis in eV"));
}

TEST(Emd, LeavesOutAxesOfOneSample) {
  const auto source = open_hdf5_tree(emd_file({1, 1, 2, 3}, {}));

  EXPECT_EQ(source->info().frames, 1);
  EXPECT_EQ(source->info().size, (Size{2, 3}));
}

TEST(Emd, NamesTheGroupsThatItLeavesOut) {
  const auto file = emd_file({2, 2}, {});
  add_emd_group(*file, "/data/another", {7}, {});
  add_emd_group(*file, "/data/third", {3, 3}, {});

  const auto source = open_hdf5_tree(file);

  EXPECT_EQ(source->info().size.width, 2);
  EXPECT_THAT(source->info().warnings,
              ElementsAre(HasSubstr("'/data/another' of the file is left out: 1 dimensions"),
                          HasSubstr("'/data/third' of the file is left out")));
}

TEST(Dm5, ReadsSeriesAsDmFilesAreRead) {
  const auto source = open_hdf5_tree(dm5_file({{3, 0.5, "nm"}, {2, 0.25, "nm"}, {2, 0.1, "s"}}));

  const RecordingInfo& info = source->info();
  EXPECT_EQ(info.format, "DM5");
  EXPECT_EQ(info.frames, 2);
  EXPECT_EQ(info.size, (Size{2, 3}));
  EXPECT_EQ(info.pixel_size.value().x_nm, 0.5);
  EXPECT_EQ(info.pixel_size.value().y_nm, 0.25);
  EXPECT_EQ(info.frame_interval.value().seconds, 0.1);
  EXPECT_EQ(info.instrument.at("title"), "drawn");
  EXPECT_THAT(samples_of<uint16_t>(source->read(1).image), ElementsAre(6, 7, 8, 9, 10, 11));
}

TEST(Dm5, RefusesComplexNumbersColourAndSpectraByName) {
  const auto colour = dm5_file({{3}, {2}}, 23);
  colour->held.nodes["/ImageList/[0]/ImageData/Data"].dataset->stored = StoredType::kUint32;

  EXPECT_THAT(refusal(colour), HasSubstr("RGB in a DM5 file"));
  EXPECT_THAT(refusal(dm5_file({{3}, {2}}, 3)), HasSubstr("complex numbers"));
  EXPECT_THAT(refusal(dm5_file({{3}})), HasSubstr("a spectrum or profile"));
}

TEST(Dm5, PassesOverNamesInBracketsThatAreNoNumbers) {
  const auto file = dm5_file({{3}, {2}});
  const std::string path = "/ImageList/[0]/ImageData/Dimensions";
  file->held.nodes[path].attributes["[none]"] = 7.0;
  file->held.nodes[path].attributes["[-1]"] = 7.0;
  file->held.nodes[path].attributes["[99999999999999999999]"] = 7.0;

  EXPECT_EQ(open_hdf5_tree(file)->info().size, (Size{2, 3}));
}

TEST(Dm5, WhoseDimensionsContradictItsDataIsBad) {
  const auto file = dm5_file({{3}, {2}});
  file->held.nodes["/ImageList/[0]/ImageData/Data"].dataset->shape = {3, 2};

  EXPECT_THAT(refusal(file), HasSubstr("Dimensions tell of 2 x 3 samples, the data has 3 x 2"));
}

TEST(Hdf5Frames, AreReadManyAtATimeWhereTheyLieInterleaved) {
  const auto file = velox_file({.height = 2, .width = 2, .frames = 6, .stamp_us = 0});
  const auto source = open_hdf5_tree(file);
  const int64_t before = file->reads;

  for (int64_t i = 0; i < 6; ++i) {
    EXPECT_EQ(source->read(i).image.as<int16_t>()[1], 6 + i);
  }

  EXPECT_EQ(file->reads - before, 1);
}

TEST(Hdf5Frames, AreReadByChunks) {
  const auto file = velox_file({.height = 2, .width = 2, .frames = 5, .stamp_us = 0});
  file->held.nodes["/Data/Image/26f60320/Data"].dataset->chunk = {2, 2, 2};
  const auto source = open_hdf5_tree(file);
  const int64_t before = file->reads;

  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(source->read(i).image.as<int16_t>()[3], 15 + i);
  }

  EXPECT_EQ(file->reads - before, 3);
}

TEST(Hdf5Frames, ThatTheFileCouldNotHoldAreRefused) {
  const auto file = velox_file();
  auto& data = file->held.nodes["/Data/Image/26f60320/Data"].dataset.value();

  data.shape = {10'000, 10'000, 1};
  const Error claimed = thrown_by([&] { open_hdf5_tree(file); });
  data.shape = {100'000, 100'000, 1};
  const Error large = thrown_by([&] { open_hdf5_tree(file); });

  EXPECT_EQ(claimed.kind(), ErrorKind::kBadFile);
  EXPECT_THAT(claimed.what(), HasSubstr("of which the file holds 24 bytes"));
  EXPECT_EQ(large.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(large.what(), HasSubstr("up to 4 GiB"));
}

TEST(Hdf5Tree, SurvivesTheWayThroughItsBytes) {
  const auto file = velox_file();
  file->group("/x", {{"number", 2.5}, {"text", "µm"}, {"numbers", std::vector<double>{1, 2}}});
  file->held.problems = {"'/y' of the file cannot be read: why"};

  EXPECT_EQ(decode_hdf5_tree(encode(file->held)), file->held);
}

TEST(Hdf5Tree, CutAnywhereIsRefused) {
  const std::string bytes = encode(dm5_file({{3}, {2}})->held);

  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(decode_hdf5_tree(bytes.substr(0, length)), Error);
  }
}

}  // namespace
}  // namespace mote::io
