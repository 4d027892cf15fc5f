#include "mote/report/figure.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::report {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMmPerPoint = 25.4 / 72;

Figure small_figure() {
  Panel panel{.x = {.label = "Time (s)", .column = "time_s"},
              .y = {.label = "Number", .column = "number"},
              .notes = {"*N* = 3"}};
  panel.series.push_back({.name = "all, in view",
                          .label = "in view",
                          .x = {0, 1, 2},
                          .y = {5, kNan, 3.25},
                          .low = {4, kNan, 3},
                          .high = {6, kNan, 4}});
  panel.series.push_back({.name = "guide", .dashed = true, .x = {0, 2}, .y = {1, 1}});
  return {.name = "small", .caption = "A small figure.", .panels = {panel}};
}

template <typename Item>
std::vector<Item> items(const Drawing& drawing) {
  std::vector<Item> found;
  for (const Layer& layer : drawing.layers) {
    for (const auto& item : layer.items) {
      if (const Item* one = std::get_if<Item>(&item)) {
        found.push_back(*one);
      }
    }
  }
  return found;
}

std::vector<std::string> texts(const Drawing& drawing) {
  std::vector<std::string> found;
  for (const Words& words : items<Words>(drawing)) {
    std::string text;
    for (const TextRun& run : words.runs) {
      text += run.text;
    }
    found.push_back(text);
  }
  return found;
}

TEST(FigureCsv, HoldsThePointsThatAreDrawnAndNoOthers) {
  EXPECT_EQ(csv(small_figure()),
            "series,time_s,number,number_low,number_high\n"
            "\"all, in view\",0,5,4,6\n"
            "\"all, in view\",2,3.25,3,4\n"
            "guide,0,1,,\n"
            "guide,2,1,,\n");
}

TEST(FigureCsv, NamesCategories) {
  Figure figure = small_figure();
  figure.panels[0].x.categories = {"merged", "left", "*alive*"};
  figure.panels[0].x.column = "fate";

  EXPECT_THAT(csv(figure), HasSubstr("guide,merged,1,,\nguide,alive,1,,\n"));
}

TEST(FigureCsv, HasColumnsForTheAxesOfEveryPanel) {
  Figure figure = small_figure();
  figure.panels.push_back(figure.panels[0]);
  figure.panels[1].y.column = "size_nm";
  figure.panels[1].series.erase(figure.panels[1].series.begin());

  const std::string text = csv(figure);

  EXPECT_THAT(text, HasSubstr("series,time_s,number,number_low,number_high,size_nm\n"));
  EXPECT_THAT(text, HasSubstr("guide,2,,,,1\n"));
}

TEST(Figure, HasTheWidthsOfJournalColumns) {
  Figure figure = small_figure();

  EXPECT_NEAR(draw(figure).width_pt * kMmPerPoint, 85, 1e-9);
  figure.width = FigureWidth::kDouble;
  EXPECT_NEAR(draw(figure).width_pt * kMmPerPoint, 180, 1e-9);
}

TEST(Figure, HasLettersOfFivePointsAtLeastAndNoLineBelowHalfAPoint) {
  Figure figure = small_figure();
  figure.panels[0].x.label = "Time (10^{3} s)";
  const Drawing drawing = draw(figure);

  for (const Words& words : items<Words>(drawing)) {
    for (const TextRun& run : words.runs) {
      EXPECT_GE(run.size_pt, run.rise_pt == 0 ? 7 : 4.9) << run.text;
      EXPECT_LE(run.size_pt, 8) << run.text;
    }
  }
  for (const Shape& shape : items<Shape>(drawing)) {
    EXPECT_TRUE(!shape.stroke || shape.stroke->width_pt >= 0.5);
  }
}

TEST(Figure, PlacesPointsByTheTicksOfItsAxes) {
  Figure figure = small_figure();
  figure.panels[0].series = {
      {.name = "points", .style = SeriesStyle::kMarks, .x = {0, 2, 1}, .y = {0, 4, 2}}};
  figure.panels[0].x.low = 0;
  figure.panels[0].x.high = 2;

  const Drawing drawing = draw(figure);

  const std::vector<Place> places = items<Symbols>(drawing).at(0).places;
  ASSERT_EQ(places.size(), 3U);
  EXPECT_NEAR(places[2].x_pt, (places[0].x_pt + places[1].x_pt) / 2, 1e-9);
  EXPECT_NEAR(places[2].y_pt, (places[0].y_pt + places[1].y_pt) / 2, 1e-9);
  const Layer::Clip clip = drawing.layers.at(0).clip.value();
  EXPECT_NEAR(places[0].x_pt, clip.corner.x_pt, 1e-9);
  EXPECT_NEAR(places[1].x_pt, clip.corner.x_pt + clip.width_pt, 1e-9);
  EXPECT_NEAR(places[0].y_pt, clip.corner.y_pt + clip.height_pt, 1e-9);
}

