// Networks written as ONNX and TorchScript. Python's onnx checks the files where it is installed.
#include <cstdlib>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <torch/script.h>
#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/learned/network_export.h"
#include "mote/learned/onnx_export.h"
#include "mote/learned/trace.h"
#include "mote/nn/efficient_sam.h"
#include "mote/nn/models.h"
#include "mote/nn/plain.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/weights.h"
#include "mote/nn/yolo.h"
#include "tests/temporary_folder.h"

namespace mote::learned {
namespace {

using testing::HasSubstr;

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// 0 where the checker of ONNX finds the file sound, 77 where there is none.
int check(const std::string& path) {
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

#define EXPECT_SOUND_ONNX(path)                                  \
  if (const int status = check(path); status == 77) {            \
    GTEST_SKIP() << "no ONNX for Python (package python3-onnx)"; \
  } else {                                                       \
    EXPECT_EQ(status, 0);                                        \
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

std::string onnx_of(torch::nn::Module& network, const NetworkExport& what) {
  const Traceable function = traceable(network, what);
  return onnx_file(onnx_graph(traced(function), function));
}

Weights random_weights(const std::string& network) {
  torch::manual_seed(1);
  return nn::weights_of(*nn::make_network(network));
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

  write(folder / "f.onnx", onnx_file(onnx_graph(traced(function), function)));

  EXPECT_SOUND_ONNX(folder / "f.onnx");
}

TEST(Onnx, RefusesAnOperatorByName) {
  const Traceable function =
      function_of([](const torch::Tensor& x) { return x.cumsum(0); }, torch::zeros({3}));

  try {
    onnx_graph(traced(function), function);
    ADD_FAILURE() << "was converted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("aten::cumsum"));
  }
}

TEST(NetworkExport, WritesYoloAsSoundOnnx) {
  const testing_support::TemporaryFolder folder;

  write(folder / "yolo.onnx",
        exported({.network = "yolov8n-seg", .input_px = 64}, random_weights("yolov8n-seg")));

  EXPECT_SOUND_ONNX(folder / "yolo.onnx");
}

TEST(NetworkExport, WritesSwinUnetAsSoundOnnx) {
  const testing_support::TemporaryFolder folder;
  nn::SwinUnet network(
      nn::SwinUnetOptions{.channels = 8, .heads = {1, 2, 4, 8}, .window = 2, .classes = 3});

  write(folder / "swin.onnx", onnx_of(*network, {.network = "swin-unet", .input_px = 64}));

  EXPECT_SOUND_ONNX(folder / "swin.onnx");
}

TEST(NetworkExport, WritesEfficientSamsEncoderAsSoundOnnx) {
  const testing_support::TemporaryFolder folder;
  nn::EfficientSam network(nn::EfficientSamOptions{.encoder = {.image_px = 256, .depth = 2}});

  write(folder / "encoder.onnx",
        onnx_of(*network, {.network = "efficientsam-tiny", .part = "encoder", .input_px = 256}));

  EXPECT_SOUND_ONNX(folder / "encoder.onnx");
}

TEST(NetworkExport, WritesTorchScriptThatComputesTheSame) {
  const testing_support::TemporaryFolder folder;
  const Weights weights = random_weights("yolov8n-seg");
  nn::Yolo yolo;
  nn::load(weights, *yolo);
  yolo->eval();
  const torch::NoGradGuard no_grad;
  const nn::PlainOperators plain;
  const torch::Tensor image = torch::rand({1, 3, 64, 64});

  write(folder / "yolo.pt",
        exported({.network = "yolov8n-seg", .format = NetworkFormat::kTorchScript, .input_px = 64},
                 weights));
  torch::jit::Module module = torch::jit::load(folder / "yolo.pt");
  const auto outputs = module.forward({image}).toTuple()->elements();

  EXPECT_TRUE(torch::equal(outputs.at(3).toTensor(), yolo->forward(image).prototypes));
}

TEST(NetworkExport, RefusesPartsThatANetworkDoesNotHave) {
  EXPECT_THROW(exported({.network = "yolov8n-seg", .part = "decoder", .input_px = 64},
                        random_weights("yolov8n-seg")),
               Error);
}

}  // namespace
}  // namespace mote::learned
