#include "mote/pipeline/memory.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace mote::pipeline {

void keep_memory() {
#ifdef __GLIBC__
  constexpr int kMostThreshold = 32 << 20;  // mallopt refuses more
  ::mallopt(M_MMAP_THRESHOLD, kMostThreshold);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_ARENA_MAX, 1);  // threads' own arenas map whatever is large
#endif
}

void give_back_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace mote::pipeline
