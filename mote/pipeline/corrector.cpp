#include "mote/pipeline/corrector.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/core/version.h"
#include "mote/measure/instance.h"
#include "mote/pipeline/corrected_lineage.h"
#include "mote/pipeline/edited_tables.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/first_reading.h"
#include "mote/pipeline/frame_correction.h"
#include "mote/pipeline/identity.h"
#include "mote/pipeline/journal.h"
#include "mote/pipeline/journal_end.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/label_input.h"
#include "mote/pipeline/options.h"
#include "mote/pipeline/run_json.h"
#include "mote/pipeline/told_journal.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;

// Options that say which pixels of which frames a run is of.
const std::set<std::string>& options_of_pixels() {
  static const std::set<std::string> names = {
      "frames", "roi", "mask", "bin", "average", "channel", "z", "keep-bars", "skip-bad-frames"};
  return names;
}

std::string journal_of(const std::string& folder) {
  return folder + "/" + kKeptJournal;
}

// The options of `measure` that are not what they are by default.
Json asked_options(const Job& measure, const Json& of_run) {
  Job plain;
  plain.command = Command::kMeasure;
  const Json defaults = options_to_json(plain);
  const Json values = options_to_json(measure);
  Json asked = Json::object();
  for (const auto& [key, value] : values.items()) {
    if (value == defaults.at(key)) {
      continue;
    }
    if (options_of_pixels().contains(key) && value != of_run.value(key, Json())) {
      throw Error(ErrorKind::kUsage,
                  "--{} is {}, of the run that was corrected {}: corrections hold for its frames "
                  "and pixels alone",
                  key, json_text(value), json_text(of_run.value(key, Json())));
    }
    asked[key] = value;
  }
  return asked;
}

}  // namespace

bool is_correctable(const std::string& folder) {
  return exists(journal_of(folder)) && exists(folder + "/run.json");
}

Job corrected_job(const Job& measure) {
  const Json run = read_options_of_run(measure.labels + "/run.json");
  const bool again = run.contains("corrected_from") && run["corrected_from"].is_object();
  const Json& options = again ? run["corrected_from"].at("options") : run.at("options");
  Job job;
  job.command = Command::kTrack;
  options_from_json(options, job);
  options_from_json(asked_options(measure, options), job);
  job.recording.path = measure.recording.path;
  if (job.recording.path.empty()) {
    job.recording.path = run.value("recording", Json::object()).value("path", "");
  }
  job.corrected_from = measure.labels;
  job.output = measure.output;
  job.force = measure.force;
  job.resume = measure.resume;
  job.threads = measure.threads;
  return job;
}

Json corrected_header(const Job& job, const Json& identity) {
  const Json run = read_options_of_run(job.corrected_from + "/run.json");
  const bool again = run.contains("corrected_from");
  Job measure = job;
  measure.command = Command::kMeasure;
  Json header = run_header(measure, identity);
  header["corrected_from"] = {
      {"run", job.corrected_from},
      {"input", again ? run["corrected_from"].at("input") : run.at("input")},
      {"options", options_to_json(job)}};
  return header;
}

namespace {

// Throws kUsage unless `recording` is what the run was made of.
void require_recording_of(const Job& job, const RecordingInfo& info, const RunSummary& summary) {
  const Json run = read_options_of_run(job.corrected_from + "/run.json");
  const Json& input =
      run.contains("corrected_from") ? run["corrected_from"].at("input") : run.at("input");
  const int64_t frames = summary.frames + static_cast<int64_t>(summary.bad_sources.size());
  if (info.frames != frames || info.size != summary.field) {
    throw Error(ErrorKind::kUsage,
                "{}: {} frames of {} x {} px, but the run was made of {} frames of {} x {} px",
                job.recording.path, info.frames, info.size.width, info.size.height, frames,
                summary.field.width, summary.field.height);
  }
  // A mask, a drift file or label images would count in the run's hash too.
  if (input.value("files", size_t{0}) != info.files.size()) {
    return;
  }
  const bool full = input.value("hash_covers", "") == "full";
  const Json found = input_identity(info.files, full ? InputHash::kFull : InputHash::kSampled);
  if (found.at("hash") != input.at("hash")) {
    throw Error(ErrorKind::kUsage,
                "{}: not what the run was made of: its name, its size or its content differs",
                job.recording.path);
  }
}

// Throws kBadFile where the journal is of another version of mote.
std::string require_readable(const std::string& journal) {
  JournalReader reader(journal);
  const auto record = reader.next();
  const bool known = record && record->type == RecordType::kHeader &&
                     Json::parse(record->payload).value("mote", "") == version();
  if (!known) {
    throw Error(ErrorKind::kBadFile,
                "{}: is damaged or of another version of mote than {}: run mote track again",
                journal, version());
  }
  return journal;
}

}  // namespace

