#include "mote/pipeline/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/journal_end.h"
#include "tests/fate.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::AnyOf;
using testing_support::Fate;
using testing_support::fate_at_each_call;
using testing_support::fate_of;
using testing_support::TemporaryFolder;

JournalFrame some_frame() {
  JournalFrame frame{.index = 7,
                     .source_index = 9,
                     .time_s = 0.7,
                     .size = {20, 30},
                     .excluded_px = 7,
                     .values = {{"threshold", 101.5}},
                     .warnings = {"something"}};
  frame.instances.push_back(
      {.cluster = 2,
       .tracks = {3, 5},
       .measures = {.label = 1,
                    .area_px2 = 12.25,
                    .centroid = {4.5, 6.5},
                    .box = {3, 5, 4, 4},
                    .background = 170,
                    .touching = true,
                    .edge = {.first = 8, .levels = {-40.5F, -3, 0}, .bright = false}},
       .mask = {{{3, 5, 2}, {4, 5, 4}}}});
  frame.necks.push_back({.a = 3,
                         .b = 5,
                         .ratio = 0.25,
                         .width_px = 4.5,
                         .apart = {1, -9},
                         .excess = {.seen = 1, .expected = 2, .variance = 0.5}});
  frame.necks.push_back({.a = 3, .b = 8});
  return frame;
}

TEST(Journal, GivesBackTheFrameThatItWasGiven) {
  const JournalFrame frame = some_frame();

  const JournalFrame back = decode_frame(encode(frame));

  EXPECT_EQ(back.index, frame.index);
  EXPECT_EQ(back.source_index, frame.source_index);
  EXPECT_EQ(back.time_s, frame.time_s);
  EXPECT_EQ(back.excluded_px, frame.excluded_px);
  EXPECT_EQ(back.values, frame.values);
  EXPECT_EQ(back.warnings, frame.warnings);
  EXPECT_EQ(back.necks, frame.necks);
  ASSERT_EQ(back.instances.size(), 1);
  EXPECT_EQ(back.instances[0].tracks, frame.instances[0].tracks);
  EXPECT_EQ(back.instances[0].measures, frame.instances[0].measures);
  EXPECT_EQ(back.instances[0].mask, frame.instances[0].mask);
}

TEST(Journal, GivesBackLineageChanges) {
  track::TrackerOutput output;
  output.tracks.push_back({.id = 4, .first_frame = 1, .last_frame = 8, .parents = {1, 2}});
  output.events.push_back({.type = EventType::kCoalescence,
                           .frame_before = 0,
                           .frame = 1,
                           .tracks = {1, 2},
                           .children = {4},
                           .position = {3, 4},
                           .confidence = 0.5,
                           .evidence = {{"neck_ratio", 0.8}}});
  output.reassignments.push_back({.first_frame = 1, .last_frame = 8, .from = {1, 2}, .to = {4}});

  const track::TrackerOutput back = decode_changes(encode_changes(output));

  EXPECT_EQ(back.tracks, output.tracks);
  EXPECT_EQ(back.events, output.events);
  EXPECT_EQ(back.reassignments, output.reassignments);
}

TEST(Journal, RefusesAFrameThatEndsTooEarlyAtEveryByte) {
  const std::string bytes = encode(some_frame());

  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(decode_frame(bytes.substr(0, length)), Error) << length;
  }
}

TEST(Journal, EndsAtATornRecordWhereverItIsTorn) {
  const TemporaryFolder folder;
  const std::string path = folder / "journal";
  {
    JournalWriter writer(path, begin_journal(path, "first"));
    writer.append(RecordType::kFrame, "second");
  }
  const std::string whole = read_file(path);
  const size_t second_begins = whole.size() - (whole.size() - 5 - 6) / 2 - 6;

  for (size_t length = second_begins; length < whole.size(); ++length) {
    write_file(path, whole.substr(0, length));
    JournalReader reader(path);
    EXPECT_EQ(reader.next().value().payload, "first");
    EXPECT_FALSE(reader.next().has_value()) << length;
  }
}

TEST(Journal, EndsAtARecordWhoseBytesChanged) {
  const TemporaryFolder folder;
  const std::string path = folder / "journal";
  {
    JournalWriter writer(path, begin_journal(path, "first"));
    writer.append(RecordType::kFrame, "second");
  }
  std::string bytes = read_file(path);
  bytes.back() ^= 1;
  write_file(path, bytes);

  JournalReader reader(path);

  EXPECT_TRUE(reader.next().has_value());
  EXPECT_FALSE(reader.next().has_value());
}

TEST(Journal, IsNeverWithoutAHeaderWhereverAKillFallsAsItBegins) {
  const TemporaryFolder folder;
  const std::string path = folder / "journal";
  begin_journal(path, "old");
  const Fate last = fate_at_each_call([&](int call) {
    const Fate fate = fate_of([&] { begin_journal(path, "new"); }, call);

    EXPECT_THAT(JournalReader(path).next().value().payload, AnyOf("old", "new"));
    return fate;
  });
  if (last == Fate::kUntraced) {
    GTEST_SKIP() << "a process may not be traced here";
  }
  EXPECT_EQ(last, Fate::kEnded);
  EXPECT_EQ(JournalReader(path).next().value().payload, "new");
}

TEST(Journal, ContinuedAtALengthDropsWhatFollowedIt) {
  const TemporaryFolder folder;
  const std::string path = folder / "journal";
  int64_t keep = 0;
  {
    JournalWriter writer(path, begin_journal(path, "first"));
    keep = writer.bytes();
    writer.append(RecordType::kFrame, "dropped");
  }
  {
    JournalWriter writer(path, keep);
    writer.append(RecordType::kFrame, "kept");
  }

  JournalReader reader(path);

  EXPECT_EQ(reader.next().value().payload, "first");
  EXPECT_EQ(reader.next().value().payload, "kept");
  EXPECT_FALSE(reader.next().has_value());
}

TEST(Journal, NamesTheOptionThatChangedSinceTheRunBegan) {
  const auto then = nlohmann::ordered_json::parse(R"({"options": {"sigma-px": 1.5, "bin": 1}})");
  const auto now = nlohmann::ordered_json::parse(R"({"options": {"sigma-px": 2.0, "bin": 1}})");

  EXPECT_THAT([&] { require_same_run(then, now); },
              ::testing::ThrowsMessage<Error>("cannot resume: option 'sigma-px' was 1.5, is 2.0"));
  EXPECT_NO_THROW(require_same_run(then, then));
}

TEST(Journal, TellsInWordsThatTheWeightsChangedSinceTheRunBegan) {
  const auto weights = [](const char* file, const char* hash) {
    return nlohmann::ordered_json{{"weights", {{"unet", {{"file", file}, {"sha256", hash}}}}}};
  };

  EXPECT_THAT([&] { require_same_run(weights("a.pt", "12"), weights("a.pt", "34")); },
              ::testing::ThrowsMessage<Error>("cannot resume: a.pt, the weights of unet, is not "
                                              "what it was when the run began"));
  EXPECT_THAT(
      [&] { require_same_run(weights("a.pt", "12"), weights("b.pt", "34")); },
      ::testing::ThrowsMessage<Error>("cannot resume: the weights of unet were a.pt, are b.pt"));
}

}  // namespace
}  // namespace mote::pipeline
