#pragma once

#include <string>
#include <vector>

namespace mote::io {

/// The cells of a line of a CSV, as in RFC 4180 but for line ends within quotes.
std::vector<std::string> csv_row(const std::string& line, char delimiter = ',');

/// The names of the columns by the header line of a CSV; a byte order mark, which spreadsheets put
/// in front, is no part of them.
std::vector<std::string> csv_names(const std::string& header);

/// The cells of the named columns of a CSV with a header line, row after row, in the order asked
/// for; other columns are left. Cells of `optional` columns, which come last, are empty where there
/// is no such column.
/// Throws kBadFile where one of `columns` is missing.
std::vector<std::vector<std::string>> csv_cells(const std::string& text,
                                                const std::vector<std::string>& columns,
                                                const std::vector<std::string>& optional = {});

/// The same as numbers.
/// Throws kBadFile where a column is missing or a cell is no finite number.
std::vector<std::vector<double>> csv_numbers(const std::string& text,
                                             const std::vector<std::string>& columns);

/// `text` as one cell of a CSV file, in quotes where it needs them (RFC 4180).
std::string csv_text(const std::string& text);

}  // namespace mote::io
