#include "mote/io/video.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include "mote/core/error.h"
#include "mote/core/version.h"
#include "mote/io/open.h"
#include "tests/io/made_video.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

namespace fs = std::filesystem;
using made_video::Look;
using testing::HasSubstr;

class Video : public testing::Test {
 protected:
  std::string in_folder(const std::string& name) const { return folder_ / name; }

  testing_support::TemporaryFolder folder_;
};

std::string shared_data(const std::string& name) {
  return std::string(MOTE_SOURCE_DIR "/../shared/data/") + name;
}

std::vector<char> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::string& path, const std::vector<char>& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<int64_t>(bytes.size()));
}

ErrorKind kind_of(const std::function<void()>& action, std::string* message = nullptr) {
  try {
    action();
  } catch (const Error& error) {
    if (message != nullptr) {
      *message = error.what();
    }
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::kUsage;
}

/// A grey level that names the frame, on a slope that names the pixel.
int level(int64_t frame, int64_t y, int64_t x) {
  return static_cast<int>(16 + (frame * 17 + y * 2 + x) % 200);
}

/// Flat frames, so that lossy codecs keep their level.
int flat_level(int64_t frame) {
  return static_cast<int>(30 + frame * 37 % 180);
}

void draw_slope(int64_t index, AVFrame& frame) {
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      frame.data[0][y * frame.linesize[0] + x] = static_cast<uint8_t>(level(index, y, x));
    }
  }
}

void draw_flat(int64_t index, AVFrame& frame) {
  for (int y = 0; y < frame.height; ++y) {
    std::fill_n(frame.data[0] + y * frame.linesize[0], frame.width,
                static_cast<uint8_t>(flat_level(index)));
    for (int plane = 1; plane <= 2 && y < frame.height / 2; ++plane) {
      std::fill_n(frame.data[plane] + y * frame.linesize[plane], frame.width / 2, uint8_t{128});
    }
  }
}

Image slope_image(Size size, int64_t frame) {
  Image image(size, SampleType::kUint8);
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      image.as<uint8_t>()[y * size.width + x] = static_cast<uint8_t>(level(frame, y, x));
    }
  }
  return image;
}

double mean(const Image& image) {
  const Grid<float> values = to_float32(image);
  double sum = 0;
  for (const float value : values.values()) {
    sum += value;
  }
  return sum / static_cast<double>(image.size().area());
}

/// Greatest distance of a flat frame's level from the one drawn, over frames read in `order`.
double worst_level(FrameSource& source, const std::vector<int64_t>& order) {
  double worst = 0;
  for (const int64_t index : order) {
    worst = std::max(worst, std::abs(mean(source.read(index).image) - flat_level(index)));
  }
  return worst;
}

std::vector<int64_t> forwards(int64_t frames) {
  std::vector<int64_t> order(static_cast<size_t>(frames));
  for (int64_t i = 0; i < frames; ++i) {
    order[static_cast<size_t>(i)] = i;
  }
  return order;
}

std::vector<int64_t> backwards(int64_t frames) {
  std::vector<int64_t> order = forwards(frames);
  std::ranges::reverse(order);
  return order;
}

Image read_still(const std::string& path) {
  ::png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  png_image_begin_read_from_file(&png, path.c_str());
  png.format = PNG_FORMAT_GRAY;
  Image image({png.height, png.width}, SampleType::kUint8);
  png_image_finish_read(&png, nullptr, image.bytes(), 0, nullptr);
  return image;
}

double rms_difference(const Image& a, const Image& b) {
  const Grid<float> p = to_float32(a);
  const Grid<float> q = to_float32(b);
  double sum = 0;
  for (size_t i = 0; i < p.values().size(); ++i) {
    const double d = p.values()[i] - q.values()[i];
    sum += d * d;
  }
  return std::sqrt(sum / static_cast<double>(p.values().size()));
}

TEST(LooksLikeVideo, KnowsContainersByTheirLeadingBytes) {
  const std::string size(4, '\0');

  EXPECT_TRUE(looks_like_video("RIFF" + size + "AVI LIST"));
  EXPECT_TRUE(looks_like_video("GIF89a"));
  EXPECT_TRUE(looks_like_video(size + "ftypisom"));
  EXPECT_TRUE(looks_like_video(size + "wide"));
  EXPECT_TRUE(looks_like_video("\x1A\x45\xDF\xA3"));
  EXPECT_FALSE(looks_like_video("RIFF" + size + "WEBP"));
  EXPECT_FALSE(looks_like_video("II*"));
  EXPECT_FALSE(looks_like_video(""));
}

