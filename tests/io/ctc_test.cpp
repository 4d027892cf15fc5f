#include "mote/io/ctc.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"

namespace mote::io {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CtcTracks, AreReadInOrderOfId) {
  const std::vector<Track> tracks = ctc_tracks("3 5 9 1\n1 0 4 0\r\n\n");

  EXPECT_THAT(tracks,
              ElementsAre(Track{.id = 1, .first_frame = 0, .last_frame = 4},
                          Track{.id = 3, .first_frame = 5, .last_frame = 9, .parents = {1}}));
  EXPECT_THAT(ctc_tracks(""), IsEmpty());
}

TEST(CtcTracks, RefuseWhatIsNone) {
  EXPECT_THROW(ctc_tracks("1 0 4"), Error);
  EXPECT_THROW(ctc_tracks("1 0 4 0 7"), Error);
  EXPECT_THROW(ctc_tracks("one 0 4 0"), Error);
  EXPECT_THROW(ctc_tracks("1 4 0 0"), Error);
  EXPECT_THROW(ctc_tracks("1 0 10000000 0"), Error);
  EXPECT_THROW(ctc_tracks("0 0 4 0"), Error);
  EXPECT_THROW(ctc_tracks("99999999999 0 4 0"), Error);
  EXPECT_THROW(ctc_tracks("1 0 4 0\n1 5 6 0"), Error);
}

TEST(CtcTracks, OfThePublishedHelaResult) {
  const std::filesystem::path path =
      MOTE_SOURCE_DIR "/../shared/data/tracks/hela_01_RES/res_track.txt";
  if (!std::filesystem::exists(path)) {
    GTEST_SKIP() << "no " << path;
  }
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();

  const std::vector<Track> tracks = ctc_tracks(text.str());

  EXPECT_EQ(tracks.size(), 285);
  EXPECT_EQ(tracks[1], (Track{.id = 2, .first_frame = 31, .last_frame = 91, .parents = {1}}));
}

}  // namespace
}  // namespace mote::io
