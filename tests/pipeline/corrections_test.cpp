#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/csv.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/label_input.h"
#include "tests/pipeline/noisy_recording.h"
#include "tests/synthetic.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::ThrowsMessage;
using testing_support::TemporaryFolder;

constexpr Size kField{96, 192};
constexpr int64_t kFrames = 40;
const std::vector<std::string> kTables = {
    "particles.csv", "tracks.csv", "events.csv", "necks.csv",       "neck_fits.csv",
    "frames.csv",    "motion.csv", "msd.csv",    "growth.csv",      "rates.csv",
    "survival.csv",  "budget.csv", "sizes.csv",  "size_curves.csv", "labels.tif"};

/// `steady` stays; `blinking` is away for five frames; `one` and `other` vanish, and `both` appears
/// elsewhere; `dirt` is there for eight frames.
std::vector<synthetic::Disc> scene(int64_t frame) {
  std::vector<synthetic::Disc> discs = {{24, 24, 9}};
  if (frame < 15 || frame >= 20) {
    discs.push_back({24, 60, 8});
  }
  if (frame < 25) {
    discs.push_back({70, 30, 8});
    discs.push_back({70, 70, 8});
  } else {
    discs.push_back({70, 120, 10});
  }
  if (frame >= 5 && frame < 13) {
    discs.push_back({30, 160, 5});
  }
  return discs;
}

using Row = std::map<std::string, std::string>;

std::vector<Row> rows_of(const std::string& path) {
  const std::string text = read_file(path);
  const std::vector<std::string> names = io::csv_names(text.substr(0, text.find('\n')));
  std::vector<Row> rows;
  for (const auto& cells : io::csv_cells(text, names)) {
    Row& row = rows.emplace_back();
    for (size_t i = 0; i < names.size(); ++i) {
      row[names[i]] = cells[i];
    }
  }
  return rows;
}

