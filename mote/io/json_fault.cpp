#include "mote/io/json_fault.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mote::io {
namespace {

constexpr auto kTypes =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"null", "nothing"},
                                                                  {"boolean", "true or false"},
                                                                  {"number", "a number"},
                                                                  {"string", "a text"},
                                                                  {"array", "a list"},
                                                                  {"object", "an object"},
                                                                  {"binary", "binary data"}});

// The word that stands behind `before` in what the library says, as ours.
std::string_view type_behind(std::string_view what, std::string_view before) {
  const size_t at = what.find(before);
  const std::string_view rest = at == what.npos ? "" : what.substr(at + before.size());
  for (const auto& [theirs, ours] : kTypes) {
    if (rest.starts_with(theirs)) {
      return ours;
    }
  }
  return "something else";
}

std::string quoted_in(std::string_view what) {
  const size_t from = what.find('\'');
  const size_t to = what.rfind('\'');
  return std::string(from < to ? what.substr(from, to + 1 - from) : "what is expected");
}

}  // namespace

std::string json_fault(const std::exception& error) {
  const std::string_view what = error.what();
  const auto* of_json = dynamic_cast<const nlohmann::json::exception*>(&error);
  // The numbers of its errors are part of the library's interface.
  switch (of_json != nullptr ? of_json->id : 0) {
    case 302:  // a value of another type is asked for
      return fmt::format("found {}, expected {}", type_behind(what, "but is "),
                         type_behind(what, "must be "));
    case 304:  // at(), where nothing can be within
      return fmt::format("found {}, expected an object or a list", type_behind(what, "with "));
    case 305:  // []
    case 306:  // value()
      return fmt::format("found {}, expected an object", type_behind(what, "with "));
    case 401: return "a list is too short";
    case 403: return fmt::format("has no {}", quoted_in(what));
    default: break;
  }
  if (const auto* parse = dynamic_cast<const nlohmann::json::parse_error*>(&error)) {
    return fmt::format("no JSON from byte {} on", parse->byte);
  }
  return "damaged JSON";
}

}  // namespace mote::io
