#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mote/io/geff.h"
#include "mote/io/zarr_store.h"

namespace mote::io {

/// Writes ids as an array of Zarr version 2, of shape (ids / columns, columns), or (ids) for one.
void write_geff_ids(const std::string& folder, const std::vector<uint64_t>& ids, int64_t columns);

/// Writes the arrays `values` and `missing` of a column below `folder`.
void write_geff_column(const std::string& folder, const GeffColumn& column);

/// The type of a column as GEFF calls it: `int64`, `float64` or `str`.
std::string geff_dtype(const GeffColumn& column);

/// Reads ids of shape (any, columns), or (any) for one. Throws kBadFile where they are none.
std::vector<uint64_t> read_geff_ids(const ZarrStore& store, const std::string& path,
                                    int64_t columns);

/// Reads a column of `rows` values; nothing where it is no plain column of numbers or text.
/// Throws kBadFile where it has another length.
std::optional<GeffColumn> read_geff_column(const ZarrStore& store, const std::string& path,
                                           int64_t rows);

}  // namespace mote::io
