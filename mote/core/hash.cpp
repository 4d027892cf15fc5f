#include "mote/core/hash.h"

#include <new>

#include <fmt/format.h>
#include <xxhash.h>

namespace mote {
namespace {

std::unique_ptr<XXH3_state_t, void (*)(XXH3_state_t*)> new_state() {
  XXH3_state_t* const state = XXH3_createState();
  if (state == nullptr) {
    throw std::bad_alloc();
  }
  return {state, [](XXH3_state_t* old) { XXH3_freeState(old); }};
}

}  // namespace

uint64_t hash64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

Hash64::Hash64() : state_(new_state()) {
  XXH3_64bits_reset(state_.get());
}

void Hash64::add(std::string_view bytes) {
  XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
}

uint64_t Hash64::value() const {
  return XXH3_64bits_digest(state_.get());
}

Hash128::Hash128() : state_(new_state()) {
  XXH3_128bits_reset(state_.get());
}

void Hash128::add(std::string_view bytes) {
  XXH3_128bits_update(state_.get(), bytes.data(), bytes.size());
}

std::string Hash128::hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace mote
