#include "mote/pipeline/run_json.h"

#include <cmath>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "mote/core/version.h"
#include "mote/measure/frame.h"
#include "mote/pipeline/frame_names.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/methods.h"
#include "mote/pipeline/networks.h"
#include "mote/pipeline/options.h"
#include "mote/pipeline/output_folder.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

std::string option_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : json_text(value);
}

std::vector<report::ReportFile> files_of(const Job& job, const RunSummary& summary) {
  std::vector<report::ReportFile> files = {{"particles.csv", "every particle in every frame"},
                                           {"frames.csv", "every frame: counts, sizes, threshold"}};
  if (job.command != Command::kSegment) {
    files.push_back({"tracks.csv", "every track: life, growth, displacement"});
    files.push_back({"motion.csv", "every track: diffusion, localisation error, exponent"});
    files.push_back({"msd.csv", "mean squared displacement against lag, of tracks and of pairs"});
    files.push_back({"growth.csv", "growth laws of the ensemble, or why there is none"});
    files.push_back({"rates.csv", "dr/dt of every particle against its radius, critical radius"});
    files.push_back({"survival.csv", "share of particles that survive, by size"});
    files.push_back({"budget.csv", "where the particles went, and what should be conserved"});
    files.push_back({"events.csv", "what happened to whom, and when"});
    files.push_back({"necks.csv", "every pair in contact, frame by frame"});
    files.push_back({"neck_fits.csv", "exponents of neck growth, or why there are none"});
  }
  if (!summary.drift.empty()) {
    files.push_back({"drift.csv", "how the specimen moved"});
  }
  files.push_back(
      {summary.one_size ? "labels.tif" : "labels", "label images; ids as in the tables"});
  if (job.overlay.enabled) {
    files.push_back(job.command == Command::kSegment
                        ? report::ReportFile{"overlays", "pictures of what was found"}
                        : report::ReportFile{"overlay.mp4", "video of what was found"});
  }
  if (draws_figures(job)) {
    files.push_back({"figures", "figures for a paper: SVG, PDF, and the numbers drawn as CSV"});
  }
  files.push_back({"sizes.csv", "size distributions at some times, with fitted laws"});
  files.push_back({"size_curves.csv", "their histograms"});
  if (job.command == Command::kTrack) {
    files.push_back({kKeptJournal, "what mote measure begins from after corrections by hand"});
  }
  files.push_back({"methods.txt", "a paragraph for the methods section of a paper"});
  files.push_back({"run.json", "options, versions, input, warnings"});
  return files;
}

std::vector<int64_t> frames_left_out(const Recording& recording, const RunSummary& summary) {
  std::vector<int64_t> recorded;
  for (const int64_t source : summary.bad_sources) {
    recorded.push_back(recording.recorded_index(source));
  }
  return recorded;
}

Json edge_model_json(const measure::EdgeModel& model) {
  const auto number = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  return {{"shape", std::string(name(model.kind))}, {"instances", model.instances},
          {"misfit", number(model.misfit)},         {"misfit_flat", number(model.flat_misfit)},
          {"radius_px", model.radius_px},           {"shift_px", model.shift_px}};
}

}  // namespace

bool draws_figures(const Job& job) {
  return job.figures && job.command != Command::kSegment;
}

Json calibration_json(const RecordingInfo& info) {
  Json out = Json::object();
  out["pixel_size"] = nullptr;
  if (const auto& pixel = info.pixel_size) {
    out["pixel_size"] = {
        {"y_nm", pixel->y_nm},
        {"x_nm", pixel->x_nm},
        {"relative_uncertainty",
         pixel->relative_uncertainty ? Json(*pixel->relative_uncertainty) : Json(nullptr)},
        {"source", pixel->source}};
  }
  out["frame_interval"] = nullptr;
  if (const auto& interval = info.frame_interval) {
    out["frame_interval"] = {{"seconds", interval->seconds}, {"source", interval->source}};
  }
  out["exposure_s"] = info.exposure_s ? Json(*info.exposure_s) : Json(nullptr);
  return out;
}

Json run_header(const Job& job, const Json& identity) {
  Json header = {{"mote", version()},
                 {"command", name(job.command)},
                 {"options", options_to_json(job)},
                 {"input", identity}};
  if (const Json weights = weights_identity(job); !weights.empty()) {
    header["weights"] = weights;
  }
  return header;
}

std::vector<std::string> all_warnings(const Recording& recording, const RunSummary& summary) {
  std::vector<std::string> all = recording.info().warnings;
  all.insert(all.end(), summary.warnings.begin(), summary.warnings.end());
  return all;
}

