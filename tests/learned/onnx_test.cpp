// Functions written as ONNX. Python's onnx checks the files where it is installed.
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/learned/onnx_export.h"
#include "mote/learned/trace.h"
#include "tests/learned/onnx_checker.h"
#include "tests/temporary_folder.h"

namespace mote::learned {
namespace {

using testing::HasSubstr;

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

Traceable function_of(std::function<torch::Tensor(const torch::Tensor&)> run,
                      const torch::Tensor& sample) {
  return {.name = "f",
          .inputs = {"x"},
          .outputs = {"y"},
          .samples = {sample},
          .run = [run](const std::vector<torch::Tensor>& in) {
            return std::vector<torch::Tensor>{run(in[0])};
          }};
}

TEST(Onnx, IsSoundForOperatorsThatMoveNumbers) {
  const testing_support::TemporaryFolder folder;
  const Traceable function = function_of(
      [](const torch::Tensor& x) {
        const auto halves = x.chunk(2, 1);
        const auto mixed = torch::cat({halves[1], halves[0].flip({2})}, 1).roll({1, -2}, {2, 3});
        const auto padded = torch::constant_pad_nd(mixed, {1, 2, 0, 1}, 0.5);
        return torch::stack(padded.permute({0, 2, 3, 1}).flatten(1, 2).unbind(1), 2)
            .slice(1, 0, 3, 2)
            .select(0, 0);
      },
      torch::zeros({1, 4, 5, 6}));

  write(folder / "f.onnx", onnx_file(onnx_graph(function)));

  EXPECT_SOUND_ONNX(folder / "f.onnx");
}

TEST(Onnx, RefusesAnOperatorByName) {
  const Traceable function =
      function_of([](const torch::Tensor& x) { return x.cumsum(0); }, torch::zeros({3}));

  try {
    onnx_graph(function);
    ADD_FAILURE() << "was converted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("aten::cumsum"));
  }
}

TEST(Onnx, RefusesANumberThatFollowsAnOpenSize) {
  Traceable function = function_of(
      [](const torch::Tensor& x) { return x / static_cast<double>(x.size(0)); }, torch::ones({3}));
  function.open = OpenSize{.name = "rows", .dimensions = {{0, 0}}};

  try {
    onnx_graph(function);
    ADD_FAILURE() << "was converted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("follows the rows"));
  }
}

}  // namespace
}  // namespace mote::learned
