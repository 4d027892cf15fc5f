#include "mote/nn/threads.h"

#include <algorithm>

#include <ATen/Parallel.h>
#include <sched.h>

namespace mote::nn {
namespace {

int processors() {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof(allowed), &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
}

}  // namespace

void set_threads(int64_t threads) {
  at::set_num_threads(threads > 0 ? static_cast<int>(threads) : std::max(processors(), 1));
}

}  // namespace mote::nn