/// Runs another test of this program, disabled by itself, in a process whose libmote is a copy.
int run_with_libmote_in(const std::string& folder, const std::string& test) {
  Dl_info libmote = {};
  dladdr(reinterpret_cast<const void*>(&version), &libmote);
  fs::copy(fs::canonical(libmote.dli_fname), folder + "/libmote.so.0");
  return std::system(fmt::format("LD_LIBRARY_PATH='{}' '{}' --gtest_also_run_disabled_tests "
                                 "--gtest_filter={} > /dev/null",
                                 folder, fs::canonical("/proc/self/exe").string(), test)
                         .c_str());
}

TEST(VideoPlugin, DISABLED_IsMissing) {
  std::string message;
  EXPECT_EQ(kind_of([] { open_video("a.mp4"); }, &message), ErrorKind::kUnsupported);
  EXPECT_THAT(message, HasSubstr("mote was built without video (libmote_video)"));
}

TEST_F(Video, SaysThatItWasBuiltWithout) {
  EXPECT_EQ(run_with_libmote_in(folder_.path(), "VideoPlugin.DISABLED_IsMissing"), 0);
}

TEST_F(Video, Reads8BitGreyExactlyInAnyOrder) {
  const Look look{.frames = 9};
  made_video::write(in_folder("grey.avi"), look, draw_slope);

  const auto source = open_video(in_folder("grey.avi"));

  EXPECT_EQ(source->info().format, "AVI (rawvideo)");
  EXPECT_EQ(source->info().frames, 9);
  EXPECT_EQ(source->info().size, look.size);
  EXPECT_FALSE(source->info().colour);
  for (const int64_t index : {0, 1, 8, 3, 3, 4, 0, 7}) {
    const Frame frame = source->read(index);
    EXPECT_EQ(frame.index, index);
    EXPECT_FALSE(frame.time_s.has_value());
    EXPECT_EQ(frame.image, slope_image(look.size, index)) << index;
  }
}

TEST_F(Video, Reads16BitGreyExactly) {
  const Look look{.codec = "ffv1", .format = AV_PIX_FMT_GRAY16LE, .frames = 4};
  made_video::write(in_folder("grey.mkv"), look, [](int64_t index, AVFrame& frame) {
    for (int y = 0; y < frame.height; ++y) {
      auto* row = reinterpret_cast<uint16_t*>(frame.data[0] + y * frame.linesize[0]);
      for (int x = 0; x < frame.width; ++x) {
        row[x] = static_cast<uint16_t>(300 * level(index, y, x) + x);
      }
    }
  });

  const auto source = open_video(in_folder("grey.mkv"));
  const Frame frame = source->read(2);

  EXPECT_EQ(source->info().format, "Matroska (ffv1)");
  EXPECT_EQ(source->info().type, SampleType::kUint16);
  ASSERT_EQ(frame.image.type(), SampleType::kUint16);
  EXPECT_EQ(frame.image.as<uint16_t>()[5 * 48 + 7], 300 * level(2, 5, 7) + 7);
  EXPECT_EQ(source->info().frames, 4);
}

TEST_F(Video, TurnsRgbIntoGreyByBt601) {
  const Look look{.codec = "rawvideo", .format = AV_PIX_FMT_BGR24, .size = {4, 8}, .frames = 2};
  made_video::write(in_folder("rgb.avi"), look, [](int64_t index, AVFrame& frame) {
    for (int y = 0; y < frame.height; ++y) {
      for (int x = 0; x < frame.width; ++x) {
        uint8_t* bgr = frame.data[0] + y * frame.linesize[0] + 3 * x;
        bgr[0] = 10;
        bgr[1] = static_cast<uint8_t>(100 + index);
        bgr[2] = 200;
      }
    }
  });

  const auto source = open_video(in_folder("rgb.avi"));

  EXPECT_TRUE(source->info().colour);
  EXPECT_EQ(source->read(1).image.as<uint8_t>()[9],
            std::lround(0.299 * 200 + 0.587 * 101 + 0.114 * 10));
}

