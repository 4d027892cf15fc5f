#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mote/io/stored_type.h"

namespace mote::io {

/// What an attribute holds: a number (or yes as 1, no as 0), a text, or several numbers.
using Hdf5Value = std::variant<double, std::string, std::vector<double>>;

/// A dataset without its samples.
struct Hdf5Dataset {
  std::string type;  ///< in words: `uint16`, `complex numbers`, `text`, ...
  /// How samples are handed over, in the machine's byte order; nothing where mote reads none.
  std::optional<StoredType> stored;
  std::vector<int64_t> shape;  ///< slowest axis first; empty for a single value
  std::vector<int64_t> chunk;  ///< as shape; empty where the dataset is in one piece
  int64_t held_bytes = 0;      ///< that its samples take in the file, compressed or not
  std::string text;            ///< of a dataset of one text, at most its first kHdf5TextBytes
  std::string problem;         ///< why it cannot be read; empty where it can

  bool operator==(const Hdf5Dataset&) const = default;
};
inline constexpr int64_t kHdf5TextBytes = 4096;

/// A group or a dataset, with its attributes.
struct Hdf5Node {
  std::map<std::string, Hdf5Value> attributes;
  std::optional<Hdf5Dataset> dataset;  ///< nothing for a group

  bool operator==(const Hdf5Node&) const = default;
};

/// All that an HDF5 file holds but samples. Of what a file links twice, datasets appear twice,
/// groups once; what lies in other files does not appear.
struct Hdf5Tree {
  std::map<std::string, Hdf5Node> nodes;  ///< by path: the root is ``, below it `/Data/Image`
  std::vector<std::string> problems;      ///< what could not be looked at, and why

  const Hdf5Node* find(const std::string& path) const;
  const Hdf5Dataset* dataset(const std::string& path) const;
  bool has_group(const std::string& path) const;
  /// The names of what a group holds, in alphabetical order.
  std::vector<std::string> children(const std::string& path) const;
  /// Of an attribute; a text that is a number counts as one.
  std::optional<double> number(const std::string& path, const std::string& attribute) const;
  /// Of an attribute, in UTF-8; empty where there is none, or it is no text.
  std::string text(const std::string& path, const std::string& attribute) const;

  bool operator==(const Hdf5Tree&) const = default;
};

/// The tree as bytes, and back. Throws kBadFile for bytes that are none.
std::string encode(const Hdf5Tree& tree);
Hdf5Tree decode_hdf5_tree(std::string_view bytes);

/// The number that a text is, all of it but spaces; nothing where it is none or not finite.
std::optional<double> number_in(std::string_view text);

}  // namespace mote::io
