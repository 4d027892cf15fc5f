#include "mote/io/binary_reader.h"

#include <algorithm>
#include <cstring>

#include "mote/core/error.h"
#include "mote/io/utf8.h"

namespace mote::io {

void BinaryReader::seek(int64_t offset) {
  if (offset < 0 || offset > file_->bytes()) {
    throw Error(ErrorKind::kBadFile, "the header points to byte {}, the file has {}", offset,
                file_->bytes());
  }
  position_ = offset;
}

void BinaryReader::skip(int64_t count) {
  if (count < 0 || count > bytes_left()) {
    throw Error(ErrorKind::kBadFile, "the file ends at byte {}, its header claims {} more from {}",
                file_->bytes(), count, position_);
  }
  position_ += count;
}

std::string BinaryReader::bytes(int64_t count) {
  if (count < 0 || count > bytes_left()) {
    skip(count);  // throws
  }
  std::string result(static_cast<size_t>(count), '\0');
  take(result.data(), count);
  return result;
}

std::string BinaryReader::text(int64_t count) {
  std::string result = bytes(count);
  result.resize(std::min(result.size(), result.find('\0')));
  while (!result.empty() && result.back() == ' ') {
    result.pop_back();
  }
  return to_utf8(result);
}

void BinaryReader::take(void* to, int64_t count) {
  const int64_t from = position_;
  skip(count);
  if (count > piece_bytes_) {
    if (file_->read_at(from, to, count) < count) {
      throw Error(ErrorKind::kBadFile, "the file has become shorter");
    }
    return;
  }
  const int64_t piece_end = piece_at_ + static_cast<int64_t>(piece_.size());
  if (from < piece_at_ || from + count > piece_end) {
    piece_.resize(static_cast<size_t>(std::min(piece_bytes_, file_->bytes() - from)));
    piece_.resize(static_cast<size_t>(
        file_->read_at(from, piece_.data(), static_cast<int64_t>(piece_.size()))));
    piece_at_ = from;
    if (static_cast<int64_t>(piece_.size()) < count) {
      throw Error(ErrorKind::kBadFile, "the file has become shorter");
    }
  }
  std::memcpy(to, piece_.data() + (from - piece_at_), static_cast<size_t>(count));
}

std::string utf16_to_utf8(const std::string& bytes, std::endian order) {
  std::string text;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    const uint32_t unit =
        order == std::endian::little ? first | second << 8U : second | first << 8U;
    const bool surrogate = unit >= 0xD800 && unit < 0xE000;
    append_utf8(text, surrogate ? 0xFFFD : unit);
  }
  return text;
}

}  // namespace mote::io
