// Damaged and hostile files: only ever a frame or a mote::Error, and no large allocation.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/open.h"
#include "mote/io/picture_file.h"
#include "mote/io/tiff_writer.h"
#include "tests/io/files.h"
#include "tests/io/tight_memory.h"

namespace mote::io {
namespace {

using testing::HasSubstr;

// Small sound files of many kinds, by name.
std::vector<std::string> make_samples(const std::string& folder) {
  const std::vector<uint16_t> palette(3 * 256, 0x1234);
  files::write_tiff(folder + "plain.tif", {{}, {.bits = 16}, {.bits = 12}});
  files::write_tiff(folder + "big.tif", {{.compression = COMPRESSION_LZW, .predictor = 2}, {}},
                    "w8");
  files::write_tiff(folder + "motorola.tif", {{.bits = 16}, {.bits = 32}}, "wb");
  files::write_tiff(folder + "tiled.tif", {{.height = 40,
                                            .width = 40,
                                            .samples = 3,
                                            .photometric = PHOTOMETRIC_RGB,
                                            .compression = COMPRESSION_ADOBE_DEFLATE,
                                            .tile = 16}});
  files::write_tiff(folder + "planar.tif", {{.samples = 3,
                                             .photometric = PHOTOMETRIC_RGB,
                                             .planar = PLANARCONFIG_SEPARATE,
                                             .compression = COMPRESSION_PACKBITS}});
  files::write_tiff(folder + "palette.tif",
                    {{.photometric = PHOTOMETRIC_PALETTE, .palette = palette}});
  files::write_tiff(folder + "jpeg.tif", {{.height = 32,
                                           .width = 32,
                                           .samples = 3,
                                           .photometric = PHOTOMETRIC_YCBCR,
                                           .compression = COMPRESSION_JPEG,
                                           .rows_per_strip = 16}});
  files::write_tiff(folder + "fax.tif", {{.bits = 1, .compression = COMPRESSION_CCITTFAX4}});
  files::write_tiff(folder + "zstd.tif", {{.compression = COMPRESSION_ZSTD}});
  files::write_tiff(
      folder + "imagej.tif",
      {{.description = "ImageJ=1.53t\nimages=4\nchannels=2\nframes=2\nunit=nm\n"}, {}, {}, {}});
  files::write_tiff(
      folder + "ome.tif",
      {{.description = "<?xml version=\"1.0\"?><OME><Image><Pixels DimensionOrder=\"XYZCT\" "
                       "SizeC=\"1\" SizeT=\"2\" SizeX=\"10\" SizeY=\"6\" SizeZ=\"1\" "
                       "PhysicalSizeX=\"0.5\"><TiffData IFD=\"0\" PlaneCount=\"2\"/><Plane "
                       "TheC=\"0\" TheT=\"1\" TheZ=\"0\" DeltaT=\"0.5\"/></Pixels></Image></OME>"},
       {}});
  TiffWriter writer(folder + "own.tif", {.frames = 2});
  writer.write(LabelImage({20, 20}, 3));
  writer.write(LabelImage({20, 20}, 4));

  std::vector<uint8_t> pixels(40 * 40 * 4);
  for (size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<uint8_t>(i * i / 64);
  }
  files::write_png_file(folder + "grey.png", {.height = 40, .width = 40, .bytes = pixels});
  files::write_png_file(folder + "rgba.png", {.height = 20,
                                              .width = 20,
                                              .bits = 16,
                                              .colour_type = PNG_COLOR_TYPE_RGB,
                                              .interlace = PNG_INTERLACE_ADAM7,
                                              .bytes = pixels});
  files::write_png_file(folder + "palette.png",
                        {.height = 20,
                         .width = 20,
                         .bits = 4,
                         .colour_type = PNG_COLOR_TYPE_PALETTE,
                         .palette = std::vector<png_color>(16, png_color{1, 2, 3}),
                         .bytes = pixels});
  Picture picture({24, 24});
  for (int64_t i = 0; i < 24 * 24; ++i) {
    picture.data()[i] = {static_cast<uint8_t>(i), static_cast<uint8_t>(i / 3), 7};
  }
  const std::vector<uint8_t> jpeg = encode_jpeg(picture);
  files::write(folder + "colour.jpg", std::string(jpeg.begin(), jpeg.end()));

  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

struct Outcome {
  int64_t frames = 0;
  int64_t errors = 0;
};

// Reads the first and last frames of what may be a recording. Anything thrown but mote::Error fails
// the test.
Outcome read_some(const std::string& path) {
  Outcome outcome;
  try {
    const auto source = open_frames(path, {.channel = 0, .z = 0});
    const int64_t frames = source->info().frames;
    for (int64_t i = 0; i < frames; i = i < 3 || i + 1 >= frames ? i + 1 : frames - 1) {
      try {
        const Frame frame = source->read(i);
        EXPECT_FALSE(frame.image.empty());
        ++outcome.frames;
      } catch (const Error&) {
        ++outcome.errors;
      }
    }
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(path));
    ++outcome.errors;
  }
  return outcome;
}

class Damaged : public testing::Test {
 protected:
  void SetUp() override { folder_ = files::folder(); }

