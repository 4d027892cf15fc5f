#include "mote/report/page_figures.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::report {
namespace {

TEST(PageText, RaisesAndLowersDigitsByLettersOfTheirOwn) {
  EXPECT_EQ(page_text("Sum of *d*^{3} (nm^{3})"), "Sum of d³ (nm³)");
  EXPECT_EQ(page_text("1/*D*[3,2] (nm^{\u22121})"), "1/D[3,2] (nm⁻¹)");
  EXPECT_EQ(page_text("*r*_{0} = 2, *r*\\*"), "r₀ = 2, r*");
}

Figure figure() {
  Series series{.name = "pairs",
                .label = "*a*",
                .style = SeriesStyle::kMarks,
                .colour = FigureColour::kBlack,
                .x = {1, 2},
                .y = {0.5, std::numeric_limits<double>::quiet_NaN()},
                .low = {0.25, 0},
                .high = {1, 1}};
  Panel panel{.x = {.label = "Fate", .column = "fate"},
              .y = {.label = "Neck ratio", .column = "neck_ratio", .scale = Scale::kLog, .low = 0},
              .series = {series},
              .notes = {"*N* = 2"}};
  panel.x.categories = {"alive"};
  panel.x.category_notes = {"*N* = 7"};
  return {.name = "necks", .caption = "What it shows.", .panels = {panel}};
}

TEST(FiguresJson, HoldsWhatIsDrawn) {
  const std::vector<Figure> figures = {figure()};

  const nlohmann::ordered_json json = figures_json(figures);

  const auto& panel = json.at(0).at("panels").at(0);
  EXPECT_EQ(json.at(0).at("name"), "necks");
  EXPECT_EQ(panel.at("notes").dump(), R"(["N = 2"])");
  EXPECT_EQ(panel.at("x").at("categories").dump(), R"(["alive\nN = 7"])");
  EXPECT_EQ(panel.at("y").at("log"), true);
  EXPECT_EQ(panel.at("y").at("low"), 0);
  EXPECT_TRUE(panel.at("y").at("high").is_null());
  const auto& series = panel.at("series").at(0);
  EXPECT_EQ(series.at("label"), "a");
  EXPECT_EQ(series.at("style"), "marks");
  EXPECT_EQ(series.at("colour"), "text");
  EXPECT_EQ(series.at("y").dump(), "[0.5,null]");
  EXPECT_EQ(series.at("low").dump(), "[0.25,0]");
}

TEST(FiguresJson, OfNoFigureIsAnEmptyList) {
  EXPECT_EQ(figures_json({}).dump(), "[]");
}

}  // namespace
}  // namespace mote::report
