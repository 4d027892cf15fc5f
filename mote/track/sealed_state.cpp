#include "mote/track/sealed_state.h"

#include "mote/core/error.h"
#include "mote/core/hash.h"

namespace mote::track {

void seal_state(uint64_t mark, ByteWriter& out, const std::function<void(ByteWriter&)>& content) {
  Hash64 hash;
  ByteWriter hashed([&](std::string_view bytes) {
    hash.add(bytes);
    out.put_bytes(bytes);
  });
  out.put(mark);
  content(hashed);
  hashed.flush();
  out.put<uint64_t>(hash.value());
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
  if (hash64(content) != checksum) {
    throw Error(ErrorKind::kBadFile, "state of {}, {} bytes, is damaged", what, state.size());
  }
  return content;
}

}  // namespace mote::track
