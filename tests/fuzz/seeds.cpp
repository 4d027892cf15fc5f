// Writes the drawn samples of every format into FOLDER/FORMAT/, for the fuzzers to begin with, and
// the real ones of up to 64 KiB that lie in folders of SAMPLES.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "mote/io/coco_writer.h"
#include "mote/io/ctc_lineage.h"
#include "mote/io/imagej_roi.h"
#include "mote/io/imagej_roi_writer.h"
#include "mote/io/mots.h"
#include "mote/io/track_csv.h"
#include "mote/io/trackmate.h"
#include "mote/io/yolo.h"
#include "tests/drawn_tracks.h"
#include "tests/fuzz/hierarchy.h"
#include "tests/io/drawn_cameras.h"
#include "tests/io/drawn_dm.h"
#include "tests/io/drawn_hdf5.h"
#include "tests/io/drawn_masks.h"
#include "tests/io/drawn_mrc.h"
#include "tests/io/drawn_ser.h"
#include "tests/io/drawn_tiff.h"
#include "tests/io/drawn_tvips.h"
#include "tests/io/drawn_weights.h"
#include "tests/io/text_files.h"
#include "tests/io/zarr_memory.h"
#include "tests/temporary_folder.h"

namespace {

using namespace mote::io::drawn;

std::string folder;

void seed(const std::string& format, const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories(folder + "/" + format);
  std::ofstream(folder + "/" + format + "/" + name, std::ios::binary) << bytes;
}

void seed_dm() {
  for (const int version : {3, 4}) {
    const std::string name = "dm" + std::to_string(version);
    seed("dm", name, dm_series({.version = version}));
    seed("dm", name + "_big", dm_series({.version = version, .order = std::endian::big}));
    const DmTag colour =
        dm_image({{.count = 1}, {.count = 1}}, 23, dm_array("Data", 3, 1, std::string(4, '\7')));
    const DmTag wide =
        dm_image({{.count = 2}, {.count = 1}}, 39, dm_array("Data", 11, 2, std::string(16, '\1')));
    seed("dm", name + "_kinds",
         dm_file({.version = version}, {dm_group("ImageList", {colour, wide})}));
  }
}

void seed_mrc() {
  seed("mrc", "series", mrc_series());
  seed("mrc", "big", mrc_series({.order = std::endian::big}));
  seed("mrc", "nibbles", mrc_file({.mode = 101}, std::string(12, '\7')));
  seed("mrc", "halves", mrc_file({.mode = 12}, std::string(48, '\7')));
  seed("mrc", "fei",
       mrc_series(
           {.extended = fei_block({}) + fei_block({.days = 45001}), .extended_type = "FEI1"}));
}

void seed_cameras() {
  seed("norpix", "version5", norpix_file());
  seed("norpix", "version4", norpix_file({.version = 4}));
  seed("cine", "stamps", cine_file());
  seed("cine", "plain", cine_file({.height = -3, .stamps = false}));
}

void seed_series() {
  seed("ser", "old", ser_file());
  seed("ser", "new", ser_file({.version = 0x220, .elements = 3, .finished = 3, .step_s = 0}));
  seed("tvips", "version1", tvips_header({.version = 1}) + tvips_frames({.version = 1}, 0, 2));
  seed("tvips", "version2", tvips_header() + tvips_frames({}, 0, 2));
}

void seed_tiff() {
  seed("tiff", "plain", tiff_with_tags(16, {}));
  seed("tiff", "imagej", tiff_with_tags(16, {tiff_text(270, "ImageJ=1.53\nunit=nm\nimages=1\n")}));
  seed("tiff", "zeiss",
       tiff_with_tags(16, {tiff_text(34118,
                                     "0\r\n0\r\n0\r\n1e-9\r\nAP_PIXEL_SIZE\r\nPixel "
                                     "Size = 1 nm\r\nAP_WIDTH\r\nWidth = 1 \xB5m\r\n")}));
  seed("tiff", "fei",
       tiff_with_tags(16, {tiff_text(34682,
                                     "[Scan]\r\nPixelWidth=1e-9\r\nPixelHeight=1e-9\r\n"
                                     "[Image]\r\nResolutionX=16\r\n")}));
  seed("tiff", "olympus", tiff_of_olympus(-9, 0.25, 0.5, 6e5));
  seed("tiff", "tvips", tiff_of_tvips());
  seed("tiff", "dm",
       tiff_with_tags(16, {tiff_text(65003, "nm"), tiff_text(65004, "nm"), tiff_double(65009, 1),
                           tiff_double(65010, 1)}));
}

void seed_hdf5(const std::string& name, const mote::io::MemoryHdf5& file,
               const std::string& samples = "\1\2\3\4") {
  const std::string tree = encode(file.held);
  seed("hdf5", name, bytes_of(static_cast<uint64_t>(tree.size())) + tree + samples);
}

void seed_hdf5() {
  const VeloxSpec velox;
  const std::string json = velox_json(velox, 0);
  auto file = velox_file(velox);
  file->held.nodes["/Data/Image/26f60320/Metadata"].dataset->shape[0] =
      static_cast<int64_t>(json.size()) + 1;
  seed_hdf5("velox", *file, json + std::string(1, '\0'));
  seed_hdf5("hyperspy", *hyperspy_file({{.size = 3, .unit = "s", .navigates = true},
                                        {.size = 2, .unit = "nm"},
                                        {.size = 4, .unit = "nm"}}));
  seed_hdf5("volume", *hyperspy_file({{.unit = "nm", .navigates = true}, {}, {}}));
  seed_hdf5("emd", *emd_file({2, 3}, {{"R_x", "[n_m]", {0, 1}}, {"R_y", "[n_m]", {0, 1, 2}}}));
  seed_hdf5("emd_series",
            *emd_file({2, 2, 3}, {{"", "", {0, 1}}, {"", "", {0, 1}}, {"t", "[s]", {0, 1, 2}}}));
  seed_hdf5("dm5", *dm5_file({{3, 1, "nm"}, {2, 1, "nm"}, {2, 1, "s"}}));
}

// Numbers of 16 bits, 8 rows of 16: 0x100, 0x302, ... 0xF0E, over and over, as zarr-python packs
// them.
const std::map<std::string, std::string> kPacked = {
    {"blosc",
     std::string("\x02\x01\x91\x02\x00\x01\x00\x00\x00\x01\x00\x00\x3B\x00\x00\x00\x14\x00\x00\x00"
                 "\x23\x00\x00\x00\x28\xB5\x2F\xFD\x60\x00\x00\xCD\x00\x00\x80\x00\x02\x04\x06\x08"
                 "\x0A\x0C\x0E\x01\x03\x05\x07\x09\x0B\x0D\x0F\x02\x00\x15\xA4\xBC\x2E\x2D\x5C",
                 59)},
    {"zstd",
     std::string("\x28\xB5\x2F\xFD\x60\x00\x00\xBD\x00\x00\x80\x00\x01\x02\x03\x04\x05\x06\x07\x08"
                 "\x09\x0A\x0B\x0C\x0D\x0E\x0F\x01\x00\xDA\x43\xCD\x25",
                 33)},
    {"zlib",
     std::string("\x78\x9C\x63\x60\x64\x62\x66\x61\x65\x63\xE7\xE0\xE4\xE2\xE6\xE1\xE5\xE3\x67\x18"
                 "\x61\x7C\x00\xAF\xAD\x07\x81",
                 27)}};

void seed_files(const std::string& name, const std::map<std::string, std::string>& files) {
  seed("zarr", name, mote::fuzz::hierarchy_of(files));
}

void seed_zarr() {
  using namespace mote::io::drawn;
  const std::string ome =
      R"({"multiscales":[{"version":"0.4","axes":[{"name":"t","type":"time","unit":"second"},)"
      R"({"name":"y","type":"space","unit":"nanometer"},{"name":"x","type":"space"}],"datasets":[)"
      R"({"path":"0","coordinateTransformations":[{"type":"scale","scale":[1,0.5,0.5]}]}]}]})";
  for (const auto& [codec, bytes] : kPacked) {
    seed_files("v2_" + codec, {{".zattrs", ome},
                               {"0/.zarray", zarray("[2,8,16]", "[1,8,16]", "<u2",
                                                    R"("compressor":{"id":")" + codec + "\"}")},
                               {"0/0.0.0", bytes}});
    const std::string packer = codec == "zlib" ? "gzip" : codec;
    seed_files("v3_" + codec,
               {{"zarr.json", R"({"attributes":{"ome":)" + ome + "}}"},
                {"0/zarr.json", zarr3("[2,8,16]", "[1,8,16]", "uint16",
                                      R"([{"name":"bytes"},{"name":")" + packer + "\"}]")},
                {"0/c/0/0/0", bytes}});
  }
  seed_files("raw", {{".zarray", zarray("[4,4]", "[2,3]", ">i2", R"("order":"F")")},
                     {"0.1", std::string(12, '\5')}});
  const std::string place("\0\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0", 16);
  seed_files(
      "shard",
      {{"zarr.json", zarr3("[2,4]", "[2,4]", "uint8",
                           R"([{"name":"sharding_indexed","configuration":{"chunk_shape":[2,2],)"
                           R"("codecs":[{"name":"bytes"}],"index_codecs":[{"name":"bytes"}]}}])")},
       {"c/0/0", "\1\2\3\4" + place + std::string(16, '\xFF')}});
  const std::string raw = R"([{"name":"bytes"}])";
  seed_files("geff",
             {{"zarr.json", R"({"attributes":{"geff":{"geff_version":"1.1","directed":true,)"
                            R"("axes":[{"name":"t","type":"time","min":1,"max":2}],)"
                            R"("node_props_metadata":{"t":{"dtype":"uint8"}}}}})"},
              {"nodes/ids/zarr.json", zarr3("[2]", "[2]", "uint8", raw)},
              {"nodes/ids/c/0", "\5\6"},
              {"nodes/props/t/values/zarr.json", zarr3("[2]", "[2]", "uint8", raw)},
              {"nodes/props/t/values/c/0", "\1\2"},
              {"nodes/props/t/missing/zarr.json", zarr3("[2]", "[2]", "bool", raw)},
              {"edges/ids/zarr.json", zarr3("[1,2]", "[1,2]", "uint8", raw)},
              {"edges/ids/c/0/0", "\5\6"}});
}