TEST_F(Video, ReadsA8BitPaletteAsTheGreysItStandsFor) {
  made_video::write(in_folder("palette.avi"), {.format = AV_PIX_FMT_PAL8, .frames = 3},
                    [](int64_t index, AVFrame& frame) {
                      draw_slope(index, frame);
                      for (uint32_t i = 0; i < 256; ++i) {
                        const uint32_t argb = 0xFF000000U | 0x010101U * (255 - i);
                        std::memcpy(frame.data[1] + 4 * i, &argb, sizeof argb);
                      }
                    });

  const auto source = open_video(in_folder("palette.avi"));

  EXPECT_EQ(source->read(2).image.as<uint8_t>()[5 * 48 + 7], 255 - level(2, 5, 7));
}

TEST_F(Video, StretchesDeepAndPackedLumaAlike) {
  made_video::write(in_folder("deep.mkv"),
                    {.codec = "ffv1", .format = AV_PIX_FMT_YUV444P10LE, .frames = 1},
                    [](int64_t /*index*/, AVFrame& frame) {
                      for (const int plane : {0, 1, 2}) {
                        for (int y = 0; y < frame.height; ++y) {
                          auto* row = frame.data[plane] + y * frame.linesize[plane];
                          std::fill_n(reinterpret_cast<uint16_t*>(row), frame.width, 940);
                        }
                      }
                    });
  made_video::write(in_folder("packed.avi"), {.format = AV_PIX_FMT_YUYV422, .frames = 1},
                    [](int64_t /*index*/, AVFrame& frame) {
                      for (int y = 0; y < frame.height; ++y) {
                        std::fill_n(frame.data[0] + y * frame.linesize[0], 2 * frame.width,
                                    uint8_t{235});
                      }
                    });

  EXPECT_EQ(mean(open_video(in_folder("deep.mkv"))->read(0).image), 1023);
  EXPECT_EQ(mean(open_video(in_folder("packed.avi"))->read(0).image), 255);
}

TEST_F(Video, StretchesLimitedRangeLumaToFullRange) {
  const auto draw = [](int64_t index, AVFrame& frame) {
    draw_flat(0, frame);
    for (int y = 0; y < frame.height; ++y) {
      std::fill_n(frame.data[0] + y * frame.linesize[0], frame.width,
                  static_cast<uint8_t>(index == 0 ? 16 : 235));
    }
  };
  made_video::write(in_folder("limited.mkv"),
                    {.codec = "ffv1", .format = AV_PIX_FMT_YUV420P, .frames = 2}, draw);
  made_video::write(
      in_folder("full.mkv"),
      {.codec = "ffv1", .format = AV_PIX_FMT_YUV420P, .frames = 2, .range = AVCOL_RANGE_JPEG},
      draw);

  const auto limited = open_video(in_folder("limited.mkv"));
  const auto full = open_video(in_folder("full.mkv"));

  EXPECT_EQ(mean(limited->read(0).image), 0);
  EXPECT_EQ(mean(limited->read(1).image), 255);
  EXPECT_EQ(mean(full->read(0).image), 16);
  EXPECT_EQ(mean(full->read(1).image), 235);
}

TEST_F(Video, FindsFramesInOrderOfPresentationWhereTheCodecReordersThem) {
  const Look look{.codec = "mpeg4",
                  .format = AV_PIX_FMT_YUV420P,
                  .frames = 23,
                  .keyframe_distance = 7,
                  .b_frames = 2};
  // AVI has no presentation times: their order is learned by decoding.
  for (const std::string name : {"b.mp4", "b.mkv", "b.avi", "b.mov"}) {
    made_video::write(in_folder(name), look, [](int64_t index, AVFrame& frame) {
      draw_flat(index, frame);
      for (int y = 0; y < frame.height; ++y) {
        std::fill_n(frame.data[0] + y * frame.linesize[0], frame.width,
                    static_cast<uint8_t>(16 + std::lround(flat_level(index) * 219 / 255.0)));
      }
    });

    const auto source = open_video(in_folder(name));

    ASSERT_EQ(source->info().frames, 23) << name;
    EXPECT_LT(worst_level(*source, forwards(23)), 3) << name;
    EXPECT_LT(worst_level(*source, backwards(23)), 3) << name;
    EXPECT_LT(worst_level(*source, {0, 22, 11, 12, 3, 13, 4, 14}), 3) << name;
  }
}

