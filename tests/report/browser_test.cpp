// Opens reports in a real browser: what a script does can only be seen there.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gmock/gmock.h>

#include "tests/report/sample_report.h"

namespace mote::report {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  std::array<char, 65536> buffer{};
  for (size_t count = 1; pipe != nullptr && count > 0;) {
    count = fread(buffer.data(), 1, buffer.size(), pipe.get());
    output.append(buffer.data(), count);
  }
  return output;
}

// Says what the page says of itself; the page would fill the screen.
testing::AssertionResult holds(const std::string& page, const std::string& text) {
  const size_t at = page.find("data-ready");
  const size_t complaint = page.find("CONSOLE");
  return (page.find(text) == std::string::npos ? testing::AssertionFailure()
                                               : testing::AssertionSuccess())
         << "'" << text << "' in a page of " << page.size() << " bytes, "
         << (at == std::string::npos ? "not ready" : page.substr(at, 70)) << ' '
         << (complaint == std::string::npos ? "" : page.substr(complaint, 400));
}

class Browser : public testing::Test {
 protected:
  void SetUp() override {
    if (output_of("command -v chromium").empty()) {
      GTEST_SKIP() << "no chromium: install the Debian package chromium";
    }
  }

  // The page after its scripts ran; what they complained of stands in front.
  static std::string opened(const std::string& name, const std::string& page) {
    const std::filesystem::path folder =
        std::filesystem::path(MOTE_BINARY_DIR) / "tests" / ("report_" + name);
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "report.html") << page;
    const std::string where = "'" + folder.string() + "'";
    return output_of(
        "chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage "
        "--user-data-dir=" +
        where +
        "/profile --virtual-time-budget=5000 "
        "--enable-logging=stderr --dump-dom 'file://" +
        (folder / "report.html").string() + "' 2>" + where + "/log; grep CONSOLE " + where +
        "/log");
  }
};

TEST_F(Browser, DrawsEverythingOfARecordingWithoutComplaint) {
  const std::string page = opened("full", sample::html({.frames = 120, .overlays = 4}));

  EXPECT_TRUE(holds(page, "data-ready=\"plots=7 tracks=25 events=15 overlays=4\""));
  EXPECT_FALSE(holds(page, "CONSOLE"));
  for (const char* id : {"checks", "summary", "frames", "against-time", "sizes", "radii", "events",
                         "lineage", "drift", "warnings", "methods", "files"}) {
    EXPECT_TRUE(holds(page, "<section id=\"" + std::string(id) + "\""));
  }
  EXPECT_TRUE(holds(page, "Radius of every track: radius r (nm) against time (s)."));
}

// Two panels, of which one has categories; a curve with a band, steps, marks on a log axis.
std::vector<Figure> paper_figures() {
  const Series steps{.name = "field",
                     .label = "field",
                     .style = SeriesStyle::kSteps,
                     .x = {0, 1, 2},
                     .y = {3, 2, 2},
                     .low = {2, 1, 1},
                     .high = {4, 3, 3}};
  const Series marks{.name = "pairs",
                     .label = "pairs",
                     .style = SeriesStyle::kMarks,
                     .colour = FigureColour::kBlue,
                     .x = {0, 0.5, 2},
                     .y = {0.1, 0.2, 0.3}};
  const Panel number{.x = {.label = "Time (s)", .column = "time_s"},
                     .y = {.label = "Number of particles", .column = "n"},
                     .series = {steps, marks}};
  Panel fates{.x = {.label = "Fate", .column = "fate"},
              .y = {.label = "Distance (nm)", .column = "distance_nm"},
              .series = {marks}};
  fates.x.categories = {"alive", "merged"};
  Panel necks{.x = {.label = "Time (s)", .column = "time_s", .scale = Scale::kLog},
              .y = {.label = "Neck ratio", .column = "neck_ratio", .scale = Scale::kLog},
              .series = {marks}};
  return {{.name = "budget", .caption = "Numbers.", .panels = {number}},
          {.name = "neighbours", .caption = "Distances.", .panels = {fates}},
          {.name = "necks", .caption = "Necks.", .panels = {necks}}};
}

