#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace mote::testing_support {

/// 0 where the checker of ONNX finds the file sound, 77 where there is none.
inline int onnx_status(const std::string& path) {
  for (const char* python : {"python3", "/usr/bin/python3"}) {
    const std::string command = std::string(python) +
                                " -c \"\nimport sys\ntry:\n import onnx\nexcept ImportError:\n "
                                "sys.exit(77)\nonnx.checker.check_model(onnx.load('" +
                                path + "'), full_check=True)\" 1>&2";
    const int status = WEXITSTATUS(std::system(command.c_str()));
    if (status != 77 && status != 127) {
      return status;
    }
  }
  return 77;
}

}  // namespace mote::testing_support

/// Skips where ONNX for Python is not installed.
#define EXPECT_SOUND_ONNX(path)                                                    \
  if (const int status = mote::testing_support::onnx_status(path); status == 77) { \
    GTEST_SKIP() << "no ONNX for Python (package python3-onnx)";                   \
  } else {                                                                         \
    EXPECT_EQ(status, 0);                                                          \
  }
