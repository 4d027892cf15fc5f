#include "mote/learned/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

namespace mote::learned {
namespace {

/// The Error that guarded makes of what `work` throws.
template <typename Work>
Error refused(Work work) {
  try {
    guarded(work, "; less of it takes less");
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::kUsage, "nothing was thrown"};
}

TEST(Guard, TellsMemoryThatLibtorchDoesNotGetInMotesWords) {
  const Error error = refused([] { return torch::empty({int64_t{1} << 50}); });

  EXPECT_EQ(error.kind(), ErrorKind::kResource);
  EXPECT_STREQ(error.what(), "memory does not suffice for the network; less of it takes less");
}

TEST(Guard, TellsMemoryThatMoteDoesNotGetInTheSameWords) {
  const Error error = refused([] { throw std::bad_alloc(); });

  EXPECT_EQ(error.kind(), ErrorKind::kResource);
  EXPECT_STREQ(error.what(), "memory does not suffice for the network; less of it takes less");
}

TEST(Guard, TellsMemoryOfTheDevice) {
  const Error error = refused([] {
    TORCH_CHECK(false, "CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 8.00 GiB total)");
  });

  EXPECT_EQ(error.kind(), ErrorKind::kResource);
  EXPECT_STREQ(error.what(),
               "memory of the device does not suffice for the network; less of it takes less");
}

TEST(Guard, TellsTheFirstLineOfWhatElseLibtorchSays) {
  const Error error = refused([] { return torch::zeros({2, 3}).reshape({4}); });

  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_THAT(error.what(), testing::StartsWith("libtorch: shape '[4]' is invalid"));
  EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("\n")));
}

TEST(Guard, LeavesMotesErrorsAsTheyAre) {
  const Error error = refused([] { throw Error(ErrorKind::kNotFound, "it is not there"); });

  EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  EXPECT_STREQ(error.what(), "it is not there");
}

}  // namespace
}  // namespace mote::learned
