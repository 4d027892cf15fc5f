#include "mote/core/frame_memory.h"

#include <array>
#include <mutex>

namespace mote {
namespace {

constexpr size_t kLeastKept = size_t{1} << 20;
constexpr size_t kMostKept = size_t{256} << 20;

struct Piece {
  size_t count = 0;
  std::byte* bytes = nullptr;
};

// Pieces that no image uses. Never destroyed, since images may live as long as the process.
struct Pool {
  std::mutex guard;
  std::array<Piece, 8> pieces;
  size_t kept = 0;  // bytes
  size_t next = 0;  // the piece that a new one replaces
};

Pool& pool() {
  static Pool* const only = new Pool;
  return *only;
}

}  // namespace

std::byte* FrameMemory::take(size_t count) {
  if (count == 0) {
    return nullptr;
  }
  if (count >= kLeastKept) {
    Pool& all = pool();
    const std::lock_guard lock(all.guard);
    for (Piece& piece : all.pieces) {
      if (piece.count == count) {
        all.kept -= count;
        piece.count = 0;
        return std::exchange(piece.bytes, nullptr);
      }
    }
  }
  return new std::byte[count];
}

void FrameMemory::give_back(std::byte* bytes, size_t count) noexcept {
  if (count >= kLeastKept && count <= kMostKept) {
    Pool& all = pool();
    const std::lock_guard lock(all.guard);
    Piece& piece = all.pieces[all.next];
    all.next = (all.next + 1) % all.pieces.size();
    all.kept += count - piece.count;
    std::swap(piece.count, count);
    std::swap(piece.bytes, bytes);
    for (size_t i = 0; all.kept > kMostKept && i < all.pieces.size(); ++i) {
      Piece& oldest = all.pieces[(all.next + i) % all.pieces.size()];
      all.kept -= std::exchange(oldest.count, 0);
      delete[] std::exchange(oldest.bytes, nullptr);
    }
  }
  delete[] bytes;
}

}  // namespace mote