TEST_F(Video, ReadsTheSameBytesForwardsAndBackwards) {
  made_video::write(in_folder("a.mp4"),
                    {.codec = "mpeg4",
                     .format = AV_PIX_FMT_YUV420P,
                     .frames = 20,
                     .keyframe_distance = 6,
                     .b_frames = 2,
                     .quantiser = 6},
                    [](int64_t index, AVFrame& frame) {
                      draw_flat(index, frame);
                      draw_slope(index, frame);
                    });
  const auto first = open_video(in_folder("a.mp4"));
  const auto second = open_video(in_folder("a.mp4"));
  std::vector<Image> images;
  for (int64_t i = 0; i < 20; ++i) {
    images.push_back(first->read(i).image);
  }

  for (const int64_t index : backwards(20)) {
    EXPECT_EQ(second->read(index).image, images[static_cast<size_t>(index)]) << index;
  }
}

TEST_F(Video, TakesThePlaybackRateForNoFrameInterval) {
  made_video::write(in_folder("grey.avi"), {}, draw_slope);

  const auto source = open_video(in_folder("grey.avi"));

  EXPECT_FALSE(source->info().frame_interval.has_value());
  EXPECT_FALSE(source->info().pixel_size.has_value());
  EXPECT_EQ(source->info().metadata.at("playback rate"), "10 fps");
  EXPECT_THAT(source->info().warnings,
              testing::ElementsAre("playback rate 10 fps is not taken as the frame interval; give "
                                   "--frame-interval"));
}

TEST_F(Video, IsOpenedByItsLeadingBytesWhateverItsName) {
  made_video::write(in_folder("grey.avi"), {}, draw_slope);
  fs::rename(in_folder("grey.avi"), in_folder("grey.tif"));

  const auto source = open_frames(in_folder("grey.tif"));

  EXPECT_EQ(source->info().format, "AVI (rawvideo)");
}

TEST_F(Video, RefusesWhatIsNoVideo) {
  write_bytes(in_folder("empty.mp4"), {});
  write_bytes(in_folder("noise.mp4"), std::vector<char>(5000, 'x'));
  made_video::write(in_folder("grey.avi"), {}, draw_slope);
  std::vector<char> header = bytes_of(in_folder("grey.avi"));
  header.resize(3000);
  write_bytes(in_folder("header.avi"), header);

  EXPECT_EQ(kind_of([&] { open_video(in_folder("none.mp4")); }), ErrorKind::kNotFound);
  EXPECT_EQ(kind_of([&] { open_video(in_folder("empty.mp4")); }), ErrorKind::kBadFile);
  EXPECT_EQ(kind_of([&] { open_video(in_folder("noise.mp4")); }), ErrorKind::kBadFile);
  EXPECT_EQ(kind_of([&] { open_video(in_folder("header.avi")); }), ErrorKind::kBadFile);
  EXPECT_EQ(kind_of([&] { open_video("http://127.0.0.1/a.mp4"); }), ErrorKind::kNotFound);
}

TEST_F(Video, ReadsACutFileUpToItsCut) {
  // The index of a segment written by us with faststart lies in front, so that it outlives a cut.
  const VideoOptions options;
  const auto writer = open_video_segment(in_folder("s.mp4"), {32, 48}, options);
  for (int64_t i = 0; i < 12; ++i) {
    const auto grey = static_cast<uint8_t>(flat_level(i));
    writer->write(Picture({32, 48}, {grey, grey, grey}));
  }
  writer->close();
  join_video_segments({in_folder("s.mp4")}, in_folder("cut.mp4"));
  std::vector<char> bytes = bytes_of(in_folder("cut.mp4"));
  bytes.resize(bytes.size() - 100);
  write_bytes(in_folder("cut.mp4"), bytes);

  const auto source = open_video(in_folder("cut.mp4"));

  EXPECT_EQ(source->info().frames, 12);
  EXPECT_LT(worst_level(*source, forwards(4)), 3);
  std::string message;
  EXPECT_EQ(kind_of([&] { source->read(11); }, &message), ErrorKind::kBadFile);
  EXPECT_THAT(message, HasSubstr("the file ends"));
  EXPECT_LT(worst_level(*source, {2}), 3);
}

