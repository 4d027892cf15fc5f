#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "mote/simulate/neck_law.h"
#include "mote/simulate/shape.h"

namespace mote::simulate {

/// Where in the film a particle lives. Only particles of the same place can touch.
enum class Face { kAbove, kBelow, kInside };

/// Two particles that have touched and grow together.
struct Merger {
  int64_t larger = 0;  ///< ids of the particles that were
  int64_t smaller = 0;
  double larger_nm = 0;  ///< their radii apart; volume that is gained or lost scales both
  double smaller_nm = 0;
  std::array<double, 3> axis{};  ///< from the larger to the smaller
  NeckLaw law;
  double contact_s = 0;
  double aged_s = 0;  ///< since contact, in time at the reference temperature
  /// When its neck has merge_neck_ratio of the smaller diameter; infinity before that.
  double half_neck_s = std::numeric_limits<double>::infinity();
};

struct Particle {
  int64_t id = 0;
  int32_t species = 0;
  Face face = Face::kAbove;
  PositionNm at;         ///< of the centre of mass
  double radius_nm = 0;  ///< of the sphere of equal volume
  Rotation rotation = kUpright;
  uint64_t crystal = 0;  ///< key of orientation and outline; a merger has the larger's
  std::optional<Merger> merger;
  bool dark = false;  ///< out of diffraction contrast
  double next_flip_s = std::numeric_limits<double>::infinity();
  uint64_t flips = 0;
  bool in_field = false;
};

/// A particle during one step: from `from` at `begin_s` to particle.at at `end_s`, straight.
struct Span {
  Particle particle;  ///< as it is at end_s
  PositionNm from;
  double radius_from_nm = 0;
  double aged_from_s = 0;
  double begin_s = 0;
  double end_s = 0;
  bool goes_on = true;          ///< beyond end_s
  std::vector<double> flips_s;  ///< when it turned in or out of contrast within the step
};

/// A sphere that moves and grows evenly.
struct Lobe {
  PositionNm from;
  PositionNm to;
  double radius_from_nm = 0;
  double radius_to_nm = 0;
};

/// A particle that stays what it is.
Span at_rest(const Particle& particle);

/// The spheres that a particle is made of: one, or the two of a merger.
std::vector<Lobe> lobes_of(const Span& span);

/// The share of the step at which two lobes first touch, 0 where they do at its beginning;
/// `flat` looks along the beam. `wrap_y_nm` and `wrap_x_nm` are the periods of the world.
std::optional<double> first_touch(const Lobe& a, const Lobe& b, double wrap_y_nm, double wrap_x_nm,
                                  bool flat);

/// Distance of surfaces at the share `share` of the step; negative where they overlap.
double gap_nm(const Lobe& a, const Lobe& b, double wrap_y_nm, double wrap_x_nm, bool flat,
              double share);

/// `value` less the multiple of `period` that brings it nearest to 0.
double nearest_image(double value, double period);

}  // namespace mote::simulate
