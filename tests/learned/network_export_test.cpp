// Each network that is exported, small and with random weights: Python's onnx checks the ONNX file,
// and onnxruntime (bench/onnxruntime) computes what the network does, where they are installed.
#include "mote/learned/network_export.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <torch/script.h>
#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/learned/onnx_export.h"
#include "mote/learned/trace.h"
#include "mote/nn/autoencoder.h"
#include "mote/nn/efficient_sam.h"
#include "mote/nn/models.h"
#include "mote/nn/plain.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"
#include "mote/nn/weights.h"
#include "mote/nn/yolo.h"
#include "tests/learned/onnx_checker.h"
#include "tests/temporary_folder.h"

namespace mote::learned {
namespace {

using testing::HasSubstr;
using testing_support::TemporaryFolder;
using Tensors = std::vector<torch::Tensor>;
using Network = std::shared_ptr<torch::nn::Module>;

struct Exported {
  std::string name;
  std::function<Network()> make;
  NetworkExport what;
  std::function<Tensors(const Traceable&)> inputs;
};

void PrintTo(const Exported& exported, std::ostream* stream) {
  *stream << exported.name;
}

Tensors random_image(const Traceable& function) {
  return {torch::rand_like(function.samples.at(0))};
}

/// Eleven queries, where two were traced, with all labels there are.
Tensors random_queries(const Traceable& function) {
  return {torch::randn_like(function.samples.at(0)), 256 * torch::rand({1, 11, 6, 2}),
          torch::randint(-1, 4, {1, 11, 6}).to(torch::kFloat32)};
}

Network small_sam() {
  return nn::EfficientSam(nn::EfficientSamOptions{.encoder = {.image_px = 256, .depth = 2}}).ptr();
}

Network small_convolutional(bool skips) {
  return nn::Autoencoder(
             nn::AutoencoderOptions{.classes = 3, .channels = {4, 8, 16}, .skips = skips})
      .ptr();
}

const nn::VssEncoderOptions kSmallMamba = {
    .channels = {16, 32, 64, 128}, .depths = {1, 2, 1, 1}, .states = 4};

std::vector<Exported> all_exported() {
  return {
      {"Yolo",
       [] { return nn::Yolo().ptr(); },
       {.network = "yolov8n-seg", .input_px = 64},
       random_image},
      {"SwinUnet",
       [] {
         return nn::SwinUnet(nn::SwinUnetOptions{
                                 .channels = 8, .heads = {1, 2, 4, 8}, .window = 2, .classes = 3})
             .ptr();
       },
       {.network = "swin-unet", .input_px = 64},
       random_image},
      {"SamEncoder",
       small_sam,
       {.network = "efficientsam-tiny", .part = "encoder", .input_px = 256},
       random_image},
      {"SamDecoder",
       small_sam,
       {.network = "efficientsam-tiny", .part = "decoder", .input_px = 256},
       random_queries},
      {"Autoencoder",
       [] { return small_convolutional(false); },
       {.network = "autoencoder", .input_px = 32},
       random_image},
      {"Unet",
       [] { return small_convolutional(true); },
       {.network = "unet", .input_px = 32},
       random_image},
      {"VmUnet",
       [] { return nn::VmUnet(nn::VmUnetOptions{.encoder = kSmallMamba, .classes = 3}).ptr(); },
       {.network = "vm-unet", .input_px = 64},
       random_image},
      {"VmUnetV2",
       [] {
         return nn::VmUnetV2(nn::VmUnetV2Options{.encoder = kSmallMamba, .mid_channels = 8}).ptr();
       },
       {.network = "vm-unet-v2", .input_px = 64},
       random_image},
  };
}

class ExportedNetwork : public testing::TestWithParam<Exported> {
 protected:
  ExportedNetwork() {
    torch::manual_seed(1);
    network_ = GetParam().make();
    function_ = traceable(*network_, GetParam().what);
  }

