// Programs in Python that judge what mote writes, where an interpreter has what they need.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include <sys/wait.h>

namespace mote::testing_support {

/// The exit status of a script of this tree, whose output goes to stderr; 77 where what it needs is
/// missing from every interpreter.
inline int python(const std::string& script, const std::vector<std::string>& arguments) {
  constexpr int kMissing = 77;
  constexpr int kNoInterpreter = 127;
  for (const char* interpreter : {"python3", "/usr/bin/python3"}) {
    std::string command = std::string(interpreter) + " '" + MOTE_SOURCE_DIR + "/" + script + "'";
    for (const std::string& argument : arguments) {
      command += " '" + argument + "'";
    }
    const int status = WEXITSTATUS(std::system((command + " 1>&2").c_str()));
    if (status != kMissing && status != kNoInterpreter) {
      return status;
    }
  }
  return kMissing;
}

}  // namespace mote::testing_support