class Corrections : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    write_noisy_recording(*folder_ / "recording.tif", kField, kFrames, scene);
    Job job;
    job.recording.path = *folder_ / "recording.tif";
    job.recording.pixel_size = "0.2nm";
    job.recording.frame_interval = "0.1s";
    job.output = *folder_ / "run";
    job.drift_from = "none";
    job.max_contrast_gap = "3 frames";
    job.overlay.enabled = false;
    job.report = false;
    run(job);
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  void SetUp() override {
    edited_ = *folder_ / "edited";
    fs::remove_all(edited_);
    fs::remove_all(*folder_ / "corrected");
    fs::copy(*folder_ / "run", edited_, fs::copy_options::recursive);
  }

  /// The track of the run whose particle lies at a place in a frame.
  static std::string track_at(int64_t frame, double y_px, double x_px) {
    for (const Row& row : rows_of(*folder_ / "run/particles.csv")) {
      const bool there = std::abs(std::stod(row.at("y_px")) - y_px) < 3 &&
                         std::abs(std::stod(row.at("x_px")) - x_px) < 3;
      if (row.at("frame") == std::to_string(frame) && there) {
        return row.at("tracks");
      }
    }
    ADD_FAILURE() << "nothing at " << y_px << ", " << x_px;
    return "";
  }

  /// Changes the label images of some frames.
  void edit_labels(int64_t first, int64_t last, const std::function<void(LabelImage&)>& edit) {
    const std::string path = edited_ + "/labels.tif";
    std::vector<LabelImage> pages;
    {
      LabelInput labels(path);
      for (int64_t frame = 0; frame < labels.info().frames; ++frame) {
        pages.push_back(labels.read(frame));
      }
    }
    for (int64_t frame = first; frame <= last; ++frame) {
      edit(pages.at(static_cast<size_t>(frame)));
    }
    io::TiffWriter writer(path, {.frames = static_cast<int64_t>(pages.size())});
    for (const LabelImage& page : pages) {
      writer.write(page);
    }
    writer.close();
  }

  static std::function<void(LabelImage&)> renaming(const std::string& from, const std::string& to) {
    return [from = std::stoi(from), to = std::stoi(to)](LabelImage& labels) {
      std::replace(labels.values().begin(), labels.values().end(), from, to);
    };
  }

  static std::function<void(LabelImage&)> drawing(const std::string& track,
                                                  const synthetic::Disc& disc) {
    return [label = std::stoi(track), disc](LabelImage& labels) {
      const LabelImage drawn = synthetic::labels(labels.size(), {disc});
      for (size_t i = 0; i < labels.values().size(); ++i) {
        labels.values()[i] = drawn.values()[i] != 0 ? label : labels.values()[i];
      }
    };
  }

  /// Changes the rows of a table; a row that is cleared goes.
  void edit_table(const std::string& name, const std::function<void(Row&)>& edit) {
    const std::string path = edited_ + "/" + name;
    const std::string text = read_file(path);
    const std::string header = text.substr(0, text.find('\n'));
    std::string out = header + "\n";
    for (Row row : rows_of(path)) {
      edit(row);
      if (row.empty()) {
        continue;
      }
      std::string line;
      for (const std::string& column : io::csv_names(header)) {
        line += (column == io::csv_names(header).front() ? "" : ",") + row[column];
      }
      out += line + "\n";
    }
    write_file(path, out);
  }

  void write_parents(const std::string& track, const std::string& parents) {
    edit_table("tracks.csv", [&](Row& row) {
      row["parents"] = row["track"] == track ? parents : row["parents"];
    });
  }

  void add_track_row(const std::string& cells) {
    const std::string path = edited_ + "/tracks.csv";
    write_file(path, read_file(path) + cells + "\n");
  }

  JobResult correct() { return correct(edited_, "corrected"); }

  static JobResult correct(const std::string& from, const std::string& to) {
    Job job;
    job.command = Command::kMeasure;
    job.labels = from;
    job.output = *folder_ / to;
    job.overlay.enabled = false;
    job.report = false;
    return run(job);
  }

  static std::vector<Row> corrected(const std::string& table) {
    return rows_of(*folder_ / ("corrected/" + table));
  }

  static Row corrected_track(const std::string& id) {
    for (const Row& row : corrected("tracks.csv")) {
      if (row.at("track") == id) {
        return row;
      }
    }
    return {};
  }

  /// `type tracks>children frame source` of the events of a track.
  static std::vector<std::string> corrected_events(const std::string& track) {
    std::vector<std::string> told;
    for (const Row& row : corrected("events.csv")) {
      const std::string ids = ";" + row.at("tracks") + ";" + row.at("children") + ";";
      if (ids.find(";" + track + ";") != std::string::npos) {
        told.push_back(row.at("type") + " " + row.at("tracks") + ">" + row.at("children") + " " +
                       row.at("frame") + " " + row.at("source"));
      }
    }
    return told;
  }

  /// A row is `manual` if and only if no row of the run is the same, whatever its number and
  /// source.
  static void expect_manual_where_it_differs(const std::string& table) {
    std::multiset<std::string> automatic;
    const auto text_of = [](Row row) {
      row.erase("source");
      row.erase("event");
      std::string text;
      for (const auto& [name, cell] : row) {
        text += cell.empty() ? "" : name + "=" + cell + " ";
      }
      return text;
    };
    for (const Row& row : rows_of(*folder_ / ("run/" + table))) {
      automatic.insert(text_of(row));
    }
    for (const Row& row : corrected(table)) {
      const bool same = automatic.contains(text_of(row));
      EXPECT_EQ(row.at("source"), same ? "auto" : "manual") << table << ": " << text_of(row);
    }
  }

  static void expect_manual_where_they_differ() {
    expect_manual_where_it_differs("particles.csv");
    expect_manual_where_it_differs("tracks.csv");
    expect_manual_where_it_differs("events.csv");
  }

  static nlohmann::json counts() {
    return nlohmann::json::parse(read_file(*folder_ / "corrected/run.json")).at("corrections");
  }

  static TemporaryFolder* folder_;
  std::string edited_;
};

TemporaryFolder* Corrections::folder_ = nullptr;

TEST_F(Corrections, ThatChangeNothingGiveTheSameTables) {
  correct();
  correct(*folder_ / "corrected", "again");

  for (const std::string& name : kTables) {
    EXPECT_EQ(read_file(*folder_ / ("run/" + name)), read_file(*folder_ / ("corrected/" + name)))
        << name;
    EXPECT_EQ(read_file(*folder_ / ("run/" + name)), read_file(*folder_ / ("again/" + name)))
        << name;
  }
}

TEST_F(Corrections, JoinTwoTracksByTheLabelImage) {
  const std::string before = track_at(10, 24, 60);
  const std::string after = track_at(30, 24, 60);
  edit_labels(20, 39, renaming(after, before));

  correct();

  const Row joined = corrected_track(before);
  EXPECT_EQ(joined.at("last_frame"), "39");
  EXPECT_EQ(joined.at("n_instances"), "35");
  EXPECT_EQ(joined.at("end_cause"), "recording_end");
  EXPECT_THAT(corrected_track(after), IsEmpty());
  EXPECT_THAT(corrected_events(before), ElementsAre("contrast_lost " + before + "> 15 manual"));
  EXPECT_EQ(counts().at("tracks"), 1);
  EXPECT_EQ(counts().at("tracks_removed"), 1);
  EXPECT_EQ(counts().at("instances"), 20);
  expect_manual_where_they_differ();
}

