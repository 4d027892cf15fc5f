#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mote/io/binary_reader.h"

namespace mote::io {

/// Values that stay in the file: pixels, look-up tables, long lists.
struct DmArray {
  int64_t offset = 0;
  int64_t count = 0;
  int element_type = 0;  ///< as the file encodes it; 15 is a struct
  int64_t element_bytes = 0;
};

/// A number, a text (in UTF-8, or of numbers separated by commas), or an array.
using DmValue = std::variant<double, std::string, DmArray>;

/// The tags of a DM file by their path, such as `ImageList[1].ImageData.DataType`: entries
/// without a name are counted in their group.
///
/// Gatan publishes no specification. This follows Chris Boothroyd's "DM3 and DM4 file format
/// description" (er-c.org), and files that DigitalMicrograph wrote.
struct DmTags {
  int version = 0;                          ///< 3, 4, or 5
  std::endian order = std::endian::little;  ///< of the values; the tags are big-endian
  std::map<std::string, DmValue> values;

  std::optional<double> number(const std::string& path) const;
  std::string text(const std::string& path) const;  ///< empty where there is none
  const DmArray* array(const std::string& path) const;
  /// The indices i for which `list[i]` holds `tail`, in order: with `ImageList` and
  /// `.ImageData.Data` the images.
  std::vector<int64_t> indices(const std::string& list, const std::string& tail) const;
};

/// Whether a file that begins with these bytes, 18 or more, is a DM3 or DM4 file.
bool looks_like_dm(const std::string& leading_bytes);

/// Reads all tags but the contents of long arrays. Throws kBadFile where the file ends within them,
/// or they nest, number or point beyond reason.
DmTags read_dm_tags(const File& file);

}  // namespace mote::io
