// What whole runs of `mote` cost: time, processor time and memory of the program as users start it,
// on recordings made here. Usage: bench_run [--mote PROGRAM] [--folder DIR] [case...]; see
// bench/README.md.

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mote/core/image.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/bench.h"
#include "mote/simulate/demo.h"

namespace {

namespace fs = std::filesystem;
using namespace mote;

struct Cost {
  double wall_s = 0;
  double cpu_s = 0;  // user and system
  double peak_mb = 0;
};

/// Starts `mote` with `arguments` and waits for it; its output is thrown away.
Cost cost_of(const std::string& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fmt::print(stderr, "bench_run: failed: {}\n", fmt::join(arguments, " "));
    std::exit(1);
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return {.wall_s = wall.count(),
          .cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime),
          .peak_mb = static_cast<double>(usage.ru_maxrss) / 1e3 * 1.024};
}

// ---- recordings ----

/// Discs that jitter about the points of a grid, never touching, on faint texture with noise.
class Field {
 public:
  Field(int64_t edge, int64_t particles) : edge_(edge), texture_(kTable), noise_(kTable) {
    std::mt19937 random(1);
    const auto uniform = [&random] { return static_cast<double>(random()) / 4294967296.0; };
    for (size_t i = 0; i < kTable; ++i) {
      texture_[i] = static_cast<float>(6 * uniform());
      noise_[i] = static_cast<float>(6 * std::sqrt(-2 * std::log(1 - uniform())) *
                                     std::cos(2 * M_PI * uniform()));
    }
    const auto side = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(particles))));
    const double pitch = static_cast<double>(edge) / static_cast<double>(side);
    for (int64_t i = 0; i < particles; ++i) {
      discs_.push_back({(static_cast<double>(i / side) + 0.5) * pitch,
                        (static_cast<double>(i % side) + 0.5) * pitch, 8 + 4 * uniform(),
                        2 * M_PI * uniform()});
    }
  }

  Image frame(int64_t index) const {
    Grid<float> image({edge_, edge_});
    for (int64_t y = 0; y < edge_; ++y) {
      const size_t still = static_cast<size_t>(y) * 7919;
      const size_t moving = static_cast<size_t>(y + index * edge_) * 104729;
      float* row = image.row(y);
      for (int64_t x = 0; x < edge_; ++x) {
        const auto i = static_cast<size_t>(x);
        row[x] = 150 + texture_[(still + i / 3) % kTable] + noise_[(moving + i) % kTable];
      }
    }
    for (const Disc& disc : discs_) {
      const double phase = disc.phase + 0.2 * static_cast<double>(index);
      draw(image, disc.y + 1.5 * std::sin(phase), disc.x + 1.5 * std::cos(phase), disc.radius);
    }
    Image out(image.size(), edge_ > 2048 ? SampleType::kUint16 : SampleType::kUint8);
    for (size_t i = 0; i < image.values().size(); ++i) {
      const float value = std::clamp(image.values()[i] + 0.5F, 0.0F, 255.0F);
      if (edge_ > 2048) {
        out.as<uint16_t>()[i] = static_cast<uint16_t>(16 * value);
      } else {
        out.as<uint8_t>()[i] = static_cast<uint8_t>(value);
      }
    }
    return out;
  }

 private:
  static constexpr size_t kTable = 1000003;

  struct Disc {
    double y = 0;
    double x = 0;
    double radius = 0;
    double phase = 0;
  };

  static void draw(Grid<float>& image, double cy, double cx, double radius) {
    const auto reach = static_cast<int64_t>(radius) + 2;
    const auto y0 = static_cast<int64_t>(cy);
    const auto x0 = static_cast<int64_t>(cx);
    for (int64_t y = y0 - reach; y <= y0 + reach; ++y) {
      for (int64_t x = x0 - reach; x <= x0 + reach; ++x) {
        if (image.size().contains(y, x)) {
          const double inside = radius + 0.5 - std::hypot(double(y) - cy, double(x) - cx);
          image(y, x) -= static_cast<float>(70 * std::clamp(inside, 0.0, 1.0));
        }
      }
    }
  }

  int64_t edge_;
  std::vector<float> texture_;
  std::vector<float> noise_;
  std::vector<Disc> discs_;
};

/// A recording that is deleted with this.
class File {
 public:
  File(const fs::path& folder, int64_t frames, bool compress,
       const std::function<Image(int64_t)>& draw)
      : path_(folder / "recording.tif") {
    io::TiffWriter writer(path_, {.pixel_size = PixelSize{.y_nm = 0.2, .x_nm = 0.2},
                                  .frame_interval = FrameInterval{.seconds = 0.1},
                                  .frames = frames,
                                  .compress = compress});
    for (int64_t i = 0; i < frames; ++i) {
      writer.write(draw(i));
    }
    writer.close();
  }
  ~File() { fs::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::string path() const { return path_; }

 private:
  fs::path path_;
};

// ---- cases ----

struct Bench {
  std::string program;
  fs::path folder;

  Cost track(const File& file, std::vector<std::string> options) const {
    const std::string out = folder / "out";
    options.insert(options.begin(), {"track", file.path(), "-o", out});
    const Cost cost = cost_of(program, options);
    fs::remove_all(out);
    return cost;
  }

