// Every sample of ../shared/data/formats-* against what an independent reader saw, and the table in
// docs/formats.md of what mote does with each.
//
// MOTE_UPDATE_DOCS=1 writes the table; without it the test compares.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "mote/io/tiff_samples.h"
#include "tests/io/sample_pixels.h"

namespace mote::io {
namespace {

using nlohmann::json;

const std::string kData = MOTE_SOURCE_DIR "/../shared/data/";
const std::string kDocs = MOTE_SOURCE_DIR "/docs/formats.md";
const std::string kBegin = "<!-- samples: written by io_format_samples_test -->\n";
const std::string kEnd = "<!-- end of samples -->\n";
const std::vector<std::string> kSets = {"formats-dm",    "formats-emd",  "formats-hspy",
                                        "formats-light", "formats-mrc",  "formats-tia",
                                        "formats-tiff",  "formats-tvips"};

/// Where the file itself says otherwise than the reader behind expected.json.
struct Difference {
  bool shape = false;
  bool calibration = false;
  bool type = false;      ///< the same numbers in another type
  bool reversed = false;  ///< the same numbers with the axes in opposite order
  size_t signal = 0;      ///< which of the signals that the other reader saw is compared
  std::string why;
};
const std::map<std::string, Difference> kDifferences = {
    {"20241021_00405_final.mrc",
     {.calibration = true, .why = "a cell of -10 Å a pixel is Direct Electron's word for unknown"}},
    {"20241021_00405_movie.mrc",
     {.calibration = true,
      .why =
          "4 × 8 points of a scan, in the order of recording; the other reader's 1 nm is its own "
          "default"}},
    {"64x64_diffraction_acquire_1.ser",
     {.calibration = true, .why = "a diffraction pattern: its scale is in 1/m, not m"}},
    {"em_JEOL-SightX-TEM-mag-dummy.tif",
     {.calibration = true,
      .why =
          "3642 pixels a metre by 150,000 times; the other reader's 1.8208 nm is from 93 dots an "
          "inch, which are rounded"}},
    {"em_test_hamamatsu_streak_SCAN.tif",
     {.calibration = true, .why = "axes of time and wavelength"}},
    {"example2_v2.2.hspy", {.type = true, .why = "the file's int64, up to 2^53, as float64"}},
    {"ncem_Acquisition_18.emd",
     {.reversed = true,
      .why = "`dim1` is called Y and `dim2` X, as read here; neighbours along X, the fast axis of "
             "the scan, correlate by 0.50, along Y by 0.27. The other reader turns the axes over"}},
    {"ncem_Camera_Ceta_Imaging_Micro.emd",
     {.type = true, .why = "the file's own int16; the other reader hands out float64"}},
    {"ncem_STEM_HAADF_Diffraction_Micro.emd",
     {.type = true, .why = "the file's own uint16; the other reader hands out float64"}},
    {"rsciio_FFTComplexEven.emd",
     {.type = true,
      .signal = 1,
      .why = "the image, not its Fourier transform; the file's own uint16 (the other reader: "
             "float64)"}},
    {"rsciio_fei_example_tem_stack.emd",
     {.type = true, .why = "the file's own int16; the other reader hands out float64"}},
    {"rsciio_Test_SI_16x16_ReducedData_215_kx.emd",
     {.type = true,
      .signal = 8,
      .why = "the detector's image, not a spectrum or a map made of spectra; the file's own uint16 "
             "(the other reader: float64)"}},
    {"rsciio_example_image.emd",
     {.reversed = true, .why = "axes in the order of the file; the other reader turns them over"}},
    {"rsciio_example_metadata.emd",
     {.reversed = true, .why = "axes in the order of the file; the other reader turns them over"}},
    {"rsciio_example_signal.emd",
     {.reversed = true, .why = "axes in the order of the file; the other reader turns them over"}},
    {"Custom_movie.mrc",
     {.calibration = true, .why = "a cell of -10 Å a pixel is Direct Electron's word for unknown"}},
};

json expected_of(const std::string& set) {
  return json::parse(std::ifstream(kData + set + "/expected.json"));
}

// A signal that the other reader saw; null where there is none.
json signal_of(const json& entry, size_t number) {
  const json& seen = entry.at("expected");
  return seen.is_array() && seen.size() > number ? seen.at(number) : json();
}

// The sample types that the other reader hands out where mote has another.
template <typename T>
std::string bytes_as(const Image& image) {
  std::string bytes;
  with_sample_type(image.type(), [&](auto sample) {
    using Held = decltype(sample);
    for (int64_t i = 0; i < image.size().area(); ++i) {
      const auto value = static_cast<T>(image.as<Held>()[i]);
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
  });
  return bytes;
}

// All frames as samples of the type `dtype`, which holds each of their values.
std::string frames_as(const std::string& path, const std::string& dtype) {
  const auto source = open_frames(path);
  std::string bytes;
  for (int64_t i = 0; i < source->info().frames; ++i) {
    const Image image = source->read(i).image;
    bytes += dtype == "int64" ? bytes_as<int64_t>(image) : bytes_as<double>(image);
  }
  return bytes;
}

// Samples (frame, y, x) in the order x, y, frame.
std::string in_reverse(const std::string& bytes, const RecordingInfo& info) {
  const auto width = static_cast<size_t>(bytes_per_sample(info.type));
  std::string reversed;
  for (int64_t x = 0; x < info.size.width; ++x) {
    for (int64_t y = 0; y < info.size.height; ++y) {
      for (int64_t frame = 0; frame < info.frames; ++frame) {
        const int64_t sample = (frame * info.size.height + y) * info.size.width + x;
        reversed += bytes.substr(static_cast<size_t>(sample) * width, width);
      }
    }
  }
  return reversed;
}

std::string described(const RecordingInfo& info) {
  std::string text = fmt::format("{} × {} × {}, {}", info.frames, info.size.height, info.size.width,
                                 info.colour ? "colour as grey" : std::string(name(info.type)));
  if (info.channels > 1 || info.slices > 1) {
    text += fmt::format(", {} channels, {} slices", info.channels, info.slices);
  }
  if (info.pixel_size) {
    text += info.pixel_size->isotropic()
                ? fmt::format("; {:.6g} nm", info.pixel_size->x_nm)
                : fmt::format("; {:.6g} × {:.6g} nm", info.pixel_size->y_nm, info.pixel_size->x_nm);
    text += fmt::format(" ({})", info.pixel_size->source);
  }
  if (info.frame_interval) {
    text += fmt::format("; {:.6g} s a frame ({})", info.frame_interval->seconds,
                        info.frame_interval->source);
  }
  return text;
}

std::string row_of(const std::string& set, const std::string& file) {
  const auto difference = kDifferences.find(file);
  const std::string note = difference == kDifferences.end() ? "" : difference->second.why;
  std::string what;
  try {
    what = described(open_frames(kData + set + "/" + file)->info());
  } catch (const Error& error) {
    const std::string message = error.what();
    what = "refused: " + message.substr(message.find(file) + file.size() + 2);
  }
  return fmt::format("| `{}` | {} | {} |\n", file, what, note);
}

std::string table() {
  std::string text;
  for (const std::string& set : kSets) {
    text += fmt::format(
        "\n`{}`\n\n| file | frames × height × width | note |\n| --- | --- | --- |\n", set);
    const json all = expected_of(set);
    for (const auto& [file, entry] : all.items()) {
      text += row_of(set, file);
    }
  }
  return text + "\n";
}

class FormatSamples : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kData + "formats-dm")) {
      GTEST_SKIP() << "needs ../shared/data";
    }
    if (!std::filesystem::exists(MOTE_BINARY_DIR "/mote-hdf5")) {
      GTEST_SKIP() << "needs mote-hdf5 (MOTE_HDF5)";
    }
  }
};

