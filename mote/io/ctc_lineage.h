#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/core/track_graph.h"

namespace mote::io {

/// A stretch of a track without gaps, as a line of `res_track.txt` tells it.
struct CtcPiece {
  int32_t label = 0;  ///< of its pixels; that of the track for its first piece
  int32_t track = 0;
  int64_t first_frame = 0;
  int64_t last_frame = 0;
  int32_t parent = 0;  ///< label of the piece before, or of one parent's last piece; 0 for none

  bool operator==(const CtcPiece&) const = default;
};

/// Tracks that share pixels in a frame.
struct CtcShared {
  int64_t frame = 0;
  int32_t label = 0;            ///< that the pixels have
  std::vector<int32_t> tracks;  ///< all of them

  bool operator==(const CtcShared&) const = default;
};

/// Tracks as the Cell Tracking Challenge's files hold them, and what these have no place for:
/// further parents, and tracks that share pixels, which a sidecar of mote keeps.
struct CtcLineage {
  std::vector<CtcPiece> pieces;  ///< in order of label
  std::vector<CtcShared> shared;
  std::map<int32_t, std::vector<int32_t>> parents;  ///< of tracks whose parents no line can tell

  bool operator==(const CtcLineage&) const = default;
};

constexpr const char* kCtcSidecar = "mote_lineage.json";

/// The challenge asks for a mask in every frame of a line: a track is cut where it has no pixels of
/// its own, being away or sharing those of a track with a lower number. The later pieces have new
/// labels and the piece before as their parent.
CtcLineage ctc_lineage(const TrackGraph& graph);

/// The lines of `res_track.txt`.
std::string ctc_text(const CtcLineage& lineage);

/// The sidecar, in JSON.
std::string ctc_sidecar(const CtcLineage& lineage);

/// The lineage that lines and sidecar tell. Lines go before: a piece or parent that was changed
/// there is what the line says. Without a sidecar (empty) every line is a track.
/// Throws kBadFile where the sidecar is none.
CtcLineage ctc_lineage_of(const std::vector<Track>& lines, std::string_view sidecar);

/// Joins the pieces in `graph`, whose nodes have the labels of pieces as tracks, to tracks: adds
/// nodes of tracks that share pixels, and edges.
void apply_ctc_lineage(TrackGraph& graph, const CtcLineage& lineage);

}  // namespace mote::io
