#include "mote/io/xml_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "mote/io/utf8.h"

namespace mote::io {

std::optional<std::string> element_text(std::string_view text, const std::string& name,
                                        size_t& from) {
  const std::string tag = "<" + name + ">";
  const size_t begin = text.find(tag, from);
  if (begin == std::string_view::npos) {
    return std::nullopt;
  }
  const size_t end = text.find('<', begin + tag.size());
  from = std::min(end, text.size());
  std::string value = to_utf8(text.substr(begin + tag.size(), from - begin - tag.size()));
  value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

std::string first_element_text(std::string_view text, const std::string& name) {
  size_t from = 0;
  return element_text(text, name, from).value_or("");
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += static_cast<unsigned char>(letter) < ' ' ? ' ' : letter;
    }
  }
  return escaped;
}

std::optional<double> positive_number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::isfinite(value) && value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace mote::io