void compare_shape(const json& seen, bool reversed, const RecordingInfo& info) {
  std::vector<int64_t> shape = seen.at("shape");
  if (reversed) {
    std::reverse(shape.begin(), shape.end());
  }
  ASSERT_GE(shape.size(), 2);
  int64_t images = 1;
  for (size_t i = 0; i + 2 < shape.size(); ++i) {
    images *= shape[i];
  }
  EXPECT_EQ(info.frames * info.slices, images);
  EXPECT_EQ(info.size.height, shape[shape.size() - 2]);
  EXPECT_EQ(info.size.width, shape.back());
}

void compare_calibration(const json& seen, const RecordingInfo& info) {
  const auto nanometres = [](const json& axis) -> std::optional<double> {
    // HyperSpy leaves units out, Berkeley Lab writes nm as n_m.
    const json units = axis.value("units", json());
    std::string unit = units.is_null() ? "" : units;
    std::erase(unit, '_');
    const auto factor = nanometres_per(unit);
    return factor ? std::optional(*factor * axis.at("scale").get<double>()) : std::nullopt;
  };
  const json& axes = seen.at("axes");
  const auto y_nm = nanometres(axes.at(axes.size() - 2));
  const auto x_nm = nanometres(axes.back());
  ASSERT_EQ(info.pixel_size.has_value(), y_nm && x_nm);
  if (info.pixel_size) {
    EXPECT_NEAR(info.pixel_size->y_nm / *y_nm, 1, 1e-7);  // some headers hold float32
    EXPECT_NEAR(info.pixel_size->x_nm / *x_nm, 1, 1e-7);
  }
}