struct Corrector::Impl {
  const Job& job;
  Recording& recording;
  FirstReading automatic;
  EditedFiles edited;
  std::vector<std::string> logged;  // values that the run has from its log
  JournalEnd end;

  Impl(const Job& j, Recording& r)
      : job(j),
        recording(r),
        automatic(read_whole(j, r, require_readable(journal_of(j.corrected_from)))) {
    require_recording_of(job, recording.info(), automatic.summary);
    const std::string& folder = job.corrected_from;
    edited.labels = folder + "/labels.tif";
    edited.particles = folder + "/particles.csv";
    edited.tracks = folder + "/tracks.csv";
    edited.events = folder + "/events.csv";
    if (exists(edited.events)) {
      edited.event_rows = read_edited_events(edited.events);
    }
    const Json run = read_options_of_run(folder + "/run.json");
    if (run.contains("log") && run["log"].is_object()) {
      logged = run["log"].at("columns").get<std::vector<std::string>>();
    }
    edited.rows = read_edited_tracks(edited.tracks);
    for (const Track& track : automatic.summary.lineage.tracks) {
      if (!edited.rows.contains(track.id)) {
        edited.removed.insert(track.id);
      }
    }
  }

  void require_labels(const LabelInput& labels) const {
    const RunSummary& summary = automatic.summary;
    if (labels.masks()) {
      throw Error(ErrorKind::kBadFile,
                  "{}: holds 0 and 255 alone, as a mask does: expected the numbers of tracks",
                  edited.labels);
    }
    if (labels.info().frames != summary.frames || labels.info().size != summary.field) {
      throw Error(ErrorKind::kBadFile,
                  "{}: has {} images of {} x {} px, expected {} of {} x {} px as the run has",
                  edited.labels, labels.info().frames, labels.info().size.width,
                  labels.info().size.height, summary.frames, summary.field.width,
                  summary.field.height);
    }
  }

  // What a log gave stands in the journal already; a log that is named anew takes its place.
  void join_log(JournalFrame& frame) const {
    if (recording.log() == nullptr) {
      return;
    }
    for (const std::string& name : logged) {
      frame.values.erase(name);
    }
    frame.values.merge(recording.log_values(frame.source_index));
  }

  // Names of now in place of those that the tracker had for the time being.
  void finish_names(JournalFrame& frame) const {
    for (JournalInstance& instance : frame.instances) {
      instance.tracks = automatic.lineage.final_tracks(frame.index, instance.tracks);
      instance.measures.label = instance.tracks.front();
    }
    std::stable_sort(frame.instances.begin(), frame.instances.end(),
                     [](const JournalInstance& a, const JournalInstance& b) {
                       return a.measures.label < b.measures.label;
                     });
    std::vector<track::TrackedNeck> necks;
    for (track::TrackedNeck neck : frame.necks) {
      const std::vector<int32_t> a = automatic.lineage.final_tracks(frame.index, {neck.a});
      const std::vector<int32_t> b = automatic.lineage.final_tracks(frame.index, {neck.b});
      if (a.size() == 1 && b.size() == 1) {
        neck.a = a.front();
        neck.b = b.front();
        necks.push_back(neck);
      }
    }
    frame.necks = std::move(necks);
  }