  torch::NoGradGuard no_grad_;
  TemporaryFolder folder_;
  Network network_;
  Traceable function_;
};

void write(const std::string& path, const torch::Tensor& tensor) {
  const torch::Tensor whole = tensor.contiguous();
  std::ofstream(path, std::ios::binary)
      .write(static_cast<const char*>(whole.data_ptr()),
             static_cast<std::streamsize>(whole.nbytes()));
}

torch::Tensor read(const std::string& path, at::IntArrayRef shape) {
  const auto file = torch::from_file(path, false, torch::empty(shape).numel(), torch::kFloat32);
  return file.reshape(shape).clone();
}

/// The outputs of a graph in onnxruntime, of the shapes of `expected`; none where Node.js or
/// onnxruntime is not installed.
Tensors in_onnxruntime(const TemporaryFolder& folder, const std::string& graph,
                       const Traceable& function, const Tensors& inputs, const Tensors& expected) {
  nlohmann::json task;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string file = folder / ("in_" + function.inputs[i]);
    write(file, inputs[i]);
    task["inputs"][function.inputs[i]] = {{"shape", inputs[i].sizes().vec()}, {"file", file}};
  }
  for (const std::string& name : function.outputs) {
    task["outputs"][name] = folder / ("out_" + name);
  }
  std::ofstream(folder / "task.json") << task << "\n";
  const std::string command = "node " MOTE_SOURCE_DIR "/bench/onnxruntime/serve.mjs " + graph +
                              " <" + (folder / "task.json") + " 1>&2";
  const int status = WEXITSTATUS(std::system(command.c_str()));
  if (status == 77 || status == 127) {
    return {};
  }
  EXPECT_EQ(status, 0);
  Tensors outputs;
  for (size_t i = 0; i < expected.size(); ++i) {
    outputs.push_back(read(folder / ("out_" + function.outputs[i]), expected[i].sizes()));
  }
  return outputs;
}

/// The largest difference of the two, as a share of the largest value.
double error_of(const torch::Tensor& found, const torch::Tensor& expected) {
  return ((found - expected).abs().max() / expected.abs().max()).item<double>();
}

Tensors random_samples(const Traceable& function) {
  Tensors random;
  for (const torch::Tensor& sample : function.samples) {
    random.push_back(torch::rand_like(sample));
  }
  return random;
}

/// What a module of TorchScript gives, which is a tuple or one tensor.
Tensors tensors_in(const torch::jit::IValue& value) {
  if (value.isTensor()) {
    return {value.toTensor()};
  }
  Tensors tensors;
  for (const torch::jit::IValue& one : value.toTupleRef().elements()) {
    tensors.push_back(one.toTensor());
  }
  return tensors;
}

constexpr double kRounding = 1e-5;  // sums of float32 in another order

TEST_P(ExportedNetwork, IsSoundOnnx) {
  std::ofstream(folder_ / "network.onnx", std::ios::binary) << onnx_file(onnx_graph(function_));

  EXPECT_SOUND_ONNX(folder_ / "network.onnx");
}

TEST_P(ExportedNetwork, ComputesTheSameInOnnxruntime) {
  const Tensors inputs = GetParam().inputs(function_);
  const Tensors expected = [&] {
    const nn::PlainOperators plain;
    return function_.run(inputs);
  }();

  std::ofstream(folder_ / "network.onnx", std::ios::binary) << onnx_file(onnx_graph(function_));
  const Tensors found =
      in_onnxruntime(folder_, folder_ / "network.onnx", function_, inputs, expected);

  if (found.empty()) {
    GTEST_SKIP() << "no Node.js, or no onnxruntime-node in bench/onnxruntime";
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_LT(error_of(found[i], expected[i]), kRounding) << function_.outputs[i];
  }
}

TEST_P(ExportedNetwork, ComputesTheSameAsTorchScript) {
  const Tensors inputs = random_samples(function_);
  const Tensors expected = [&] {
    const nn::PlainOperators plain;
    return function_.run(inputs);
  }();

  std::ofstream(folder_ / "network.pt", std::ios::binary) << torchscript_file(traced(function_));
  torch::jit::Module module = torch::jit::load(folder_ / "network.pt");
  const torch::jit::IValue found = module.forward({inputs.begin(), inputs.end()});

  EXPECT_LT(error_of(tensors_in(found).at(0), expected.at(0)), kRounding);
}

INSTANTIATE_TEST_SUITE_P(Networks, ExportedNetwork, testing::ValuesIn(all_exported()),
                         [](const auto& tested) { return tested.param.name; });

Weights random_weights(const std::string& network) {
  torch::manual_seed(1);
  return nn::weights_of(*nn::make_network(network));
}

TEST(NetworkExport, RefusesPartsThatANetworkDoesNotHave) {
  EXPECT_THROW(exported({.network = "yolov8n-seg", .part = "decoder", .input_px = 64},
                        random_weights("yolov8n-seg")),
               Error);
}

TEST(NetworkExport, RefusesNetworksThatKeepAMemory) {
  try {
    exported({.network = "deaot-t"}, random_weights("deaot-t"));
    ADD_FAILURE() << "was exported";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("deaot-t keeps a memory of frames"));
  }
}

}  // namespace
}  // namespace mote::learned
