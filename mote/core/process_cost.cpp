#include "mote/core/process_cost.h"

#include <chrono>
#include <ctime>
#include <fstream>
#include <string>
#include <utility>

#include "mote/core/median.h"
#include "mote/core/number_after.h"

namespace mote {
namespace {

double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A line of /proc/self/status that counts kB, in MB; 0 where there is none.
double memory_mb(const std::string& key) {
  std::ifstream status("/proc/self/status");
  return static_cast<double>(number_after(status, key).value_or(0)) / 1024;
}

}  // namespace

ProcessCost cost_of(const std::function<void()>& work) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
  const double held_mb = memory_mb("VmRSS:");
  const double wall = wall_s();
  const double processor = processor_s();
  work();
  return {.wall_s = wall_s() - wall,
          .processor_s = processor_s() - processor,
          .peak_mb = peak_memory_mb() - held_mb};
}

double median_of(const std::vector<ProcessCost>& costs, double ProcessCost::*figure) {
  std::vector<double> values;
  values.reserve(costs.size());
  for (const ProcessCost& cost : costs) {
    values.push_back(cost.*figure);
  }
  return median(std::move(values));
}

double processor_s() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double peak_memory_mb() {
  return memory_mb("VmHWM:");
}

}  // namespace mote
