#pragma once

#include <cmath>
#include <cstdint>

#include "mote/core/image.h"
#include "mote/data/orientation.h"
#include "tests/synthetic.h"

/// A drawn specimen to cut images from, and a detector to record them with.
namespace mote::specimen {

/// A textured film with particles: what is the same in every frame.
inline Grid<float> drawn(Size size, uint64_t seed) {
  Grid<float> film(size);
  synthetic::add_noise(film, 40, seed);
  film = synthetic::blurred(film, 2);
  const Grid<float> particles =
      synthetic::coverage(size, synthetic::scattered(size, 9, 18, 0.12, 4, seed + 1));
  for (size_t i = 0; i < film.values().size(); ++i) {
    film.values()[i] += 140 - 50 * particles.values()[i];
  }
  return film;
}

/// What a detector adds to every frame, on a scale of grey levels.
inline Grid<float> fixed_pattern(Size size, double sd, uint64_t seed) {
  Grid<float> pattern(size);
  synthetic::add_noise(pattern, sd, seed);
  return pattern;
}

inline Grid<float> part(const Grid<float>& image, Box box) {
  Grid<float> out(box.size());
  for (int64_t y = 0; y < box.height; ++y) {
    for (int64_t x = 0; x < box.width; ++x) {
      out(y, x) = image(box.y + y, box.x + x);
    }
  }
  return out;
}

/// A frame of `specimen`: electrons' noise of `noise_sd`, spread by the detector over its
/// neighbours.
inline Grid<float> frame(Grid<float> specimen, double noise_sd, uint64_t seed) {
  synthetic::add_noise(specimen, noise_sd, seed);
  return synthetic::blurred(specimen, 0.6);
}

inline Grid<float> added(Grid<float> image, const Grid<float>& pattern) {
  for (size_t i = 0; i < image.values().size(); ++i) {
    image.values()[i] += pattern.values()[i];
  }
  return image;
}

template <typename Function>
Grid<float> mapped(Grid<float> image, Function grey_level) {
  for (float& value : image.values()) {
    value = static_cast<float>(grey_level(static_cast<double>(value)));
  }
  return image;
}

}  // namespace mote::specimen
