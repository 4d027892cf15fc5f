#include "mote/io/tiff_chain.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "mote/core/error.h"

namespace mote::io {
namespace {

constexpr uint64_t kNewSubfileType = 254;
constexpr uint64_t kSubfileType = 255;
constexpr uint64_t kUic2 = 33629;  // MetaMorph STK: many planes in one directory
constexpr uint64_t kReducedImage = 1;
constexpr uint64_t kTransparencyMask = 4;
constexpr uint64_t kMostEntries = 65535;

uint64_t number(const uint8_t* bytes, int64_t count, bool big_endian) {
  uint64_t value = 0;
  for (int64_t i = 0; i < count; ++i) {
    value = value << 8 | bytes[big_endian ? i : count - 1 - i];
  }
  return value;
}

// Sizes of the fields of a directory.
struct Layout {
  int64_t count;
  int64_t entry;
  int64_t offset;
};
constexpr Layout kClassic{.count = 2, .entry = 12, .offset = 4};
constexpr Layout kBig{.count = 8, .entry = 20, .offset = 8};

class Walker {
 public:
  Walker(const File& file, TiffChain& chain)
      : file_(file), chain_(chain), layout_(chain.big ? kBig : kClassic) {}

  // Appends the directory at `offset` and returns the offset of the next; 0 at the end or, with
  // `damage` set, where the chain breaks off.
  int64_t visit(int64_t offset);

 private:
  int64_t broken(std::string why) {
    chain_.damage = std::move(why);
    return 0;
  }
  uint64_t number_at(int64_t position, int64_t count) const {
    return number(buffer_.data() + position, count, chain_.big_endian);
  }

  const File& file_;
  TiffChain& chain_;
  Layout layout_;
  std::vector<uint8_t> buffer_;
};

int64_t Walker::visit(int64_t offset) {
  constexpr int64_t kGuess = 512;  // holds a directory of 40 entries
  buffer_.resize(kGuess);
  int64_t got = file_.read_at(offset, buffer_.data(), kGuess);
  if (got < layout_.count) {
    return broken(
        fmt::format("image {} is missing: its directory should be at byte {}, the file ends at {}",
                    chain_.directories.size() + 1, offset, file_.bytes()));
  }
  const uint64_t entries = number_at(0, layout_.count);
  if (entries == 0 || entries > kMostEntries) {
    return broken(
        fmt::format("directory {} claims {} entries", chain_.directories.size() + 1, entries));
  }
  const int64_t next_at = layout_.count + static_cast<int64_t>(entries) * layout_.entry;
  if (next_at + layout_.offset > got) {
    buffer_.resize(static_cast<size_t>(next_at + layout_.offset));
    got = file_.read_at(offset, buffer_.data(), next_at + layout_.offset);
  }
  if (got < next_at + layout_.offset) {
    return broken(
        fmt::format("image {} is cut off by the end of the file", chain_.directories.size() + 1));
  }
  TiffDirectory directory{.offset = offset, .next_offset_at = offset + next_at};
  for (int64_t at = layout_.count; at < next_at; at += layout_.entry) {
    const uint64_t tag = number_at(at, 2);
    const int64_t value_at = at + 4 + layout_.offset;
    if (tag == kNewSubfileType) {
      directory.is_frame = (number_at(value_at, 4) & (kReducedImage | kTransparencyMask)) == 0;
    } else if (tag == kSubfileType) {
      directory.is_frame = directory.is_frame && number_at(value_at, 2) != 2;
    } else if (tag == kUic2) {
      throw Error(ErrorKind::kUnsupported, "a MetaMorph STK stack: mote does not read these");
    } else if (tag > kUic2) {
      break;
    }
  }
  chain_.directories.push_back(directory);
  return static_cast<int64_t>(number_at(next_at, layout_.offset));
}

// Of one value of a field type; 0 where there is no such type.
uint64_t value_bytes(int type) {
  constexpr std::array<uint8_t, 19> kBytes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                              8, 4, 8, 4, 0, 0, 8, 8, 8};
  return type >= 0 && type < static_cast<int>(kBytes.size()) ? kBytes[static_cast<size_t>(type)]
                                                             : 0;
}

/// As many of its bytes as the file holds.
std::vector<uint8_t> directory_bytes(const File& file, const TiffDirectory& directory) {
  std::vector<uint8_t> bytes(static_cast<size_t>(directory.next_offset_at - directory.offset));
  const int64_t got =
      file.read_at(directory.offset, bytes.data(), static_cast<int64_t>(bytes.size()));
  bytes.resize(static_cast<size_t>(got));
  return bytes;
}

}  // namespace

bool looks_like_tiff(const std::string& leading_bytes) {
  const std::string magic = leading_bytes.substr(0, 4);
  return magic == std::string("II*\0", 4) || magic == std::string("MM\0*", 4) ||
         magic == std::string("II+\0", 4) || magic == std::string("MM\0+", 4);
}