TEST_F(Video, NamesADamagedFrameAndReadsTheOthers) {
  made_video::write(in_folder("a.mov"),
                    {.codec = "mjpeg", .format = AV_PIX_FMT_YUVJ420P, .frames = 6}, draw_flat);
  const made_video::Bytes third = made_video::packet_bytes(in_folder("a.mov"), 2);
  std::vector<char> bytes = bytes_of(in_folder("a.mov"));
  std::fill(bytes.begin() + third.begin + 2, bytes.begin() + third.end, '\0');
  write_bytes(in_folder("a.mov"), bytes);

  const auto source = open_video(in_folder("a.mov"));

  EXPECT_EQ(source->info().frames, 6);
  EXPECT_EQ(kind_of([&] { source->read(2); }), ErrorKind::kBadFile);
  EXPECT_LT(worst_level(*source, {0, 1, 3, 4, 5}), 3);
  EXPECT_EQ(kind_of([&] { source->read(2); }), ErrorKind::kBadFile);
}

TEST_F(Video, RefusesFramesThatBuildOnADamagedOne) {
  made_video::write(in_folder("a.mov"), {.codec = "ffv1", .frames = 10, .keyframe_distance = 5},
                    draw_slope);
  const made_video::Bytes fourth = made_video::packet_bytes(in_folder("a.mov"), 3);
  std::vector<char> bytes = bytes_of(in_folder("a.mov"));
  bytes[static_cast<size_t>((fourth.begin + fourth.end) / 2)] ^= 0x55;
  write_bytes(in_folder("a.mov"), bytes);

  const auto source = open_video(in_folder("a.mov"));

  std::string message;
  EXPECT_EQ(kind_of([&] { source->read(3); }, &message), ErrorKind::kBadFile);
  EXPECT_THAT(message, HasSubstr("cannot be decoded"));
  EXPECT_EQ(kind_of([&] { source->read(4); }, &message), ErrorKind::kBadFile);
  EXPECT_THAT(message, HasSubstr("builds on a damaged frame"));
  for (const int64_t index : {9, 2, 5, 0, 6, 1}) {
    EXPECT_EQ(source->read(index).image, slope_image({32, 48}, index)) << index;
  }
}

TEST_F(Video, SurvivesFlippedBits) {
  const Look mpeg4{.codec = "mpeg4",
                   .format = AV_PIX_FMT_YUV420P,
                   .frames = 10,
                   .keyframe_distance = 4,
                   .b_frames = 1};
  made_video::write(in_folder("a.mp4"), mpeg4, draw_flat);
  made_video::write(in_folder("a.avi"), mpeg4, draw_flat);
  made_video::write(in_folder("a.mkv"), {.codec = "ffv1"}, draw_slope);
  made_video::write(in_folder("a.gif"), {.codec = "gif"}, draw_slope);
  uint32_t random = 1;
  const auto next = [&random] { return random = random * 1664525U + 1013904223U; };
  int64_t frames_read = 0;
  for (const std::string name : {"a.mp4", "a.avi", "a.mkv", "a.gif"}) {
    const std::vector<char> sound = bytes_of(in_folder(name));
    for (int round = 0; round < 60; ++round) {
      std::vector<char> bytes = sound;
      for (int flip = 0; flip < 8; ++flip) {
        char& byte = bytes[next() % bytes.size()];
        byte = static_cast<char>(byte ^ (1 << (next() >> 29)));
      }
      write_bytes(in_folder(name), bytes);
      try {
        const auto source = open_video(in_folder(name));
        for (int64_t i = 0; i < std::min<int64_t>(source->info().frames, 20); ++i) {
          try {
            source->read(i);
            ++frames_read;
          } catch (const Error&) {
          }
        }
      } catch (const Error&) {
      }
    }
  }

  EXPECT_GT(frames_read, 240);
}

Picture drawn(int64_t index, Size size) {
  Picture picture(size, {200, 200, 200});
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      const double dy = static_cast<double>(y) - 40;
      const double dx = static_cast<double>(x) - 30 - static_cast<double>(index);
      if (dy * dy + dx * dx < 400) {
        picture(y, x) = {60, 60, 60};
      } else if (y > 90) {
        picture(y, x) = {220, 40, 40};
      }
    }
  }
  return picture;
}