TEST_F(Corrections, JoinTwoTracksByTheTableOfParticles) {
  const std::string before = track_at(10, 24, 60);
  const std::string after = track_at(30, 24, 60);
  edit_labels(20, 39, renaming(after, before));
  correct();
  fs::rename(*folder_ / "corrected", *folder_ / "by_labels");
  SetUp();
  edit_table("particles.csv",
             [&](Row& row) { row["tracks"] = row["tracks"] == after ? before : row["tracks"]; });

  correct();

  for (const std::string& name : kTables) {
    EXPECT_EQ(read_file(*folder_ / ("by_labels/" + name)),
              read_file(*folder_ / ("corrected/" + name)))
        << name;
  }
}

TEST_F(Corrections, CutATrackInTwo) {
  const std::string steady = track_at(0, 24, 24);
  edit_labels(20, 39, renaming(steady, "99"));
  add_track_row("99,");

  correct();

  EXPECT_EQ(corrected_track(steady).at("last_frame"), "19");
  EXPECT_EQ(corrected_track(steady).at("end_cause"), "lost");
  EXPECT_EQ(corrected_track("99").at("first_frame"), "20");
  EXPECT_EQ(corrected_track("99").at("start_cause"), "appeared");
  EXPECT_THAT(corrected_events(steady), ElementsAre("lost " + steady + "> 20 manual"));
  EXPECT_THAT(corrected_events("99"), ElementsAre("appeared 99> 20 manual"));
  EXPECT_EQ(counts().at("tracks"), 2);
  expect_manual_where_they_differ();
}

TEST_F(Corrections, TakeOutAFalseParticle) {
  const std::string dirt = track_at(8, 30, 160);
  edit_table("tracks.csv", [&](Row& row) {
    if (row["track"] == dirt) {
      row.clear();
    }
  });

  const JobResult result = correct();

  EXPECT_THAT(corrected_track(dirt), IsEmpty());
  EXPECT_THAT(corrected_events(dirt), IsEmpty());
  EXPECT_EQ(result.tracks + 1, static_cast<int64_t>(rows_of(*folder_ / "run/tracks.csv").size()));
  EXPECT_EQ(counts().at("tracks_removed"), 1);
  EXPECT_THAT(read_file(*folder_ / "corrected/methods.txt"), HasSubstr("1 track taken out"));
  expect_manual_where_they_differ();
}

TEST_F(Corrections, TakeOutAnInstanceByItsRow) {
  const std::string steady = track_at(0, 24, 24);
  edit_table("particles.csv", [&](Row& row) {
    if (row["frame"] == "20" && row["tracks"] == steady) {
      row.clear();
    }
  });

  correct();

  EXPECT_EQ(corrected_track(steady).at("n_instances"), "39");
  EXPECT_EQ(corrected_track(steady).at("source"), "manual");
  expect_manual_where_they_differ();
}

TEST_F(Corrections, RedrawAMask) {
  const std::string steady = track_at(0, 24, 24);
  edit_labels(10, 10, drawing(steady, {24, 26, 12}));

  correct();

  for (const Row& row : corrected("particles.csv")) {
    if (row.at("frame") == "10" && row.at("tracks") == steady) {
      EXPECT_GT(std::stod(row.at("area_px2")), 430);
    }
  }
  EXPECT_EQ(counts().at("instances"), 1);
  EXPECT_EQ(counts().at("events"), 0);
  expect_manual_where_they_differ();
}

TEST_F(Corrections, AddAMerge) {
  const std::string one = track_at(0, 70, 30);
  const std::string other = track_at(0, 70, 70);
  const std::string both = track_at(30, 70, 120);
  write_parents(both, one + ";" + other);

  correct();

  const std::string pair = one + ";" + other;
  EXPECT_THAT(corrected_events(both),
              ElementsAre("coalescence " + pair + ">" + both + " 25 manual"));
  EXPECT_EQ(corrected_track(both).at("start_cause"), "coalescence");
  EXPECT_EQ(corrected_track(one).at("end_cause"), "coalescence");
  EXPECT_EQ(corrected_track(one).at("children"), both);
  EXPECT_EQ(corrected("budget.csv").back().at("merged"), "1");
  EXPECT_EQ(counts().at("tracks"), 3);
  expect_manual_where_they_differ();
}

