#include "mote/track/sealed_state.h"

#include <memory>

#include <xxhash.h>

#include "mote/core/error.h"

namespace mote::track {
namespace {

struct FreeHash {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

}  // namespace

void seal_state(uint64_t mark, ByteWriter& out, const std::function<void(ByteWriter&)>& content) {
  const std::unique_ptr<XXH3_state_t, FreeHash> hash(XXH3_createState());
  XXH3_64bits_reset(hash.get());
  ByteWriter hashed([&](std::string_view bytes) {
    XXH3_64bits_update(hash.get(), bytes.data(), bytes.size());
    out.put_bytes(bytes);
  });
  out.put(mark);
  content(hashed);
  hashed.flush();
  out.put<uint64_t>(XXH3_64bits_digest(hash.get()));
}

std::string sealed_state(uint64_t mark, std::string_view content) {
  ByteWriter out;
  seal_state(mark, out, [content](ByteWriter& bytes) { bytes.put_bytes(content); });
  return out.take();
}

std::string_view opened_state(uint64_t mark, std::string_view state, std::string_view what) {
  constexpr size_t kSealBytes = 2 * sizeof(uint64_t);
  if (state.size() < kSealBytes) {
    throw Error(ErrorKind::kBadFile, "state of {} ends too early: {} bytes, {} or more expected",
                what, state.size(), kSealBytes);
  }
  if (ByteReader(state).get<uint64_t>() != mark) {
    throw Error(ErrorKind::kBadFile, "not a state of this version's {}", what);
  }
  const std::string_view content = state.substr(sizeof(uint64_t), state.size() - kSealBytes);
  const auto checksum = ByteReader(state.substr(sizeof(uint64_t) + content.size())).get<uint64_t>();
  if (XXH3_64bits(content.data(), content.size()) != checksum) {
    throw Error(ErrorKind::kBadFile, "state of {}, {} bytes, is damaged", what, state.size());
  }
  return content;
}

}  // namespace mote::track