double psnr(const Image& image, const Picture& truth) {
  double sum = 0;
  for (int64_t y = 0; y < truth.height(); ++y) {
    for (int64_t x = 0; x < truth.width(); ++x) {
      const Rgb& p = truth(y, x);
      // The reader takes the luma, and that is BT.709 here.
      const double luma = 0.2126 * p.r + 0.7152 * p.g + 0.0722 * p.b;
      const double d = image.as<uint8_t>()[y * image.size().width + x] - luma;
      sum += d * d;
    }
  }
  return 10 * std::log10(255 * 255 * static_cast<double>(truth.size().area()) / sum);
}

/// Writes frames 0 to 59 in three segments and joins them to `path`.
void write_joined(const std::string& path, Size size) {
  std::vector<std::string> segments;
  for (int64_t part = 0; part < 3; ++part) {
    segments.push_back(path + fmt::format(".{}", part));
    const auto writer = open_video_segment(segments.back(), size, {.frames_per_second = 30});
    for (int64_t i = part * 20; i < part * 20 + 20; ++i) {
      writer->write(drawn(i, size));
    }
    writer->close();
  }
  join_video_segments(segments, path);
}

TEST_F(Video, JoinedSegmentsReadBackAsThePicturesWritten) {
  const Size odd = {121, 161};

  write_joined(in_folder("a.mp4"), odd);
  const auto source = open_video(in_folder("a.mp4"));

  EXPECT_EQ(source->info().format, "MP4 (h264)");
  EXPECT_EQ(source->info().frames, 60);
  EXPECT_EQ(source->info().size, (Size{122, 162}));
  EXPECT_EQ(source->info().metadata.at("playback rate"), "30 fps");
  double worst = 100;
  for (const int64_t index : forwards(60)) {
    worst = std::min(worst, psnr(source->read(index).image, drawn(index, odd)));
  }
  EXPECT_GT(worst, 30);
  EXPECT_GT(psnr(source->read(25).image, drawn(25, odd)), 30);
}

TEST_F(Video, WritesTheSameBytesAgain) {
  write_joined(in_folder("a.mp4"), {96, 128});
  write_joined(in_folder("b.mp4"), {96, 128});

  EXPECT_EQ(bytes_of(in_folder("a.mp4")), bytes_of(in_folder("b.mp4")));
}

TEST_F(Video, PutsTheIndexInFront) {
  write_joined(in_folder("a.mp4"), {96, 128});
  const std::vector<char> bytes = bytes_of(in_folder("a.mp4"));
  const std::string text(bytes.begin(), bytes.end());

  EXPECT_LT(text.find("moov"), text.find("mdat"));
}

TEST_F(Video, TagsItsColoursAsBt709OfLimitedRange) {
  const auto writer = open_video_segment(in_folder("a.mp4"), {32, 32}, {});
  writer->write(Picture({32, 32}, {255, 0, 0}));
  writer->close();

  AVFormatContext* container = nullptr;
  ASSERT_GE(avformat_open_input(&container, in_folder("a.mp4").c_str(), nullptr, nullptr), 0);
  ASSERT_GE(avformat_find_stream_info(container, nullptr), 0);
  const AVCodecParameters& parameters = *container->streams[0]->codecpar;
  AVCodecContext* codec = avcodec_alloc_context3(avcodec_find_decoder(parameters.codec_id));
  avcodec_parameters_to_context(codec, &parameters);
  avcodec_open2(codec, nullptr, nullptr);
  AVPacket* packet = av_packet_alloc();
  AVFrame* frame = av_frame_alloc();
  av_read_frame(container, packet);
  avcodec_send_packet(codec, packet);
  avcodec_send_packet(codec, nullptr);
  ASSERT_GE(avcodec_receive_frame(codec, frame), 0);

  EXPECT_EQ(frame->colorspace, AVCOL_SPC_BT709);
  EXPECT_EQ(frame->color_range, AVCOL_RANGE_MPEG);
  EXPECT_EQ(frame->format, AV_PIX_FMT_YUV420P);
  // BT.709 red in limited range is (63, 102, 240).
  EXPECT_NEAR(frame->data[0][0], 63, 2);
  EXPECT_NEAR(frame->data[1][0], 102, 2);
  EXPECT_NEAR(frame->data[2][0], 240, 2);
  av_frame_free(&frame);
  av_packet_free(&packet);
  avcodec_free_context(&codec);
  avformat_close_input(&container);
}