TEST_F(Corrections, TakeBackAMerge) {
  const std::string both = track_at(30, 70, 120);
  write_parents(both, track_at(0, 70, 30) + ";" + track_at(0, 70, 70));
  correct();
  fs::rename(*folder_ / "corrected", *folder_ / "merged");
  fs::remove_all(edited_);
  fs::copy(*folder_ / "merged", edited_, fs::copy_options::recursive);
  write_parents(both, "");

  correct();

  EXPECT_EQ(corrected_track(both).at("start_cause"), "appeared");
  EXPECT_EQ(corrected("events.csv").size(), rows_of(*folder_ / "run/events.csv").size());
  EXPECT_EQ(corrected_track(both).at("source"), "manual");
}

TEST_F(Corrections, DrawAContact) {
  const std::string steady = track_at(0, 24, 24);
  const std::string blinking = track_at(30, 24, 60);
  edit_labels(22, 35, drawing(steady, {24, 40, 13}));

  correct();

  const std::string pair = steady + ";" + blinking;
  EXPECT_THAT(corrected_events(steady),
              ElementsAre("contact " + pair + "> 22 manual", "parted " + pair + "> 36 manual"));
  EXPECT_EQ(corrected("necks.csv").front().at("tracks"), pair);
  expect_manual_where_they_differ();
}

TEST_F(Corrections, LeaveOutParentsThatCannotBeOnesAndSayWhy) {
  const std::string steady = track_at(0, 24, 24);
  const std::string before = track_at(10, 24, 60);
  const std::string after = track_at(30, 24, 60);
  write_parents(after, before + ";" + steady + ";77");
  write_parents(before, after);

  const JobResult result = correct();

  EXPECT_THAT(result.warnings,
              AllOf(Contains(AllOf(HasSubstr("tracks.csv: line "), HasSubstr("parent 77"),
                                   HasSubstr("has no row"))),
                    Contains(AllOf(HasSubstr("parent " + steady + " of track " + after),
                                   HasSubstr("expected a parent that ends before"))),
                    Contains(AllOf(HasSubstr("parent " + after + " of track " + before),
                                   HasSubstr("circle")))));
  EXPECT_EQ(corrected_track(after).at("parents"), "");
}

TEST_F(Corrections, OfLabelsThatNoTableKnowsAreRefused) {
  edit_labels(7, 7, drawing("99", {60, 170, 6}));

  EXPECT_THAT([&] { correct(); },
              ThrowsMessage<Error>(AllOf(HasSubstr("labels.tif: frame 7"), HasSubstr("track 99"),
                                         HasSubstr("tracks.csv"))));
}

TEST_F(Corrections, ThatGiveATrackTwoInstancesLeaveOneOfThemAsItWas) {
  const std::string steady = track_at(0, 24, 24);
  const std::string blinking = track_at(0, 24, 60);
  edit_table("particles.csv", [&](Row& row) {
    row["tracks"] = row["frame"] == "3" && row["tracks"] == blinking ? steady : row["tracks"];
  });

  const JobResult result = correct();

  EXPECT_THAT(result.warnings, Contains(HasSubstr("track " + steady +
                                                  " has two instances in 1 "
                                                  "frame, the first is 3")));
  EXPECT_EQ(read_file(*folder_ / "corrected/particles.csv"),
            read_file(*folder_ / "run/particles.csv"));
}

TEST_F(Corrections, ThatJoinATrackWithOneThatIsThereTooTakeWhatIsFree) {
  const std::string steady = track_at(0, 24, 24);
  const std::string dirt = track_at(6, 30, 160);
  edit_table("particles.csv",
             [&](Row& row) { row["tracks"] = row["tracks"] == dirt ? steady : row["tracks"]; });
  edit_table("tracks.csv", [&](Row& row) {
    if (row["track"] == dirt) {
      row.clear();
    }
  });

  const JobResult result = correct();

  EXPECT_THAT(result.warnings,
              Contains(HasSubstr("has two instances in 8 frames, the first is 5")));
  EXPECT_EQ(corrected_track(steady).at("n_instances"), std::to_string(kFrames));
  EXPECT_THAT(rows_of(*folder_ / "corrected/tracks.csv"),
              Not(Contains(Contains(Pair("track", dirt)))));
}