void compare_pixels(const json& seen, const Difference& difference, const RecordingInfo& info,
                    const std::string& path) {
  const std::string type = seen.at("dtype");
  if (type.starts_with("rgb")) {
    EXPECT_TRUE(info.colour);
    return;
  }
  const samples::Pixels pixels = samples::read_all(path, 1'000'000);
  if (!difference.type) {
    EXPECT_EQ(name(info.type), type == "bool" ? "uint8" : type);
  }
  EXPECT_EQ(pixels.min, seen.at("min"));
  EXPECT_EQ(pixels.max, seen.at("max"));
  EXPECT_NEAR(pixels.mean(), seen.at("mean"), 1e-6 * std::max(1.0, std::abs(pixels.mean())));
  const std::string bytes = difference.type       ? frames_as(path, type)
                            : difference.reversed ? in_reverse(pixels.bytes, info)
                                                  : pixels.bytes;
  EXPECT_EQ(samples::sha256_start(bytes), seen.at("sha256_pixels").get<std::string>());
}

// How many samples of the set were read and compared.
int compare(const std::string& set) {
  int compared = 0;
  const json all = expected_of(set);
  for (const auto& [file, entry] : all.items()) {
    SCOPED_TRACE(file);
    const auto known = kDifferences.find(file);
    const Difference difference = known == kDifferences.end() ? Difference() : known->second;
    const json seen = signal_of(entry, difference.signal);
    const std::string path = kData + set + "/" + file;
    std::unique_ptr<FrameSource> source;
    try {
      source = open_frames(path);
    } catch (const Error&) {
      continue;  // the table tells the message
    }
    if (seen.is_null()) {
      continue;
    }
    if (!difference.shape) {
      compare_shape(seen, difference.reversed, source->info());
    }
    if (!difference.calibration) {
      compare_calibration(seen, source->info());
    }
    compare_pixels(seen, difference, source->info(), path);
    ++compared;
  }
  return compared;
}

TEST_F(FormatSamples, OfDigitalMicrographAreReadAsOthersReadThem) {
  EXPECT_EQ(compare("formats-dm"), 34);
}

TEST_F(FormatSamples, OfEmdAreReadAsOthersReadThem) {
  EXPECT_EQ(compare("formats-emd"), 11);
}

TEST_F(FormatSamples, OfHyperSpyAreReadAsOthersReadThem) {
  EXPECT_EQ(compare("formats-hspy"), 2);
}

TEST_F(FormatSamples, OfDm5AreReadAsTheSameImagesInDm4) {
  for (const char* file : {"nion_ref_F_0_2", "nion_ref_F_2_1"}) {
    SCOPED_TRACE(file);
    const std::string path = kData + "formats-dm/" + file;

    const samples::Pixels dm5 = samples::read_all(path + ".dm5", 100);

    EXPECT_EQ(dm5.bytes, samples::read_all(path + ".dm4", 100).bytes);
  }
}

TEST_F(FormatSamples, OfMrcAreReadAsOthersReadThem) {
  EXPECT_EQ(compare("formats-mrc"), 6);
}

TEST_F(FormatSamples, OfTiaAreReadAsOthersReadThem) {
  EXPECT_EQ(compare("formats-tia"), 7);
}

TEST_F(FormatSamples, OfTvipsAreReadAsOthersReadThem) {
  EXPECT_EQ(compare("formats-tvips"), 2);
}

TEST_F(FormatSamples, OfCamerasHaveTheSizesOfTheirHeaders) {
  const json all = expected_of("formats-light");
  for (const char* file : {"cine_781.cine", "sample_norpix6.seq"}) {
    SCOPED_TRACE(file);
    const json& seen = all.at(file).at("expected");

    const auto source = open_frames(kData + "formats-light/" + file);

    EXPECT_EQ(source->info().frames, seen.at("frames"));
    EXPECT_EQ(source->info().size.width, seen.at("width"));
    EXPECT_EQ(source->info().size.height, seen.at("height"));
    const double first_s = source->read(0).time_s.value();
    EXPECT_GT(source->read(1).time_s.value(), first_s);
  }
}

TEST_F(FormatSamples, AreAllInTheTableOfTheDocs) {
  std::ifstream file(kDocs);
  std::string docs{std::istreambuf_iterator<char>(file), {}};
  const size_t begin = docs.find(kBegin) + kBegin.size();
  const size_t end = docs.find(kEnd);
  ASSERT_NE(end, std::string::npos);

  const std::string now = table();
  if (std::getenv("MOTE_UPDATE_DOCS") != nullptr) {
    std::ofstream(kDocs) << docs.replace(begin, end - begin, now);
  }

  EXPECT_EQ(docs.substr(begin, now.size()), now) << "run with MOTE_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace mote::io
