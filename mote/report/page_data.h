#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/report/checks.h"
#include "mote/report/report_page.h"
#include "mote/report/thinned.h"

namespace mote::report {

/// Everything that the page's script reads.
struct PageData {
  const ReportInfo& info;
  std::vector<Check> checks;
  const Thinned<measure::FrameRow>& frames;
  int64_t frames_total = 0;
  bool has_time = false;  ///< every frame has a time
  const Thinned<SizedFrame>& sizes;
  const std::vector<Track>& tracks;
  int64_t tracks_total = 0;
  const Thinned<TrackPoint>& points;
  const std::vector<std::pair<int64_t, TrackPoint>>& end_points;
  const std::vector<Event>& events;
  const std::map<EventType, int64_t>& events_total;
  const Thinned<measure::DriftTableRow>& drift;
  const std::map<std::string, int64_t>& flags;
};

/// As JSON for a script element: each quantity in one unit, which `units` names (display_unit.h),
/// numbers of six significant digits, null for what is not known or not finite, and no `<`.
std::string data_json(const PageData& data);

/// `{"index": 0, ..., "src": "data:image/jpeg;base64,..."}`
std::string overlay_json(const OverlayPicture& overlay);

/// Text as the content of an HTML element.
std::string html_text(std::string_view text);

std::string base64(const std::vector<uint8_t>& bytes);

}  // namespace mote::report
