#include "mote/nn/selective_scan.h"

#include <gmock/gmock.h>

#include "mote/core/error.h"
#include "tests/nn/forms.h"
#include "tests/nn/golden.h"

namespace mote::nn {
namespace {

/// The fixture's inputs by its rules, as leaves that collect gradients.
ScanInputs inputs_of(const golden::Fixture& fixture) {
  const auto v = [](const std::string& name, const std::vector<int64_t>& shape) {
    return golden::formula(name, c10::multiply_integers(shape)).reshape(shape);
  };
  ScanInputs in = {.u = fixture.input("u"),
                   .delta = fixture.input("delta"),
                   .a = (-0.1 - 2 * v("A", {24, 5}).abs()).to(torch::kFloat32),
                   .b = fixture.input("B"),
                   .c = fixture.input("C"),
                   .d = fixture.input("D"),
                   .delta_bias = (v("delta_bias", {24}) - 1).to(torch::kFloat32)};
  for (torch::Tensor* leaf : {&in.u, &in.delta, &in.a, &in.b, &in.c, &in.d, &in.delta_bias}) {
    leaf->requires_grad_();
  }
  return in;
}

void expect_golden(const golden::Fixture& fixture, const std::string& prefix, double factor) {
  const ScanInputs in = inputs_of(fixture);
  ScanInputs scaled = in;
  scaled.delta = in.delta * factor;

  const ScanResult result = selective_scan(scaled);
  (result.y * fixture.input("grad_weight")).sum().backward();

  MOTE_EXPECT_GOLDEN(fixture, prefix + "y", result.y);
  MOTE_EXPECT_GOLDEN(fixture, prefix + "last_state", result.last_state);
  MOTE_EXPECT_GOLDEN(fixture, prefix + "grad.u", in.u.grad());
  MOTE_EXPECT_GOLDEN(fixture, prefix + "grad.A", in.a.grad());
  MOTE_EXPECT_GOLDEN(fixture, prefix + "grad.B", in.b.grad());
  MOTE_EXPECT_GOLDEN(fixture, prefix + "grad.C", in.c.grad());
  MOTE_EXPECT_GOLDEN(fixture, prefix + "grad.D", in.d.grad());
  MOTE_EXPECT_GOLDEN(fixture, prefix + "grad.delta_bias", in.delta_bias.grad());
  MOTE_EXPECT_GOLDEN(fixture, prefix + "grad.delta", in.delta.grad());
}

class SelectiveScanForms : public golden::BothForms {};
MOTE_BOTH_FORMS(SelectiveScanForms);

TEST_P(SelectiveScanForms, AreThePublishedOneWithItsGradients) {
  MOTE_OPEN_FIXTURE(fixture, "op-selective-scan");

  expect_golden(fixture, "", 1);
}

// delta beyond 20, where softplus is the identity.
TEST_P(SelectiveScanForms, AreThePublishedOneForLargeRates) {
  MOTE_OPEN_FIXTURE(fixture, "op-selective-scan");

  expect_golden(fixture, "large.", 30);
}

/// Two images, two groups of three channels, four states.
ScanInputs random_inputs(int64_t length) {
  torch::manual_seed(1);
  const auto kind = torch::TensorOptions(torch::kFloat64);
  ScanInputs in = {.u = torch::randn({2, 6, length}, kind),
                   .delta = torch::randn({2, 6, length}, kind),
                   .a = -torch::rand({6, 4}, kind),
                   .b = torch::randn({2, 2, 4, length}, kind),
                   .c = torch::randn({2, 2, 4, length}, kind),
                   .d = torch::randn({6}, kind),
                   .delta_bias = torch::randn({6}, kind)};
  for (torch::Tensor* leaf : {&in.u, &in.delta, &in.a, &in.b, &in.c, &in.d, &in.delta_bias}) {
    leaf->requires_grad_();
  }
  return in;
}

/// y, the last state, and the gradients of all inputs.
std::vector<torch::Tensor> scanned(const ScanInputs& in) {
  const ScanResult result = selective_scan(in);
  auto tensors = torch::autograd::grad({result.y.square().sum()},
                                       {in.u, in.delta, in.a, in.b, in.c, in.d, in.delta_bias});
  tensors.insert(tensors.end(), {result.y, result.last_state});
  return tensors;
}

/// Lengths that chunks divide into and do not.
class SelectiveScanOfLength : public testing::TestWithParam<int64_t> {};
INSTANTIATE_TEST_SUITE_P(, SelectiveScanOfLength, testing::Values(1, 2, 5, 36, 131));

TEST_P(SelectiveScanOfLength, IsThePlainLoopWhereNoKernelTakesItsNumbers) {
  const ScanInputs in = random_inputs(GetParam());

  const auto found = scanned(in);

  const PlainOperators plain;
  const auto expected = scanned(in);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(torch::allclose(found[i], expected[i], 1e-10, 1e-12)) << i;
  }
}

TEST(SelectiveScan, RefusesTensorsThatDisagree) {
  const ScanInputs inputs = {.u = torch::zeros({1, 4, 8}),
                             .delta = torch::zeros({1, 4, 8}),
                             .a = torch::zeros({4, 2}),
                             .b = torch::zeros({1, 2, 2, 7}),
                             .c = torch::zeros({1, 2, 2, 7}),
                             .d = torch::zeros({4}),
                             .delta_bias = torch::zeros({4})};

  EXPECT_THROW(selective_scan(inputs), Error);
}

}  // namespace
}  // namespace mote::nn
