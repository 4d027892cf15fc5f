#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mote {

/// SHA-256 (NIST, FIPS 180-4) of bytes that come piece by piece: tells a file that somebody changed
/// on purpose, which Hash64 and Hash128 do not.
class Sha256 {
 public:
  void add(std::string_view bytes);

  /// Of all so far, 64 digits. Ends the hash.
  std::string hex();

 private:
  void take_block(const char* block);

  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::string held_;  // less than a block
  uint64_t bytes_ = 0;
};

}  // namespace mote
