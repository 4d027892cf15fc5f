#include "mote/report/drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mote::report {
namespace {

using testing::HasSubstr;
using testing::Not;

Drawing small_drawing() {
  Drawing drawing{.width_pt = 100, .height_pt = 50, .title = "A <test> of µm"};
  Layer layer{.clip = Layer::Clip{{10, 10}, 80, 30}};
  layer.items.emplace_back(Shape{.places = {{10, 10}, {90, 40}},
                                 .stroke = Pen{.ink = {{0, 114, 178}, 0.5}, .dash_pt = {2, 1}}});
  layer.items.emplace_back(
      Symbols{.places = {{20, 20}, {30, 30}}, .size_pt = 4, .fill = Ink{{213, 94, 0}}});
  drawing.layers.push_back(layer);
  Layer text;
  text.items.emplace_back(Words{.place = {12, 45}, .runs = markup("Area *A* (µm^{2})", 8)});
  drawing.layers.push_back(text);
  return drawing;
}

// Big-endian.
uint32_t u32(const std::string& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
  }
  return value;
}

TEST(Markup, PlacesRunsOfTheirFaceSizeAndHeightOneAfterAnother) {
  const std::vector<TextRun> runs = markup("a*r*^{2}b", 10);

  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[1].face, Face::kItalic);
  EXPECT_EQ(runs[2].face, Face::kRegular);
  EXPECT_EQ(runs[2].size_pt, 7);
  EXPECT_GT(runs[2].rise_pt, 0);
  EXPECT_EQ(runs[3].rise_pt, 0);
  EXPECT_DOUBLE_EQ(runs[3].shift_pt, 10 * advance(Face::kRegular, U'a') +
                                         10 * advance(Face::kItalic, U'r') +
                                         7 * advance(Face::kRegular, U'2'));
  EXPECT_DOUBLE_EQ(width_pt(runs), runs[3].shift_pt + 10 * advance(Face::kRegular, U'b'));
}

TEST(Markup, LeavesSignsThatMarkNothing) {
  EXPECT_EQ(plain_text("x_y and D[3,2] (nm^{\u22121})"), "x_y and D[3,2] (nm\u22121)");
}

TEST(Markup, TakesASignAfterABackslashAsItIs) {
  EXPECT_EQ(plain_text("*r*\\* = 3"), "r* = 3");
}

TEST(FontSubset, IsATrueTypeFileWhoseChecksumsHold) {
  const FontSubset font = subset(Face::kRegular, {U'A', U'µ', U'é'});

  const uint32_t tables = u32(font.truetype, 4) >> 16U;
  EXPECT_EQ(u32(font.truetype, 0), 0x00010000U);
  EXPECT_EQ(tables, 10U);
  uint32_t whole = 0;
  for (size_t at = 0; at < font.truetype.size(); at += 4) {
    whole += u32(font.truetype, at);
  }
  EXPECT_EQ(whole, 0xB1B0AFBAU);
  EXPECT_LT(font.truetype.size(), 4000U);
}

TEST(FontSubset, HoldsThePartsOfComposedLetters) {
  const FontSubset font = subset(Face::kRegular, {U'é'});  // e and an acute

  EXPECT_EQ(font.glyphs.at(U'é'), 1);
  EXPECT_EQ(font.widths.size(), 4U);
  EXPECT_EQ(font.widths[1], 556);  // as in Arial
}

TEST(FontSubset, ShowsABoxForALetterThatTheFaceLacks) {
  const FontSubset font = subset(Face::kRegular, {U'\u65e5', U'\U0001F600'});

  EXPECT_FALSE(has(Face::kRegular, U'\u65e5'));
  EXPECT_EQ(font.glyphs.at(U'\u65e5'), 0);
  EXPECT_EQ(font.glyphs.at(U'\U0001F600'), 0);
}

TEST(Font, HasEveryLetterThatFiguresUse) {
  for (const Face face : {Face::kRegular, Face::kItalic}) {
    for (const char32_t letter : U"0123456789 µ²³Å±×–\u2212·°αστ≤≥<>") {
      EXPECT_TRUE(letter == 0 || has(face, letter)) << static_cast<uint32_t>(letter);
    }
  }
}

TEST(Pdf, EmbedsItsFontsAndHoldsNoDate) {
  const std::string bytes = pdf(small_drawing());

  EXPECT_TRUE(bytes.starts_with("%PDF-1.4"));
  EXPECT_TRUE(bytes.ends_with("%%EOF\n"));
  EXPECT_THAT(bytes, HasSubstr("/FontFile2"));
  EXPECT_THAT(bytes, HasSubstr("/BaseFont/MOTEFR+LiberationSans"));
  EXPECT_THAT(bytes, HasSubstr("/BaseFont/MOTEFI+LiberationSans-Italic"));
  EXPECT_THAT(bytes, HasSubstr("/ToUnicode"));
  EXPECT_THAT(bytes, HasSubstr("/MediaBox[0 0 100 50]"));
  EXPECT_THAT(bytes, Not(HasSubstr("Date")));
}

TEST(Pdf, ListsEveryObjectWhereItLies) {
  const std::string bytes = pdf(small_drawing());

  const size_t table = std::stoul(bytes.substr(bytes.rfind("startxref\n") + 10));
  ASSERT_EQ(bytes.substr(table, 5), "xref\n");
  const int objects = std::stoi(bytes.substr(table + 7));
  EXPECT_GT(objects, 10);
  for (int i = 1; i < objects; ++i) {
    const size_t entry = bytes.find('\n', table + 5) + 1 + 20 * static_cast<size_t>(i);
    const size_t offset = std::stoul(bytes.substr(entry, 10));
    EXPECT_EQ(bytes.substr(offset, std::to_string(i).size() + 5), std::to_string(i) + " 0 ob");
  }
}

TEST(Svg, HoldsItsTextAsTextInAFontThatItCarries) {
  const std::string text = svg(small_drawing());

  EXPECT_THAT(text, HasSubstr(">Area </tspan>"));
  EXPECT_THAT(text, HasSubstr(R"(font-style="italic">A</tspan>)"));
  EXPECT_THAT(text, HasSubstr("@font-face{font-family:'mote figure';font-style:normal;src:url("
                              "data:font/ttf;base64,AAEAAAAK"));
  EXPECT_THAT(text, HasSubstr("<title>A &lt;test&gt; of µm</title>"));
  EXPECT_THAT(text, HasSubstr(R"(width="35.28mm")"));
  EXPECT_THAT(text, HasSubstr(R"(stroke-dasharray="2,1")"));
}

TEST(Drawing, GivesTheSameBytesAgain) {
  EXPECT_EQ(pdf(small_drawing()), pdf(small_drawing()));
  EXPECT_EQ(svg(small_drawing()), svg(small_drawing()));
}

}  // namespace
}  // namespace mote::report
