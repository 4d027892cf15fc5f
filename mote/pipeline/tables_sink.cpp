#include <map>
#include <utility>

#include <fmt/format.h>

#include "mote/io/output_file.h"
#include "mote/measure/budget.h"
#include "mote/measure/growth.h"
#include "mote/measure/motion.h"
#include "mote/measure/neck_fits.h"
#include "mote/measure/necks.h"
#include "mote/measure/sizes.h"
#include "mote/measure/track.h"
#include "mote/pipeline/sinks.h"

namespace mote::pipeline {
namespace {

struct Lines : Sink::Rendered {
  std::string particles;
  std::string frame;
};

class TablesSink : public Sink {
 public:
  TablesSink(const std::string& folder, const Job& job, const Recording& recording,
             const RunSummary& summary, report::FigureTables& made, std::vector<std::string>& notes)
      : folder_(folder),
        made_(made),
        notes_(notes),
        tracking_(job.command != Command::kSegment),
        recording_(recording),
        summary_(summary),
        frame_columns_(measure::frame_columns(summary.value_names)),
        particles_(folder + "/particles.csv"),
        frames_(folder + "/frames.csv"),
        motion_(summary.lineage.tracks,
                {.interval_s = summary.interval_s, .exposure_s = recording.info().exposure_s}),
        ends_(measure::track_ends(summary.lineage)),
        growth_(summary.lineage, ends_,
                {.frames = summary.frames,
                 .interval_s = summary.interval_s,
                 .seed = static_cast<uint64_t>(job.seed)}),
        conservation_(summary.common_window),
        necks_(summary.lineage),
        neck_fits_({.interval_s = summary.interval_s, .seed = static_cast<uint64_t>(job.seed)}),
        sizes_({.frames = summary.frames,
                .single_times = tracking_,
                .common_window = summary.common_window,
                .seed = static_cast<uint64_t>(job.seed)}) {
    particles_.write(measure::csv_header(measure::particle_columns()));
    frames_.write(measure::csv_header(frame_columns_));
    for (const Track& track : summary.lineage.tracks) {
      const auto found = ends_.find(track.id);
      tracks_.try_emplace(track.id, track,
                          found == ends_.end() ? measure::TrackEnds{} : found->second);
    }
    if (tracking_) {
      budget_ = measure::mechanism_budget(summary.lineage.tracks, ends_, summary.frames);
      neck_file_.emplace(folder + "/necks.csv");
      neck_file_->write(measure::csv_header(measure::neck_columns()));
    }
  }

  std::unique_ptr<Rendered> render(const FinalFrame& frame) const override {
    auto lines = std::make_unique<Lines>();
    for (const measure::ParticleRow& particle : frame.particles) {
      lines->particles += measure::csv_line(measure::particle_columns(), particle);
    }
    lines->frame = measure::csv_line(frame_columns_, frame.row);
    return lines;
  }

  void write(const FinalFrame& frame, std::unique_ptr<Rendered> rendered) override {
    const auto& lines = static_cast<const Lines&>(*rendered);
    particles_.write(lines.particles);
    frames_.write(lines.frame);
    for (const measure::ParticleRow& particle : frame.particles) {
      for (const int32_t track : particle.tracks) {
        tracks_.at(track).add(particle);
      }
    }
    sizes_.add(frame.info, frame.particles, frame.labels.size());
    if (tracking_) {
      motion_.add(frame.particles, drift_residual_px(frame.info.frame));
      growth_.add(frame.info, frame.particles, temperature_of(frame.row));
      budget_rows_.push_back({.info = frame.info,
                              .budget = budget_.at(static_cast<size_t>(frame.info.frame)),
                              .conserved = conservation_.add(frame.particles)});
      add_necks(frame);
    }
  }

  void finish() override {
    particles_.sync_and_close();
    frames_.sync_and_close();
    const measure::SizesCollector::Tables sizes = sizes_.tables();
    write_table("sizes.csv", measure::sizes_columns(), sizes.sizes);
    write_table("size_curves.csv", measure::size_curve_columns(), sizes.curves);
    if (tracking_) {
      write_tracks();
      write_table("motion.csv", measure::motion_columns(), motion_.rows());
      write_table("msd.csv", measure::msd_columns(), made_.msd = motion_.curves());
      write_table("growth.csv", measure::growth_columns(), growth_.growth());
      write_table("rates.csv", measure::rate_columns(), made_.rates = growth_.rates());
      write_table("survival.csv", measure::survival_columns(), made_.survival = growth_.survival());
      write_table("budget.csv", measure::budget_columns(), budget_rows_);
      made_.budget = std::move(budget_rows_);
      neck_file_->sync_and_close();
      write_table("neck_fits.csv", measure::neck_fit_columns(),
                  made_.neck_fits = neck_fits_.rows());
      made_.necks = neck_fits_.curves();
      made_.necks_timed = neck_fits_.timed();
      write_events();
    }
    if (!summary_.drift.empty()) {
      write_table("drift.csv", measure::drift_columns(), summary_.drift);
    }
    tell_empty_tables();
  }

