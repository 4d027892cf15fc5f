#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace mote {

/// XXH3 with 64 bits, seed 0 (Collet, xxHash, github.com/Cyan4973/xxHash): tells damage, no malice.
uint64_t hash64(std::string_view bytes);

/// The same of bytes that come piece by piece.
class Hash64 {
 public:
  Hash64();
  void add(std::string_view bytes);
  uint64_t value() const;  ///< of all so far

 private:
  std::unique_ptr<XXH3_state_s, void (*)(XXH3_state_s*)> state_;
};

/// XXH3 with 128 bits, seed 0, of bytes that come piece by piece: tells contents apart.
class Hash128 {
 public:
  Hash128();
  void add(std::string_view bytes);
  std::string hex() const;  ///< of all so far, 32 digits, the high half first

 private:
  std::unique_ptr<XXH3_state_s, void (*)(XXH3_state_s*)> state_;
};

}  // namespace mote
