// Damaged files of tracks and masks that other programs write: only ever what they say or an Error,
// and no large allocation.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/core/track_graph.h"
#include "mote/io/coco.h"
#include "mote/io/coco_runs.h"
#include "mote/io/ctc.h"
#include "mote/io/ctc_lineage.h"
#include "mote/io/frame_number.h"
#include "mote/io/imagej_roi.h"
#include "mote/io/imagej_roi_writer.h"
#include "mote/io/motchallenge.h"
#include "mote/io/mots.h"
#include "mote/io/track_csv.h"
#include "mote/io/trackmate.h"
#include "mote/io/yolo.h"
#include "tests/io/memory_file.h"
#include "tests/io/text_damage.h"
#include "tests/io/text_files.h"
#include "tests/io/tight_memory.h"
#include "tests/temporary_folder.h"

namespace mote::io {
namespace {

constexpr Size kSize{.height = 20, .width = 30};
const Mask kMask{.runs = {{.y = 3, .x = 4, .length = 3}, {.y = 4, .x = 4, .length = 2}}};
const char* const kLines = "1 0 2 0\n2 0 1 0\n3 3 4 1\n4 5 6 2\n";
const char* const kTable = "ID,T,Y,X\n1,0,4.5,5\n1,1,4,5\n2,2,4,\"5\"\n";

// What an import does with a graph.
void take(TrackGraph graph) {
  number_tracks(graph);
  put_in_order(graph);
  tracks_of(graph);
}

void read_trackmate(const std::string& bytes) {
  take(trackmate_graph(bytes));
}

void read_ctc(const std::string& lines, const std::string& sidecar) {
  const std::vector<Track> tracks = ctc_tracks(lines);
  TrackGraph graph{.frames = kMostFrames};
  for (const Track& track : tracks) {
    graph.nodes.push_back({.frame = track.first_frame, .track = track.id, .label = track.id});
    graph.nodes.push_back({.frame = track.last_frame, .track = track.id, .label = track.id});
  }
  apply_ctc_lineage(graph, ctc_lineage_of(tracks, sidecar));
  take(graph);
}

void read_lines(const std::string& bytes) {
  read_ctc(bytes, "");
}

void read_sidecar(const std::string& bytes) {
  read_ctc(kLines, bytes);
}

void read_table(const std::string& bytes) {
  take(track_csv_graph(bytes));
}

void read_parents(const std::string& bytes) {
  TrackGraph graph = track_csv_graph(kTable);
  link_by_napari_graph(graph, bytes);
  take(graph);
}

void read_boxes(const std::string& bytes) {
  mot_boxes(bytes);
}

void read_coco(const std::string& bytes) {
  for (const CocoAnnotation& annotation : coco_file(bytes).annotations) {
    mask_of(annotation, kSize);
  }
}

void read_mots(const std::string& bytes) {
  for_each_mots_instance(bytes, [](const MotsInstance&) {});
}

void read_yolo(const std::string& bytes) {
  yolo_instances(bytes, kSize);
}

void read_rois(const std::string& bytes) {
  static testing_support::MemoryFile file;
  ASSERT_TRUE(file.write(bytes));
  for_each_imagej_roi(file.path(), [](const ImagejRoi&) {});
}

std::string zip_of_rois() {
  const testing_support::TemporaryFolder folder;
  ImagejRoiWriter rois(folder / "rois.zip");
  rois.write({.name = "a", .frame = 3, .mask = kMask});
  rois.close();
  return text_of(folder / "rois.zip");
}

struct Sample {
  std::string name;
  std::string bytes;
  void (*read)(const std::string& bytes);
};

std::vector<Sample> samples() {
  return {
      {"TrackMate",
       "<TrackMate><Model spatialunits=\"nm\" timeunits=\"sec\">"
       "<Spot ID=\"1\" FRAME=\"0\" POSITION_X=\"1.5\" POSITION_Y=\"2\" RADIUS=\"3\" "
       "VISIBILITY=\"1\" ROI_N_POINTS=\"3\" MOTE_TRACK=\"7\">0 0 4 0 2 3</Spot>"
       "<Spot ID=\"2\" FRAME=\"1\" POSITION_X=\"2\" POSITION_Y=\"2e0\"/>"
       "<Track TRACK_ID=\"0\"><Edge SPOT_SOURCE_ID=\"1\" SPOT_TARGET_ID=\"2\"/></Track>"
       "<FilteredTracks><TrackID TRACK_ID=\"0\"/></FilteredTracks></Model>"
       "<ImageData filename=\"a&lt;b&#x21;\" width=\"30\" height=\"20\" nframes=\"2\" "
       "pixelwidth=\"0.5\" pixelheight=\"0.5\" timeinterval=\"1\"/></TrackMate>",
       read_trackmate},
      {"CtcLines", kLines, read_lines},
      {"CtcSidecar",
       R"({"what":"","pieces":[{"label":3,"track":1}],"parents":[{"track":4,"parents":[1,2]}],)"
       R"("shared":[{"frame":1,"label":2,"tracks":[1,2]}]})",
       read_sidecar},
      {"NapariTable", kTable, read_table},
      {"NapariParents", R"({"2": [1]})", read_parents},
      {"TableOfParents", "id,t,y,x,parent_id\n1,0,4,5,\n2,1,4,5,1\n3,1,9,5,1\n", read_table},
      {"MotChallenge", "1,1,2.5,3,10,10,1,-1\n2,1,3,3,10,10,0.5,-1\n", read_boxes},
      {"CocoRuns",
       R"([{"image_id":1,"score":0.5,"segmentation":{"size":[20,30],"counts":")" +
           coco_counts(kMask, kSize) + R"("},"track_id":2}])",
       read_coco},
      {"CocoPolygons",
       R"({"images":[{"id":1,"height":20,"width":30,"file_name":"a"}],"annotations":[)"
       R"({"image_id":1,"iscrowd":0,"segmentation":[[0,0,20.5,0,9,15]]}]})",
       read_coco},
      {"Mots", mots_line({.frame = 2, .id = 3, .size = kSize, .mask = kMask}), read_mots},
      {"Yolo", yolo_line({.mask = kMask}, kSize), read_yolo},
      {"ImagejRoi", imagej_roi_bytes({.name = "a", .frame = 3, .mask = kMask}), read_rois},
      {"RoiSet", zip_of_rois(), read_rois},
  };
}

class DamagedExchange : public testing::TestWithParam<Sample> {
 private:
  testing_support::TightMemory tight_;
};

TEST_P(DamagedExchange, IsSoundToBeginWith) {
  EXPECT_NO_THROW(GetParam().read(GetParam().bytes));
}

TEST_P(DamagedExchange, IsRefusedOrReadWhereverItIsCut) {
  const damage::ReadTally tally = damage::cut_everywhere(GetParam().bytes, GetParam().read);

  EXPECT_GT(tally.refused, 0);
  EXPECT_EQ(tally.all(), static_cast<int64_t>(GetParam().bytes.size()));
}

TEST_P(DamagedExchange, IsRefusedOrReadWhicheverByteIsChanged) {
  const damage::ReadTally tally = damage::change_everywhere(GetParam().bytes, GetParam().read);

  EXPECT_GT(tally.refused, 0);
  EXPECT_GT(tally.read, 0);
}

INSTANTIATE_TEST_SUITE_P(Drawn, DamagedExchange, testing::ValuesIn(samples()),
                         [](const auto& sample) { return sample.param.name; });

}  // namespace
}  // namespace mote::io
