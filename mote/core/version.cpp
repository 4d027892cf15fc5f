#include "mote/core/version.h"

namespace mote {

const char* version() {
  return MOTE_VERSION;
}

}  // namespace mote
