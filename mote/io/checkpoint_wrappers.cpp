#include "mote/io/checkpoint_wrappers.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/tensor_bytes.h"
#include "mote/io/weights_file.h"

namespace mote::io {
namespace {

constexpr std::array<std::string_view, 5> kWrappers = {"ema/", "model/", "state_dict/",
                                                       "model_state_dict/", "net/"};
constexpr std::string_view kDataParallel = "module.";

bool any_begins(const std::vector<StoredTensor>& tensors, std::string_view beginning) {
  return std::any_of(tensors.begin(), tensors.end(), [&](const StoredTensor& tensor) {
    return tensor.name.starts_with(beginning);
  });
}

bool all_begin(const std::vector<StoredTensor>& tensors, std::string_view beginning) {
  return !tensors.empty() &&
         std::all_of(tensors.begin(), tensors.end(), [&](const StoredTensor& tensor) {
           return tensor.name.starts_with(beginning);
         });
}

std::optional<std::string_view> wrapper_of(const std::vector<StoredTensor>& tensors) {
  for (const std::string_view wrapper : kWrappers) {
    if (any_begins(tensors, wrapper)) {
      return wrapper;
    }
  }
  return all_begin(tensors, kDataParallel) ? std::optional(kDataParallel) : std::nullopt;
}

}  // namespace

Unwrapped unwrapped(const Weights& checkpoint) {
  Unwrapped result{.weights = checkpoint};
  std::string before;
  while (const auto wrapper = wrapper_of(result.weights.tensors)) {
    std::vector<StoredTensor> within;
    for (StoredTensor& tensor : result.weights.tensors) {
      if (tensor.name.starts_with(*wrapper)) {
        tensor.name.erase(0, wrapper->size());
        within.push_back(std::move(tensor));
      } else {
        result.left_aside.push_back(before + tensor.name);
      }
    }
    result.weights.tensors = std::move(within);
    result.taken_off.emplace_back(*wrapper);
    before += *wrapper;
  }
  return result;
}

Unwrapped read_state_dict(const std::string& path) {
  Unwrapped read = unwrapped(read_weights(path));
  for (const StoredTensor& tensor : read.weights.tensors) {
    try {
      check_finite(tensor);
    } catch (const Error& error) {
      throw error.in(path);
    }
  }
  return read;
}

}  // namespace mote::io