TEST_F(Browser, DrawsTheFiguresOfAPaperWithLegendsThatHideSeries) {
  const sample::SampleOptions options{.frames = 60, .overlays = 2};
  ReportInfo info = sample::info(options);
  info.figures = paper_figures();

  const std::string page = opened("paper", sample::build(options).html(info));

  EXPECT_FALSE(holds(page, "CONSOLE"));
  EXPECT_TRUE(holds(page, "<section id=\"budget\""));
  EXPECT_TRUE(holds(page, "<section id=\"necks\""));
  EXPECT_TRUE(holds(page, "Growth of necks: neck ratio against time (s)."));
  EXPECT_TRUE(holds(page, "aria-pressed=\"true\" title=\"Hide or show\""));
}

TEST_F(Browser, LeavesOutWhatStillsDoNotHave) {
  const std::string page = opened(
      "stills", sample::html({.frames = 3, .time = false, .recording = false, .overlays = 3}));

  EXPECT_TRUE(holds(page, "data-ready=\"plots=1 tracks=0 events=0 overlays=3\""));
  EXPECT_FALSE(holds(page, "CONSOLE"));
  EXPECT_TRUE(holds(page, "Ag_01.tif"));
  EXPECT_FALSE(holds(page, "id=\"drift\""));
  EXPECT_FALSE(holds(page, "id=\"lineage\""));
}

TEST_F(Browser, BearsWithNoParticlesNoUnitsAndNoFrames) {
  const std::string none = opened("none", sample::html({.frames = 4,
                                                        .tracks = 0,
                                                        .pixel_size = false,
                                                        .time = false,
                                                        .events = false,
                                                        .overlays = 1}));
  const std::string empty = opened("empty", ReportBuilder({}, 0).html({}));

  EXPECT_TRUE(holds(none, "data-ready=\"plots=2 tracks=0 events=0 overlays=1\""));
  EXPECT_FALSE(holds(none, "CONSOLE"));
  EXPECT_TRUE(holds(empty, "data-ready=\"plots=0 tracks=0 events=0 overlays=0\""));
  EXPECT_FALSE(holds(empty, "CONSOLE"));
}

TEST_F(Browser, WritesAValueAndItsIntervalToTheDecimalsOfTheInterval) {
  ReportBuilder builder({}, 1);
  ReportInfo info = sample::info({.frames = 1});
  info.pixel_size = PixelSize{.y_nm = 350, .x_nm = 350, .relative_uncertainty = {}, .source = {}};
  builder.add_frame({.info = {.frame = 0},
                     .area_fraction = {.value = 0.09997, .plain = 0.10111},
                     .ecd_mean_px = {.value = 7.11111, .low = 6.9, .high = 7.4, .plain = 7.2},
                     .ecd_median_px = {.value = 7}},
                    {});

  const std::string page = opened("digits", builder.html(info));

  EXPECT_TRUE(holds(page, "mean ECD (µm)"));
  EXPECT_TRUE(holds(page, "[2.415, 2.590]</span><span class=\"plain\">plain 2.520</span>"));
  EXPECT_TRUE(holds(page, "0.101</span><span class=\"plain\">corrected 0.1</span>"));
}

TEST_F(Browser, RunsNothingThatAFileNameHolds) {
  ReportInfo info = sample::info({});
  info.title = info.input = "</title></script><script>document.title = 'run'</script>";
  info.warnings = {"<img src=x onerror=\"document.title = 'run'\">"};
  info.files = {{"javascript:document.title='run'", ""}};

  const std::string page = opened("evil", sample::build({.frames = 4, .overlays = 1}).html(info));

  EXPECT_TRUE(holds(page, "data-ready"));
  EXPECT_FALSE(holds(page, "<title>run</title>"));
  EXPECT_TRUE(holds(page, "&lt;img src=x"));
  EXPECT_TRUE(holds(page, "href=\"./javascript%3A"));
}

}  // namespace
}  // namespace mote::report