TEST_F(Corrections, OfTheTypeOfAnEventSayManual) {
  const std::string dirt = track_at(6, 30, 160);
  const auto was = [&](Row& row) { return row["tracks"] == dirt && row["type"] == "appeared"; };
  edit_table("events.csv", [&](Row& row) { row["type"] = was(row) ? "nucleated" : row["type"]; });

  correct();

  const auto events = rows_of(*folder_ / "corrected/events.csv");
  EXPECT_THAT(events, Contains(AllOf(
                          Contains(Pair("type", "nucleated")), Contains(Pair("tracks", dirt)),
                          Contains(Pair("confidence", "1")), Contains(Pair("source", "manual")))));
  EXPECT_EQ(corrected_track(dirt).at("start_cause"), "nucleated");
  EXPECT_EQ(corrected_track(dirt).at("source"), "manual");
  EXPECT_EQ(events.size(), rows_of(*folder_ / "run/events.csv").size());
}

TEST_F(Corrections, OfTheTypeOfAnEventThatCannotBeItAreToldAndLeftOut) {
  const auto events = rows_of(*folder_ / "run/events.csv");
  edit_table("events.csv", [&](Row& row) {
    row["type"] = row["event"] == "1" ? "coalescence" : row["event"] == "2" ? "gone" : row["type"];
  });
  const std::string path = edited_ + "/events.csv";
  write_file(path, read_file(path) + "99,lost\n");

  const JobResult result = correct();

  EXPECT_THAT(result.warnings,
              AllOf(Contains(AllOf(HasSubstr("events.csv: line 2: event 1 is called 'coalescence'"),
                                   HasSubstr("it stays what it was"))),
                    Contains(HasSubstr("line 3: event 2 is called 'gone'")),
                    Contains(HasSubstr("the run has no event 99"))));
  EXPECT_EQ(rows_of(*folder_ / "corrected/events.csv"), events);
}

TEST_F(Corrections, WithoutNumbersAreRefused) {
  edit_table("tracks.csv", [&](Row& row) { row["parents"] = row["track"] == "2" ? "3;x" : ""; });

  EXPECT_THAT([&] { correct(); },
              ThrowsMessage<Error>(AllOf(HasSubstr("tracks.csv: line 3"), HasSubstr("3;x"),
                                         HasSubstr("expected numbers of tracks"))));
}

TEST_F(Corrections, OfTwoRowsForATrackAreRefused) {
  add_track_row("1,");

  EXPECT_THAT([&] { correct(); },
              ThrowsMessage<Error>(AllOf(HasSubstr("tracks.csv: line "), HasSubstr("track 1"),
                                         HasSubstr("expected one row a track"))));
}

TEST_F(Corrections, InATableWithSemicolonsAreRefused) {
  write_file(edited_ + "/tracks.csv", "track;parents\n1;\n");

  EXPECT_THAT([&] { correct(); },
              ThrowsMessage<Error>(HasSubstr("expected commas between columns")));
}

TEST_F(Corrections, WithFewerLabelImagesAreRefused) {
  io::TiffWriter writer(edited_ + "/labels.tif", {.frames = 2});
  writer.write(LabelImage(kField));
  writer.write(LabelImage(kField));
  writer.close();

  EXPECT_THAT([&] { correct(); }, ThrowsMessage<Error>(AllOf(HasSubstr("labels.tif: has 2 images"),
                                                             HasSubstr("expected 40"))));
}

TEST_F(Corrections, WithLabelImagesOfAnotherSizeAreRefused) {
  io::TiffWriter writer(edited_ + "/labels.tif", {.frames = kFrames});
  for (int64_t frame = 0; frame < kFrames; ++frame) {
    writer.write(LabelImage({10, 12}));
  }
  writer.close();

  EXPECT_THAT([&] { correct(); }, ThrowsMessage<Error>(HasSubstr("40 images of 12 x 10 px")));
}

TEST_F(Corrections, OfARecordingThatIsAnotherAreRefused) {
  Job job;
  job.command = Command::kMeasure;
  job.labels = edited_;
  job.recording.path = *folder_ / "other.tif";
  job.output = *folder_ / "corrected";
  io::TiffWriter writer(job.recording.path, {.frames = kFrames});
  for (int64_t frame = 0; frame < kFrames; ++frame) {
    writer.write(Image(kField, SampleType::kFloat32));
  }
  writer.close();

  EXPECT_THAT([&] { run(job); }, ThrowsMessage<Error>(HasSubstr("not what the run was made of")));
}

}  // namespace
}  // namespace mote::pipeline
