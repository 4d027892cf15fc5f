#include "apps/cli/network_environment.h"

#include <cstdlib>

#include <unistd.h>

#include "apps/cli/options_cli.h"

namespace mote::cli {

bool asks_for_network(const std::vector<std::string>& arguments, const pipeline::Job* job) {
  const std::string segmenter =
      value_of(arguments, "--model").value_or(job != nullptr ? job->network.model : "threshold");
  const std::string tracker =
      value_of(arguments, "--tracker").value_or(job != nullptr ? job->tracker : "overlap");
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
