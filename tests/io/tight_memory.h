// Little memory for the time of a test, so that wanting more than files need is an error.
#pragma once

#include <sys/resource.h>

namespace mote::testing_support {

class TightMemory {
 public:
  TightMemory() {
#ifndef __SANITIZE_ADDRESS__
    getrlimit(RLIMIT_AS, &before_);
    rlimit tight = before_;
    tight.rlim_cur = rlim_t{800} << 20;
    setrlimit(RLIMIT_AS, &tight);
#endif
  }
  ~TightMemory() {
#ifndef __SANITIZE_ADDRESS__
    setrlimit(RLIMIT_AS, &before_);
#endif
  }
  TightMemory(const TightMemory&) = delete;
  TightMemory& operator=(const TightMemory&) = delete;

 private:
  rlimit before_{};
};

}  // namespace mote::testing_support
