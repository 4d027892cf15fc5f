#include "mote/report/overlay.h"

#include <cmath>
#include <limits>
#include <map>

#include <gmock/gmock.h>

#include "mote/core/error.h"
#include "mote/report/colours.h"
#include "mote/report/outline.h"
#include "tests/synthetic.h"

namespace mote::report {
namespace {

struct Drawn {
  Grid<float> image;
  LabelImage labels;
  std::vector<OverlayInstance> instances;

  OverlayFrame frame() const { return {.image = image, .labels = labels, .instances = instances}; }
};

Drawn discs(Size size, const std::vector<synthetic::Disc>& discs) {
  Drawn drawn{.image = synthetic::image(size, discs, {.particle = 60}),
              .labels = synthetic::labels(size, discs)};
  for (size_t i = 0; i < discs.size(); ++i) {
    const auto id = static_cast<int32_t>(i + 1);
    drawn.instances.push_back({.label = id,
                               .tracks = {id},
                               .centroid = {discs[i].y_px, discs[i].x_px},
                               .ecd_px = 2 * discs[i].radius_px});
  }
  return drawn;
}

OverlayOptions bare() {
  return {.min_side_px = 1,
          .ids = false,
          .scale_bar = false,
          .clock = false,
          .range = {.black = 0, .white = 255}};
}

double farthest_from_rim(const std::vector<OutlinePiece>& pieces, const synthetic::Disc& disc) {
  double farthest = 0;
  for (const OutlinePiece& piece : pieces) {
    const double radius = std::hypot(piece.from.y_px - disc.y_px, piece.from.x_px - disc.x_px);
    farthest = std::max(farthest, std::abs(radius - disc.radius_px));
  }
  return farthest;
}

TEST(Outline, FollowsADiscToThreeQuartersOfAPixel) {
  const synthetic::Disc disc{.y_px = 30.3, .x_px = 28.6, .radius_px = 17.2};

  const std::vector<OutlinePiece> pieces = outlines(synthetic::labels({64, 64}, {disc}));

  EXPECT_LT(farthest_from_rim(pieces, disc), 0.75);
}

TEST(Outline, IsClosedForEveryLabelAndLosesNone) {
  LabelImage labels({8, 12});
  labels(1, 1) = 1;                                // a single pixel
  labels(4, 3) = labels(5, 4) = 2;                 // two that touch by a corner
  labels(2, 7) = labels(2, 8) = labels(3, 7) = 3;  // a bend against another label
  labels(3, 8) = labels(4, 8) = 4;

  std::map<std::pair<int32_t, std::pair<int, int>>, int> ends;
  for (const OutlinePiece& piece : outlines(labels)) {
    for (const Point point : {piece.from, piece.to}) {
      ++ends[{piece.label,
              {static_cast<int>(std::lround(point.y_px * 1e6)),
               static_cast<int>(std::lround(point.x_px * 1e6))}}];
    }
  }

  EXPECT_THAT(ends, testing::Each(testing::Pair(testing::_, 2)));
  for (int32_t label = 1; label <= 4; ++label) {
    EXPECT_TRUE(std::any_of(ends.begin(), ends.end(),
                            [label](const auto& entry) { return entry.first.first == label; }));
  }
}

TEST(Overlay, ColoursAnOutlineByItsTrack) {
  Drawn drawn = discs({60, 120}, {{.y_px = 30, .x_px = 30, .radius_px = 15},
                                  {.y_px = 30, .x_px = 90, .radius_px = 15}});
  drawn.instances[1].tracks = {42};

  const Picture picture = Overlay(bare(), {60, 120}).draw(drawn.frame());

  const auto near = [](Rgb a, Rgb b) {
    return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b) < 120;
  };
  EXPECT_TRUE(near(picture(30, 45), track_colour(1)) || near(picture(30, 44), track_colour(1)));
  EXPECT_TRUE(near(picture(30, 105), track_colour(42)) || near(picture(30, 104), track_colour(42)));
  EXPECT_EQ(picture(30, 30), (Rgb{60, 60, 60}));
  EXPECT_EQ(picture(5, 5), (Rgb{150, 150, 150}));
}

bool is_of_a_prompt(Rgb pixel) {
  return std::min(pixel.r, pixel.g) > 150 && pixel.b < 60;
}

TEST(Overlay, PointsAtPromptsInAColourOfTheirOwnAndLeavesThemOpen) {
  const Drawn drawn = discs({120, 120}, {{.y_px = 60, .x_px = 60, .radius_px = 15}});
  const std::vector<Point> points = {{60, 60}, {20, 90}};
  OverlayFrame frame = drawn.frame();
  frame.prompt_points = points;

  const Picture picture = Overlay(bare(), {120, 120}).draw(frame);

  for (const Point point : points) {
    const auto y = static_cast<int64_t>(point.y_px);
    const auto x = static_cast<int64_t>(point.x_px);
    EXPECT_EQ(picture(y, x).r, picture(y, x).b) << "open in the middle";
    EXPECT_EQ(picture(y - 4, x), prompt_colour());
    EXPECT_EQ(picture(y + 4, x), prompt_colour());
    EXPECT_EQ(picture(y, x - 4), prompt_colour());
    EXPECT_EQ(picture(y, x + 4), prompt_colour());
    EXPECT_LT(picture(y + 2, x + 4).r, drawn.image(y + 2, x + 4)) << "a dark halo";
  }
}

TEST(Overlay, DrawsBoxesOfPromptsAlongTheOuterEdgesOfTheirPixels) {
  const Drawn drawn = discs({60, 120}, {});
  const std::vector<Box> boxes = {{.y = 20, .x = 30, .height = 16, .width = 40}};
  OverlayFrame frame = drawn.frame();
  frame.prompt_boxes = boxes;

  const Picture picture = Overlay(bare(), {60, 120}).draw(frame);

  for (const auto& [y, x] : {std::pair<int64_t, int64_t>{19, 50}, {20, 50}, {35, 50}, {36, 50}}) {
    EXPECT_TRUE(is_of_a_prompt(picture(y, x))) << y << ", " << x;
  }
  for (const auto& [y, x] : {std::pair<int64_t, int64_t>{28, 29}, {28, 30}, {28, 69}, {28, 70}}) {
    EXPECT_TRUE(is_of_a_prompt(picture(y, x))) << y << ", " << x;
  }
  EXPECT_EQ(picture(28, 50), (Rgb{150, 150, 150}));
}

TEST(Overlay, DrawsBoxesAlongTheBorderWithinThePicture) {
  const Drawn drawn = discs({60, 120}, {});
  const std::vector<Box> boxes = {{.y = 0, .x = 0, .height = 60, .width = 120}};
  const std::vector<Point> points = {{0, 119}};
  OverlayFrame frame = drawn.frame();
  frame.prompt_boxes = boxes;
  frame.prompt_points = points;

  const Picture picture = Overlay(bare(), {60, 120}).draw(frame);

  EXPECT_EQ(picture.size(), (Size{60, 120}));
  for (const auto& [y, x] : {std::pair<int64_t, int64_t>{0, 50}, {59, 50}, {30, 0}, {30, 119}}) {
    EXPECT_EQ(picture(y, x), prompt_colour()) << y << ", " << x;
  }
}

TEST(Overlay, WritesAnIdBelowThePromptInItsParticle) {
  const Drawn drawn = discs({200, 200}, {{.y_px = 100, .x_px = 100, .radius_px = 40}});
  const std::vector<Point> points = {{100, 100}};
  OverlayFrame frame = drawn.frame();
  frame.prompt_points = points;
  OverlayOptions options = bare();
  const Picture without = Overlay(options, {200, 200}).draw(frame);
  options.ids = true;

  const Picture with = Overlay(options, {200, 200}).draw(frame);

  const auto differ = [&](int64_t first, int64_t end) {
    return !std::equal(with.row(first), with.row(end), without.row(first));
  };
  EXPECT_FALSE(differ(0, 105));
  EXPECT_TRUE(differ(105, 120));
}

TEST(Overlay, ReducesToFitAndEnlargesByAWholeFactor) {
  EXPECT_EQ(Overlay({}, {4096, 4096}).size(), (Size{1080, 1080}));
  EXPECT_EQ(Overlay({}, {1000, 4000}).size(), (Size{480, 1920}));
  EXPECT_EQ(Overlay({}, {512, 512}).size(), (Size{512, 512}));
  EXPECT_EQ(Overlay({}, {100, 120}).size(), (Size{500, 600}));
  EXPECT_EQ(Overlay({}, {1, 1900}).size(), (Size{1, 1900}));
  EXPECT_EQ(Overlay({}, {1, 100'000}).size(), (Size{1, 1920}));
}

TEST(Overlay, ShowsValuesThatAreNoNumbersAsBlack) {
  Drawn drawn = discs({50, 50}, {});
  drawn.image(10, 10) = std::numeric_limits<float>::quiet_NaN();
  drawn.image(10, 11) = std::numeric_limits<float>::infinity();

  const Picture picture = Overlay(bare(), {50, 50}).draw(drawn.frame());

  EXPECT_EQ(picture(10, 10), (Rgb{0, 0, 0}));
  EXPECT_EQ(picture(10, 11), (Rgb{255, 255, 255}));
}

TEST(Overlay, RefusesLabelsOfAnotherSize) {
  const Drawn drawn = discs({50, 50}, {});

  EXPECT_THROW(Overlay({}, {50, 51}).draw(drawn.frame()), Error);
}

TEST(Overlay, MarksAnEventAroundItsFrameOnly) {
  Drawn drawn = discs({200, 200}, {{.y_px = 100, .x_px = 80, .radius_px = 20},
                                   {.y_px = 100, .x_px = 120, .radius_px = 20}});
  const std::vector<Event> events = {{.type = EventType::kContact,
                                      .frame_before = 19,
                                      .frame = 20,
                                      .tracks = {1, 2},
                                      .position = {100, 100}}};
  OverlayOptions options = bare();
  options.event_frames = 5;
  const Overlay overlay(options, {200, 200});
  const auto drawn_at = [&](int64_t index) {
    OverlayFrame frame = drawn.frame();
    frame.index = index;
    frame.events = events;
    return overlay.draw(frame);
  };
  const Picture without = overlay.draw(drawn.frame());

  EXPECT_EQ(drawn_at(14), without);
  EXPECT_NE(drawn_at(15), without);
  EXPECT_NE(drawn_at(20), drawn_at(24));
  EXPECT_NE(drawn_at(25), without);
  EXPECT_EQ(drawn_at(26), without);
}

TEST(Overlay, MarksNoMeetingOfTracksThatAreNotThereYet) {
  Drawn drawn = discs({200, 200}, {{.y_px = 100, .x_px = 80, .radius_px = 20}});
  const std::vector<Event> events = {{.type = EventType::kContact,
                                      .frame_before = 19,
                                      .frame = 20,
                                      .tracks = {1, 2},
                                      .position = {100, 100}}};
  const Overlay overlay(bare(), {200, 200});
  OverlayFrame frame = drawn.frame();
  frame.index = 18;
  const Picture without = overlay.draw(frame);

  frame.events = events;

  EXPECT_EQ(overlay.draw(frame), without);
}

TEST(Overlay, WritesClockAndScaleBarOnADarkGroundThatNothingIsDrawnOver) {
  const Drawn drawn = discs({480, 480}, {{.y_px = 14, .x_px = 14, .radius_px = 12},
                                         {.y_px = 14, .x_px = 460, .radius_px = 12},
                                         {.y_px = 466, .x_px = 14, .radius_px = 12}});
  OverlayOptions options = bare();
  options.scale_bar = true;
  options.clock = true;
  OverlayFrame frame = drawn.frame();
  frame.time_s = 0.5;
  const std::vector<Event> events = {
      {.type = EventType::kAppeared, .frame_before = -1, .frame = 0, .position = {14, 460}}};
  frame.events = events;

  const Picture picture = Overlay(options, {480, 480}).draw(frame);

  // Left of the first letter, right of the last one, and under the bar, where the outlines and the
  // event's ring run: 65 % black over white leaves 89.
  for (const auto& [y, x] : {std::pair<int64_t, int64_t>{14, 8}, {14, 472}, {472, 14}}) {
    EXPECT_LE(std::max({picture(y, x).r, picture(y, x).g, picture(y, x).b}), 90) << y << ", " << x;
  }
  EXPECT_EQ(picture(466, 20), (Rgb{255, 255, 255}));
}

TEST(Overlay, WritesReadingsOnADarkGroundBelowTheClock) {
  const Drawn drawn = discs({480, 480}, {});
  OverlayOptions options = bare();
  options.clock = true;
  OverlayFrame frame = drawn.frame();
  frame.time_s = 0.5;
  const Picture without = Overlay(options, {480, 480}).draw(frame);
  frame.readings = {"823 K"};

  const Picture with = Overlay(options, {480, 480}).draw(frame);

  constexpr int64_t kClockY = 14;
  constexpr int64_t kReadingY = 33;
  EXPECT_EQ(with(kClockY, 8), without(kClockY, 8));
  EXPECT_LT(with(kReadingY, 8).r, 0.5 * without(kReadingY, 8).r);
}

TEST(Overlay, TrailsFollowTheSpecimenAndForget) {
  Trails trails(3);
  const auto at = [](double y, double x) {
    return std::vector<OverlayInstance>{{.label = 1, .tracks = {5}, .centroid = {y, x}}};
  };

  trails.push(0, at(10, 10), {0, 0});
  trails.push(1, at(12, 11), {2, 0});
  trails.push(2, at(14, 12), {4, 0});
  trails.push(3, at(16, 13), {6, 0});

  EXPECT_THAT(trails.now(), testing::ElementsAre(Trail{5, {{16, 11}, {16, 12}, {16, 13}}}));
  trails.push(4, {}, {6, 0});
  EXPECT_THAT(trails.now(), testing::IsEmpty());
}

TEST(Overlay, DisplayRangeLeavesOutTheTailsAndIsHeld) {
  Grid<float> image({100, 100}, 50);
  for (int64_t x = 0; x < 100; ++x) {
    image(50, x) = 200;
  }
  image(0, 0) = 1e9F;
  image(0, 1) = std::numeric_limits<float>::quiet_NaN();

  const DisplayRange range = display_range(image);

  EXPECT_EQ(range, (DisplayRange{.black = 50, .white = 200}));
  EXPECT_EQ(join({{0, 10}, {50, 200}, {60, 900}}), (DisplayRange{.black = 50, .white = 200}));
  EXPECT_EQ(display_range(Grid<float>({4, 4}, 7)), (DisplayRange{.black = 7, .white = 8}));
}

TEST(Overlay, ScaleBarsHaveRoundLengths) {
  EXPECT_DOUBLE_EQ(round_length(99), 50);
  EXPECT_DOUBLE_EQ(round_length(100), 100);
  EXPECT_DOUBLE_EQ(round_length(0.49), 0.2);
  EXPECT_DOUBLE_EQ(round_length(1999), 1000);
  EXPECT_EQ(length_text(50), "50 nm");
  EXPECT_EQ(length_text(2000), "2 µm");
  EXPECT_EQ(length_text(0.5), "0.5 nm");
}

TEST(Overlay, SaysEventsInWords) {
  EXPECT_EQ(event_text({.type = EventType::kCoalescence, .tracks = {3, 7}, .children = {9}}),
            "coalescence 3 + 7 → 9");
  EXPECT_EQ(event_text({.type = EventType::kContact, .tracks = {3, 7}}), "contact 3 · 7");
  EXPECT_EQ(event_text({.type = EventType::kAppeared, .children = {4}}), "appeared 4");
}

}  // namespace
}  // namespace mote::report
