#include "mote/report/report_page.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "mote/report/page_data.h"
#include "tests/report/sample_report.h"

namespace mote::report {
namespace {

using nlohmann::json;

json script_data(const std::string& page, const std::string& id) {
  const std::string open = "<script type=\"application/json\" id=\"" + id + "\">";
  const size_t begin = page.find(open) + open.size();
  return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

TEST(ReportPage, NeedsNoOtherFileAndNoNetwork) {
  const std::string page = sample::html({.frames = 30, .overlays = 2});

  for (const char* fetching : {"src=\"http", "href=\"http", "url(", "@import", "<link",
                               "<script src", "fetch(", "XMLHttpRequest", "WebSocket", "import("}) {
    EXPECT_EQ(page.find(fetching), std::string::npos) << fetching;
  }
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(ReportPage, EscapesWhatUsersAndFilesSay) {
  const std::string evil = "</script><script>alert(\"1\")</script> & 'q' \xFF\xC3\x28 µ";
  ReportInfo info = sample::info({});
  info.title = info.input = evil;
  info.options = {{evil, evil}};
  info.warnings = {evil};
  info.files = {{evil, evil}};
  info.names = {evil};
  info.pixel_size->source = evil;
  info.methods = evil;
  const ReportBuilder builder = sample::build({.frames = 5, .overlays = 1});

  const std::string page = builder.html(info);

  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_NE(page.find("<title>&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)"),
            std::string::npos);
  const json data = script_data(page, "data");
  EXPECT_EQ(data["info"]["input"], "</script><script>alert(\"1\")</script> & 'q' \uFFFD\uFFFD( µ");
}

TEST(ReportPage, HoldsNumbersInNanometresOnlyWhereThePixelSizeIsKnown) {
  const json with = script_data(sample::html({.frames = 5, .overlays = 1}), "data");
  const json without = script_data(
      sample::html({.frames = 5, .pixel_size = false, .time = false, .overlays = 1}), "data");

  EXPECT_EQ(with["units"]["size"]["name"], "nm");
  EXPECT_EQ(with["units"]["density"]["name"], "µm⁻²");
  EXPECT_EQ(with["time_unit"], "s");
  EXPECT_EQ(without["units"]["size"]["name"], "px");
  EXPECT_EQ(without["time_unit"], "frame");
  EXPECT_NEAR(with["tracks"][0]["radii"][0].get<double>(),
              0.2 * without["tracks"][0]["radii"][0].get<double>(), 1e-4);
}

TEST(ReportPage, SeesAThresholdThatMovesThroughTheOffsetOfTheCamera) {
  const Lineage lineage;
  ReportBuilder builder(lineage, 2);
  measure::ParticleRow particle;
  particle.measures.mean_intensity = 10060;
  particle.measures.background = 10000;
  measure::FrameRow low{.info = {.frame = 0}};
  low.values["threshold"] = 10030;
  measure::FrameRow high{.info = {.frame = 1}};
  high.values["threshold"] = 10045;
  builder.add_frame(low, {&particle, 1});
  builder.add_frame(high, {&particle, 1});

  const json data = script_data(builder.html({}), "data");

  EXPECT_THAT(data["checks"].dump(), testing::HasSubstr("sd/contrast 17.7 %"));
}

TEST(ReportPage, WritesWhatIsNotFiniteAsNull) {
  ReportBuilder builder({}, 1);
  measure::FrameRow row;
  row.values["threshold"] = std::numeric_limits<double>::quiet_NaN();
  row.ecd_mean_px.value = std::numeric_limits<double>::infinity();
  row.ecd_median_px.value = 1e300;
  row.d32_px.value = -3.14159265358979e-300;
  builder.add_frame(row, {});

  const json data = script_data(builder.html({}), "data");

  EXPECT_TRUE(data["frames"]["threshold"][0].is_null());
  EXPECT_TRUE(data["frames"]["mean"][0].is_null());
  EXPECT_TRUE(data["frames"]["mean_low"][0].is_null());
  EXPECT_DOUBLE_EQ(data["frames"]["median"][0].get<double>(), 1e300);
}

TEST(ReportPage, ThinsLongRecordingsEvenlyAndKeepsTheLastFrame) {
  ReportLimits limits;
  limits.frames = 50;
  limits.track_points = 300;
  limits.distribution_frames = 8;
  const sample::SampleOptions options{.frames = 333, .tracks = 6, .events = false, .overlays = 1};

  const json data = script_data(sample::build(options, limits).html(sample::info(options)), "data");

  EXPECT_EQ(data["frames"]["stride"], 8);
  EXPECT_EQ(data["frames"]["index"].size(), 43);
  EXPECT_EQ(data["frames"]["index"].back(), 332);
  EXPECT_LE(data["sizes"].size(), 9);
  EXPECT_EQ(data["sizes"].back()["index"], 332);
  for (const json& track : data["tracks"]) {
    EXPECT_EQ(track["frames"].front(), 0);
    EXPECT_EQ(track["frames"].back(), 332);
    EXPECT_LE(track["frames"].size(), 55);
    EXPECT_GT(track["frames"].size(), 20);
  }
}

TEST(ReportPage, KeepsTheLongestTracksAndTheMeetingsFirst) {
  Lineage lineage;
  for (int32_t id = 1; id <= 20; ++id) {
    lineage.tracks.push_back({.id = id, .first_frame = 0, .last_frame = id % 10, .parents = {}});
    lineage.events.push_back({.type = id == 15 ? EventType::kCoalescence : EventType::kLost,
                              .frame = id,
                              .tracks = {id}});
  }
  ReportLimits limits;
  limits.tracks = 3;
  limits.events = 2;

  const json data = script_data(ReportBuilder(lineage, 30, limits).html({}), "data");

  EXPECT_EQ(data["tracks_total"], 20);
  ASSERT_EQ(data["tracks"].size(), 3);
  EXPECT_EQ(data["tracks"][0]["id"], 8);
  EXPECT_EQ(data["tracks"][1]["id"], 9);
  EXPECT_EQ(data["tracks"][2]["id"], 19);
  ASSERT_EQ(data["events"].size(), 2);
  EXPECT_EQ(data["events"][0]["text"], "lost 1");
  EXPECT_EQ(data["events"][1]["text"], "coalescence 15");
  EXPECT_EQ(data["events_total"]["lost"], 19);
}

TEST(ReportPage, PlansOverlaysEvenlyAndAtMeetings) {
  Lineage lineage;
  lineage.tracks.push_back({.id = 1, .first_frame = 0, .last_frame = 999, .parents = {}});
  lineage.events = {{.type = EventType::kLost, .frame = 100, .tracks = {1}},
                    {.type = EventType::kCoalescence, .frame = 341, .tracks = {1}},
                    {.type = EventType::kContact, .frame = 777, .tracks = {1}}};
  ReportLimits limits;
  limits.overlays = 20;

  const ReportBuilder builder(lineage, 1000, limits);

  int planned = 0;
  for (int64_t frame = -5; frame < 1010; ++frame) {
    planned += builder.wants_overlay(frame) ? 1 : 0;
  }
  EXPECT_EQ(planned, 20);
  for (const int64_t frame : {0, 341, 777, 999}) {
    EXPECT_TRUE(builder.wants_overlay(frame)) << frame;
  }
  EXPECT_TRUE(ReportBuilder({}, 7, limits).wants_overlay(6));
  EXPECT_FALSE(ReportBuilder({}, 7, limits).wants_overlay(7));
  EXPECT_FALSE(ReportBuilder({}, 0, limits).wants_overlay(0));
}

TEST(ReportPage, GivesUpOtherOverlaysBeforeThoseOfMeetings) {
  Lineage lineage;
  lineage.tracks.push_back({.id = 1, .first_frame = 0, .last_frame = 99, .parents = {}});
  lineage.events = {{.type = EventType::kCoalescence, .frame = 31, .tracks = {1}},
                    {.type = EventType::kSplit, .frame = 63, .tracks = {1}}};
  ReportLimits limits;
  limits.overlay_bytes = 30'000;
  ReportBuilder builder(lineage, 100, limits);
  for (int64_t index = 0; index < 100; ++index) {
    builder.add_overlay({.frame = index}, {64, 64}, std::vector<uint8_t>(1000));
  }

  builder.add_overlay({.frame = 63}, {64, 64}, std::vector<uint8_t>(1'000'000));

  const json overlays = script_data(builder.html({}), "overlays");

  std::vector<int64_t> kept;
  for (const json& overlay : overlays) {
    kept.push_back(overlay["index"]);
  }
  EXPECT_LE(kept.size(), 30);
  EXPECT_GT(kept.size(), 15);
  EXPECT_THAT(kept, testing::IsSupersetOf({0, 31, 63}));
}

TEST(ReportPage, StaysUnderTwentyMegabytes) {
  Lineage lineage;
  constexpr int32_t kTracks = 6000;
  for (int32_t id = 1; id <= kTracks; ++id) {
    lineage.tracks.push_back({.id = id, .first_frame = 0, .last_frame = 299, .parents = {}});
    lineage.events.push_back({.type = EventType::kContact,
                              .frame_before = id % 299,
                              .frame = id % 299 + 1,
                              .tracks = {id},
                              .evidence = {{"neck_ratio", 0.123456}, {"contact_frame", 17}}});
  }
  ReportBuilder builder(lineage, 300);
  synthetic::Noise noise(1);
  for (int64_t index = 0; index < 300; ++index) {
    std::vector<measure::ParticleRow> particles(kTracks);
    for (int32_t id = 1; id <= kTracks; ++id) {
      measure::ParticleRow& particle = particles[static_cast<size_t>(id - 1)];
      particle.tracks = {id};
      particle.measures.area_px2 = 100 + 300 * noise.uniform();
      particle.border_weight = 1 + 0.1 * noise.uniform();
    }
    measure::FrameRow row;
    row.info.frame = row.info.recorded_frame = index;
    row.info.time_s = 0.0401 * static_cast<double>(index);
    builder.add_frame(row, particles);
    builder.add_drift({.info = row.info, .ok = true});
    if (builder.wants_overlay(index)) {
      builder.add_overlay(row.info, {640, 640}, std::vector<uint8_t>(150'000, 0x5A));
    }
  }

  const std::string page = builder.html({});

  EXPECT_LT(page.size(), 20'000'000);
  EXPECT_GT(script_data(page, "overlays").size(), 30);
}

TEST(ReportPage, SaysTheSameWhereverTheThreadsWere) {
  const sample::SampleOptions options{.frames = 20, .overlays = 2};

  EXPECT_EQ(sample::html(options), sample::html(options));
}

TEST(ReportPage, AnEmptyRunStillHasAPage) {
  const std::string page = ReportBuilder({}, 0).html({});

  EXPECT_NE(page.find("id=\"page\""), std::string::npos);
  EXPECT_EQ(script_data(page, "overlays").size(), 0);
}

TEST(ReportPage, EncodesBase64ByItsTestVectors) {  // RFC 4648, 10
  const auto encoded = [](const std::string& text) {
    return base64(std::vector<uint8_t>(text.begin(), text.end()));
  };

  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace mote::report
