#include "mote/io/dm_tags.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "mote/core/error.h"

namespace mote::io {
namespace {

constexpr int kStruct = 15;
constexpr int kString = 18;
constexpr int kArray = 20;
constexpr int kUtf16 = 4;
constexpr int kGroupTag = 20;
constexpr int kDataTag = 21;

// A hostile file must not cost more than its size.
constexpr int kMostNested = 64;
constexpr int64_t kMostInfo = 4096;
constexpr size_t kMostTags = 200'000;
constexpr int64_t kLongestText = 4096;
constexpr int64_t kMostListed = 16;

// Bytes of a simple type, 0 where it is none.
int64_t simple_bytes(int64_t type) {
  switch (type) {
    case 8:
    case 9:
    case 10: return 1;
    case 2:
    case 4: return 2;
    case 3:
    case 5:
    case 6: return 4;
    case 7:
    case 11:
    case 12: return 8;
    default: return 0;
  }
}

class TagReader {
 public:
  explicit TagReader(const File& file) : reader_(file, std::endian::big) {}

  DmTags read() {
    tags_.version = static_cast<int>(reader_.get<uint32_t>());
    if (tags_.version != 3 && tags_.version != 4) {
      throw Error(ErrorKind::kUnsupported, "DM version {}: mote reads 3 and 4", tags_.version);
    }
    count();  // bytes that follow; programs disagree on what they count
    tags_.order = reader_.get<uint32_t>() == 1 ? std::endian::little : std::endian::big;
    read_group("", 0);
    return std::move(tags_);
  }

 private:
  // DM4 made the counts wider.
  int64_t count() {
    if (tags_.version == 3) {
      return reader_.get<uint32_t>();
    }
    const auto value = reader_.get<int64_t>();
    if (value < 0) {
      throw Error(ErrorKind::kBadFile, "a tag before byte {} counts {}", reader_.position(), value);
    }
    return value;
  }

  void read_group(const std::string& path, int depth) {
    if (depth > kMostNested) {
      throw Error(ErrorKind::kBadFile, "tags nest deeper than {}", kMostNested);
    }
    reader_.skip(2);  // sorted, open
    const int64_t entries = count();
    for (int64_t i = 0; i < entries; ++i) {
      const int type = reader_.get<uint8_t>();
      const std::string name = reader_.text(reader_.get<uint16_t>());
      const std::string where = name.empty()   ? fmt::format("{}[{}]", path, i)
                                : path.empty() ? name
                                               : fmt::format("{}.{}", path, name);
      if (tags_.version == 4) {
        count();  // bytes of the entry
      }
      if (type == kGroupTag) {
        read_group(where, depth + 1);
      } else if (type == kDataTag) {
        read_data(where);
      } else {
        throw Error(ErrorKind::kBadFile,
                    "tag '{}' is of kind {}: expected a group (20) or data (21)", where, type);
      }
    }
  }

  void read_data(const std::string& path) {
    if (reader_.bytes(4) != "%%%%") {
      throw Error(ErrorKind::kBadFile, "tag '{}' does not begin with %%%%", path);
    }
    const int64_t length = count();
    if (length < 1 || length > kMostInfo) {
      throw Error(ErrorKind::kBadFile, "tag '{}' is described by {} numbers: expected 1 to {}",
                  path, length, kMostInfo);
    }
    info_.clear();
    for (int64_t i = 0; i < length; ++i) {
      info_.push_back(count());
    }
    next_info_ = 0;
    reader_.set_order(tags_.order);
    read_value(path);
    reader_.set_order(std::endian::big);
  }

  int64_t next_info(const std::string& path) {
    if (next_info_ >= info_.size()) {
      throw Error(ErrorKind::kBadFile, "the description of tag '{}' ends too early", path);
    }
    return info_[next_info_++];
  }

  // The simple types that a struct is made of.
  std::vector<int64_t> struct_fields(const std::string& path) {
    next_info(path);  // bytes of its name, always 0
    const int64_t count = next_info(path);
    std::vector<int64_t> fields;
    for (int64_t i = 0; i < count; ++i) {
      next_info(path);
      fields.push_back(next_info(path));
      if (simple_bytes(fields.back()) == 0) {
        throw Error(ErrorKind::kBadFile, "tag '{}' has a field of type {}", path, fields.back());
      }
    }
    return fields;
  }

  int64_t bytes_of_element(int64_t type, const std::string& path) {
    if (simple_bytes(type) > 0) {
      return simple_bytes(type);
    }
    int64_t bytes = 0;
    if (type == kStruct) {
      for (const int64_t field : struct_fields(path)) {
        bytes += simple_bytes(field);
      }
    } else if (type == kArray) {
      const int64_t element = bytes_of_element(next_info(path), path);
      bytes = checked_bytes(next_info(path), element, path);
    } else {
      throw Error(ErrorKind::kBadFile, "tag '{}' is of type {}, which is none of DM", path, type);
    }
    return bytes;
  }

  int64_t checked_bytes(int64_t count, int64_t element, const std::string& path) const {
    if (count < 0 || (element > 0 && count > reader_.bytes_left() / element)) {
      throw Error(ErrorKind::kBadFile,
                  "tag '{}' claims {} values of {} bytes, the file has {} bytes left", path, count,
                  element, reader_.bytes_left());
    }
    return count * element;
  }

