// mote reads what PyTorch for Python writes, and the other way round. Left out, with a reason,
// where there is none.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/io/checkpoint_wrappers.h"
#include "mote/io/safetensors.h"
#include "mote/io/weights_file.h"
#include "tests/io/files.h"
#include "tests/python.h"

namespace mote::io {
namespace {

int peer(const std::string& task, const std::string& folder) {
  return testing_support::python("tests/io/torch_peer.py", {task, folder});
}

TEST(TorchPython, WritesEveryKindOfCheckpointThatMoteReadsAndWritesAgain) {
  const std::string folder = files::folder();
  const int status = peer("write", folder);
  if (status == 77) {
    GTEST_SKIP() << "no PyTorch for Python (package python3-torch)";
  }
  ASSERT_EQ(status, 0);

  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".pth") {
      const Unwrapped read = unwrapped(read_weights(entry.path().string()));
      write_safetensors(std::filesystem::path(entry).replace_extension(".safetensors").string(),
                        read.weights);
    }
  }

  EXPECT_EQ(peer("compare", folder), 0);
  try {
    read_weights(folder + "whole-network.bad");
    ADD_FAILURE() << "a pickled program was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.what(), testing::HasSubstr("needs torch.nn.modules."));
  }
}

}  // namespace
}  // namespace mote::io
