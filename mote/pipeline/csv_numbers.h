#pragma once

#include <string>
#include <vector>

namespace mote::pipeline {

/// The cells of the named columns of a CSV with a header line, row after row, in the order asked
/// for; other columns are left.
/// Throws kBadFile where a column is missing or a cell is no finite number.
std::vector<std::vector<double>> csv_numbers(const std::string& text,
                                             const std::vector<std::string>& columns);

}  // namespace mote::pipeline
