#include "mote/simulate/neck_law.h"

#include <algorithm>
#include <limits>

#include "mote/simulate/dumbbell.h"
#include "mote/simulate/elementary.h"

namespace mote::simulate {
namespace {

constexpr double kNeckRatio = 0.3;  // up to which the power law holds
constexpr double kRemains = 200;

}  // namespace

NeckLaw::NeckLaw(const CoalescenceOptions& options, double larger_nm, double smaller_nm,
                 double reference_nm)
    : exponent_(options.neck_exponent), stays_(options.final_neck_ratio < 1) {
  const double slower = pow(smaller_nm / reference_nm, options.size_exponent);
  neck_s_ = options.neck_time_s * slower;
  relaxation_s_ = options.relaxation_time_s * slower;
  last_ = stays_ ? options.final_neck_ratio : end_of_bridge(larger_nm, smaller_nm);
  power_ = stays_ ? 1 : 2;
}

double NeckLaw::bridge(double since_contact_s) const {
  if (since_contact_s <= 0) {
    return 0;
  }
  if (since_contact_s <= neck_s_ || last_ <= kNeckRatio) {
    const double ratio = kNeckRatio * pow(since_contact_s / neck_s_, exponent_);
    return std::min(ratio, last_);
  }
  const double decay = exp(-power_ * (since_contact_s - neck_s_) / relaxation_s_);
  return last_ - (last_ - kNeckRatio) * decay;
}

double NeckLaw::time_of(double bridge) const {
  if (bridge <= 0) {
    return 0;
  }
  if (bridge <= kNeckRatio && bridge <= last_) {
    return neck_s_ * pow(bridge / kNeckRatio, 1 / exponent_);
  }
  if (bridge >= last_) {
    return std::numeric_limits<double>::infinity();
  }
  return neck_s_ + relaxation_s_ / power_ * log((last_ - kNeckRatio) / (last_ - bridge));
}

double NeckLaw::end_s() const {
  return stays_ ? std::numeric_limits<double>::infinity() : neck_s_ + relaxation_s_ * log(kRemains);
}

}  // namespace mote::simulate
