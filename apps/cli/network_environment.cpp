#include "apps/cli/network_environment.h"

#include <cstdlib>

#include <unistd.h>

namespace mote::cli {

bool asks_for_network(const std::vector<std::string>& arguments, const pipeline::Job* job) {
  bool asks = job != nullptr && job->network.is_network();
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool apart = arguments[i] == "--model" && i + 1 < arguments.size();
    if (apart || arguments[i].starts_with("--model=")) {
      asks = (apart ? arguments[i + 1] : arguments[i].substr(8)) != "threshold";
    }
  }
  return asks || (!arguments.empty() && arguments.front() == "bench");
}

void start_with_passive_threads(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") == nullptr &&
      setenv("OMP_WAIT_POLICY", "passive", /*replace=*/1) == 0) {
    execv("/proc/self/exe", argv);  // comes back only where it cannot: slower then, no worse
  }
}

}  // namespace mote::cli
