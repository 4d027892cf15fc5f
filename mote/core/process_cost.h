#pragma once

#include <functional>
#include <vector>

namespace mote {

/// What a piece of work cost this process.
struct ProcessCost {
  double wall_s = 0;
  double processor_s = 0;  ///< of all threads, in user code and in the system
  double peak_mb = 0;      ///< of resident memory, above what was held before; 0 where not told
};

/// Runs `work`. Meant for benches: while it runs, the process's own record of its peak memory
/// begins anew.
ProcessCost cost_of(const std::function<void()>& work);

/// The median of one figure of several runs.
double median_of(const std::vector<ProcessCost>& costs, double ProcessCost::*figure);

/// Processor time of all threads since the process began.
double processor_s();

/// Largest resident memory since the process began, or since cost_of was last called, in MB.
double peak_memory_mb();

}  // namespace mote
