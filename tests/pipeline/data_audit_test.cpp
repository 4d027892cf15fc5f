#include "mote/pipeline/data_audit.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/audit_files.h"
#include "mote/pipeline/data_split.h"
#include "mote/pipeline/file.h"
#include "tests/data/specimen.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using data::Kinship;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::Pair;
using testing::ThrowsMessage;
using testing_support::TemporaryFolder;

const std::string kTiles = MOTE_SOURCE_DIR "/../shared/data/tem-tiles";

using Names = std::pair<std::string, std::string>;

std::set<Names> pairs_of(const Audit& audit, Kinship kinship) {
  std::set<Names> pairs;
  for (const AuditFinding& found : audit.findings) {
    if (found.finding.kinship == kinship) {
      pairs.emplace(audit.images[static_cast<size_t>(found.first)].item.image,
                    audit.images[static_cast<size_t>(found.second)].item.image);
    }
  }
  return pairs;
}

Names tiles(const std::string& first, const std::string& second) {
  const auto path = [](const std::string& tile) {
    const size_t space = tile.find(' ');
    return tile.substr(0, space) + "/images/image_" + tile.substr(space + 1) + ".png";
  };
  return {path(first), path(second)};
}

// Both lists were looked at pair by pair, with the shared regions laid on one another. The first
// three are those of the tiles' README of which both tiles are at hand.
TEST(Audit, FindsWhatThePublishedTilesShareAndNothingElse) {
  if (!fs::exists(kTiles)) {
    GTEST_SKIP() << "no " << kTiles;
  }
  const std::set<Names> listed = {tiles("train 2", "train 13"), tiles("test 4", "test 8"),
                                  tiles("test 3", "test 8")};
  std::set<Names> overlapping = {
      tiles("test 3", "test 4"),   tiles("train 2", "train 12"),  tiles("train 12", "train 13"),
      tiles("train 8", "train 9"), tiles("train 11", "train 18"), tiles("train 15", "test 0"),
      tiles("train 7", "test 1"),  tiles("train 10", "test 1"),   tiles("train 10", "test 7")};
  overlapping.insert(listed.begin(), listed.end());

  const Audit found = audit({.folder = kTiles});

  EXPECT_EQ(found.images.size(), 30);
  EXPECT_THAT(listed, IsSubsetOf(pairs_of(found, Kinship::kOverlap)));
  EXPECT_EQ(pairs_of(found, Kinship::kOverlap), overlapping);
  EXPECT_EQ(pairs_of(found, Kinship::kAbutting), std::set{tiles("train 19", "test 3")});
  EXPECT_EQ(pairs_of(found, Kinship::kDetector),
            (std::set{tiles("train 4", "train 16"), tiles("train 13", "test 2"),
                      tiles("train 6", "test 3"), tiles("train 6", "test 4"),
                      tiles("train 14", "test 9")}));
  EXPECT_EQ(pairs_of(found, Kinship::kCopy), std::set<Names>());
  EXPECT_EQ(found.leaks(), 5);
}

void write_image(const std::string& path, const Grid<float>& image) {
  fs::create_directories(fs::path(path).parent_path());
  io::TiffWriter writer(path, {.frames = 1});
  writer.write(to_image(image));
  writer.close();
}

Grid<float> image_of(uint64_t seed) {
  return specimen::frame(specimen::drawn({192, 192}, seed), 15, seed + 1);
}

// train: a, b, c; test: a turned, and the right half of c's field with as much again beside it.
void write_data_set(const TemporaryFolder& folder) {
  const Grid<float> specimen = specimen::drawn({192, 288}, 30);
  const Grid<float> c = specimen::frame(specimen::part(specimen, {0, 0, 192, 192}), 15, 31);
  const Grid<float> d = specimen::frame(specimen::part(specimen, {0, 96, 192, 192}), 15, 32);
  write_image(folder / "set/train/images/a.tif", image_of(10));
  write_image(folder / "set/train/images/b.tif", image_of(20));
  write_image(folder / "set/train/images/c.tif", c);
  write_image(folder / "set/train/labels/a.tif", image_of(10));
  write_image(folder / "set/test/images/a.tif", data::oriented(image_of(10), {.quarter_turns = 1}));
  write_image(folder / "set/test/images/d.tif", d);
}

