// The first byte says what the others are: a file (`f`), or a pickle whose storages all lie in 64
// bytes of zeros and ones (`p`), which spares the fuzzer the checksums of a zip file.
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/checkpoint_wrappers.h"
#include "mote/io/torch_pickle.h"
#include "mote/io/weights_file.h"
#include "tests/fuzz/weights.h"
#include "tests/io/memory_file.h"

namespace {

using mote::Weights;

Weights read_file(std::string_view bytes) {
  static mote::testing_support::MemoryFile file;
  if (bytes.empty() || !file.write(bytes)) {
    return {};
  }
  return mote::io::read_weights(file.path());
}

Weights read_pickle(std::string_view bytes) {
  static const std::array<std::byte, 64> kNumbers = {std::byte{1}};
  const mote::io::TorchPickle pickle = mote::io::torch_pickle(
      mote::io::read_pickle(std::as_bytes(std::span(bytes)), mote::io::is_torch_global));
  std::vector<std::span<const std::byte>> storages;
  for (const mote::io::TorchStorage& storage : pickle.storages) {
    const int64_t wanted = storage.scalars * bytes_per_scalar(storage.type);
    storages.push_back(std::span(kNumbers).first(
        static_cast<size_t>(std::min<int64_t>(wanted, static_cast<int64_t>(kNumbers.size())))));
  }
  return mote::io::torch_weights(pickle, storages, nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const Weights weights =
        bytes.front() == 'f' ? read_file(bytes.substr(1)) : read_pickle(bytes.substr(1));
    mote::fuzz::check_sound(mote::io::unwrapped(weights).weights);
  } catch (const mote::Error&) {
    return 0;
  }
  return 0;
}
