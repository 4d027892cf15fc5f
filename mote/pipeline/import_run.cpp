#include "mote/pipeline/import_run.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/pipeline/corrector.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/import_masks.h"
#include "mote/pipeline/label_input.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

// What `mote measure` reads of a run that was edited, and what edits may stand beside.
constexpr auto kKept =
    std::to_array<const char*>({"run.json", "journal.mote", "frames.csv", "events.csv",
                                "particles.csv", "tracks.csv", "labels.tif"});

// Without the files that are written anew.
void copy_run(const std::string& run, const std::string& folder,
              const std::vector<std::string>& written) {
  for (const char* name : kKept) {
    std::error_code error;
    const fs::path from = fs::path(run) / name;
    const bool copied = std::find(written.begin(), written.end(), name) == written.end();
    if (copied && fs::exists(from, error)) {
      fs::copy_file(from, fs::path(folder) / name, error);
    }
    if (error) {
      throw Error(ErrorKind::kResource, "{}: cannot be copied: {}", from.string(), error.message());
    }
  }
}

using TracksByInstance = std::map<std::pair<int64_t, int32_t>, std::set<int32_t>>;

// The label of the particle that a node lies on; 0 for none.
class Particles {
 public:
  Particles(const std::string& run, const TrackGraph& of_run) : labels_(run) {
    for (const TrackNode& node : of_run.nodes) {
      known_.insert({node.frame, node.label});
    }
  }

  int32_t at(const TrackNode& node) {
    if (node.label > 0 && known_.contains({node.frame, node.label})) {
      return node.label;
    }
    if (frame_ != node.frame) {
      frame_ = node.frame;
      image_ = labels_.read(frame_);
    }
    const int64_t y = std::llround(node.position.y_px);
    const int64_t x = std::llround(node.position.x_px);
    const bool inside = y >= 0 && x >= 0 && y < image_.height() && x < image_.width();
    return inside ? image_(y, x) : 0;
  }

 private:
  LabelInput labels_;
  std::set<std::pair<int64_t, int32_t>> known_;
  LabelImage image_;
  int64_t frame_ = -1;
};

std::string particles_csv(const TracksByInstance& instances) {
  std::string text = "frame,label,tracks\n";
  for (const auto& [place, tracks] : instances) {
    text += fmt::format("{},{},{}\n", place.first, place.second, fmt::join(tracks, ";"));
  }
  return text;
}

// The tracks that still have a particle, without parents that have none.
std::vector<Track> remaining(std::vector<Track> tracks, const TracksByInstance& instances) {
  std::set<int32_t> there;
  for (const auto& [unused, numbers] : instances) {
    there.insert(numbers.begin(), numbers.end());
  }
  std::erase_if(tracks, [&](const Track& track) { return !there.contains(track.id); });
  for (Track& track : tracks) {
    std::erase_if(track.parents, [&](int32_t parent) { return !there.contains(parent); });
  }
  return tracks;
}

void require_frames(const ImportedTracks& tracks, const TrackGraph& of_run,
                    const std::string& run) {
  const TrackGraph& graph = tracks.graph;
  if (graph.frames > of_run.frames || (tracks.labels && graph.frames != of_run.frames)) {
    throw Error(ErrorKind::kUsage, "{}: it has {} frames, the run {} has {}", tracks.input,
                graph.frames, run, of_run.frames);
  }
}

// Parents by the run, of those that are there.
void take_parents_of(std::map<int32_t, Track>& tracks, const TrackGraph& of_run) {
  for (const Track& track : tracks_of(of_run)) {
    if (const auto found = tracks.find(track.id); found != tracks.end()) {
      found->second.parents = track.parents;
      std::erase_if(found->second.parents,
                    [&](int32_t parent) { return !tracks.contains(parent); });
    }
  }
}

std::map<int32_t, Track> by_id(std::vector<Track> tracks) {
  std::map<int32_t, Track> map;
  for (Track& track : tracks) {
    const int32_t id = track.id;
    map.emplace(id, std::move(track));
  }
  return map;
}

std::vector<Track> in_order(std::map<int32_t, Track> tracks) {
  std::vector<Track> list;
  list.reserve(tracks.size());
  for (auto& entry : tracks) {
    list.push_back(std::move(entry.second));
  }
  return list;
}