  void row(const std::string& what, int64_t frames, const Cost& cost) const {
    const auto count = static_cast<double>(frames);
    fmt::print("| {:<48} | {:>6} | {:>8.2f} | {:>8.1f} | {:>8.1f} | {:>7.2f} | {:>6.0f} |\n", what,
               frames, 1e3 * cost.cpu_s / count, 2 * count / cost.cpu_s, count / cost.wall_s,
               cost.cpu_s / cost.wall_s, cost.peak_mb);
    std::fflush(stdout);
  }
};

void demo(const Bench& bench) {
  constexpr int64_t kFrames = 480;
  const auto demo = simulate::make_demo({.frames = kFrames});
  const File file(bench.folder, kFrames, true, [&](int64_t i) { return demo->read(i).image; });
  bench.row("demo, --no-overlay --no-report", kFrames,
            bench.track(file, {"--no-overlay", "--no-report"}));
  bench.row("demo, --no-overlay", kFrames, bench.track(file, {"--no-overlay"}));
  bench.row("demo, --no-report", kFrames, bench.track(file, {"--no-report"}));
  bench.row("demo", kFrames, bench.track(file, {}));
}

void scale(const Bench& bench) {
  constexpr int64_t kFrames = 30;
  const auto cost = [&bench](int64_t edge, int64_t particles) {
    const Field field(edge, particles);
    const File file(bench.folder, kFrames, false, [&](int64_t i) { return field.frame(i); });
    const Cost one = bench.track(file, {"--no-overlay"});
    bench.row(fmt::format("{0} x {0} px, {1} particles, --no-overlay", edge, particles), kFrames,
              one);
    return one.cpu_s;
  };
  const double base = cost(2048, 1000);
  const double crowded = cost(2048, 4000);
  const double large = cost(4096, 1000);
  const double both = cost(4096, 4000);
  fmt::print("\nprocessor time, 4,000 particles to 1,000 at 2048 px: {:.2f}\n", crowded / base);
  fmt::print("processor time, 4096 px to 2048 px: {:.2f} with 1,000 particles, {:.2f} as dense\n\n",
             large / base, both / base);
}

void average(const Bench& bench) {
  constexpr int64_t kFrames = 100;
  const Field field(4096, 1000);
  for (const bool compress : {false, true}) {
    const File file(bench.folder, kFrames, compress,
                    [&](int64_t i) { return field.frame(i % 20); });
    bench.row(fmt::format("4096 x 4096 px uint16{}, --bin 2 --average 5 --no-overlay",
                          compress ? " deflated" : ""),
              kFrames, bench.track(file, {"--bin", "2", "--average", "5", "--no-overlay"}));
  }
}

void length(const Bench& bench) {
  std::array<double, 2> peaks{};
  size_t place = 0;
  for (const int64_t frames : {1000, 10000}) {
    const auto demo = simulate::make_demo({.frames = frames});
    const File file(bench.folder, frames, true, [&](int64_t i) { return demo->read(i).image; });
    const Cost cost = bench.track(file, {});
    bench.row(fmt::format("demo of {} frames", frames), frames, cost);
    peaks[place++] = cost.peak_mb;
  }
  fmt::print("\npeak memory, 10,000 frames to 1,000: {:.3f}\n\n", peaks[1] / peaks[0]);
}

void start(const Bench& bench) {
  const auto demo = simulate::make_demo({.frames = 240});
  const File file(bench.folder, 240, true, [&](int64_t i) { return demo->read(i).image; });
  const auto median_ms = [&bench](const std::vector<std::string>& arguments) {
    std::vector<double> times;
    for (int i = 0; i < 21; ++i) {
      times.push_back(1e3 * cost_of(bench.program, arguments).wall_s);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  };
  fmt::print("\nmote --help: {:.1f} ms, mote info: {:.1f} ms (median of 21)\n\n",
             median_ms({"--help"}), median_ms({"info", file.path()}));
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::pair<std::string, void (*)(const Bench&)>> cases = {
      {"demo", demo}, {"scale", scale}, {"average", average}, {"length", length}, {"start", start}};
  Bench bench{.program = fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "mote",
              .folder = fs::temp_directory_path()};
  std::vector<std::string> wanted;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--mote" && i + 1 < count) {
      bench.program = arguments[++i];
    } else if (argument == "--folder" && i + 1 < count) {
      bench.folder = arguments[++i];
    } else {
      wanted.push_back(argument);
    }
  }
  bench.folder /= fmt::format("mote-bench-{}", ::getpid());
  fs::create_directories(bench.folder);
  std::array<double, 1> load{};
  ::getloadavg(load.data(), 1);
  fmt::print("{}, {} processors, load {:.1f} at the start\n\n", pipeline::processor_name(),
             std::thread::hardware_concurrency(), load[0]);
  fmt::print("| {:<48} | {:>6} | {:>8} | {:>8} | {:>8} | {:>7} | {:>6} |\n", "run", "frames",
             "CPU ms", "on 2", "wall", "CPU /", "peak");
  fmt::print("| {:<48} | {:>6} | {:>8} | {:>8} | {:>8} | {:>7} | {:>6} |\n", "", "", "a frame",
             "frames/s", "frames/s", "wall", "MB");
  fmt::print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
  for (const auto& [name, run] : cases) {
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end()) {
      run(bench);
    }
  }
  fs::remove_all(bench.folder);
}
