#pragma once

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "mote/nn/plain.h"

namespace mote::golden {

/// A suite whose tests run twice: operator by operator, and with mote's kernels.
class BothForms : public testing::TestWithParam<std::string> {
 protected:
  BothForms() {
    if (GetParam() == "plain") {
      plain_.emplace();
    }
  }

 private:
  std::optional<nn::PlainOperators> plain_;
};

}  // namespace mote::golden

#define MOTE_BOTH_FORMS(suite)                                             \
  INSTANTIATE_TEST_SUITE_P(Forms, suite, testing::Values("plain", "fast"), \
                           [](const auto& form) { return std::string(form.param); })