void seed_masks() {
  constexpr mote::Size kSize{64, 80};
  std::string mots;
  std::string yolo;
  for (const char* format : {"imagej_roi", "coco"}) {
    std::filesystem::create_directories(folder + "/" + format);
  }
  mote::io::ImagejRoiWriter rois(folder + "/imagej_roi/zip");
  mote::io::CocoWriter coco(folder + "/coco/runs", {{.id = 1, .size = kSize}}, {"particle"});
  for (const auto& drawn : mote::testing_support::drawn_masks()) {
    const mote::io::ImagejRoi roi{.name = drawn.name, .frame = 3, .mask = drawn.mask};
    seed("imagej_roi", drawn.name, mote::io::imagej_roi_bytes(roi));
    rois.write(roi);
    coco.write({.image_id = 1, .size = kSize, .mask = drawn.mask});
    mots += mote::io::mots_line({.id = 3, .size = kSize, .mask = drawn.mask});
    yolo += mote::io::yolo_line({.mask = drawn.mask}, kSize);
  }
  rois.close();
  coco.close();
  seed("coco", "polygons",
       R"([{"image_id": 1, "segmentation": [[0, 0, 20.5, 0, 9, 30], [1, 1, 4, 1, 2, 5]]}])");
  seed("mots", "lines", mots);
  seed("yolo", "lines", yolo);
}