  std::string folder_;

 private:
  testing_support::TightMemory tight_;
};

TEST_F(Damaged, SamplesAreSoundToBeginWith) {
  for (const std::string& path : make_samples(folder_)) {
    const Outcome outcome = read_some(path);

    EXPECT_GT(outcome.frames, 0) << path;
    EXPECT_EQ(outcome.errors, 0) << path;
  }
}

TEST_F(Damaged, FilesCutOffAnywhereGiveErrorsOrFrames) {
  const std::vector<std::string> samples = make_samples(folder_);

  for (const std::string& path : samples) {
    const std::string whole = files::read(path);
    const std::string cut = folder_ + "cut";
    const size_t step = std::max<size_t>(1, whole.size() / 100);
    for (size_t bytes = 0; bytes < whole.size(); bytes += step) {
      files::write(cut, whole.substr(0, bytes));
      const Outcome outcome = read_some(cut);
      EXPECT_GT(outcome.frames + outcome.errors, 0) << path << " cut to " << bytes;
    }
  }
}

TEST_F(Damaged, AMutatedFileGivesErrorsOrFrames) {
  const std::vector<std::string> samples = make_samples(folder_);
  constexpr int kMutationsAFile = 150;
  std::mt19937 random(20260101);

  for (const std::string& path : samples) {
    const std::string whole = files::read(path);
    for (int i = 0; i < kMutationsAFile; ++i) {
      std::string bytes = whole;
      const unsigned changes = 1 + random() % 4;
      for (unsigned change = 0; change < changes; ++change) {
        // Half of them in the first or last 200 bytes, where headers and directories are.
        const size_t edge = std::min<size_t>(200, bytes.size());
        size_t at = random() % bytes.size();
        if (random() % 2 == 0) {
          at = random() % 2 == 0 ? random() % edge : bytes.size() - 1 - random() % edge;
        }
        const unsigned kind = random() % 3;
        bytes[at] = static_cast<char>(kind == 0   ? bytes[at] ^ (1 << random() % 8)
                                      : kind == 1 ? random()
                                                  : 0xFF);
      }
      const std::string mutated = folder_ + "mutated";
      files::write(mutated, bytes);
      SCOPED_TRACE(path + " mutation " + std::to_string(i));
      read_some(mutated);
    }
  }
}

ErrorKind kind_of_failure(const std::string& path, int64_t frame) {
  try {
    open_frames(path)->read(frame);
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "read";
  return ErrorKind::kUsage;
}

TEST_F(Damaged, ATiffCutOffBetweenPagesKeepsTheWholeOnes) {
  const std::string path = folder_ + "stack.tif";
  files::write_tiff(path, {{}, {}, {}, {}});
  const std::string whole = files::read(path);

  files::write(path, whole.substr(0, whole.size() - 10));

  const auto source = open_frames(path);
  EXPECT_EQ(source->info().frames, 4);
  EXPECT_EQ(source->info().warnings.size(), 1);
  EXPECT_EQ(source->read(2).image.size(), (Size{6, 10}));
  EXPECT_EQ(kind_of_failure(path, 3), ErrorKind::kBadFile);
}

TEST_F(Damaged, GarbageBehindASingleImageIsAWarning) {
  const std::string path = folder_ + "one.tif";
  files::write_tiff(path, {{}});
  std::string bytes = files::read(path);
  const auto directory_at = static_cast<size_t>(static_cast<uint8_t>(bytes[4]));
  const auto entries = static_cast<size_t>(static_cast<uint8_t>(bytes[directory_at]));
  bytes.replace(directory_at + 2 + 12 * entries, 4, "\xAA\xAA\xAA\x2A");

  files::write(path, bytes);

  const auto source = open_frames(path);
  EXPECT_EQ(source->info().frames, 1);
  EXPECT_EQ(source->info().warnings.size(), 1);
  EXPECT_EQ(source->read(0).image.size(), (Size{6, 10}));
}

TEST_F(Damaged, AbsurdSizesAreRefusedBeforeAnythingIsAllocated) {
  const auto refused = [&](const std::string& name, uint32_t edge, uint16_t compression) {
    const std::string path = folder_ + name;
    files::write_tiff(path, {{.compression = compression}});
    std::string bytes = files::read(path);
    // Sound but for width and height, 4-byte or 2-byte values of tags 256 and 257.
    for (size_t at = 8; at + 12 <= bytes.size(); ++at) {
      const auto tag = static_cast<uint8_t>(bytes[at]);
      if ((tag == 0 || tag == 1) && bytes[at + 1] == 1 && bytes[at + 2] == 3 &&
          bytes[at + 3] == 0 && bytes[at + 4] == 1) {
        bytes[at + 2] = 4;
        for (int i = 0; i < 4; ++i) {
          bytes[at + 8 + static_cast<size_t>(i)] = static_cast<char>(edge >> 8 * i);
        }
      }
    }
    files::write(path, bytes);
    return kind_of_failure(path, 0);
  };

  EXPECT_EQ(refused("plain.tif", 1'000'000, COMPRESSION_NONE), ErrorKind::kBadFile);
  EXPECT_EQ(refused("lzw.tif", 1'000'000, COMPRESSION_LZW), ErrorKind::kBadFile);
  EXPECT_EQ(refused("deflate.tif", 4'000'000'000, COMPRESSION_ADOBE_DEFLATE), ErrorKind::kBadFile);
  EXPECT_EQ(refused("zstd.tif", 4'000'000'000, COMPRESSION_ZSTD), ErrorKind::kBadFile);
}

TEST_F(Damaged, APngThatClaimsMoreThanItHoldsIsRefused) {
  const std::string path = folder_ + "claim.png";
  files::write_png_file(path, {.height = 2, .width = 4, .bytes = std::vector<uint8_t>(8)});
  std::string bytes = files::read(path);
  const std::string huge("\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF", 8);
  bytes.replace(16, 8, huge);
  // CRC-32 of the chunk, as ISO 3309 has it.
  uint32_t crc = ~0U;
  for (size_t i = 12; i < 29; ++i) {
    crc ^= static_cast<uint8_t>(bytes[i]);
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
    }
  }
  for (int i = 0; i < 4; ++i) {
    bytes[29 + static_cast<size_t>(i)] = static_cast<char>(~crc >> (24 - 8 * i));
  }
  files::write(path, bytes);

  try {
    open_frames(path);
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    EXPECT_THAT(error.what(), HasSubstr("claims 2147483647 x 2147483647 px"));
  }
}

TEST_F(Damaged, ATruncatedStillIsABadFile) {
  for (const char* name : {"grey.png", "colour.jpg", "zstd.tif", "jpeg.tif"}) {
    make_samples(folder_);
    const std::string path = folder_ + name;
    const std::string whole = files::read(path);
    files::write(path, whole.substr(0, whole.size() * 3 / 4));

    EXPECT_EQ(kind_of_failure(path, 0), ErrorKind::kBadFile) << name;
  }
}

TEST_F(Damaged, LibrariesPrintNothing) {
  const std::vector<std::string> samples = make_samples(folder_);
  testing::internal::CaptureStderr();

  for (const std::string& path : samples) {
    const std::string whole = files::read(path);
    files::write(path, whole.substr(0, whole.size() / 2) + std::string(whole.size() / 2, '\x55'));
    read_some(path);
  }

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace mote::io
