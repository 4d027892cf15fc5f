#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/measure/contact_spans.h"
#include "mote/measure/tables.h"

namespace mote::measure {

/// How a tracker saw two tracks touch in one frame. Both are the same track once it knows them as
/// one particle.
struct NeckSample {
  int32_t a = 0;
  int32_t b = 0;
  std::optional<double> ratio;     ///< of the mask, as Neck; 0 where apart; unknown: nothing
  std::optional<double> width_px;  ///< as Neck; 0 where none is seen
  Point apart;                     ///< between both centroids, in camera pixels
  std::optional<double> excess;    ///< docs/tracking.md, One behind the other
  std::optional<double> excess_error;

  bool operator==(const NeckSample&) const = default;
};

/// What a pair is compared with: both particles as they were before they touched.
struct Parents {
  double contact_area_px2 = 0;      ///< A1 + A2
  double smaller_area_px2 = 0;      ///< of both
  double relaxed_area_px2 = 0;      ///< pi (r1³ + r2³)^(2/3): a sphere of the volume of both
  std::optional<double> intensity;  ///< sum of area x (mean intensity - background)

  bool operator==(const Parents&) const = default;
};

/// A row of necks.csv: a pair in contact, in one frame.
struct NeckRow {
  FrameInfo info;
  std::vector<int32_t> tracks;  ///< two, ascending
  std::string began_as;         ///< `contact` or `overlap`
  std::string ends_as;  ///< `coalescence`, `aggregation`, `parted`, `unresolved`; empty where a
                        ///< split ends it
  int64_t contact_frame = 0;
  std::optional<double> since_contact_s;
  int64_t n_instances = 0;  ///< 2, or 1 where both make one instance
  std::optional<double> width_px;
  std::optional<double> ratio;       ///< x/r
  std::optional<double> mask_ratio;  ///< as the tracker got it
  std::optional<double> area_px2;
  std::optional<Parents> before;
  std::optional<double> solidity;
  std::optional<double> distance_px;
  std::optional<double> distance_step_px;
  std::optional<double> intensity_balance;
  std::optional<double> excess;
  std::optional<double> excess_error;

  bool operator==(const NeckRow&) const = default;
};

/// Makes the rows of necks.csv, frame by frame, in memory of a few numbers for each contact.
class NeckCollector {
 public:
  explicit NeckCollector(const Lineage& lineage);

  /// The rows of one frame, in order of tracks; frames ascend, each with all its particles.
  std::vector<NeckRow> add(const FrameInfo& info, std::span<const ParticleRow> particles,
                           std::span<const NeckSample> necks);

 private:
  struct Look {  // at a particle that stands alone
    double area_px2 = 0;
    std::optional<double> intensity;
  };
  struct Open {
    ContactSpan span;
    std::optional<double> began_s;
    std::optional<Parents> before;
    std::optional<std::pair<int64_t, double>> distance_px;  // the last, with its frame
  };
  using ByTrack = std::map<int32_t, const ParticleRow*>;

  void open_contacts(const FrameInfo& info, const ByTrack& seen);
  void look(std::span<const ParticleRow> particles);
  std::optional<Parents> before(const ContactSpan& span, const ByTrack& seen) const;
  std::optional<Look> mean_look(int32_t track, const ByTrack& seen) const;

  std::vector<ContactSpan> waiting_;                  // the next one last
  std::vector<Open> open_;                            // in order of tracks
  std::map<int64_t, std::optional<double>> began_s_;  // of frames in which contacts begin
  std::map<int32_t, std::deque<Look>> looks_;         // of tracks that come into contact
};

const std::vector<Column<NeckRow>>& neck_columns();

}  // namespace mote::measure
