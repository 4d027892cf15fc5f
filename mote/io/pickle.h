#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mote::io {

/// A value of a pickle by its number, in the order in which they were made.
using PickleRef = uint32_t;

/// One value of a pickle. Texts point into the pickle itself.
struct PickleValue {
  enum class Kind : uint8_t {
    kNone,
    kBool,        ///< `whole` is 0 or 1
    kInt,         ///< `whole`
    kLong,        ///< a whole number of more than 64 bits: `text` has its bytes, little-endian
    kFloat,       ///< `real`
    kString,      ///< `text`
    kBytes,       ///< `text`
    kTuple,       ///< `items`
    kList,        ///< `items`
    kDict,        ///< `items`: keys and values in turn; an OrderedDict, too
    kGlobal,      ///< the module is `text`, the name `more_text`
    kPersistent,  ///< what `persistent_load` would get: `items` has it alone
    kCall,        ///< a global called with arguments, which nothing does: `items` has both
  };
  Kind kind = Kind::kNone;
  union {
    int64_t whole = 0;
    double real;
  };
  std::string_view text;
  std::string_view more_text;
  std::vector<PickleRef> items;
};

/// A pickle as the values it holds. Nothing of it is ever run.
struct Pickle {
  std::vector<PickleValue> values;
  PickleRef top = 0;
  size_t bytes = 0;  ///< how many it took of what it was read from

  const PickleValue& operator[](PickleRef value) const { return values[value]; }
};

/// Reads the pickle that `bytes` begin with (Python, Lib/pickletools.py; protocols 0 to 5, of whose
/// operations those that state dicts need). Calls are recorded, not made, and only of globals that
/// `is_known` names: any other is refused where it is named. Cycles are possible, through lists and
/// dicts.
///
/// Throws kBadFile where it is damaged, larger or deeper than state dicts are; kUnsupported for an
/// operation or global that state dicts do not need, by its name.
Pickle read_pickle(std::span<const std::byte> bytes,
                   bool (*is_known)(std::string_view module, std::string_view name));

}  // namespace mote::io
