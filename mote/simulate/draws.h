#pragma once

#include <cstdint>

#include "mote/simulate/random.h"

namespace mote::simulate {

/// What random numbers are for: no two uses share any.
enum class Stream : uint64_t {
  kRadius = 1,
  kPlace,
  kMigration,
  kNucleation,
  kDrift,
  kJump,
  kFlicker,
  kOrientation,
};

/// The numbers of one decision. They depend on what it is about and on nothing that was drawn
/// before: whatever else happens in a world, particle 7 takes the same step 1000.
///
/// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, for the idea; the
/// function is mix().
inline Random draws(uint64_t seed, Stream stream, uint64_t particle, uint64_t step) {
  const uint64_t which = mix(mix(seed) + static_cast<uint64_t>(stream));
  return Random(mix(which + particle) + step);
}

/// A standard normal deviate (Box and Muller, Ann. Math. Stat. 29, 610, 1958).
double normal(Random& random);

/// Two independent standard normal deviates.
struct NormalPair {
  double first = 0;
  double second = 0;
};
NormalPair normal_pair(Random& random);

/// A waiting time of mean 1.
double exponential(Random& random);

}  // namespace mote::simulate
