#include "mote/track/sealed_state.h"

#include <xxhash.h>

#include "mote/core/bytes.h"
#include "mote/core/error.h"

namespace mote::track {

std::string sealed_state(uint64_t mark, std::string_view content) {
  ByteWriter head;
  head.put(mark);
  head.put<uint64_t>(XXH3_64bits(content.data(), content.size()));
  return head.take().append(content);
}

std::string_view opened_state(uint64_t mark, std::string_view state, std::string_view what) {
  constexpr size_t kHeadBytes = 2 * sizeof(uint64_t);
  if (state.size() < kHeadBytes) {
    throw Error(ErrorKind::kBadFile, "state of {} ends too early: {} bytes, {} or more expected",
                what, state.size(), kHeadBytes);
  }
  ByteReader head(state);
  if (head.get<uint64_t>() != mark) {
    throw Error(ErrorKind::kBadFile, "not a state of this version's {}", what);
  }
  const auto checksum = head.get<uint64_t>();
  const std::string_view content = state.substr(kHeadBytes);
  if (XXH3_64bits(content.data(), content.size()) != checksum) {
    throw Error(ErrorKind::kBadFile, "state of {}, {} bytes, is damaged", what, state.size());
  }
  return content;
}

}  // namespace mote::track
