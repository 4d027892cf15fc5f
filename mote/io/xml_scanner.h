#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mote::io {

/// One tag of an XML text; a view into it.
struct XmlTag {
  std::string_view name;  ///< without a namespace prefix
  bool closes = false;    ///< `</name>`
  std::string_view attributes;

  /// The value of an attribute with the predefined and the numeric entities put in.
  std::optional<std::string> attribute(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;         ///< finite
  std::optional<int64_t> whole_number(std::string_view key) const;  ///< 0 or more
};

/// Goes through the tags of an XML text from first to last. Knows no document types and no entities
/// of their making, so that a hostile text costs no more than its length; what is not well-formed
/// ends the scan.
class XmlScanner {
 public:
  explicit XmlScanner(std::string_view text) : rest_(text) {}

  std::optional<XmlTag> next();

  /// What stands between the tag that `next` gave last and the `<` after it.
  std::string_view text() const { return rest_.substr(0, rest_.find('<')); }
  /// The same with entities put in, as XmlTag::attribute has them.
  std::string decoded_text() const;

 private:
  std::string_view rest_;
};

}  // namespace mote::io
