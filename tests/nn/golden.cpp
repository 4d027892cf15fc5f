#include "tests/nn/golden.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "mote/nn/weights.h"

namespace mote::golden {
namespace {

namespace fs = std::filesystem;

uint64_t fnv1a(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : text) {
    hash = (hash ^ byte) * 0x100000001b3;
  }
  return hash;
}

/// u of the weight formula, in [0, 1).
double uniform(uint64_t hash, uint64_t index) {
  uint64_t z = hash + index + 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  z ^= z >> 31;
  return static_cast<double>(z) * 0x1p-64;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

ScalarType scalar_type(const std::string& name) {
  if (name == "F32") return ScalarType::kFloat32;
  if (name == "F64") return ScalarType::kFloat64;
  if (name == "I64") return ScalarType::kInt64;
  if (name == "I32") return ScalarType::kInt32;
  if (name == "U8") return ScalarType::kUInt8;
  throw std::runtime_error("fixture with a tensor of type " + name);
}

/// The fixtures are sound files of our own: mote's reader of safetensors, which doubts everything,
/// is tested against them and not used here.
Weights read_safetensors(const fs::path& path) {
  const auto file = std::make_shared<std::string>(text_of(path));
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, file->data(), sizeof(header_bytes));
  const auto header = nlohmann::json::parse(file->substr(8, header_bytes));
  Weights weights;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      continue;
    }
    const auto from = entry.at("data_offsets").at(0).get<size_t>();
    const auto to = entry.at("data_offsets").at(1).get<size_t>();
    const auto* bytes = reinterpret_cast<const std::byte*>(file->data()) + 8 + header_bytes;
    weights.tensors.push_back({.name = name,
                               .type = scalar_type(entry.at("dtype")),
                               .shape = entry.at("shape").get<std::vector<int64_t>>(),
                               .bytes = {bytes + from, to - from}});
  }
  weights.storage = file;
  return weights;
}

const nlohmann::json& entry_of(const nlohmann::json& list, const std::string& name) {
  for (const auto& entry : list) {
    if (entry.at("name") == name) {
      return entry;
    }
  }
  throw std::runtime_error("the fixture has no entry " + name);
}

double fan(const std::vector<int64_t>& shape) {
  double product = 1;
  for (size_t axis = 1; axis < shape.size(); ++axis) {
    product *= static_cast<double>(shape[axis]);
  }
  return product;
}

double value_by_rule(const std::string& rule, const std::vector<int64_t>& shape, double gain,
                     double u, int64_t index) {
  const double v = 2 * u - 1;
  if (rule == "linear") return v * std::sqrt(3 / fan(shape)) * gain;
  if (rule == "last_dim") return v * std::sqrt(3 / static_cast<double>(shape.back()));
  if (rule == "norm_weight") return 1 + 0.1 * v;
  if (rule == "bias") return 0.05 * v;
  if (rule == "running_mean") return 0.1 * v;
  if (rule == "running_var") return 1 + 0.5 * std::abs(v);
  if (rule == "zero") return 0;
  if (rule == "rel_bias" || rule == "v") return v;
  if (rule == "embed") return 0.5 * v;
  if (rule == "gauss") return v * std::sqrt(3.0);
  if (rule == "a_log") return std::log(1.0 + static_cast<double>(index % shape.back())) + 0.1 * v;
  if (rule == "dt_bias") {
    const double d = std::exp(std::log(0.001) + u * (std::log(0.1) - std::log(0.001)));
    return d + std::log(-std::expm1(-d));
  }
  if (rule == "uniform01") return u;
  throw std::runtime_error("unknown rule " + rule);
}

}  // namespace

std::optional<Fixture> Fixture::open(const std::string& name) {
  const char* set = std::getenv("MOTE_GOLDEN_DIR");
  const fs::path folder =
      (set != nullptr ? fs::path(set) : fs::path(MOTE_SOURCE_DIR) / ".." / "shared" / "golden") /
      name;
  if (!fs::exists(folder / "manifest.json")) {
    return std::nullopt;
  }
  Fixture fixture;
  fixture.manifest_ = nlohmann::json::parse(text_of(folder / "manifest.json"));
  fixture.weights_ = read_safetensors(folder / "golden.safetensors");
  return fixture;
}