TEST(Figure, PlacesDecadesEvenlyOnALogAxisAndLeavesOutWhatHasNoLogarithm) {
  Figure figure = small_figure();
  figure.panels[0].y.scale = Scale::kLog;
  figure.panels[0].series = {
      {.name = "points", .style = SeriesStyle::kMarks, .x = {0, 1, 2, 3}, .y = {1, 10, 100, -1}}};

  const std::vector<Place> places = items<Symbols>(draw(figure)).at(0).places;

  ASSERT_EQ(places.size(), 3U);
  EXPECT_NEAR(places[0].y_pt - places[1].y_pt, places[1].y_pt - places[2].y_pt, 1e-9);
}

TEST(Figure, BreaksACurveWhereAValueIsMissing) {
  Figure figure = small_figure();
  figure.panels[0].series = {{.name = "curve", .x = {0, 1, 2, 3, 4}, .y = {1, 2, kNan, 3, 4}}};

  const Drawing drawing = draw(figure);

  const Layer& data = drawing.layers.at(0);
  ASSERT_EQ(data.items.size(), 2U);
  EXPECT_EQ(std::get<Shape>(data.items[0]).places.size(), 2U);
}

TEST(Figure, NamesAxesThatShareATimeOnce) {
  Figure figure = small_figure();
  figure.panels.push_back(figure.panels[0]);

  const std::vector<std::string> found = texts(draw(figure));

  EXPECT_EQ(std::count(found.begin(), found.end(), "Time (s)"), 1);
  EXPECT_EQ(std::count(found.begin(), found.end(), "Number"), 2);
}

TEST(Figure, PutsThePowerOfTenToTheUnit) {
  Figure figure = small_figure();
  figure.panels[0].y.label = "Volume (nm^{3})";
  figure.panels[0].series[0].y = {1e6, 2e6, 3e6};

  EXPECT_THAT(texts(draw(figure)), testing::Contains("Volume (106 nm3)"));
}

TEST(Figure, PutsTheKeyWhereNoDataAre) {
  Figure figure = small_figure();
  figure.panels[0].series = {{.name = "falling", .label = "falling", .x = {0, 1}, .y = {10, 0}}};

  const Drawing drawing = draw(figure);

  const Layer::Clip clip = drawing.layers.at(0).clip.value();
  const Words key = std::get<Words>(drawing.layers.at(2).items.at(1));
  EXPECT_GT(key.place.x_pt, clip.corner.x_pt + clip.width_pt / 2);
  EXPECT_LT(key.place.y_pt, clip.corner.y_pt + clip.height_pt / 4);
  EXPECT_GT(key.place.y_pt, clip.corner.y_pt);
}

TEST(Figure, PutsTheKeyBesideTheBarsOfAHistogram) {
  Figure figure = small_figure();
  figure.panels[0].x.high = 10;
  figure.panels[0].series = {{.name = "bars",
                              .label = "bars",
                              .style = SeriesStyle::kFilled,
                              .x = {0, 3, 6, 10},
                              .y = {0, 1, 9, 0}}};

  const Drawing drawing = draw(figure);

  const Layer::Clip clip = drawing.layers.at(0).clip.value();
  const Words key = std::get<Words>(drawing.layers.back().items.back());
  EXPECT_LT(key.place.x_pt, clip.corner.x_pt + clip.width_pt / 2);
  EXPECT_GT(key.place.y_pt, clip.corner.y_pt);
}

TEST(Figure, PutsTheKeyAboveAFrameThatIsFull) {
  Figure figure = small_figure();
  Series cloud{.name = "cloud", .label = "cloud", .style = SeriesStyle::kMarks};
  for (int i = 0; i < 900; ++i) {
    cloud.x.push_back(i % 30);
    cloud.y.push_back(i / 30);
  }
  figure.panels[0].series = {cloud};

  const Drawing drawing = draw(figure);

  const Words key = std::get<Words>(drawing.layers.at(2).items.at(1));
  EXPECT_LT(key.place.y_pt, drawing.layers.at(0).clip.value().corner.y_pt);
}

TEST(Figure, SetsItsColoursApart) {
  EXPECT_EQ(rgb(FigureColour::kBlue), (Rgb{0, 114, 178}));
  EXPECT_EQ(rgb(FigureColour::kVermillion), (Rgb{213, 94, 0}));
}

}  // namespace
}  // namespace mote::report
