#include "mote/track/pieces.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "mote/core/assignment.h"
#include "mote/core/disc.h"

namespace mote::track {
namespace {

// A quarter of the area may be lost to the gap and to noise.
constexpr double kLeastSum = 0.75;
constexpr double kMostSum = 1.5;

/// How far `now` is from what `before` was, moved by `shift`: in place and, as pieces may have one
/// centre, in radius.
double way_px(const Piece& before, Point shift, const Piece& now) {
  const Point way = now.centroid - (before.centroid + shift);
  return std::hypot(way.y_px, way.x_px,
                    equivalent_radius_px(now.area_px) - equivalent_radius_px(before.area_px));
}

void name_as_before(const Parting& parting, Point drift, std::vector<Piece>& pieces) {
  const Point shift = drift - parting.drift;
  double farthest_px = 0;
  std::vector<Edge> edges;
  const auto count = static_cast<int32_t>(pieces.size());
  for (int32_t before = 0; before < count; ++before) {
    for (int32_t now = 0; now < count; ++now) {
      const double px = way_px(parting.pieces[static_cast<size_t>(before)], shift,
                               pieces[static_cast<size_t>(now)]);
      edges.push_back({.row = before, .column = now, .gain = -px});
      farthest_px = std::max(farthest_px, px);
    }
  }
  for (Edge& edge : edges) {
    edge.gain += 1 + farthest_px * count;  // no pairing is worth giving up for a shorter one
  }
  const std::vector<int32_t> columns = assign(count, count, edges);
  for (size_t before = 0; before < columns.size(); ++before) {
    pieces[static_cast<size_t>(columns[before])].number = parting.pieces[before].number;
  }
}

}  // namespace

bool adds_up(double whole_px, double parts_px) {
  return parts_px >= kLeastSum * whole_px && parts_px <= kMostSum * whole_px;
}

void follow_pieces(std::optional<Parting>& parting, int64_t frame, double time, Point drift,
                   const WholeObject& whole, std::vector<Piece>& pieces) {
  if (parting && parting->pieces.size() == pieces.size()) {
    name_as_before(*parting, drift, pieces);
  } else {
    int32_t number = 0;
    double sum_px = 0;
    bool come_from_whole = true;
    for (Piece& piece : pieces) {
      piece.number = ++number;
      sum_px += piece.area_px;
      come_from_whole = come_from_whole && !piece.is_cut && piece.covered_share >= kLeastCovered;
    }
    parting = Parting{.frame = frame,
                      .time = time,
                      .is_plausible = come_from_whole && adds_up(whole.area_px, sum_px),
                      .whole_px = whole.area_px,
                      .pieces = {},
                      .drift = {}};
  }
  parting->pieces = pieces;
  parting->drift = drift;
}

}  // namespace mote::track
