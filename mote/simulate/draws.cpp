#include "mote/simulate/draws.h"

#include <cmath>
#include <numbers>

#include "mote/simulate/elementary.h"

namespace mote::simulate {

NormalPair normal_pair(Random& random) {
  const double length = std::sqrt(2 * exponential(random));
  const double angle = random.uniform(0, 2 * std::numbers::pi);
  return {length * cos(angle), length * sin(angle)};
}

double normal(Random& random) {
  return normal_pair(random).first;
}

double exponential(Random& random) {
  return -log(1 - random.uniform(0, 1));
}

}  // namespace mote::simulate
