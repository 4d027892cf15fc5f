// Prints how fast recordings are binned and averaged, and the demo is drawn.
// Usage: bench_recording [large.tif], where the TIFF, if named, is read with --bin 2 --average 5.

#include "mote/pipeline/recording.h"

#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>

#include <fmt/format.h>

#include "mote/core/frame_source.h"
#include "mote/simulate/demo.h"

namespace {

using namespace mote;

/// One frame of 4096 x 4096 px, over and over: what reading costs without a disk.
class MemorySource : public FrameSource {
 public:
  MemorySource() {
    info_.frames = 1000;
    info_.size = {4096, 4096};
    info_.type = SampleType::kUint16;
    frame_.image = Image(info_.size, info_.type);
    for (int64_t i = 0; i < info_.size.area(); ++i) {
      frame_.image.as<uint16_t>()[i] = static_cast<uint16_t>(i * 2654435761U >> 7);
    }
  }
  const RecordingInfo& info() const override { return info_; }
  Frame read(int64_t) override { return frame_; }

 private:
  RecordingInfo info_;
  Frame frame_;
};

struct Timing {
  double wall_s = 0;
  double cpu_s = 0;
};

template <typename Work>
Timing timing_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu_start = std::clock();
  work();
  return {.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          .cpu_s = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC};
}

void print(const char* what, int64_t frames, const Timing& timing) {
  fmt::print("{:<52} {:8.1f} frames/s, {:6.2f} ms CPU a frame\n", what,
             static_cast<double>(frames) / timing.wall_s,
             1000 * timing.cpu_s / static_cast<double>(frames));
}

void read_all(pipeline::Recording& recording, int64_t frames) {
  for (int64_t i = 0; i < frames; ++i) {
    recording.read(i);
  }
}

}  // namespace

int main(int count, char** arguments) {
  {
    auto recording = pipeline::Recording::from(std::make_unique<MemorySource>(),
                                               {.bin = 2, .average = 5, .keep_bars = true});
    const Timing timing = timing_of([&] { read_all(recording, 10); });
    print("4096 x 4096 uint16 from memory, bin 2, average 5", 50, timing);
  }
  if (count > 1) {
    auto recording = pipeline::Recording::open(
        {.path = arguments[1], .bin = 2, .average = 5, .keep_bars = true});
    const int64_t frames = recording.info().frames;
    const Timing timing = timing_of([&] { read_all(recording, frames); });
    print("the TIFF given, bin 2, average 5 (recorded frames)", 5 * frames, timing);
  }
  const auto demo = simulate::make_demo({});
  print("demo, 512 x 512", 240, timing_of([&] {
          for (int64_t i = 0; i < 240; ++i) {
            demo->read(i);
          }
        }));
  print("its truth", 240, timing_of([&] {
          for (int64_t i = 0; i < 240; ++i) {
            static_cast<void>(demo->truth(i));
          }
        }));
}
