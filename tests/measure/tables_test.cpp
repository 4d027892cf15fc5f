#include "mote/measure/tables.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/measure/frame.h"
#include "mote/measure/track.h"

namespace mote::measure {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kOutputs = MOTE_SOURCE_DIR "/docs/outputs.md";
constexpr std::string_view kBegin = "<!-- columns: begin -->\n";
constexpr std::string_view kEnd = "\n<!-- columns: end -->";

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

/// What stands between the two marks of docs/outputs.md; rewritten first where MOTE_UPDATE_DOCS is
/// set.
std::string documented_columns() {
  std::string page = read(kOutputs);
  const size_t begin = page.find(kBegin) + kBegin.size();
  if (std::getenv("MOTE_UPDATE_DOCS") != nullptr) {
    page.replace(begin, page.find(kEnd) - begin, columns_markdown());
    std::ofstream(kOutputs) << page;
  }
  return page.substr(begin, page.find(kEnd) - begin);
}

template <typename Row>
std::string cell(const std::vector<Column<Row>>& columns, const Row& row, const std::string& name) {
  for (const Column<Row>& column : columns) {
    if (column.name == name) {
      return text(column.cell(row));
    }
  }
  return "no column " + name;
}

template <typename Row>
std::vector<std::string> filled_columns_in_physical_units(const std::vector<Column<Row>>& columns,
                                                          const Row& row) {
  std::vector<std::string> filled;
  for (const Column<Row>& column : columns) {
    const bool physical = column.unit.find("nm") != std::string::npos ||
                          column.unit.find("µm") != std::string::npos || column.unit == "s" ||
                          column.unit.ends_with("/s");
    if (physical && !text(column.cell(row)).empty()) {
      filled.push_back(column.name);
    }
  }
  return filled;
}

template <typename Row>
std::set<std::string> names(const std::vector<Column<Row>>& columns) {
  std::set<std::string> out;
  for (const Column<Row>& column : columns) {
    out.insert(column.name);
  }
  return out;
}

ParticleRow particle() {
  ParticleRow row;
  row.info = {.frame = 3, .recorded_frame = 6, .drift = {1, 2}};
  row.measures = {.label = 7,
                  .area_px2 = 100,
                  .centroid = {10.25, 20.5},
                  .perimeter_px = 40,
                  .min_feret_px = 10,
                  .max_feret_px = 12.5};
  row.tracks = {4, 9};
  return row;
}

TEST(Text, IsTheShortestFormThatReadsBackAsTheSameNumber) {
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(text(12.0), "12");
  EXPECT_EQ(text(-0.0), "0");
  EXPECT_EQ(text(int64_t{-5}), "-5");
}

TEST(Text, OfWhatIsNoNumberIsEmpty) {
  EXPECT_EQ(text(std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_EQ(text(-std::numeric_limits<double>::infinity()), "");
  EXPECT_EQ(text(Cell()), "");
}

TEST(Text, IsQuotedWhereCsvNeedsIt) {
  EXPECT_EQ(text(std::string("4;9")), "4;9");
  EXPECT_EQ(text(std::string("a,b")), "\"a,b\"");
  EXPECT_EQ(text(std::string("say \"a\"")), "\"say \"\"a\"\"\"");
}

TEST(ParticleColumns, HoldPixelsAndNanometresSideBySide) {
  ParticleRow row = particle();
  row.info.pixel_size = PixelSize{.y_nm = 0.5, .x_nm = 0.5};

  const auto& columns = particle_columns();

  EXPECT_EQ(cell(columns, row, "frame"), "3");
  EXPECT_EQ(cell(columns, row, "recorded_frame"), "6");
  EXPECT_EQ(cell(columns, row, "tracks"), "4;9");
  EXPECT_EQ(cell(columns, row, "shared"), "1");
  EXPECT_EQ(cell(columns, row, "area_px2"), "100");
  EXPECT_EQ(cell(columns, row, "area_nm2"), "25");
  EXPECT_EQ(cell(columns, row, "min_feret_nm"), "5");
  EXPECT_EQ(cell(columns, row, "aspect_ratio"), "0.8");
  EXPECT_EQ(cell(columns, row, "x_nm"), "10.25");
  EXPECT_EQ(cell(columns, row, "specimen_y_px"), "9.25");
  EXPECT_EQ(cell(columns, row, "specimen_x_nm"), "9.25");
  EXPECT_EQ(cell(columns, row, "time_s"), "");
}

TEST(ParticleColumns, KeepTheSidesOfAPixelApart) {
  ParticleRow row = particle();
  row.info.pixel_size = PixelSize{.y_nm = 2, .x_nm = 0.5};

  EXPECT_EQ(cell(particle_columns(), row, "y_nm"), "20.5");
  EXPECT_EQ(cell(particle_columns(), row, "x_nm"), "10.25");
  EXPECT_EQ(cell(particle_columns(), row, "min_feret_nm"), "10");
}

TEST(Columns, HoldNoPhysicalUnitWhereNoneIsKnown) {
  const std::vector<ParticleRow> rows{particle(), particle()};
  FrameRow frame = frame_row(rows[0].info, rows, {100, 100}, {.common_window = Box{0, 0, 90, 90}});
  TrackAccumulator track({.id = 4, .first_frame = 3, .last_frame = 4}, {});
  ParticleRow alone = particle();
  alone.tracks = {4};
  track.add(alone);
  alone.info.frame = 4;
  track.add(alone);

  EXPECT_THAT(filled_columns_in_physical_units(particle_columns(), rows[0]), IsEmpty());
  EXPECT_THAT(filled_columns_in_physical_units(frame_columns(), frame), IsEmpty());
  EXPECT_THAT(filled_columns_in_physical_units(track_columns(), track.row()), IsEmpty());
  EXPECT_THAT(filled_columns_in_physical_units(event_columns(), EventRow{}), IsEmpty());
  EXPECT_THAT(filled_columns_in_physical_units(drift_columns(), DriftTableRow{}), IsEmpty());
}

TEST(Columns, HaveNamesOfTheirOwn) {
  EXPECT_EQ(names(particle_columns()).size(), particle_columns().size());
  EXPECT_EQ(names(track_columns()).size(), track_columns().size());
  EXPECT_EQ(names(frame_columns()).size(), frame_columns().size());
  EXPECT_EQ(names(event_columns()).size(), event_columns().size());
  EXPECT_EQ(names(drift_columns()).size(), drift_columns().size());
}

TEST(FrameColumns, OfAnEmptyFrameHoldNoNotANumber) {
  const FrameRow row = frame_row({}, {}, {64, 64});

  const std::string line = csv_line(frame_columns(), row);

  EXPECT_THAT(line, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
  EXPECT_EQ(cell(frame_columns(), row, "n"), "0");
  EXPECT_EQ(cell(frame_columns(), row, "ecd_mean_px"), "");
}

TEST(FrameColumns, EndWithTheNamedValues) {
  const std::vector<std::string> value_names{"bright", "temperature_c", "threshold"};
  FrameRow row;
  row.values = {{"threshold", 97.5}, {"temperature_c", 600}};

  const auto columns = frame_columns(value_names);

  EXPECT_EQ(columns.size(), frame_columns().size() + 2);
  EXPECT_EQ(columns.back().name, "temperature_c");
  EXPECT_EQ(cell(columns, row, "threshold"), "97.5");
  EXPECT_EQ(cell(columns, row, "temperature_c"), "600");
  EXPECT_EQ(cell(columns, row, "bright"), "");
}

TEST(EventColumns, EndWithTheEvidence) {
  const std::vector<std::string> evidence{"neck_ratio"};
  EventRow row{.id = 2,
               .event = {.type = EventType::kCoalescence,
                         .frame_before = 4,
                         .frame = 5,
                         .tracks = {1, 2},
                         .children = {3},
                         .position = {8, 9},
                         .evidence = {{"neck_ratio", 0.75}}},
               .recorded_frame_before = 8,
               .info = {.frame = 5, .recorded_frame = 10}};

  EXPECT_EQ(csv_header(event_columns(evidence)),
            "event,type,frame_before,frame,recorded_frame,time_s,recorded_frame_before,"
            "time_before_s,tracks,children,y_px,x_px,y_nm,x_nm,specimen_y_px,specimen_x_px,"
            "specimen_y_nm,specimen_x_nm,confidence,source,neck_ratio\n");
  EXPECT_EQ(csv_line(event_columns(evidence), row),
            "2,coalescence,4,5,10,,8,,1;2,3,8,9,,,8,9,,,1,auto,0.75\n");
}

TEST(CsvLine, HasAsManyCellsAsTheHeader) {
  const std::string header = csv_header(particle_columns());
  const std::string line = csv_line(particle_columns(), particle());

  EXPECT_EQ(std::count(header.begin(), header.end(), ','),
            std::count(line.begin(), line.end(), ','));
  EXPECT_EQ(line.back(), '\n');
}

TEST(OutputsPage, HoldsTheColumnsAsTheyAre) {
  EXPECT_EQ(documented_columns(), columns_markdown())
      << "docs/outputs.md is stale: run this test with MOTE_UPDATE_DOCS=1";
}

TEST(OutputsPage, ExplainsEveryFlag) {
  std::vector<std::string> explained;
  const std::string page = read(kOutputs);
  for (const auto& [flag, meaning] : frame_flags()) {
    explained.push_back(page.find("| `" + flag + "` | " + meaning + " |") == std::string::npos
                            ? flag + " is not explained"
                            : "");
  }

  EXPECT_THAT(explained, Each(IsEmpty()));
}

}  // namespace
}  // namespace mote::measure
