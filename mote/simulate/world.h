#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "mote/simulate/particle.h"
#include "mote/simulate/ripening.h"
#include "mote/simulate/shape.h"
#include "mote/simulate/stage.h"
#include "mote/simulate/unevenness.h"
#include "mote/simulate/world_options.h"

namespace mote::simulate {

enum class WorldEventType {
  kNucleated,
  kDissolved,
  kEntered,   ///< the first of its ideal outline comes over the border
  kLeft,      ///< the last of it goes
  kContact,   ///< two particles touch; from now on they are one body, `result`
  kHalfNeck,  ///< its neck has merge_neck_ratio of the smaller diameter
  kMerged,    ///< its neck has 0.7 of the smaller diameter, as mote track asks of a merge
  kComplete,  ///< it has no waist to speak of: 0.95
  /// Two begin to cover one another along the beam, on both faces or since they grow into one
  /// another and do not merge; at time 0 those that do from the beginning. The halves of a pair are
  /// two until kHalfNeck.
  kOverlap,
  kParted,        ///< and end
  kContrastLost,  ///< of a pair: of both halves; the smaller takes the larger's on contact
  kContrastBack,
};

/// `nucleated`, `contact`, ...
std::string_view name(WorldEventType type);

struct WorldEvent {
  WorldEventType type = WorldEventType::kNucleated;
  double time_s = 0;  ///< exact, not that of a step or frame
  std::vector<int64_t> particles;
  int64_t result = 0;  ///< the body of a contact, else 0

  bool operator==(const WorldEvent&) const = default;
};

/// A particle as the camera sees it.
struct SeenBody {
  int64_t particle = 0;
  int32_t species = 0;
  Face face = Face::kAbove;
  Body body;             ///< in nm from the centre of the camera's pixel (0, 0)
  double radius_nm = 0;  ///< of the sphere of equal volume
  Unevenness unevenness;
  uint64_t crystal = 0;  ///< key of its orientation: a pair has that of the larger particle
  double contrast = 1;
  bool dark = false;
  std::optional<Merger> merger;
};

/// Particles on and in a film, far wider than the field of the camera with periodic borders, and
/// all that happens to them. It goes on in steps of its own: neither when nor how often it is
/// looked at changes it. Memory depends on the number of particles, not on time.
///
/// Every random number is keyed by (seed, use, particle, step), every function is IEEE arithmetic:
/// the same options give the same world on every machine.
class World {
 public:
  /// Throws kUsage on values out of range, or where there is no room for the particles.
  explicit World(const WorldOptions& options);

  /// What is there at `time_s`, in order of particle; of what forget_before() has spared or is
  /// still to come. With `particle`, only that one and a pair of which it is a half.
  std::vector<SeenBody> bodies_at(double time_s, std::optional<int64_t> particle = std::nullopt);

  /// Of the specimen on the camera since time 0.
  ShiftNm drift_at(double time_s) { return stage_.at(time_s); }
  double kelvin_at(double time_s) const;

  void forget_before(double time_s);

  /// Events up to `time_s` that were not taken yet, in order of time.
  std::vector<WorldEvent> take_events(double time_s);

  const WorldOptions& options() const { return options_; }
  /// As they are at the end of the last step.
  const std::vector<Particle>& particles() const { return particles_; }
  double time_s() const { return time_of(steps_); }

 private:
  struct Step {
    double begin_s = 0;
    double end_s = 0;
    std::vector<Span> spans;
  };

  double time_of(int64_t step) const { return static_cast<double>(step) * options_.step_s; }
  double factor(const Activation& activation, double time_s) const;
  void populate();
  Particle new_particle(int64_t id, int32_t species, double radius_nm);
  /// Whether it lies farther than `clearance_nm` from `others` of its face.
  bool has_room(const Particle& particle, std::span<const Particle> others,
                double clearance_nm) const;
  void step();
  void migrate(Span& span) const;
  void exchange(Span& span);
  void age(Span& span);
  void nucleate(std::vector<Span>& spans);
  void flicker(Span& span);
  void meet(std::vector<Span>& spans);
  Span merged(Span& a, Span& b, double share);
  void share_contrast(const Particle& larger, const Particle& smaller, int64_t pair,
                      double contact_s);
  void note_overlaps(const std::vector<Span>& spans);
  void note_border(Span& span, const ShiftNm& shift_begin, const ShiftNm& shift_end);
  double inside_nm(const PositionNm& at, double reach_nm, const ShiftNm& shift) const;
  void wrap(PositionNm& at) const;
  PositionNm on_camera(const PositionNm& at, const ShiftNm& shift) const;
  SeenBody seen(const Span& span, double time_s, const ShiftNm& shift) const;
  void add_event(WorldEventType type, double time_s, std::vector<int64_t> particles,
                 int64_t result = 0);

  WorldOptions options_;
  Stage stage_;
  double height_nm_ = 0;  ///< of the world
  double width_nm_ = 0;
  double margin_nm_ = 0;  ///< around the field
  double reference_nm_ = 0;
  std::vector<Particle> particles_;
  std::deque<Step> history_;
  std::vector<WorldEvent> events_;
  std::set<std::pair<int64_t, int64_t>> overlapping_;
  std::unique_ptr<CriticalRadius> critical_;
  int64_t steps_ = 0;
  int64_t next_id_ = 1;
  double ripened_nm_n_ = 0;   ///< integral of A
  double nuclei_due_ = 0;     ///< waiting time until the next nucleus, in expected nuclei
  double nuclei_passed_ = 0;  ///< expected number since the start
  uint64_t nuclei_ = 0;
};

}  // namespace mote::simulate