Json run_json(const Json& header, const Job& job, const Recording& recording,
              const RunSummary& summary, const std::vector<std::string>& notes,
              const RunTimings& timings) {
  const RecordingInfo& info = recording.info();
  Json out = {{"schema", kSchema}};
  out.update(header);
  out["recording"] = {{"path", job.recording.path},
                      {"labels", job.corrected_from.empty() ? job.labels : job.corrected_from},
                      {"format", info.format},
                      {"frames_used", summary.frames},
                      {"frames_left_out", frames_left_out(recording, summary)},
                      {"height_px", summary.field.height},
                      {"width_px", summary.field.width},
                      {"sample_type", std::string(name(info.type))}};
  out["recording"].update(calibration_json(info));
  out["recording"]["time_stamps"] = recording.stamped();
  out["detection_limit_px"] = nullptr;
  out["detection_limit_nm"] = nullptr;
  if (const auto limit_px = summary.detection_limit_px) {
    out["detection_limit_px"] = *limit_px;
    if (const auto& pixel = info.pixel_size) {
      out["detection_limit_nm"] = *limit_px * std::sqrt(pixel->y_nm * pixel->x_nm);
    }
  }
  out["log"] = nullptr;
  if (const FrameLog* log = recording.log()) {
    Json columns = Json::array();
    for (const LogReading& reading : log->readings()) {
      columns.push_back(reading.name);
    }
    out["log"] = {{"path", log->path()}, {"offset_s", log->offset_s()}, {"columns", columns}};
  }
  out["edge_model"] = edge_model_json(summary.edges);
  out["link_reach_px"] = summary.link_reach_px ? Json(*summary.link_reach_px) : Json(nullptr);
  out["counts"] = {{"instances", summary.instances},
                   {"tracks", summary.lineage.tracks.size()},
                   {"events", summary.lineage.events.size()}};
  out["corrections"] = nullptr;
  if (!job.corrected_from.empty()) {
    const Corrections& corrections = summary.corrections;
    out["corrections"] = {{"instances", corrections.instances},
                          {"tracks", corrections.tracks},
                          {"tracks_removed", corrections.tracks_removed},
                          {"events", corrections.events}};
  }
  Json files = Json::array();
  for (const report::ReportFile& file : files_of(job, summary)) {
    files.push_back(file.name);
  }
  if (job.report) {
    files.push_back("report.html");
  }
  out["files"] = files;
  out["warnings"] = all_warnings(recording, summary);
  out["notes"] = Json::array();
  if (const auto note = summary.size_sample.note()) {
    out["notes"].push_back(*note);
  }
  for (const std::string& note : notes) {
    out["notes"].push_back(note);
  }
  out["timings"] = {{"pass_one_s", timings.pass_one_s},
                    {"pass_two_s", timings.pass_two_s},
                    {"resumed", timings.resumed}};
  return out;
}

report::ReportInfo report_info(const Job& job, const Recording& recording,
                               const RunSummary& summary, const std::vector<std::string>& notes) {
  const RecordingInfo& info = recording.info();
  report::ReportInfo out{.title = std::filesystem::path(job.recording.path).filename().string(),
                         .input = job.recording.path,
                         .format = info.format,
                         .sample_type = std::string(name(info.type)),
                         .size = summary.field,
                         .frames = summary.frames,
                         .frames_on_disk = recording.recorded_frames(),
                         .frames_skipped = static_cast<int64_t>(summary.bad_sources.size()),
                         .recording = job.command != Command::kSegment,
                         .drift = !summary.drift.empty(),
                         .pixel_size = info.pixel_size,
                         .frame_interval = info.frame_interval,
                         .warnings = all_warnings(recording, summary),
                         .size_sample = summary.size_sample,
                         .files = files_of(job, summary)};
  if (out.title.empty()) {
    out.title = job.recording.path;
  }
  if (job.command != Command::kMeasure && job.labels.empty()) {
    out.sigma_px = summary.sigma_px;
    out.min_diameter_px = summary.detection_limit_px;
  }
  if (job.command == Command::kSegment) {
    out.names = FrameNames(recording).stills();
  }
  if (const FrameLog* log = recording.log()) {
    for (const LogReading& reading : log->readings()) {
      const std::string label = reading.label.empty() ? reading.name : reading.label;
      out.readings.push_back(
          {.name = reading.name,
           .label = reading.unit.empty() ? label : fmt::format("{} ({})", label, reading.unit)});
    }
  }
  out.time_stamps = recording.stamped();
  out.flag_meanings = measure::frame_flags();
  out.effective = effective_settings(job, recording, summary);
  for (const std::string& note : notes) {
    out.effective.emplace_back("not there", note);
  }
  out.methods = methods_paragraph(job, recording, summary);
  const Json options = options_to_json(job);
  for (const auto& [key, value] : options.items()) {
    out.options.emplace_back(key, option_text(value));
  }
  out.versions.emplace_back("mote", version());
  return out;
}

}  // namespace mote::pipeline
