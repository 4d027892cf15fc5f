#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mote::io {

/// What stands between `<name>` and the next `<` in `text`, from `from` on, in UTF-8 and without
/// spaces in front; `from` moves behind it. For the few values that are wanted from XML of makers
/// that stands within other data; nothing where there is none.
std::optional<std::string> element_text(std::string_view text, const std::string& name,
                                        size_t& from);

/// The first of that name, empty where there is none.
std::string first_element_text(std::string_view text, const std::string& name);

/// `text` as it stands between tags or quotes of an XML file; control characters, which XML does
/// not hold, are spaces.
std::string xml_escaped(std::string_view text);

/// The number that `text` begins with, where it is finite and positive.
std::optional<double> positive_number(std::string_view text);

}  // namespace mote::io
