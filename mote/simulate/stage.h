#pragma once

#include <cstdint>

#include "mote/simulate/world_options.h"

namespace mote::simulate {

struct ShiftNm {
  double y_nm = 0;
  double x_nm = 0;

  bool operator==(const ShiftNm&) const = default;
};

/// How far the stage has carried the specimen since time 0: a constant velocity, a smooth wander
/// of three periods, and jumps. A function of time alone; cheap where times mostly ascend.
class Stage {
 public:
  Stage(const StageOptions& options, uint64_t seed) : options_(options), seed_(seed) {}

  ShiftNm at(double time_s);

 private:
  ShiftNm jump(int64_t interval, double time_s) const;

  StageOptions options_;
  uint64_t seed_;
  int64_t past_ = 0;  ///< intervals whose jumps are over and summed up in sum_
  ShiftNm sum_;
};

}  // namespace mote::simulate
