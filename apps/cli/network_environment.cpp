#include "apps/cli/network_environment.h"

#include <cstdlib>

#include <unistd.h>

namespace mote::cli {

bool asks_for_network(const std::vector<std::string>& arguments, const pipeline::Job* job) {
  std::string segmenter = job != nullptr ? job->network.model : "threshold";
  std::string tracker = job != nullptr ? job->tracker : "overlap";
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto take = [&](const std::string& name, std::string& value) {
      if (arguments[i] == name && i + 1 < arguments.size()) {
        value = arguments[i + 1];
      } else if (arguments[i].starts_with(name + "=")) {
        value = arguments[i].substr(name.size() + 1);
      }
    };
    take("--model", segmenter);
    take("--tracker", tracker);
  }
  return segmenter != "threshold" || tracker == "deaot" ||
         (!arguments.empty() && arguments.front() == "bench");
}

void start_with_passive_threads(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") == nullptr &&
      setenv("OMP_WAIT_POLICY", "passive", /*replace=*/1) == 0) {
    execv("/proc/self/exe", argv);  // comes back only where it cannot: slower then, no worse
  }
}

}  // namespace mote::cli
