#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/measure/frame.h"
#include "mote/measure/tables.h"
#include "mote/report/checks.h"
#include "mote/report/figure.h"
#include "mote/report/thinned.h"

namespace mote::report {

/// A file beside the report, for its links.
struct ReportFile {
  std::string name;  ///< relative to the report's folder: `particles.csv`
  std::string what;  ///< `every particle in every frame`
};

/// What a report says of the run as a whole. Texts may hold anything: they are escaped.
struct ReportReading {
  std::string name;   ///< key of measure::FrameRow::values, `temperature_c`
  std::string label;  ///< as the page shows it: `temperature (°C)`
};

struct ReportInfo {
  std::string title;        ///< usually the input's file name
  std::string input;        ///< as the user gave it
  std::string format;       ///< RecordingInfo::format
  std::string sample_type;  ///< `uint8`, ...
  Size size;                ///< of the frames used, after cropping and binning
  int64_t frames = 0;       ///< used
  int64_t frames_on_disk = 0;
  int64_t frames_skipped = 0;      ///< could not be read
  bool recording = true;           ///< false: stills, of which each stands for itself
  std::vector<std::string> names;  ///< of the stills, by recorded frame; may be empty
  bool drift = true;               ///< false: `--no-drift`
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  bool time_stamps = false;               ///< each frame's time was recorded with it
  std::optional<double> sigma_px;         ///< of the segmenter's Gaussian
  std::optional<double> min_diameter_px;  ///< of particles that are counted
  std::vector<std::pair<std::string, std::string>> effective;  ///< what took effect, with units
  std::vector<std::pair<std::string, std::string>> options;    ///< as given, as in run.json
  std::vector<std::pair<std::string, std::string>> versions;   ///< `mote`, `libtiff`, ...
  std::vector<std::string> warnings;
  std::optional<measure::SizeSample> size_sample;                  ///< of the run as a whole
  std::vector<std::pair<std::string, std::string>> flag_meanings;  ///< measure::frame_flags()
  std::vector<ReportFile> files;
  std::vector<ReportReading> readings;  ///< of instruments, shown against time
  std::string methods;                  ///< a paragraph for a paper; may be empty
  std::vector<Figure> figures;          ///< those that the page shows too, by its script
};

/// What the builder keeps of a particle with a track.
struct TrackPoint {
  int32_t track = 0;
  float ecd_px = 0;
  float ecd_se_px = 0;  ///< standard uncertainty; not finite where there is none
};

/// What the builder keeps of a frame for its size distribution.
struct SizedParticle {
  float ecd_px = 0;
  float weight = 0;  ///< `border_weight`; 0 at the border
};
struct SizedFrame {
  measure::FrameInfo info;
  std::vector<SizedParticle> particles;
  int64_t every = 1;  ///< only each so many-th particle is kept
};

struct OverlayPicture {
  measure::FrameInfo frame;
  Size size;
  std::vector<uint8_t> jpeg;
};

/// How much a report holds at most; longer recordings are thinned evenly, and the page says so.
struct ReportLimits {
  int64_t frames = 2000;
  int64_t track_points = 200'000;
  int64_t tracks = 4000;             ///< the longest are kept
  int64_t events = 4000;             ///< meetings are kept before births and deaths
  int64_t distribution_frames = 64;  ///< frames whose sizes are kept one by one
  int64_t distribution_sizes = 150'000;
  int64_t overlays = 120;
  int64_t overlay_bytes = 9'500'000;  ///< of all JPEGs together; base64 adds a third
};

/// Gathers what report.html shows, in memory bounded by ReportLimits, and writes the page: one
/// file that needs no other and no network.
///
/// What is kept depends on the rows alone. For stills give an empty lineage, number them as frames
/// and set ReportInfo::recording to false.
class ReportBuilder {
 public:
  /// `frames`: how many will come, at most; it plans the overlays.
  ReportBuilder(const Lineage& lineage, int64_t frames, const ReportLimits& limits = {});

  /// Frames come in ascending order of FrameInfo::frame, each with all its particles.
  void add_frame(const measure::FrameRow& frame, std::span<const measure::ParticleRow> particles);
  void add_drift(const measure::DriftTableRow& drift);

  /// Should `add_overlay` be called for this frame? Thread-safe, known before the first call.
  bool wants_overlay(int64_t frame) const { return planned_.contains(frame); }

  /// A JPEG of quality about 75 of the frame as the overlay draws it, its longer side at most
  /// `kOverlaySidePx`; in ascending order of frame. Draw it at that size: an overlay that is shrunk
  /// has small letters.
  void add_overlay(const measure::FrameInfo& frame, Size size, std::vector<uint8_t> jpeg);
  static constexpr int64_t kOverlaySidePx = 640;

  /// The numbers of the page of checks.
  CheckInputs check_inputs(const ReportInfo& info) const;

  /// Hands the page to `write`, piece by piece: it is never in memory as a whole. At most 20 MB at
  /// default limits.
  void write_html(const ReportInfo& info, const std::function<void(std::string_view)>& write) const;

  /// The same in one piece.
  std::string html(const ReportInfo& info) const;

 private:
  struct Running {  // mean and spread of a stream
    int64_t count = 0;
    double mean = 0;
    double squares = 0;
    void add(double value);
    std::optional<double> sd() const;
  };

  bool keeps_overlay(int64_t frame) const;
  void thin_overlays();

  ReportLimits limits_;
  int64_t sizes_per_frame_ = 1;
  std::vector<Track> tracks_;                            // kept, in order of id
  std::map<int32_t, std::pair<int64_t, int64_t>> ends_;  // first and last frame of those
  int64_t tracks_total_ = 0;
  std::vector<Event> events_;  // kept, in order
  std::map<EventType, int64_t> events_total_;
  std::set<int64_t> planned_;
  std::set<int64_t> meetings_;        // frames of merges, splits, contacts and how they end
  std::map<int64_t, int64_t> ranks_;  // of planned overlays: among meetings, or among the others
  int64_t meeting_stride_ = 1;        // in ranks
  int64_t other_stride_ = 1;

  Thinned<measure::FrameRow> frames_;
  Thinned<TrackPoint> points_;
  std::vector<std::pair<int64_t, TrackPoint>> end_points_;  // first and last of each track
  Thinned<SizedFrame> sizes_;
  Thinned<measure::DriftTableRow> drift_;
  std::vector<OverlayPicture> overlays_;
  int64_t overlay_bytes_ = 0;

  int64_t frames_total_ = 0;
  int64_t frames_with_time_ = 0;
  int64_t instances_ = 0;
  int64_t at_border_ = 0;
  int64_t touching_ = 0;
  int64_t shared_ = 0;
  std::map<std::string, int64_t> flags_;  // frames that have it
  Running threshold_;
  Running contrast_;
  Running drift_squares_;
  double drift_range_px_ = 0;
  int64_t drift_rows_ = 0;
  int64_t drift_interpolated_ = 0;
};

}  // namespace mote::report
