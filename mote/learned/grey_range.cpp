#include "mote/learned/grey_range.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <torch/torch.h>

#include "mote/core/error.h"

namespace mote::learned {
namespace {

constexpr double kBlackShare = 0.001;
constexpr double kWhiteShare = 0.999;

/// The value that `share` of the values are not above.
double quantile(std::vector<float>& values, double share) {
  const double place = share * static_cast<double>(values.size() - 1);
  const auto at = values.begin() + static_cast<ptrdiff_t>(std::lround(place));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

GreyRange grey_range(const Grid<float>& image, const BinaryImage& excluded,
                     std::optional<double> black, std::optional<double> white) {
  if (black && white) {
    return {.black = *black, .white = *white};
  }
  std::vector<float> values;
  for (size_t i = 0; i < image.values().size(); ++i) {
    const bool out = !excluded.empty() && excluded.values()[i] != 0;
    if (!out && std::isfinite(image.values()[i])) {
      values.push_back(image.values()[i]);
    }
  }
  const GreyRange own = values.empty() ? GreyRange{}
                                       : GreyRange{.black = quantile(values, kBlackShare),
                                                   .white = quantile(values, kWhiteShare)};
  return {.black = black.value_or(own.black), .white = white.value_or(own.white)};
}

void require_grey_range(std::optional<double> black, std::optional<double> white) {
  if (black && white && !(*white > *black)) {
    throw Error(ErrorKind::kUsage, "white is {}, expected more than black, which is {}", *white,
                *black);
  }
}

torch::Tensor grey_levels(const Grid<float>& image, GreyRange range, torch::Device device) {
  const torch::Tensor levels = torch::from_blob(const_cast<float*>(image.data()),
                                                {image.height(), image.width()}, torch::kFloat32)
                                   .to(device);
  const double span = std::max(range.white - range.black, 1e-30);
  return ((levels - range.black) / span).nan_to_num(0).clamp(0, 1);
}

void put_range(ByteWriter& out, const std::optional<GreyRange>& range) {
  const GreyRange known = range.value_or(GreyRange{});
  out(static_cast<uint8_t>(range.has_value()), known.black, known.white);
}

std::optional<GreyRange> get_range(ByteReader& in) {
  const bool known = in.get<uint8_t>() != 0;
  const auto black = in.get<double>();
  const auto white = in.get<double>();
  return known ? std::optional(GreyRange{.black = black, .white = white}) : std::nullopt;
}

}  // namespace mote::learned
