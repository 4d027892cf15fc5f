#include "mote/pipeline/memory.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace mote::pipeline {

void keep_memory() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_MAX, 0);  // no block on pages of its own; a threshold cannot pass 32 MB
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