// Files of the drawn tracks that mote writes.
void seed_written_tracks() {
  using mote::io::text_of;
  const mote::TrackGraph graph = mote::drawn::tracks();
  const mote::testing_support::TemporaryFolder written;
  mote::io::write_trackmate(graph, written / "tracks.xml", [](int64_t) {
    return std::map<int32_t, mote::Mask>{{3, {.runs = {{.y = 13, .x = 3, .length = 3}}}}};
  });
  seed("tracks", "trackmate", "x" + text_of(written / "tracks.xml"));
  mote::io::write_napari(graph, written / "tracks.csv", written / "graph.json");
  const std::string table = text_of(written / "tracks.csv");
  seed("tracks", "table", "t" + table);
  seed("tracks", "napari", "n" + table + '\0' + text_of(written / "graph.json"));
  const mote::io::CtcLineage lineage = mote::io::ctc_lineage(graph);
  seed("tracks", "ctc", "c" + ctc_text(lineage) + '\0' + ctc_sidecar(lineage));
}

void seed_tracks() {
  seed_written_tracks();
  seed("tracks", "parents", "tID,T,Y,X,parent_id\n1,0,1.5,2,-1\n2,1,1,2,1\n3,1,4,2,1\n");
  seed("tracks", "mot", "m1,1,2.5,3,10,10,1,-1\n2,1,3,3,10,10,0.5,-1\n1,2,2,3,1,1\n");
  seed("tracks", "numbers", "vframe,name,y\n0,\"a,b\",1.5\n1,,2\n");
  const std::string raw = R"([{"name":"bytes"}])";
  std::map<std::string, std::string> geff = {
      {"zarr.json",
       R"({"attributes":{"geff":{"geff_version":"1.1","directed":true,"axes":[)"
       R"({"name":"t","type":"time","unit":"frame","scale":0.5,"scaled_unit":"second"},)"
       R"({"name":"y","type":"space","unit":"pixel","scale":2,"scaled_unit":"nanometer"},)"
       R"({"name":"x","type":"space","unit":"nanometer"}],"node_props_metadata":{)"
       R"("t":{"dtype":"uint8"},"y":{"dtype":"uint8"},"x":{"dtype":"uint8"},)"
       R"("track":{"dtype":"uint8"}},"track_node_props":{"tracklet":"track"},)"
       R"("extra":{"mote":{"frames":9,"height_px":20,"width_px":30}}}}})"},
      {"nodes/ids/zarr.json", zarr3("[3]", "[3]", "uint8", raw)},
      {"nodes/ids/c/0", "\5\6\7"},
      {"edges/ids/zarr.json", zarr3("[2,2]", "[2,2]", "uint8", raw)},
      {"edges/ids/c/0/0", "\5\6\5\7"}};
  for (const char* name : {"t", "y", "x", "track"}) {
    const std::string values = "nodes/props/" + std::string(name) + "/values/";
    geff[values + "zarr.json"] = zarr3("[3]", "[3]", "uint8", raw);
    geff[values + "c/0"] = "\1\2\2";
  }
  seed("tracks", "geff", "g" + mote::fuzz::hierarchy_of(geff));
}

