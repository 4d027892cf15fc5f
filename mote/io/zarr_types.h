#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mote/io/zarr_metadata.h"

namespace mote::io {

/// The type that version 2 calls `<u2`, `|b1`, `<U5`, ..., and version 3 `uint16`, `bool`, ...
/// Throws kUnsupported, by name, for those that mote does not read.
ZarrType zarr_type_v2(const nlohmann::json& dtype);
ZarrType zarr_type_v3(const nlohmann::json& data_type);

/// The other way, for versions 2 (in little endian) and 3.
std::string zarr_dtype(const ZarrType& type);
nlohmann::json zarr_data_type(const ZarrType& type);

/// The value that `fill_value` gives to chunks that are missing, as one element in native byte
/// order; 0 where it is null. Throws kBadFile where it is no value of that type.
std::string zarr_fill(const nlohmann::json& value, const ZarrType& type);

/// The `fill_value` of 0, false or nothing.
nlohmann::json zero_fill(const ZarrType& type);

}  // namespace mote::io
