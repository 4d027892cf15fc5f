#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/nn/threads.h"

namespace mote::learned {
namespace {

/// The files of OpenBLAS that this process has mapped.
std::set<std::string> mapped_openblas() {
  std::ifstream maps("/proc/self/maps");
  std::set<std::string> files;
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/libopenblas") != std::string::npos) {
      files.insert(line.substr(line.find('/')));
    }
  }
  return files;
}

TEST(OpenBlas, IsThereOnceAndOfTheOpenMpFlavourAfterANetworkRan) {
  nn::set_threads(2);
  torch::nn::Linear layer(512, 512);

  const torch::Tensor out = layer(torch::rand({256, 512}));

  EXPECT_EQ(out.size(1), 512);
  const std::set<std::string> files = mapped_openblas();
  if (files.empty()) {
    GTEST_SKIP() << "this libtorch does not use OpenBLAS";
  }
  ASSERT_EQ(files.size(), 1) << testing::PrintToString(files);
  EXPECT_THAT(*files.begin(), testing::HasSubstr("openblas-openmp"));
}

}  // namespace
}  // namespace mote::learned
