#include "mote/learned/loading.h"

#include <algorithm>
#include <vector>

#include "mote/core/error.h"
#include "mote/nn/weights.h"

namespace mote::learned {
namespace {

/// `; 12 missing: a, b, c, ...`, or nothing.
std::string listed(const std::vector<std::string>& tensors, const char* what) {
  if (tensors.empty()) {
    return {};
  }
  const auto shown = std::min<size_t>(tensors.size(), 3);
  return fmt::format(
      "; {} {}: {}{}", tensors.size(), what,
      fmt::join(tensors.begin(), tensors.begin() + static_cast<ptrdiff_t>(shown), ", "),
      shown < tensors.size() ? ", ..." : "");
}

}  // namespace

void make_ready(torch::nn::Module& network, const std::string& name, const Weights* weights,
                torch::Device device) {
  if (weights != nullptr) {
    const WeightsMismatch mismatch = nn::load(*weights, network);
    if (!mismatch.empty()) {
      throw Error(ErrorKind::kBadFile, "these are no weights of {}{}{}{}", name,
                  listed(mismatch.missing, "missing"), listed(mismatch.unexpected, "unexpected"),
                  listed(mismatch.misshaped, "of another shape"));
    }
  }
  network.to(device);
  network.eval();
}

nn::Precision precision_of(const segment::NetworkOptions& options) {
  return options.precision == segment::NumberFormat::kBFloat16 ? nn::Precision::kBFloat16
                                                               : nn::Precision::kFloat32;
}

}  // namespace mote::learned