bool Fixture::has(const std::string& name) const {
  for (const StoredTensor& tensor : weights_.tensors) {
    if (tensor.name == name) {
      return true;
    }
  }
  return false;
}

torch::Tensor Fixture::stored(const std::string& name) const {
  for (const StoredTensor& tensor : weights_.tensors) {
    if (tensor.name == name) {
      return nn::to_tensor(tensor);
    }
  }
  throw std::runtime_error("the fixture stores no tensor " + name);
}

torch::Tensor Fixture::input(const std::string& name) const {
  const auto& entry = entry_of(manifest_.at("inputs"), name);
  const std::string rule = entry.at("rule");
  const auto shape = entry.at("shape").get<std::vector<int64_t>>();
  if (rule == "stored") {
    return stored(name).reshape(shape);
  }
  if (rule == "uniform01_below_0.3") {
    return (by_rule("uniform01", "target", shape) < 0.3).to(torch::kFloat32);
  }
  return by_rule(rule, name, shape, entry.value("gain", 1.0));
}

void Fixture::fill(torch::nn::Module& network) const {
  Weights weights;
  std::vector<torch::Tensor> kept;
  std::vector<std::string> computed;
  for (const auto& entry : manifest_.at("tensors")) {
    const std::string name = entry.at("name");
    const auto shape = entry.at("shape").get<std::vector<int64_t>>();
    const std::string rule = entry.at("rule");
    if (rule == "computed") {
      computed.push_back(name);
      continue;
    }
    if (rule == "explicit") {
      kept.push_back(torch::tensor(entry.at("values").get<std::vector<double>>(), torch::kFloat64)
                         .to(torch::kFloat32)
                         .reshape(shape));
    } else {
      kept.push_back(by_rule(rule, name, shape, entry.value("gain", 1.0)));
    }
    if (entry.at("dtype") == "I64") {
      kept.back() = kept.back().to(torch::kInt64);
    }
    const torch::Tensor& tensor = kept.back();
    weights.tensors.push_back(
        {.name = name,
         .type = entry.at("dtype") == "I64" ? ScalarType::kInt64 : ScalarType::kFloat32,
         .shape = shape,
         .bytes = {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}});
  }
  const WeightsMismatch mismatch = nn::load(weights, network);
  EXPECT_EQ(mismatch.unexpected, std::vector<std::string>());
  EXPECT_EQ(mismatch.misshaped, std::vector<std::string>());
  for (const std::string& name : mismatch.missing) {
    EXPECT_TRUE(std::find(computed.begin(), computed.end(), name) != computed.end())
        << "the network has a tensor that the fixture lacks: " << name;
  }
}

const nlohmann::json& Fixture::output(const std::string& name) const {
  return entry_of(manifest_.at("outputs"), name);
}

torch::Tensor formula(const std::string& name, int64_t count) {
  const torch::Tensor values = torch::empty({count}, torch::kFloat64);
  const uint64_t hash = fnv1a(name);
  for (int64_t i = 0; i < count; ++i) {
    values.data_ptr<double>()[i] = 2 * uniform(hash, static_cast<uint64_t>(i)) - 1;
  }
  return values;
}

torch::Tensor by_rule(const std::string& rule, const std::string& name,
                      const std::vector<int64_t>& shape, double gain) {
  const torch::Tensor values = torch::empty(shape, torch::kFloat32);
  const uint64_t hash = fnv1a(name);
  for (int64_t i = 0; i < values.numel(); ++i) {
    values.data_ptr<float>()[i] = static_cast<float>(
        value_by_rule(rule, shape, gain, uniform(hash, static_cast<uint64_t>(i)), i));
  }
  return values;
}

Difference difference(const Fixture& fixture, const std::string& name,
                      const torch::Tensor& tensor) {
  const auto& entry = fixture.output(name);
  const auto shape = entry.at("shape").get<std::vector<int64_t>>();
  EXPECT_EQ(tensor.sizes().vec(), shape) << name;
  const int64_t stride = entry.value("stride", int64_t{1});
  const torch::Tensor expected = fixture.stored(name).to(torch::kFloat64).flatten();
  const torch::Tensor all = tensor.detach().to(torch::kCPU).to(torch::kFloat64).flatten();
  const torch::Tensor sampled = all.slice(0, 0, all.numel(), stride).slice(0, 0, expected.numel());
  EXPECT_EQ(sampled.numel(), expected.numel()) << name;
  if (sampled.numel() != expected.numel() || expected.numel() == 0) {
    return {.max_abs = INFINITY};
  }
  return {.max_abs = (sampled - expected).abs().max().item<double>(),
          .allowed = std::max(1e-4, 20 * entry.value("fp64_max_abs_diff", 0.0))};
}