TEST_F(Video, SaysThatTheDiskIsFull) {
  const auto fill = [](const std::string& path) {
    const auto writer = open_video_segment(path, {64, 64}, {.crf = 1});
    for (int64_t i = 0; i < 20; ++i) {
      writer->write(drawn(i, {64, 64}));
    }
    writer->close();
  };

  std::string message;
  EXPECT_EQ(kind_of([&] { fill("/dev/full"); }, &message), ErrorKind::kResource);
  EXPECT_THAT(message, HasSubstr("No space left"));
  EXPECT_EQ(kind_of([&] { fill(in_folder("none/a.mp4")); }), ErrorKind::kResource);
}

TEST_F(Video, RefusesPicturesAndSegmentsThatDoNotFit) {
  const auto writer = open_video_segment(in_folder("a.mp4"), {32, 32}, {});
  writer->write(Picture({32, 32}));
  writer->close();
  const auto other = open_video_segment(in_folder("b.mp4"), {64, 32}, {});
  other->write(Picture({64, 32}));
  other->close();

  EXPECT_EQ(kind_of([&] {
              open_video_segment(in_folder("c.mp4"), {0, 9}, {});
            }),
            ErrorKind::kUsage);
  EXPECT_EQ(kind_of([&] {
              open_video_segment(in_folder("c.mp4"), {9, 9}, {.crf = 0});
            }),
            ErrorKind::kUsage);
  EXPECT_EQ(kind_of([&] {
              open_video_segment(in_folder("c.mp4"), {9, 9}, {})->write(Picture({8, 9}));
            }),
            ErrorKind::kUsage);
  EXPECT_EQ(kind_of([&] {
              join_video_segments({in_folder("a.mp4"), in_folder("b.mp4")}, in_folder("c.mp4"));
            }),
            ErrorKind::kBadFile);
}

TEST(VideoOfColloids, RawAviGivesThePngsExactly) {
  const std::string path = shared_data("seq-colloids-brightfield/");
  if (!fs::exists(path)) {
    GTEST_SKIP() << "the shared data are not here";
  }

  const auto source = open_video(path + "video/bf_crop256_raw_gray.avi");

  ASSERT_EQ(source->info().frames, 10);
  for (int64_t i = 0; i < 10; ++i) {
    const Image still = read_still(path + fmt::format("bf_{:04}.png", i));
    EXPECT_EQ(source->read(i).image, crop(still, {.y = 0, .x = 200, .height = 256, .width = 256}));
  }
}

TEST(VideoOfColloids, LossyCopiesGiveThePngsWithinTheirLoss) {
  const std::string path = shared_data("seq-colloids-brightfield/");
  if (!fs::exists(path)) {
    GTEST_SKIP() << "the shared data are not here";
  }

  for (const std::string name : {"bf_mjpeg.avi", "bf_h264.mp4", "bf.gif"}) {
    const auto source = open_video(path + "video/" + name);
    ASSERT_EQ(source->info().frames, name == "bf.gif" ? 8 : 20);
    for (const int64_t i : backwards(source->info().frames)) {
      const Image still = read_still(path + fmt::format("bf_{:04}.png", i));
      const Image image = source->read(i).image;
      EXPECT_LT(rms_difference(image, still), 8) << name << " frame " << i;
      EXPECT_NEAR(mean(image), mean(still), 1) << name << " frame " << i;
    }
  }
}

TEST(VideoOfColloids, CountsTheFramesOfQuickTime) {
  const std::string path = shared_data("seq-trackpy-tests/");
  if (!fs::exists(path)) {
    GTEST_SKIP() << "the shared data are not here";
  }

  const auto source = open_video(path + "bulk-water.mov");

  EXPECT_EQ(source->info().frames, 480);
  EXPECT_EQ(source->info().size, (Size{424, 640}));
  const Image last = source->read(479).image;
  const Image first = source->read(0).image;
  for (int64_t i = 0; i < 480; ++i) {
    const Image image = source->read(i).image;
    EXPECT_NEAR(mean(image), 128, 2);
    EXPECT_TRUE(i != 0 || image == first);
    EXPECT_TRUE(i != 479 || image == last);
  }
}

}  // namespace
}  // namespace mote::io