TiffChain read_tiff_chain(const File& file) {
  const std::string header = file.leading_bytes(16);
  if (!looks_like_tiff(header)) {
    throw Error(ErrorKind::kBadFile, "not a TIFF file");
  }
  TiffChain chain;
  chain.big_endian = header[0] == 'M';
  chain.big = header[chain.big_endian ? 3 : 2] == '+';
  const int64_t first_at = chain.big ? 8 : 4;
  const int64_t width = chain.big ? 8 : 4;
  if (static_cast<int64_t>(header.size()) < first_at + width) {
    throw Error(ErrorKind::kBadFile, "TIFF file of {} bytes ends within its header", file.bytes());
  }
  int64_t offset = static_cast<int64_t>(
      number(reinterpret_cast<const uint8_t*>(header.data()) + first_at, width, chain.big_endian));

  Walker walker(file, chain);
  std::unordered_map<int64_t, size_t> seen;
  while (offset != 0) {
    const auto [earlier, is_new] = seen.emplace(offset, chain.directories.size() + 1);
    if (!is_new) {
      throw Error(ErrorKind::kBadFile, "TIFF directory {} is followed by directory {} again",
                  chain.directories.size(), earlier->second);
    }
    offset = walker.visit(offset);
  }
  if (chain.directories.empty()) {
    throw Error(ErrorKind::kBadFile, "TIFF file without an image{}{}",
                chain.damage.empty() ? "" : ": ", chain.damage);
  }
  if (std::none_of(chain.directories.begin(), chain.directories.end(),
                   [](const TiffDirectory& directory) { return directory.is_frame; })) {
    for (TiffDirectory& directory : chain.directories) {
      directory.is_frame = true;
    }
  }
  return chain;
}

std::vector<int> tiff_tags(const File& file, const TiffChain& chain,
                           const TiffDirectory& directory) {
  std::vector<int> tags;
  const Layout& layout = chain.big ? kBig : kClassic;
  const std::vector<uint8_t> bytes = directory_bytes(file, directory);
  const auto got = static_cast<int64_t>(bytes.size());
  for (int64_t at = layout.count; at + layout.entry <= got; at += layout.entry) {
    tags.push_back(static_cast<int>(number(bytes.data() + at, 2, chain.big_endian)));
  }
  return tags;
}

std::optional<TiffField> tiff_field(const File& file, const TiffChain& chain,
                                    const TiffDirectory& directory, int tag) {
  constexpr uint64_t kMostBytes = 1 << 20;
  const Layout& layout = chain.big ? kBig : kClassic;
  const std::vector<uint8_t> bytes = directory_bytes(file, directory);
  const auto got = static_cast<int64_t>(bytes.size());
  for (int64_t at = layout.count; at + layout.entry <= got; at += layout.entry) {
    const uint8_t* entry = bytes.data() + at;
    if (number(entry, 2, chain.big_endian) != static_cast<uint64_t>(tag)) {
      continue;
    }
    TiffField field{.type = static_cast<int>(number(entry + 2, 2, chain.big_endian)), .bytes = {}};
    const uint64_t width = value_bytes(field.type);
    const uint64_t values = number(entry + 4, layout.offset, chain.big_endian);
    if (width == 0 || values == 0) {
      return std::nullopt;
    }
    const uint64_t count = std::min(values, kMostBytes / width) * width;
    // What fits stands in the entry itself.
    const uint8_t* inside = entry + 4 + layout.offset;
    if (values <= static_cast<uint64_t>(layout.offset) / width) {
      field.bytes.assign(reinterpret_cast<const char*>(inside), count);
      return field;
    }
    const uint64_t where = number(inside, layout.offset, chain.big_endian);
    const auto end = static_cast<uint64_t>(file.bytes());
    if (where > end || count > end - where) {
      return std::nullopt;
    }
    field.bytes.resize(count);
    const bool whole = file.read_at(static_cast<int64_t>(where), field.bytes.data(),
                                    static_cast<int64_t>(count)) == static_cast<int64_t>(count);
    return whole ? std::optional(field) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<TiffRational> tiff_rational(const File& file, const TiffChain& chain,
                                          const TiffDirectory& directory, int tag) {
  constexpr int kRational = 5;
  const auto field = tiff_field(file, chain, directory, tag);
  if (!field || field->type != kRational) {
    return std::nullopt;
  }
  const auto* bytes = reinterpret_cast<const uint8_t*>(field->bytes.data());
  return TiffRational{.numerator = static_cast<uint32_t>(number(bytes, 4, chain.big_endian)),
                      .denominator = static_cast<uint32_t>(number(bytes + 4, 4, chain.big_endian))};
}

}  // namespace mote::io
