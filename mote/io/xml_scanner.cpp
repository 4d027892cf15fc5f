#include "mote/io/xml_scanner.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "mote/io/utf8.h"

namespace mote::io {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

std::string without_entities(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    constexpr size_t kLongest = 10;  // &#x10FFFF;
    const size_t end =
        text.front() == '&' ? text.substr(0, kLongest).find(';') : std::string_view::npos;
    if (end == std::string_view::npos) {
      result += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view entity = text.substr(1, end - 1);
    if (entity == "lt") {
      result += '<';
    } else if (entity == "gt") {
      result += '>';
    } else if (entity == "amp") {
      result += '&';
    } else if (entity == "quot") {
      result += '"';
    } else if (entity == "apos") {
      result += '\'';
    } else if (entity.starts_with("#")) {
      const bool hexadecimal = entity.starts_with("#x");
      const std::string_view digits = entity.substr(hexadecimal ? 2 : 1);
      uint32_t code = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), code, hexadecimal ? 16 : 10);
      append_utf8(result, code);
    }
    text.remove_prefix(end + 1);
  }
  return result;
}

std::string_view without_prefix(std::string_view name) {
  return name.substr(name.find(':') + 1);
}

}  // namespace

std::optional<std::string> XmlTag::attribute(std::string_view key) const {
  std::string_view rest = attributes;
  while (true) {
    const size_t start = rest.find_first_not_of(kSpaces);
    const size_t equals = rest.find('=');
    if (start == std::string_view::npos || equals == std::string_view::npos || equals < start) {
      return std::nullopt;
    }
    std::string_view found = rest.substr(start, equals - start);
    found = found.substr(0, found.find_last_not_of(kSpaces) + 1);
    const size_t quote = rest.find_first_not_of(kSpaces, equals + 1);
    if (quote == std::string_view::npos || (rest[quote] != '"' && rest[quote] != '\'')) {
      return std::nullopt;
    }
    const size_t end = rest.find(rest[quote], quote + 1);
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    if (found == key) {
      return without_entities(rest.substr(quote + 1, end - quote - 1));
    }
    rest.remove_prefix(end + 1);
  }
}

std::optional<double> XmlTag::number(std::string_view key) const {
  const std::optional<std::string> text = attribute(key);
  double value = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc() ||
      !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<int64_t> XmlTag::whole_number(std::string_view key) const {
  const std::optional<std::string> text = attribute(key);
  int64_t value = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc() ||
      value < 0) {
    return std::nullopt;
  }
  return value;
}

std::string XmlScanner::decoded_text() const {
  return without_entities(text());
}

std::optional<XmlTag> XmlScanner::next() {
  while (true) {
    const size_t start = rest_.find('<');
    if (start == std::string_view::npos) {
      return std::nullopt;
    }
    rest_.remove_prefix(start);
    std::string_view terminator;
    if (rest_.starts_with("<!--")) {
      terminator = "-->";
    } else if (rest_.starts_with("<![CDATA[")) {
      terminator = "]]>";
    } else if (rest_.starts_with("<?") || rest_.starts_with("<!")) {
      terminator = ">";
    } else {
      break;
    }
    const size_t end = rest_.find(terminator);
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    rest_.remove_prefix(end + terminator.size());
  }

  size_t end = 1;
  for (char quote = 0; end < rest_.size() && (quote != 0 || rest_[end] != '>'); ++end) {
    if (quote == 0 && (rest_[end] == '"' || rest_[end] == '\'')) {
      quote = rest_[end];
    } else if (rest_[end] == quote) {
      quote = 0;
    }
  }
  if (end == rest_.size()) {
    return std::nullopt;
  }
  std::string_view body = rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
  XmlTag tag;
  if (body.starts_with('/')) {
    tag.closes = true;
    body.remove_prefix(1);
  }
  if (body.ends_with('/')) {
    body.remove_suffix(1);
  }
  const size_t name_end = body.find_first_of(kSpaces);
  tag.name = without_prefix(body.substr(0, name_end));
  tag.attributes = name_end == std::string_view::npos ? "" : body.substr(name_end);
  return tag;
}

}  // namespace mote::io