TEST(Audit, TellsLeaksAndRegionsOfADataSet) {
  const TemporaryFolder folder;
  write_data_set(folder);

  const Audit found = audit({.folder = folder / "set", .output = folder / "out"});

  EXPECT_THAT(pairs_of(found, Kinship::kCopy),
              testing::ElementsAre(Pair("train/images/a.tif", "test/images/a.tif")));
  EXPECT_THAT(pairs_of(found, Kinship::kOverlap),
              testing::ElementsAre(Pair("train/images/c.tif", "test/images/d.tif")));
  EXPECT_EQ(found.leaks(), 2);
  std::vector<int64_t> regions;
  for (const AuditImage& image : found.images) {
    regions.push_back(image.region);
  }
  EXPECT_THAT(regions, testing::ElementsAre(1, 2, 3, 1, 3));
  EXPECT_THAT(
      read_file(folder / "out/audit.csv"),
      HasSubstr("\ncopy,1,1,train/images/a.tif,test/images/a.tif,train,test,1,270,0,0,0,0,"));
  const std::string page = read_file(folder / "out/audit.html");
  EXPECT_THAT(page, HasSubstr("2 leaks across splits"));
  EXPECT_THAT(page, HasSubstr("<td>copy</td><td>the same recorded pixels</td><td>1</td><td>1</td>"
                              "<td>1 train and test</td>"));
  EXPECT_THAT(page, HasSubstr("Leak: train and test share this"));
  EXPECT_THAT(page, HasSubstr("data:image/jpeg;base64,/9j/"));
  EXPECT_THAT(read_file(folder / "out/audit.json"), HasSubstr("\"leaks\": 2"));
}

TEST(Audit, TakesAnImageWithoutASplitForNoLeak) {
  const TemporaryFolder folder;
  write_image(folder / "set/train/a.tif", image_of(10));
  write_image(folder / "set/more/a.tif", image_of(10));

  const Audit found = audit({.folder = folder / "set"});

  EXPECT_THAT(pairs_of(found, Kinship::kCopy), testing::SizeIs(1));
  EXPECT_EQ(found.leaks(), 0);
}

TEST(Audit, WritesOverNothingUnasked) {
  const TemporaryFolder folder;
  write_data_set(folder);
  fs::create_directories(folder / "out");
  std::ofstream(folder / "out/audit.csv") << "mine";
  const AuditJob job{.folder = folder / "set", .output = folder / "out"};

  EXPECT_THAT([&] { audit(job); },
              ThrowsMessage<Error>(HasSubstr("is there already; --force overwrites it")));
  EXPECT_EQ(read_file(folder / "out/audit.csv"), "mine");
}

TEST(Audit, GoesOnPastAnImageThatCannotBeRead) {
  const TemporaryFolder folder;
  write_data_set(folder);
  std::ofstream(folder / "set/test/images/bad.png") << "no picture";

  const Audit found = audit({.folder = folder / "set"});

  EXPECT_EQ(found.leaks(), 2);
  ASSERT_TRUE(found.failure);
  EXPECT_THAT(found.failure->what(), HasSubstr("bad.png"));
  EXPECT_THAT(found.warnings, Contains(HasSubstr("bad.png")));
  EXPECT_THAT([&] { split({.folder = folder / "set", .output = folder / "out"}); },
              ThrowsMessage<Error>(HasSubstr("bad.png")));
}

TEST(Audit, RefusesAFolderWithoutImages) {
  const TemporaryFolder folder;
  std::ofstream(folder / "notes.txt") << "none";

  EXPECT_THAT([&] { audit({.folder = folder.path()}); },
              ThrowsMessage<Error>(HasSubstr("no PNG, JPEG or TIFF image")));
  EXPECT_THAT([&] { audit({.folder = folder / "missing"}); },
              ThrowsMessage<Error>(HasSubstr("no such folder")));
  EXPECT_THAT([&] { audit({.folder = folder / "notes.txt"}); },
              ThrowsMessage<Error>(HasSubstr("is a file")));
}

