#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/image.h"
#include "mote/io/tiff_writer.h"
#include "tests/synthetic.h"

namespace mote::pipeline {

/// Writes a recording of the discs that `scene` has in each frame, in float32 with noise that is
/// another in every frame and the same in every run.
inline void write_noisy_recording(
    const std::string& path, Size size, int64_t frames,
    const std::function<std::vector<synthetic::Disc>(int64_t frame)>& scene) {
  io::TiffWriter writer(path, {.frames = frames});
  for (int64_t frame = 0; frame < frames; ++frame) {
    const Grid<float> image = synthetic::image(
        size, scene(frame), {.noise_sd = 2, .seed = static_cast<uint64_t>(frame) + 1});
    Image page(size, SampleType::kFloat32);
    std::copy(image.values().begin(), image.values().end(), page.as<float>());
    writer.write(page);
  }
  writer.close();
}

}  // namespace mote::pipeline