  void measure_redrawn(CorrectedFrame& corrected) const {
    if (corrected.unmeasured.empty()) {
      return;
    }
    JournalFrame& frame = corrected.frame;
    const FieldFrame field = recording.read_field(frame.source_index);
    measure::InstanceMeasureOptions options{.excluded = field.excluded.get()};
    if (const auto& pixel = recording.info().pixel_size) {
      options.y_over_x = pixel->y_nm / pixel->x_nm;
    }
    std::map<int32_t, measure::InstanceMeasures> measured;
    for (measure::InstanceMeasures& measures :
         measure::measure_instances(to_float32(field.frame.image), corrected.labels, {}, options)) {
      measured[measures.label] = measures;
    }
    for (JournalInstance& instance : frame.instances) {
      if (corrected.unmeasured.contains(instance.measures.label)) {
        instance.measures = measured.at(instance.measures.label);
      }
    }
  }

  JournalFrame corrected_frame(const std::string& payload, LabelInput& labels,
                               EditedParticles& particles, CorrectedLineage& lineage) const {
    JournalFrame frame = decode_frame(payload);
    finish_names(frame);
    join_log(frame);
    const int64_t index = frame.index;
    CorrectedFrame now = [&] {
      try {
        return corrected(std::move(frame), labels.read(index), particles.next(), edited);
      } catch (const Error& error) {
        throw std::string(error.what()).starts_with(job.corrected_from) ? error
                                                                        : error.in(edited.labels);
      }
    }();
    measure_redrawn(now);
    lineage.add(now);
    return std::move(now.frame);
  }

  // What of the run's journal goes into the new one, frames corrected.
  void correct_frames(JournalWriter& journal, CorrectedLineage& lineage,
                      const JobContext& context) {
    LabelInput labels(edited.labels);
    require_labels(labels);
    EditedParticles particles(edited.particles, automatic.summary.frames);
    JournalReader reader(journal_of(job.corrected_from));
    Every progress(kProgressEvery, true);
    int64_t done = 0;
    while (auto record = reader.next()) {
      if (context.cancelled()) {
        throw Cancelled();
      }
      if (record->type == RecordType::kBadFrame) {
        journal.append(record->type, record->payload);
      } else if (record->type == RecordType::kEnd) {
        end = decode_end(record->payload);
      } else if (record->type == RecordType::kFrame) {
        journal.append(RecordType::kFrame,
                       encode(corrected_frame(record->payload, labels, particles, lineage)));
        ++done;
        if (context.progress && (progress.due() || done == automatic.summary.frames)) {
          context.progress(
              {.stage = "correcting", .done = done, .total = automatic.summary.frames});
        }
      }
    }
  }

  std::vector<Event> told_events(const std::string& journal, const std::vector<Track>& tracks,
                                 const std::set<int32_t>& wanted) const {
    if (wanted.empty()) {
      return {};
    }
    return told_by_journal(journal, job, recording, tracks, wanted,
                           [this](int64_t frame) { return automatic.drift_at(frame); });
  }
};

Corrector::Corrector(const Job& job, Recording& recording)
    : impl_(std::make_unique<Impl>(job, recording)) {}

Corrector::~Corrector() = default;

std::vector<std::string> Corrector::files() const {
  const EditedFiles& edited = impl_->edited;
  std::vector<std::string> files = {journal_of(impl_->job.corrected_from), edited.labels,
                                    edited.particles, edited.tracks};
  if (exists(edited.events)) {
    files.push_back(edited.events);
  }
  return files;
}

void Corrector::run(const Json& header, OutputFolder& folder, const JobContext& context) {
  Impl& impl = *impl_;
  JournalWriter journal(folder.journal(), begin_journal(folder.journal(), json_text(header)));
  CorrectedLineage lineage(impl.automatic.summary.lineage, impl.edited);
  impl.correct_frames(journal, lineage, context);
  journal.sync();
  lineage.settle();
  track::TrackerOutput changes =
      lineage.result(impl.told_events(folder.journal(), lineage.tracks(), lineage.wanted()));
  journal.append(RecordType::kChanges, encode_changes(changes));
  impl.end.correction_warnings = lineage.warnings();
  impl.end.tracks_removed += lineage.tracks_removed();
  journal.append(RecordType::kEnd, encode(impl.end));
  journal.sync();
}

}  // namespace mote::pipeline