TEST(Split, LeavesNoLeakAndPutsTheFilesInPlace) {
  const TemporaryFolder folder;
  write_data_set(folder);
  const SplitJob job{
      .folder = folder / "set", .output = folder / "out", .ratio = "60:40", .files = "copy"};

  const Split result = split(job);

  EXPECT_THAT(table_of(result), HasSubstr("train"));
  const std::string manifest = read_file(folder / "out/split.csv");
  EXPECT_EQ(std::count(manifest.begin(), manifest.end(), '\n'), 6);
  EXPECT_THAT(manifest, HasSubstr(",train/images/a.tif,train/labels/a.tif,1,train\n"));
  const Audit again = audit({.folder = folder / "out"});
  EXPECT_EQ(again.images.size(), 5);
  EXPECT_EQ(again.findings.size(), 2);
  EXPECT_EQ(again.leaks(), 0);
}

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path().lexically_relative(folder).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Split, KeepsSubfoldersWhereNamesWouldMeet) {
  const TemporaryFolder folder;
  write_image(folder / "set/a_b/c.tif", image_of(10));
  write_image(folder / "set/a/b_c.tif", image_of(20));
  write_image(folder / "set/d/c.tif", image_of(30));
  write_image(folder / "set/d/labels/c.tif", image_of(30));

  split({.folder = folder / "set", .output = folder / "out", .ratio = "99:1", .files = "copy"});

  EXPECT_THAT(files_in(folder / "out/train"),
              testing::ElementsAre("images/a/b_c.tif", "images/a_b/c.tif", "images/d/c.tif",
                                   "labels/d/labels/c.tif"));
}

TEST(Split, KeepsSubfoldersWhereALabelWouldChangeItsImage) {
  const TemporaryFolder folder;
  write_image(folder / "set/a/img_1.tif", image_of(10));
  write_image(folder / "set/a/1_mask.tif", image_of(10));
  write_image(folder / "set/b/1.tif", image_of(20));

  split({.folder = folder / "set", .output = folder / "out", .ratio = "99:1", .files = "copy"});

  EXPECT_THAT(files_in(folder / "out/train"),
              testing::ElementsAre("images/a/img_1.tif", "images/b/1.tif", "labels/a/1_mask.tif"));
}

TEST(Split, RefusesANegativeSeed) {
  EXPECT_THAT([] { split({.folder = "none", .output = "none", .seed = -1}); },
              ThrowsMessage<Error>("seed is -1, expected 0 to 9223372036854775807"));
}

TEST(Audit, FollowsLinkedFoldersButNotInCircles) {
  const TemporaryFolder folder;
  write_image(folder / "elsewhere/a.tif", image_of(10));
  write_image(folder / "set/test/b.tif", image_of(20));
  fs::create_directory_symlink(folder / "elsewhere", folder / "set/train");
  fs::create_directory_symlink(folder / "set", folder / "set/test/back");
  fs::create_symlink(folder / "set/self", folder / "set/self");

  const Audit found = audit({.folder = folder / "set"});

  ASSERT_EQ(found.images.size(), 2);
  EXPECT_EQ(found.images[0].item.image, "train/a.tif");
  EXPECT_EQ(found.images[1].item.image, "test/b.tif");
}

TEST(Split, LinksFilesUnderTheirSplits) {
  const TemporaryFolder folder;
  write_data_set(folder);

  split({.folder = folder / "set", .output = folder / "out", .ratio = "60:40", .files = "link"});

  const Audit again = audit({.folder = folder / "out"});
  EXPECT_TRUE(again.images[0].item.image.starts_with("train/images/"))
      << again.images[0].item.image;
  EXPECT_EQ(again.images.size(), 5);
  EXPECT_EQ(again.leaks(), 0);
}

TEST(Split, MixesNoFilesOfTwoSplits) {
  const TemporaryFolder folder;
  write_data_set(folder);
  SplitJob job{.folder = folder / "set", .output = folder / "out", .files = "link"};
  split(job);
  job.force = true;

  EXPECT_THAT([&] { split(job); }, ThrowsMessage<Error>(HasSubstr("remove it first")));
  job.files = "manifest";
  EXPECT_EQ(split(job).share_of.size(), 5);
}

}  // namespace
}  // namespace mote::pipeline
