// EfficientSAM-tiny at 1024 px: the plain form, mote's kernels in float32 and bfloat16, attention
// alone, and decoding queries together and one by one. Weights are random: they do not matter here.
//
// bench_sam_speed [ROUNDS [FORM]]: medians of ROUNDS interleaved runs, wall time and processor time
// (the latter where the machine is shared). With FORM (plain, float32, bf16, decode) only that form
// runs, once, and the peak memory of the process is its own.
//
// Run it with OMP_WAIT_POLICY=passive.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mote/core/process_cost.h"
#include "mote/nn/attention.h"
#include "mote/nn/efficient_sam.h"
#include "mote/nn/plain.h"
#include "mote/nn/threads.h"

namespace {

using namespace mote::nn;

EfficientSam network_in(Precision precision) {
  torch::manual_seed(1);
  EfficientSam network(EfficientSamOptions{.encoder = {.precision = precision}});
  network->eval();
  return network;
}

SamQueries queries(int64_t count) {
  torch::manual_seed(2);
  return {.points = torch::rand({1, count, 1, 2}) * 1024, .labels = torch::ones({1, count, 1})};
}

void decode_one_by_one(EfficientSam& network, const torch::Tensor& embedding,
                       const SamQueries& all) {
  for (int64_t i = 0; i < all.points.size(1); ++i) {
    network->decode(
        embedding,
        {.points = all.points.slice(1, i, i + 1), .labels = all.labels.slice(1, i, i + 1)},
        {.height = 1024, .width = 1024});
  }
}

std::map<std::string, std::function<void()>> forms() {
  EfficientSam network = network_in(Precision::kFloat32);
  const torch::Tensor image = torch::rand({1, 3, 1024, 1024});
  const torch::Tensor embedding = torch::randn({1, 256, 64, 64});
  const torch::Tensor heads = torch::randn({1, 3, 4096, 64});
  const SamQueries all = queries(64);
  std::map<std::string, std::function<void()>> made{
      {"plain",
       [=]() mutable {
         const PlainOperators plain;
         network->encode(image);
       }},
      {"float32", [=]() mutable { network->encode(image); }},
      {"attention_plain",
       [=] {
         const PlainOperators plain;
         attention(heads, heads, heads);
       }},
      {"attention_float32", [=] { attention(heads, heads, heads); }},
      {"decode",
       [=]() mutable { network->decode(embedding, all, {.height = 1024, .width = 1024}); }},
      {"decode_one_by_one", [=]() mutable { decode_one_by_one(network, embedding, all); }},
      {"decode_one_by_one_plain",
       [=]() mutable {
         const PlainOperators plain;
         decode_one_by_one(network, embedding, all);
       }},
  };
  if (has_fast_bf16()) {
    EfficientSam rounded = network_in(Precision::kBFloat16);
    const torch::Tensor rounded_heads = heads.to(torch::kBFloat16);
    made["bf16"] = [=]() mutable { rounded->encode(image); };
    made["attention_bf16"] = [=] { attention(rounded_heads, rounded_heads, rounded_heads); };
  }
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  set_threads(0);
  const torch::NoGradGuard no_grad;
  auto made = forms();
  if (argc > 2) {
    made.at(argv[2])();
    fmt::print("{}: peak memory {:.0f} MB\n", argv[2], mote::peak_memory_mb());
    return 0;
  }
  const int rounds = argc > 1 ? std::stoi(argv[1]) : 5;
  std::map<std::string, std::vector<mote::ProcessCost>> costs;
  for (int round = 0; round <= rounds; ++round) {  // the first one warms up
    for (auto& [name, run] : made) {
      const mote::ProcessCost cost = mote::cost_of(run);
      if (round > 0) {
        costs[name].push_back(cost);
      }
    }
  }
  fmt::print("{:<26}{:>10}{:>14}\n", "", "wall s", "processor s");
  for (const auto& [name, of_form] : costs) {
    fmt::print("{:<26}{:>10.3f}{:>14.3f}\n", name,
               mote::median_of(of_form, &mote::ProcessCost::wall_s),
               mote::median_of(of_form, &mote::ProcessCost::processor_s));
  }
}
