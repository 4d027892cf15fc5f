#include "mote/pipeline/import.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/coco.h"
#include "mote/io/geff_tracks.h"
#include "mote/io/picture_file.h"
#include "mote/io/tiff_writer.h"
#include "mote/io/zip.h"
#include "mote/pipeline/export.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

class Import : public testing::Test {
 protected:
  ImportResult imported(const std::string& text) {
    write_file(folder_ / "input.txt", text);
    return import_tracks({.input = folder_ / "input.txt", .output = folder_ / "out"});
  }

  TemporaryFolder folder_;
};

TEST_F(Import, RefusesMasksOfSeveralSizes) {
  EXPECT_THAT([&] { imported("0 1001 1 3 3 414\n1 1001 1 4 3 417\n"); },
              ThrowsMessage<Error>(HasSubstr("several sizes (3 x 3 and 3 x 4 px)")));
  EXPECT_THAT(
      [&] {
        imported(R"({"images": [{"id": 1, "height": 3, "width": 3},
                                {"id": 2, "height": 4, "width": 3}], "annotations": []})");
      },
      ThrowsMessage<Error>(HasSubstr("several sizes (3 x 3 and 3 x 4 px)")));
}

TEST_F(Import, RefusesFramesThatNoRecordingHas) {
  EXPECT_THAT([&] { imported("2147483000 1001 1 3 3 414\n"); },
              ThrowsMessage<Error>(HasSubstr("frame 2147483000, expected 0 to 9999999")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

// Ovals of a few bytes each that would be the rows of large masks.
TEST_F(Import, RefusesRoisOfMoreRowsThanAFileOfItsSizeHolds) {
  constexpr int64_t kSide = 60000;
  io::write_grey_png(folder_ / "image.png", Image({kSide, 1}, SampleType::kUint8));
  std::string oval("Iout", 4);
  oval.resize(64, '\0');
  oval[5] = '\xE3';                             // version 227
  oval[6] = 2;                                  // an oval
  oval.replace(12, 4, {'\xEA', '\x60', 0, 1});  // bottom 60000, right 1
  io::ZipWriter zip(folder_ / "rois.zip");
  for (int i = 0; i < 80; ++i) {
    zip.write(fmt::format("{}.roi", i), oval);
  }
  zip.close();

  EXPECT_THAT(
      [&] {
        import_tracks({.input = folder_ / "rois.zip",
                       .recording = folder_ / "image.png",
                       .output = folder_ / "out"});
      },
      ThrowsMessage<Error>(HasSubstr("more rows of pixels than a file of its size holds")));
}

TEST_F(Import, RefusesImagesOfNegativeSize) {
  TrackGraph graph{.frames = 1, .size = {.height = -4, .width = -4}};
  graph.nodes = {{.position = {.y_px = 1, .x_px = 1}, .track = 1, .radius_px = 1}};
  io::write_geff(folder_ / "a.geff", io::geff_of(graph));

  EXPECT_THAT([&] { import_tracks({.input = folder_ / "a.geff", .output = folder_ / "out"}); },
              ThrowsMessage<Error>(HasSubstr("the number -4, expected a whole one from 0")));
}

TEST_F(Import, RefusesTwoMasksOfAFrame) {
  std::filesystem::create_directory(folder_ / "ctc");
  write_file(folder_ / "ctc/res_track.txt", "7 0 0 0\n");
  for (const char* name : {"ctc/mask0.tif", "ctc/mask000.tif"}) {
    io::TiffWriter writer(folder_ / name, {.frames = 1});
    writer.write(LabelImage({4, 4}, 7));
    writer.close();
  }

  EXPECT_THAT([&] { import_tracks({.input = folder_ / "ctc", .output = folder_ / "out"}); },
              ThrowsMessage<Error>(HasSubstr("a second mask of frame 0")));
}

TEST_F(Import, TellsWhatItTakesWhereAFileIsNoneOfIt) {
  write_file(folder_ / "notes.xml", "<notes/>");
  std::filesystem::create_directory(folder_ / "yolo");
  write_file(folder_ / "yolo/frame_000000.txt", "0 0.1 0.1 0.2 0.1 0.2 0.2\n");

  for (const char* input : {"notes.xml", "yolo"}) {
    EXPECT_THAT([&] { import_tracks({.input = folder_ / input, .output = folder_ / "out"}); },
                ThrowsMessage<Error>(HasSubstr("tracks and masks are taken from GEFF, ")));
  }
}

TEST_F(Import, NamesTheFileOfAFolderThatIsWrong) {
  const auto refused = [&](const char* folder, const char* file) {
    std::filesystem::create_directory(folder_ / folder);
    write_file(folder_ / file, "7 0 x 0\n");
    EXPECT_THAT([&] { import_tracks({.input = folder_ / folder, .output = folder_ / "out"}); },
                ThrowsMessage<Error>(StartsWith(folder_ / file + ": line 1: '7 0 x 0', expected")));
  };

  refused("challenge", "challenge/res_track.txt");
  refused("mots", "mots/mots.txt");
}

TEST_F(Import, TellsHowFarItIsWhileItReads) {
  io::TiffWriter writer(folder_ / "labels.tif", {.frames = 2});
  writer.write(LabelImage({4, 4}, 7));
  writer.write(LabelImage({4, 4}, 7));
  writer.close();
  std::vector<std::string> stages;

  import_tracks({.input = folder_ / "labels.tif", .output = folder_ / "out"},
                {.progress = [&](const ProgressEvent& event) { stages.push_back(event.stage); }});

  EXPECT_THAT(stages, Contains("reading"));
}

/// A run of `mote segment` on stills of 128 rows and as many columns as told.
class ExportOfStills : public testing::Test {
 protected:
  void segment(const std::vector<int64_t>& widths) {
    std::filesystem::create_directory(folder_ / "stills");
    for (size_t i = 0; i < widths.size(); ++i) {
      const Grid<float> drawn =
          synthetic::image({128, widths[i]}, {{40, 40, 12}, {90, 80, 14}}, {.noise_sd = 2});
      Image image(drawn.size(), SampleType::kUint8);
      std::transform(drawn.values().begin(), drawn.values().end(), image.as<uint8_t>(),
                     [](float value) { return static_cast<uint8_t>(std::lround(value)); });
      io::write_grey_png(fmt::format("{}/stills/{}.png", folder_.path(), i), image);
    }
    Job job;
    job.command = Command::kSegment;
    job.recording.path = folder_ / "stills";
    job.output = folder_ / "run";
    job.report = false;
    job.figures = false;
    run(job);
  }

  TemporaryFolder folder_;
};

TEST_F(ExportOfStills, TellsTheSizeOfEveryImage) {
  segment({128, 160});

  export_run({.run = folder_ / "run", .to = "coco", .output = folder_ / "run.json"});
  const io::CocoFile file = io::coco_file(read_file(folder_ / "run.json"));

  ASSERT_EQ(file.images.size(), 2);
  EXPECT_EQ(file.images[0].size, (Size{128, 128}));
  EXPECT_EQ(file.images[1].size, (Size{128, 160}));
  EXPECT_EQ(file.annotations.back().size, (Size{128, 160}));
}

TEST_F(ExportOfStills, MakesNoTracksOfNumbersInAFrame) {
  segment({128, 128});

  export_run({.run = folder_ / "run", .to = "imagej-roi", .output = folder_ / "rois.zip"});
  const ImportResult result = import_tracks(
      {.input = folder_ / "rois.zip", .recording = folder_ / "stills", .output = folder_ / "out"});

  EXPECT_EQ(result.instances, 4);
  EXPECT_EQ(result.tracks, 0);
  EXPECT_THAT(result.next, HasSubstr("mote track"));
}

TEST_F(ExportOfStills, MakesNoTracksOfLabelImages) {
  segment({128, 128});
  export_run({.run = folder_ / "run", .to = "ome-tiff", .output = folder_ / "labels.ome.tif"});
  export_run({.run = folder_ / "run", .to = "ome-zarr", .output = folder_ / "labels.ome.zarr"});

  for (const char* labels : {"labels.ome.tif", "labels.ome.zarr", "run", "run/labels.tif"}) {
    const ImportResult result =
        import_tracks({.input = folder_ / labels, .output = folder_ / "out", .force = true});

    EXPECT_EQ(result.instances, 4) << labels;
    EXPECT_EQ(result.tracks, 0) << labels;
  }
}

TEST_F(ExportOfStills, RefusesMotsWhoseNumbersAreTracks) {
  segment({128, 128});

  EXPECT_THAT(
      [&] { export_run({.run = folder_ / "run", .to = "mots", .output = folder_ / "out"}); },
      ThrowsMessage<Error>(HasSubstr("has no tracks, which mots is made of")));
}

}  // namespace
}  // namespace mote::pipeline
