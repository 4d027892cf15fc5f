#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mote/core/bytes.h"

namespace mote::track {

/// Writes values to a string, which an ArchiveReader of the same processor type reads back. What a
/// type consists of is said once for both, by a function `archive(Archive&, Type&)`.
class ArchiveWriter {
 public:
  template <typename... Types>
  void operator()(Types&... values) {
    (put(values), ...);
  }

  std::string take() { return bytes_.take(); }

  template <typename Value>
  void grid(const Grid<Value>& grid) {
    bytes_.put(grid);
  }

 private:
  template <typename Type>
  void put(Type& value) {
    if constexpr (std::is_arithmetic_v<Type> || std::is_enum_v<Type>) {
      bytes_.put(value);
    } else {
      archive(*this, value);
    }
  }

  ByteWriter bytes_;
};

/// Throws kBadFile where the bytes end too early or too late, or a count claims more than is left.
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename... Types>
  void operator()(Types&... values) {
    (get(values), ...);
  }

  /// How many entries follow; each takes a byte at least.
  uint64_t count() { return bytes_.get_count(1); }

  void expect_end() const { bytes_.expect_end(); }

  template <typename Value>
  void grid(Grid<Value>& grid) {
    bytes_.get(grid);
  }

 private:
  template <typename Type>
  void get(Type& value) {
    if constexpr (std::is_arithmetic_v<Type> || std::is_enum_v<Type>) {
      bytes_.get(value);
    } else {
      archive(*this, value);
    }
  }

  ByteReader bytes_;
};

template <typename Sequence>
void archive_sequence(ArchiveWriter& writer, Sequence& sequence) {
  uint64_t count = sequence.size();
  writer(count);
  for (auto& value : sequence) {
    writer(value);
  }
}

template <typename Sequence>
void archive_sequence(ArchiveReader& reader, Sequence& sequence) {
  sequence.clear();
  for (uint64_t left = reader.count(); left > 0; --left) {
    typename Sequence::value_type value{};
    reader(value);
    sequence.push_back(std::move(value));
  }
}

template <typename Archive, typename Type>
void archive(Archive& archive, std::vector<Type>& values) {
  archive_sequence(archive, values);
}

template <typename Archive, typename Type>
void archive(Archive& archive, std::deque<Type>& values) {
  archive_sequence(archive, values);
}

template <typename Value>
void archive(ArchiveWriter& writer, Grid<Value>& grid) {
  writer.grid(grid);
}

template <typename Value>
void archive(ArchiveReader& reader, Grid<Value>& grid) {
  reader.grid(grid);
}

template <typename Archive>
void archive(Archive& archive, std::string& text) {
  archive_sequence(archive, text);
}

template <typename Archive, typename First, typename Second>
void archive(Archive& archive, std::pair<First, Second>& pair) {
  archive(pair.first, pair.second);
}

template <typename Key, typename Value>
void archive(ArchiveWriter& writer, std::map<Key, Value>& map) {
  uint64_t count = map.size();
  writer(count);
  for (auto& [key, value] : map) {
    Key copy = key;
    writer(copy, value);
  }
}

template <typename Key, typename Value>
void archive(ArchiveReader& reader, std::map<Key, Value>& map) {
  map.clear();
  for (uint64_t left = reader.count(); left > 0; --left) {
    Key key{};
    Value value{};
    reader(key, value);
    map.emplace(std::move(key), std::move(value));
  }
}

template <typename Archive, typename Type>
void archive(Archive& archive, std::optional<Type>& optional) {
  bool has_value = optional.has_value();
  archive(has_value);
  if (!has_value) {
    optional.reset();
    return;
  }
  if (!optional) {
    optional.emplace();
  }
  archive(*optional);
}

}  // namespace mote::track
