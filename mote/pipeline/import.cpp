#include "mote/pipeline/import.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/core/mask.h"
#include "mote/io/open.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/import_masks.h"
#include "mote/pipeline/import_run.h"
#include "mote/pipeline/import_source.h"
#include "mote/pipeline/run_tracks.h"
#include "mote/pipeline/shell_text.h"
#include "mote/pipeline/staged_output.h"

namespace mote::pipeline {
namespace {

struct Asked {
  ImportReading reading;
  std::optional<PixelSize> pixel_size;  // of the recording, where it tells
  std::optional<TrackGraph> run;        // that is corrected
};

Asked asked_of(const ImportJob& job) {
  if (!job.run.empty() && !job.recording.empty()) {
    throw Error(ErrorKind::kUsage, "--image is for files without a run: leave it out beside --run");
  }
  Asked asked;
  asked.reading.graph = job.graph;
  if (!job.run.empty()) {
    require_correctable(job.run);
    asked.run = tracks_of_run(job.run);
    asked.reading.size = asked.run->size;
    asked.pixel_size = asked.run->pixel_size;
  } else if (!job.recording.empty()) {
    const auto source = io::open_frames(job.recording);
    asked.reading.size = source->info().size;
    asked.pixel_size = source->info().pixel_size;
  }
  if (!job.pixel_size.empty()) {
    asked.pixel_size = parse_pixel_size(job.pixel_size, "--pixel-size");
  }
  asked.reading.pixel_size = asked.pixel_size;
  return asked;
}

constexpr double kFarthestPx = 1e6;

// A field that holds all points, where nothing says how large the images are.
Size size_around(const TrackGraph& graph) {
  Size size;
  for (const TrackNode& node : graph.nodes) {
    const double reach = node.radius_px.value_or(0) + 1;
    const Box box = node.mask.bounds();
    size.height = std::max({size.height, std::lround(node.position.y_px + reach) + 1, box.y_end()});
    size.width = std::max({size.width, std::lround(node.position.x_px + reach) + 1, box.x_end()});
  }
  return size;
}

void draw_disc(LabelImage& labels, const TrackNode& node) {
  const double radius = *node.radius_px;
  const auto rows = [&](double from) {
    return std::clamp<int64_t>(std::llround(from), 0, labels.height());
  };
  const auto columns = [&](double from) {
    return std::clamp<int64_t>(std::llround(from), 0, labels.width());
  };
  for (int64_t y = rows(node.position.y_px - radius); y < rows(node.position.y_px + radius + 1);
       ++y) {
    for (int64_t x = columns(node.position.x_px - radius);
         x < columns(node.position.x_px + radius + 1); ++x) {
      const double dy = static_cast<double>(y) - node.position.y_px;
      const double dx = static_cast<double>(x) - node.position.x_px;
      if (dy * dy + dx * dx <= radius * radius) {
        labels(y, x) = node.track;
      }
    }
  }
}

bool has_outline(const TrackNode& node) {
  return !node.mask.runs.empty();
}

// Gives points the radius that was asked for. Throws where one cannot be drawn.
void size_points(std::vector<TrackNode>& nodes, const ImportJob& job) {
  for (TrackNode& node : nodes) {
    if (job.radius_px > 0) {
      node.radius_px = job.radius_px;
    }
    if (!has_outline(node) && !node.radius_px) {
      throw Error(ErrorKind::kUsage,
                  "{}: has points without sizes: give --run RUN, whose particles they are, or "
                  "--radius-px to draw discs",
                  job.input);
    }
    const double radius_px = node.radius_px.value_or(0);
    if (!(radius_px >= 0 && radius_px < kFarthestPx && std::abs(node.position.y_px) < kFarthestPx &&
          std::abs(node.position.x_px) < kFarthestPx)) {
      throw Error(ErrorKind::kBadFile, "{}: a point at x={} y={} of radius {} px", job.input,
                  node.position.x_px, node.position.y_px, radius_px);
    }
  }
}

void require_drawable(Size size, const std::string& input) {
  constexpr int64_t kMostPixels = int64_t{1} << 30;
  if (size.height < 1 || size.width < 1 || size.height > kMostPixels || size.width > kMostPixels ||
      size.area() > kMostPixels) {
    throw Error(ErrorKind::kBadFile, "{}: its images or positions reach over {} x {} px", input,
                size.width, size.height);
  }
}

LabelImage drawn_frame(const TrackGraph& graph, int64_t frame) {
  LabelImage labels(graph.size);
  const auto begin =
      std::lower_bound(graph.nodes.begin(), graph.nodes.end(), frame,
                       [](const TrackNode& node, int64_t number) { return node.frame < number; });
  const auto end =
      std::find_if(begin, graph.nodes.end(), [&](const auto& node) { return node.frame != frame; });
  // The lowest of the tracks that share a place comes last, and has it.
  for (auto node = std::make_reverse_iterator(end); node != std::make_reverse_iterator(begin);
       ++node) {
    if (has_outline(*node)) {
      paint(labels, node->mask, node->track);
    } else {
      draw_disc(labels, *node);
    }
  }
  return labels;
}

// Label images of the outlines that points have, and of discs for those without.
std::function<LabelImage(int64_t)> drawn(ImportedTracks& tracks, const ImportJob& job) {
  TrackGraph& graph = tracks.graph;
  size_points(graph.nodes, job);
  if (graph.size == Size{}) {
    graph.size = size_around(graph);
  }
  require_drawable(graph.size, job.input);
  if (!std::all_of(graph.nodes.begin(), graph.nodes.end(), has_outline)) {
    tracks.warnings.push_back("its particles are points: they are drawn as discs");
  }
  return [&graph](int64_t frame) { return drawn_frame(graph, frame); };
}

// Where the labels lie by themselves.
void write_alone(ImportedTracks& tracks, const ImportJob& job, const std::string& folder,
                 const JobContext& context) {
  if (!tracks.labels) {
    tracks.labels = drawn(tracks, job);
  }
  write_label_images(tracks, tracks.graph, folder + "/labels.tif", context);
  if (tracks.tracked) {
    write_file(folder + "/tracks.csv", parents_csv(tracks_of(tracks.graph)));
  }
}

std::string next_command(const ImportJob& job, bool tracked) {
  const std::string output = shell_quoted(job.output);
  if (!job.run.empty()) {
    return fmt::format("mote measure {} -o {}", output, shell_quoted(job.output + "-measured"));
  }
  const std::string recording = job.recording.empty() ? "RECORDING" : shell_quoted(job.recording);
  const std::string result = shell_quoted(job.output + "-measured");
  return tracked
             ? fmt::format("mote measure {0}/labels.tif --tracks {0}/tracks.csv --image {1} -o {2}",
                           output, recording, result)
             : fmt::format("mote track {} --labels {}/labels.tif -o {}", recording, output, result);
}

}  // namespace

ImportResult import_tracks(const ImportJob& job, const JobContext& context) {
  const Asked asked = asked_of(job);
  const StagedOutput stage(job.output, job.force, names_of_import());
  ImportedTracks tracks = read_tracks(job.input, asked.reading, context);
  if (!tracks.graph.pixel_size) {
    tracks.graph.pixel_size = asked.pixel_size;
  }
  const Size size = asked.reading.size;
  if (size != Size{} && tracks.graph.size != Size{} && tracks.graph.size != size) {
    throw Error(ErrorKind::kUsage, "{}: its images are {} x {} px, those of {} are {} x {} px",
                job.input, tracks.graph.size.width, tracks.graph.size.height,
                job.run.empty() ? job.recording : job.run, size.width, size.height);
  }
  if (size != Size{}) {
    tracks.graph.size = size;
  }
  stage.publish_folder([&](const std::string& folder) {
    if (asked.run) {
      write_into_run(tracks, job.run, *asked.run, folder, context);
    } else {
      write_alone(tracks, job, folder, context);
    }
  });
  const TrackCounts counts = counts_of(tracks.graph);
  return {.format = tracks.format,
          .output = job.output,
          .frames = tracks.graph.frames,
          .instances = counts.instances,
          .tracks = tracks.tracked ? counts.tracks : 0,
          .next = next_command(job, tracks.tracked),
          .warnings = std::move(tracks.warnings)};
}

}  // namespace mote::pipeline