// Points that lie on no particle of the run are left out of the graph, which loses its edges.
TracksByInstance matched(ImportedTracks& tracks, const TrackGraph& of_run, const std::string& run,
                         const JobContext& context) {
  Particles particles(run, of_run);
  TracksByInstance instances;
  std::vector<TrackNode>& nodes = tracks.graph.nodes;
  const size_t all = nodes.size();
  tracks.graph.edges.clear();
  std::erase_if(nodes, [&](const TrackNode& node) {
    if (context.cancelled()) {
      throw Cancelled();
    }
    const int32_t label = particles.at(node);
    if (label > 0) {
      instances[{node.frame, label}].insert(node.track);
    }
    return label == 0;
  });
  const size_t beside = all - nodes.size();
  if (2 * beside > all) {
    throw Error(ErrorKind::kUsage,
                "{}: {} of its {} points lie on no particle of the run {}: is it of another "
                "recording?",
                tracks.input, beside, all, run);
  }
  if (beside > 0) {
    tracks.warnings.push_back(fmt::format(
        "{} of {} points lie on no particle of the run: they are left out", beside, all));
  }
  return instances;
}

void write_points(ImportedTracks& tracks, const TrackGraph& of_run, const std::string& run,
                  const std::string& folder, const JobContext& context) {
  std::map<int32_t, Track> told = by_id(tracks_of(tracks.graph));
  const TracksByInstance instances = matched(tracks, of_run, run, context);
  if (!tracks.parents) {
    take_parents_of(told, of_run);
    tracks.warnings.push_back("it does not tell parents: those of the run stay");
  }
  write_file(folder + "/particles.csv", particles_csv(instances));
  write_file(folder + "/tracks.csv", parents_csv(remaining(in_order(std::move(told)), instances)));
}

// Where the format has no parents to tell, those of the run; and its tracks that no label image
// ever showed, as they shared all their particles.
std::vector<Track> with_tracks_of(std::vector<Track> tracks, const TrackGraph& of_run) {
  std::set<int32_t> shown;
  for (const TrackNode& node : of_run.nodes) {
    if (node.label == node.track) {
      shown.insert(node.track);
    }
  }
  std::map<int32_t, Track> told = by_id(std::move(tracks));
  for (const Track& track : tracks_of(of_run)) {
    if (!shown.contains(track.id)) {
      told[track.id] = track;
    }
  }
  take_parents_of(told, of_run);
  return in_order(std::move(told));
}

void write_masks(const ImportedTracks& tracks, const TrackGraph& of_run, const std::string& folder,
                 const JobContext& context) {
  write_label_images(tracks, of_run, folder + "/labels.tif", context);
  std::vector<Track> list = tracks_of(tracks.graph);
  write_file(folder + "/tracks.csv",
             parents_csv(tracks.parents ? list : with_tracks_of(std::move(list), of_run)));
}

}  // namespace

void require_correctable(const std::string& run) {
  if (!is_correctable(run)) {
    throw Error(ErrorKind::kNotFound,
                "{}: no run that can be corrected lies here: it has no run.json or journal.mote",
                run);
  }
}

std::vector<std::string> names_of_import() {
  return {kKept.begin(), kKept.end()};
}

std::string parents_csv(const std::vector<Track>& tracks) {
  std::string text = "track,parents,first_frame,last_frame\n";
  for (const Track& track : tracks) {
    text += fmt::format("{},{},{},{}\n", track.id, fmt::join(track.parents, ";"), track.first_frame,
                        track.last_frame);
  }
  return text;
}

void write_into_run(ImportedTracks& tracks, const std::string& run, const TrackGraph& of_run,
                    const std::string& folder, const JobContext& context) {
  require_frames(tracks, of_run, run);
  if (!tracks.tracked) {
    throw Error(ErrorKind::kUsage,
                "{}: its masks have no tracks, by which they could correct the run: import it "
                "without --run, and link it with mote track --labels",
                tracks.input);
  }
  if (tracks.labels) {
    copy_run(run, folder, {"labels.tif", "tracks.csv"});
    write_masks(tracks, of_run, folder, context);
  } else {
    copy_run(run, folder, {"particles.csv", "tracks.csv"});
    write_points(tracks, of_run, run, folder, context);
  }
}

}  // namespace mote::pipeline
