#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mote/core/error.h"

namespace mote::track {

/// Writes values to a string, which a StateReader of the same processor type reads back. What a
/// type consists of is said once for both, by a function `archive(Archive&, Type&)`.
class StateWriter {
 public:
  template <typename... Types>
  void operator()(Types&... values) {
    (put(values), ...);
  }

  std::string take() { return std::move(bytes_); }

 private:
  template <typename Type>
  void put(Type& value) {
    if constexpr (std::is_arithmetic_v<Type> || std::is_enum_v<Type>) {
      bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    } else {
      archive(*this, value);
    }
  }

  std::string bytes_;
};

class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename... Types>
  void operator()(Types&... values) {
    (get(values), ...);
  }

  /// How many entries follow; each takes a byte at least.
  uint64_t count() {
    uint64_t count = 0;
    get(count);
    if (count > bytes_.size()) {
      throw Error(ErrorKind::kBadFile, "tracker state claims {} entries, {} bytes are left", count,
                  bytes_.size());
    }
    return count;
  }

  std::string_view rest() const { return bytes_; }

  void expect_end() const {
    if (!bytes_.empty()) {
      throw Error(ErrorKind::kBadFile, "tracker state has {} bytes too many", bytes_.size());
    }
  }

 private:
  template <typename Type>
  void get(Type& value) {
    if constexpr (std::is_arithmetic_v<Type> || std::is_enum_v<Type>) {
      if (bytes_.size() < sizeof(value)) {
        throw Error(ErrorKind::kBadFile, "tracker state ends early");
      }
      if constexpr (std::is_same_v<Type, bool>) {
        value = bytes_.front() != 0;
      } else {
        std::memcpy(&value, bytes_.data(), sizeof(value));
      }
      bytes_.remove_prefix(sizeof(value));
    } else {
      archive(*this, value);
    }
  }

  std::string_view bytes_;
};

template <typename Sequence>
void archive_sequence(StateWriter& writer, Sequence& sequence) {
  uint64_t count = sequence.size();
  writer(count);
  for (auto& value : sequence) {
    writer(value);
  }
}

template <typename Sequence>
void archive_sequence(StateReader& reader, Sequence& sequence) {
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

template <typename Archive>
void archive(Archive& archive, std::string& text) {
  archive_sequence(archive, text);
}

template <typename Archive, typename First, typename Second>
void archive(Archive& archive, std::pair<First, Second>& pair) {
  archive(pair.first, pair.second);
}

template <typename Key, typename Value>
void archive(StateWriter& writer, std::map<Key, Value>& map) {
  uint64_t count = map.size();
  writer(count);
  for (auto& [key, value] : map) {
    Key copy = key;
    writer(copy, value);
  }
}

template <typename Key, typename Value>
void archive(StateReader& reader, std::map<Key, Value>& map) {
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