  double number(int64_t type) {
    switch (type) {
      case 2: return reader_.get<int16_t>();
      case 3: return reader_.get<int32_t>();
      case 4: return reader_.get<uint16_t>();
      case 5: return reader_.get<uint32_t>();
      case 6: return reader_.get<float>();
      case 7: return reader_.get<double>();
      case 9: return reader_.get<int8_t>();
      case 11: return static_cast<double>(reader_.get<int64_t>());
      case 12: return static_cast<double>(reader_.get<uint64_t>());
      default: return reader_.get<uint8_t>();
    }
  }

  void read_value(const std::string& path) {
    const int64_t type = next_info(path);
    if (simple_bytes(type) > 0) {
      keep(path, number(type));
    } else if (type == kStruct) {
      std::string text;
      for (const int64_t field : struct_fields(path)) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", number(field));
      }
      keep(path, text);
    } else if (type == kString) {
      const int64_t bytes = checked_bytes(next_info(path), 1, path);
      keep_text(path, bytes);
    } else if (type == kArray) {
      read_array(path);
    } else {
      bytes_of_element(type, path);  // throws
    }
  }

  void read_array(const std::string& path) {
    DmArray array;
    const int64_t type = next_info(path);
    array.element_type = static_cast<int>(type);
    array.element_bytes = bytes_of_element(type, path);
    array.count = next_info(path);
    const int64_t bytes = checked_bytes(array.count, array.element_bytes, path);
    array.offset = reader_.position();
    const bool pixels = path.ends_with(".ImageData.Data");
    if (type == kUtf16 && !pixels && array.count <= kLongestText) {
      keep_text(path, bytes);
    } else if (simple_bytes(type) > 0 && !pixels && array.count <= kMostListed) {
      std::string text;
      for (int64_t i = 0; i < array.count; ++i) {
        text += fmt::format("{}{}", i == 0 ? "" : ", ", number(type));
      }
      keep(path, text);
    } else {
      keep(path, array);
    }
    reader_.seek(array.offset + bytes);
  }

  void keep_text(const std::string& path, int64_t bytes) {
    if (bytes > 2 * kLongestText) {
      reader_.skip(bytes);
      return;
    }
    std::string text = utf16_to_utf8(reader_.bytes(bytes), tags_.order);
    text.resize(std::min(text.size(), text.find('\0')));
    keep(path, std::move(text));
  }

  void keep(const std::string& path, DmValue value) {
    if (tags_.values.size() >= kMostTags) {
      throw Error(ErrorKind::kBadFile, "more than {} tags", kMostTags);
    }
    tags_.values.insert_or_assign(path, std::move(value));
  }

  BinaryReader reader_;
  DmTags tags_;
  std::vector<int64_t> info_;  // of the tag being read
  size_t next_info_ = 0;
};

}  // namespace

std::optional<double> DmTags::number(const std::string& path) const {
  const auto found = values.find(path);
  const double* value = found == values.end() ? nullptr : std::get_if<double>(&found->second);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::string DmTags::text(const std::string& path) const {
  const auto found = values.find(path);
  const auto* value = found == values.end() ? nullptr : std::get_if<std::string>(&found->second);
  return value == nullptr ? std::string() : *value;
}

const DmArray* DmTags::array(const std::string& path) const {
  const auto found = values.find(path);
  return found == values.end() ? nullptr : std::get_if<DmArray>(&found->second);
}

std::vector<int64_t> DmTags::indices(const std::string& list, const std::string& tail) const {
  std::vector<int64_t> found;
  const std::string head = list + "[";
  for (auto tag = values.lower_bound(head); tag != values.end() && tag->first.starts_with(head);
       ++tag) {
    // A tag's own name may have brackets too.
    const std::string_view rest = std::string_view(tag->first).substr(head.size());
    int64_t index = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    const auto digits = static_cast<size_t>(end - rest.data());
    if (error == std::errc() && index >= 0 && rest.substr(digits, 1) == "]" &&
        rest.substr(digits + 1) == tail) {
      found.push_back(index);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool looks_like_dm(const std::string& leading_bytes) {
  if (leading_bytes.size() < 18 || leading_bytes.compare(0, 3, std::string(3, '\0')) != 0) {
    return false;
  }
  const char version = leading_bytes[3];
  if (version != 3 && version != 4) {
    return false;
  }
  // The byte order flag, two yes or no of the first group and, after the count, the first tag.
  const size_t flag = version == 3 ? 8 : 12;
  const size_t first_tag = version == 3 ? 18 : 26;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(leading_bytes[i]); };
  const bool flags = at(flag) == 0 && at(flag + 1) == 0 && at(flag + 2) == 0 && at(flag + 3) <= 1 &&
                     at(flag + 4) <= 1 && at(flag + 5) <= 1;
  return flags && (leading_bytes.size() <= first_tag || at(first_tag) == kGroupTag ||
                   at(first_tag) == kDataTag || at(first_tag) == 0);
}

DmTags read_dm_tags(const File& file) {
  return TagReader(file).read();
}

}  // namespace mote::io
