#include "mote/pipeline/toml_file.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const toml::node& node, const std::string& key) {
  if (const auto* text = node.as_string()) {
    return text->get();
  }
  if (const auto* whole = node.as_integer()) {
    return whole->get();
  }
  if (const auto* number = node.as_floating_point(); number != nullptr) {
    if (std::isfinite(number->get())) {
      return number->get();
    }
    throw Error(ErrorKind::kUsage, "option '{}' is {}: expected a finite number", key,
                number->get());
  }
  if (const auto* flag = node.as_boolean()) {
    return flag->get();
  }
  if (const auto* table = node.as_table()) {
    Json object = Json::object();
    for (const auto& [name, value] : *table) {
      const std::string own(name.str());
      object[own] = to_json(value, key.empty() ? own : fmt::format("{}.{}", key, own));
    }
    return object;
  }
  if (const auto* list = node.as_array()) {
    Json values = Json::array();
    for (const toml::node& value : *list) {
      values.push_back(to_json(value, key));
    }
    return values;
  }
  throw Error(ErrorKind::kUsage, "option '{}': expected a number, a text, true or false", key);
}

}  // namespace

Json read_toml(const std::string& path) {
  const std::string text = read_file(path);
  try {
    return to_json(toml::parse(text, path), "");
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::kBadFile, "{}: line {}: {}", path, error.source().begin.line,
                error.description());
  } catch (const Error& error) {
    throw error.in(path);
  }
}

}  // namespace mote::pipeline
