#include "mote/track/drift.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "tests/drift_scene.h"

namespace {

using namespace mote;

double user_seconds() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_utime.tv_sec) +
         1e-6 * static_cast<double>(use.ru_utime.tv_usec);
}

struct Result {
  synthetic::DriftError solved;
  double running_max_px = 0;
  double ok_share = 0;
  double prepare_ms = 0;
  double push_ms = 0;
  double solve_ms = 0;
};

Result measure(const synthetic::DriftSceneOptions& scene_options, const std::vector<Point>& drift,
               bool masked = true) {
  const synthetic::DriftScene scene(scene_options, drift);
  const auto estimator = track::make_drift_estimator({}, scene_options.size);
  Result out;
  const auto frames = static_cast<double>(scene.frames());
  for (int64_t i = 0; i < scene.frames(); ++i) {
    const Grid<float> image = scene.image(i);
    const BinaryImage particles = masked ? scene.particles(i) : BinaryImage{};
    const double t0 = user_seconds();
    auto prepared = estimator->prepare(image, particles);
    const double t1 = user_seconds();
    const auto row = estimator->push(i, std::move(prepared));
    const double t2 = user_seconds();
    out.prepare_ms += 1e3 * (t1 - t0) / frames;
    out.push_ms += 1e3 * (t2 - t1) / frames;
    out.running_max_px = std::max({out.running_max_px, std::abs(row.shift.y_px - drift[i].y_px),
                                   std::abs(row.shift.x_px - drift[i].x_px)});
  }
  const double t3 = user_seconds();
  const auto result = estimator->solve();
  out.solve_ms = 1e3 * (user_seconds() - t3);
  std::vector<Point> found;
  for (const auto& row : result.rows) {
    found.push_back(row.shift);
    out.ok_share += row.ok ? 1 / frames : 0;
  }
  out.solved = synthetic::drift_error(found, drift);
  return out;
}

void print(const std::string& what, const Result& r) {
  fmt::print("{:<44} {:>7.4f} {:>7.4f} {:>7.4f} {:>8.3f} {:>5.1f} {:>7.2f} {:>6.2f} {:>7.1f}\n",
             what, r.solved.step_rms_px, r.solved.cumulative_rms_px, r.solved.cumulative_max_px,
             r.running_max_px, 100 * r.ok_share, r.prepare_ms, r.push_ms, r.solve_ms);
  std::fflush(stdout);
}

}  // namespace

// bench_drift [FRAMES]: what the drift estimate gets wrong and what it costs.
int main(int argc, char** argv) {
  const int64_t frames = argc > 1 ? std::atoll(argv[1]) : 200;
  const std::string only = argc > 2 ? argv[2] : "";
  fmt::print("{} frames a line; errors in px per axis, times in ms of user CPU a frame\n", frames);
  fmt::print("{:<44} {:>7} {:>7} {:>7} {:>8} {:>5} {:>7} {:>6} {:>7}\n", "", "step", "cumul.",
             "cumul.", "running", "ok", "prepare", "push", "solve");
  fmt::print("{:<44} {:>7} {:>7} {:>7} {:>8} {:>5} {:>7} {:>6} {:>7}\n", "", "rms", "rms", "max",
             "max", "%", "ms", "ms", "ms all");
  const auto drift = synthetic::wander(frames, 20, 0.2, 5);
  const auto run = [&](const std::string& what, const synthetic::DriftSceneOptions& scene,
                       const std::vector<Point>& path) {
    if (what.find(only) != std::string::npos) {
      print(what, measure(scene, path));
    }
  };
  const synthetic::DriftSceneOptions base{.size = {512, 512}, .particles = 16};
  for (const double noise : {0.0, 6.0, 20.0, 40.0}) {
    auto scene = base;
    scene.noise_sd = noise;
    run(fmt::format("noise {} (texture 4)", noise), scene, drift);
  }
  {
    auto scene = base;
    scene.particles = 0;
    run("no particles (texture 4, noise 6)", scene, drift);
    scene.noise_sd = 0;
    run("no particles, noise 0", scene, drift);
  }
  for (const double texture : {8.0, 2.0, 1.0, 0.5, 0.0}) {
    auto scene = base;
    scene.texture_sd = texture;
    run(fmt::format("texture {} (noise 6)", texture), scene, drift);
  }
  for (const double texture_px : {0.7, 3.0, 6.0}) {
    auto scene = base;
    scene.texture_px = texture_px;
    run(fmt::format("texture of sigma {} px", texture_px), scene, drift);
  }
  for (const double pattern : {2.0, 6.0, 12.0, 24.0}) {
    auto scene = base;
    scene.pattern_sd = pattern;
    run(fmt::format("fixed pattern {} (texture 4, noise 6)", pattern), scene, drift);
  }
  for (const int64_t particles : {60, 150, 300}) {
    auto scene = base;
    scene.particles = particles;
    run(fmt::format("{} particles, {:.0f} % of the field", particles,
                    100.0 * particles * 452 / (512 * 512)),
        scene, drift);
  }
  {
    auto scene = base;
    scene.particles = 150;
    scene.pattern_sd = 6;
    run("150 particles, pattern 6", scene, drift);
  }
  for (const double pattern_px : {0.7, 2.0}) {
    auto scene = base;
    scene.pattern_sd = 6;
    scene.pattern_px = pattern_px;
    run(fmt::format("pattern 6 of sigma {} px", pattern_px), scene, drift);
  }
  for (const double jitter : {0.0, 1.0, 3.0}) {
    auto scene = base;
    scene.pattern_sd = 6;
    run(fmt::format("pattern 6, jitter {} px a frame", jitter), scene,
        synthetic::wander(frames, 20, jitter, 7));
  }
  {
    auto scene = base;
    scene.pattern_sd = 6;
    std::vector<Point> slow;
    std::vector<Point> still(static_cast<size_t>(frames));
    std::vector<Point> far;
    for (int64_t i = 0; i < frames; ++i) {
      slow.push_back({0.02 * static_cast<double>(i), -0.01 * static_cast<double>(i)});
      far.push_back({0.4 * static_cast<double>(i), 0.3 * static_cast<double>(i)});
    }
    run("pattern 6, slow: 0.02 px a frame", scene, slow);
    run("pattern 6, no drift", scene, still);
    run("pattern 6, far: 0.5 px a frame", scene, far);
    scene.pattern_sd = 0;
    run("no pattern, slow: 0.02 px a frame", scene, slow);
    run("no pattern, no drift", scene, still);
    run("no pattern, far: 0.5 px a frame", scene, far);
  }
  for (const int64_t side : {256, 1024, 2048}) {
    auto scene = base;
    scene.size = {side, side};
    scene.particles = side * side / 16384;
    scene.pattern_sd = 6;
    run(fmt::format("{0} x {0}, pattern 6", side), scene,
        synthetic::wander(std::min<int64_t>(frames, side > 512 ? 50 : frames), 20, 0.2, 5));
  }
}