 private:
  void tell_empty_tables() {
    const auto tell = [&](bool empty, const char* table, const char* why) {
      if (empty) {
        notes_.push_back(fmt::format("no rows in {}: {}", table, why));
      }
    };
    tell(summary_.instances == 0, "particles.csv", "no particle was found in any frame");
    if (tracking_) {
      const bool none = tracks_.empty();
      const char* untracked = "there is no track";
      tell(none, "tracks.csv", untracked);
      tell(none, "motion.csv", untracked);
      tell(made_.msd.empty(), "msd.csv", "no track was seen alone in two frames");
      tell(made_.rates.empty(), "rates.csv", "no track was measured in enough frames for dr/dt");
      tell(made_.survival.empty(), "survival.csv", "no track was seen alone");
      tell(summary_.lineage.events.empty(), "events.csv",
           summary_.frames == 1 ? "a single frame has neither before nor after"
                                : "no track begins, ends, touches another or comes of one");
      tell(!any_neck_, "necks.csv", "no two tracks were seen in contact");
      tell(made_.neck_fits.empty(), "neck_fits.csv", "no two tracks were seen in contact for long");
    }
  }

  void add_necks(const FinalFrame& frame) {
    std::string lines;
    for (const measure::NeckRow& row : necks_.add(frame.info, frame.particles, frame.necks)) {
      lines += measure::csv_line(measure::neck_columns(), row);
      neck_fits_.add(row);
      any_neck_ = true;
    }
    neck_file_->write(lines);
  }

  void write_tracks() {
    io::OutputFile file(folder_ + "/tracks.csv");
    file.write(measure::csv_header(measure::track_columns()));
    for (const auto& [id, accumulator] : tracks_) {
      file.write(measure::csv_line(measure::track_columns(), accumulator.row()));
    }
    file.sync_and_close();
  }

  void write_events() {
    const auto columns = measure::event_columns(summary_.evidence_names);
    io::OutputFile file(folder_ + "/events.csv");
    file.write(measure::csv_header(columns));
    int64_t id = 0;
    for (const Event& event : summary_.lineage.events) {
      file.write(measure::csv_line(columns, event_row(event, ++id)));
    }
    file.sync_and_close();
  }

  measure::EventRow event_row(const Event& event, int64_t id) const {
    measure::EventRow row{.id = id, .event = event};
    row.info = info_of(event.frame);
    const measure::FrameInfo before = info_of(event.frame_before);
    row.recorded_frame_before = before.recorded_frame;
    row.time_before_s = before.time_s;
    const bool seen_before = is_death(event.type);
    row.drift = seen_before ? before.drift : row.info.drift;
    return row;
  }

  // The first named value that is a temperature.
  static std::optional<double> temperature_of(const measure::FrameRow& row) {
    const auto found = row.values.lower_bound("temperature");
    const bool named = found != row.values.end() && found->first.starts_with("temperature");
    return named ? std::optional(found->second) : std::nullopt;
  }

  double drift_residual_px(int64_t frame) const {
    return summary_.drift.empty()
               ? 0
               : summary_.drift.at(static_cast<size_t>(frame)).residual_px.value_or(0);
  }

  measure::FrameInfo info_of(int64_t frame) const {
    const int64_t source = summary_.source_of(frame);
    measure::FrameInfo info{.frame = frame,
                            .recorded_frame = recording_.recorded_index(source),
                            .time_s = recording_.time_s(source),
                            .pixel_size = recording_.info().pixel_size};
    if (!summary_.drift.empty()) {
      info.drift = summary_.drift.at(static_cast<size_t>(frame)).info.drift;
    }
    return info;
  }

  template <typename Row>
  void write_table(const char* name, const std::vector<measure::Column<Row>>& columns,
                   const std::vector<Row>& rows) const {
    io::OutputFile file(folder_ + "/" + name);
    file.write(measure::csv_header(columns));
    for (const Row& row : rows) {
      file.write(measure::csv_line(columns, row));
    }
    file.sync_and_close();
  }

  std::string folder_;
  report::FigureTables& made_;
  std::vector<std::string>& notes_;
  bool tracking_;
  const Recording& recording_;
  const RunSummary& summary_;
  std::vector<measure::Column<measure::FrameRow>> frame_columns_;
  io::OutputFile particles_;
  io::OutputFile frames_;
  std::map<int32_t, measure::TrackAccumulator> tracks_;
  measure::MotionCollector motion_;
  std::map<int32_t, measure::TrackEnds> ends_;
  measure::GrowthCollector growth_;
  measure::Conservation conservation_;
  measure::NeckCollector necks_;
  measure::NeckFits neck_fits_;
  std::optional<io::OutputFile> neck_file_;
  bool any_neck_ = false;
  measure::SizesCollector sizes_;
  std::vector<measure::Budget> budget_;
  std::vector<measure::BudgetRow> budget_rows_;
};

}  // namespace

std::unique_ptr<Sink> make_tables_sink(const std::string& folder, const Job& job,
                                       const Recording& recording, const RunSummary& summary,
                                       report::FigureTables& made,
                                       std::vector<std::string>& notes) {
  return std::make_unique<TablesSink>(folder, job, recording, summary, made, notes);
}

}  // namespace mote::pipeline