torch::Tensor sampled(const torch::Tensor& tensor, const std::vector<int64_t>& steps) {
  torch::Tensor samples = tensor;
  for (size_t axis = 0; axis < steps.size(); ++axis) {
    const auto at = static_cast<int64_t>(axis);
    samples = samples.slice(at, 0, samples.size(at), steps[axis]);
  }
  return samples;
}

Difference sampled_difference(const Fixture& fixture, const std::string& name,
                              const torch::Tensor& samples, double relative) {
  const torch::Tensor expected = fixture.stored(name).to(torch::kFloat64);
  EXPECT_EQ(samples.sizes(), expected.sizes()) << name;
  if (samples.sizes() != expected.sizes() || expected.numel() == 0) {
    return {.max_abs = INFINITY};
  }
  const torch::Tensor found = samples.detach().to(torch::kCPU).to(torch::kFloat64);
  return {.max_abs = (found - expected).abs().max().item<double>(),
          .allowed = relative * expected.abs().max().item<double>()};
}

double differing_share(const Fixture& fixture, const std::string& name,
                       const torch::Tensor& labels) {
  const torch::Tensor expected = fixture.stored(name).to(torch::kInt64);
  EXPECT_EQ(labels.sizes(), expected.sizes()) << name;
  if (labels.sizes() != expected.sizes()) {
    return 1;
  }
  const torch::Tensor differs = labels.detach().to(torch::kCPU).to(torch::kInt64) != expected;
  return differs.to(torch::kFloat64).mean().item<double>();
}

torch::Tensor video_labels(int64_t objects, int64_t t, int64_t height, int64_t width) {
  const torch::Tensor labels = torch::zeros({height, width}, torch::kInt64);
  const auto time = static_cast<double>(t);
  const auto h = static_cast<double>(height);
  const auto w = static_cast<double>(width);
  auto pixels = labels.accessor<int64_t, 2>();
  for (int64_t k = 1; k <= objects; ++k) {
    const auto id = static_cast<double>(k);
    const double a = 0.6180339887498949 * id - std::floor(0.6180339887498949 * id);
    const double b = 0.7548776662466927 * id - std::floor(0.7548776662466927 * id);
    const double cx = w * (0.12 + 0.76 * a) + 3 * time * std::cos(id);
    const double cy = h * (0.12 + 0.76 * b) + 2 * time * std::sin(id);
    const double radius = 0.07 * std::min(h, w) + 2 * static_cast<double>(k % 3);
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        const double dx = static_cast<double>(x) - cx;
        const double dy = static_cast<double>(y) - cy;
        if (dx * dx + dy * dy <= radius * radius) {
          pixels[y][x] = k;
        }
      }
    }
  }
  return labels;
}

torch::Tensor video_image(const std::string& tag, int64_t objects, int64_t t, int64_t height,
                          int64_t width) {
  const torch::Tensor labels = video_labels(objects, t, height, width);
  const torch::Tensor noise = formula(tag + std::to_string(t), 3 * height * width);
  const torch::Tensor image = torch::empty({1, 3, height, width}, torch::kFloat32);
  const auto time = static_cast<double>(t);
  for (int64_t i = 0; i < image.numel(); ++i) {
    const auto c = static_cast<double>(i / (height * width));
    const auto y = static_cast<double>(i / width % height);
    const auto x = static_cast<double>(i % width);
    const auto label = static_cast<double>(labels.data_ptr<int64_t>()[i % (height * width)]);
    const double wave = 0.2 * std::sin(0.07 * x + 0.9 * c) * std::cos(0.05 * y + 0.2 * time);
    const double object = label > 0 ? 0.3 * std::cos(label + 2 * c) : 0;
    image.data_ptr<float>()[i] =
        static_cast<float>(0.5 + wave + 0.1 * noise.data_ptr<double>()[i] + object);
  }
  return image;
}

}  // namespace mote::golden
