#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mote::simulate {

/// A rate constant at another temperature: k(T) = k(T0) exp(-E/kB (1/T - 1/T0)).
struct Activation {
  double energy_ev = 0;
};

/// From `time_s` on, the specimen is at `kelvin`.
struct TemperatureStep {
  double time_s = 0;
  double kelvin = 300;
};

struct TemperatureOptions {
  double reference_kelvin = 300;  ///< at which all rates hold, and the recording begins
  std::vector<TemperatureStep> steps;
};

enum class Shape { kSphere, kTruncatedSphere, kCube, kTruncatedOctahedron };

struct SpeciesOptions {
  std::string name = "gold";
  double share = 1;  ///< of the particles, relative to the other species'
  double median_radius_nm = 4;
  double radius_spread = 0.15;  ///< standard deviation of ln r; with ripening its own law holds
  Shape shape = Shape::kSphere;
  double contact_angle_deg = 120;  ///< of a truncated sphere
  double truncation = 2.0 / 3;     ///< of a truncated octahedron
  /// Standard deviation of the outline of spheres and pairs from its ideal, up to 6 % of a radius.
  double unevenness_nm = 0;
  double unevenness_length_nm = 4;  ///< along the outline
};

/// Brownian migration: D = D0 (r/r0)^-p; p = 4 is surface diffusion of atoms over the particle
/// (derived for bubbles: Gruber, J. Appl. Phys. 38, 243, 1967; Willertz and Shewmon, Metall. Trans.
/// 1, 2217, 1970, doi 10.1007/BF02643438).
struct MigrationOptions {
  bool enabled = true;
  double diffusivity_nm2_per_s = 0.5;  ///< D0, per axis: MSD = 4 D t
  double size_exponent = 4;            ///< p
  Activation activation;
};

struct StageOptions {
  bool enabled = true;
  double velocity_y_nm_per_s = 0;
  double velocity_x_nm_per_s = 0;
  double wander_nm = 1;         ///< standard deviation per axis of the smooth part
  double wander_period_s = 40;  ///< its slowest
  double jump_nm = 0;           ///< standard deviation per axis of a jump
  double jump_interval_s = 10;  ///< each has one jump, at a random time
  double jump_duration_s = 0.1;
};

struct RipeningOptions {
  bool enabled = false;
  int exponent = 3;              ///< n: 2, 3 or 4
  double rate_nm_n_per_s = 0.1;  ///< A
  int64_t ensemble = 100000;     ///< particles that set r*, besides those of the field
  Activation activation;
};

/// dr/dt = K r^(1-n), of every particle alike: fed from, or lost to, what is around.
struct ExchangeOptions {
  bool enabled = false;
  double rate_nm_n_per_s = 0.5;  ///< K
  int exponent = 2;              ///< n: 1 limited by the surface, 2 by diffusion
  Activation activation;
};

struct NucleationOptions {
  bool enabled = false;
  double rate_per_nm2_s = 1e-5;
  double fade_time_s = 0;  ///< in which the rate falls to 1/e; 0: never
  Activation activation;
};

/// Contact, neck growth x/r = 0.3 (t/t_neck)^a up to 0.3, then relaxation; r is the smaller
/// radius, and both times grow as (r/r0)^m.
struct CoalescenceOptions {
  bool enabled = true;
  double neck_exponent = 1.0 / 6;
  double neck_time_s = 1;
  double relaxation_time_s = 1.5;
  double size_exponent = 4;       ///< m: 4 surface diffusion, 1 viscous flow
  double final_neck_ratio = 1;    ///< below 1 the pair stays a dumbbell with this neck
  double merge_neck_ratio = 0.5;  ///< from which on two tracks are one
  Activation activation;
};

/// Each particle on its own turns in and out of contrast, with exponential waiting times.
struct FlickerOptions {
  bool enabled = false;
  double bright_time_s = 8;     ///< mean
  double dark_time_s = 0.5;     ///< mean
  double dark_contrast = 0.05;  ///< share of the contrast that is left
};

/// Everything about a world but its image. `r0` of the rates is the first species' median radius.
struct WorldOptions {
  uint64_t seed = 1;
  int64_t frames = 240;
  int64_t height_px = 512;
  int64_t width_px = 512;
  double pixel_size_nm = 0.2;
  double frame_interval_s = 0.1;
  double exposure_s = 0.1;
  double step_s = 0.02;

  double particles = 40;    ///< in a field, on average
  double share_below = 0;   ///< of the particles, on the lower face
  double share_inside = 0;  ///< in the layer between the faces, in three dimensions
  double film_thickness_nm = 10;
  double clearance_nm = 0.5;         ///< between particles at the start
  double vanishing_radius_nm = 0.4;  ///< at which particles are born and are no more

  std::vector<SpeciesOptions> species = {{}};
  TemperatureOptions temperature;
  MigrationOptions migration;
  StageOptions stage;
  RipeningOptions ripening;
  ExchangeOptions growth;
  ExchangeOptions dissolution;
  NucleationOptions nucleation;
  CoalescenceOptions coalescence;
  FlickerOptions flicker;
};

/// Throws kUsage on values out of range.
void check(const WorldOptions& options);

}  // namespace mote::simulate