void seed_weights() {
  seed("safetensors", "types",
       safetensors(R"({"__metadata__":{"format":"pt"},)"
                   R"("a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
                   R"("b":{"dtype":"BOOL","shape":[1],"data_offsets":[16,17]}})",
                   floats(4) + "\1"));
  const std::string nested =
      pickled::dict({{"epoch", pickled::whole(3)}, {"model", small_state_dict()}});
  for (const auto& [name, value] : {std::pair("plain", small_state_dict()), {"nested", nested}}) {
    seed("torch_checkpoint", std::string("zip-") + name, "f" + torch_zip(value));
    seed("torch_checkpoint", std::string("legacy-") + name, "f" + torch_legacy(value));
    seed("torch_checkpoint", std::string("pickle-") + name, "p" + pickled::whole_pickle(value));
  }
}

void seed_beside() {
  seed("beside", "scan",
       "e<ObjectInfo><FrameTime>0.5</FrameTime><Label>Mode</Label><Value>TEM</Value><Unit></Unit>"
       "</ObjectInfo>");
  seed("beside", "camera", "iFrames Per Second = 40\nSpecimen Pixel Size X (nanometers) = 0.5\n");
}

// The fuzzer of a real file, and what goes before its bytes.
struct Target {
  std::string fuzzer;
  std::string before;
};

void seed_samples(const std::filesystem::path& samples) {
  constexpr uintmax_t kMostBytes = 1 << 16;
  const std::map<std::string, Target> targets = {
      {".dm3", {"dm"}},    {".dm4", {"dm"}},          {".mrc", {"mrc"}},        {".map", {"mrc"}},
      {".ser", {"ser"}},   {".seq", {"norpix"}},      {".tvips", {"tvips"}},    {".tif", {"tiff"}},
      {".tiff", {"tiff"}}, {".emi", {"beside", "e"}}, {".txt", {"beside", "i"}}};
  std::error_code absent;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(samples, absent)) {
    const std::filesystem::path& path = entry.path();
    const auto target = targets.find(path.extension().string());
    const bool is_format = path.parent_path().filename().string().starts_with("formats-");
    if (is_format && target != targets.end() && entry.file_size() < kMostBytes) {
      std::ifstream file(path, std::ios::binary);
      seed(target->second.fuzzer, path.filename().string(),
           target->second.before + std::string{std::istreambuf_iterator<char>(file), {}});
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "usage: fuzz_seeds FOLDER [SAMPLES]\n");
    return 2;
  }
  folder = arguments[1];
  seed_dm();
  seed_mrc();
  seed_series();
  seed_cameras();
  seed_hdf5();
  seed_tiff();
  seed_zarr();
  seed_masks();
  seed_tracks();
  seed_weights();
  seed_beside();
  if (count == 3) {
    seed_samples(arguments[2]);
  }
}
