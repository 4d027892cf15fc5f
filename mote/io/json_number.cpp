#include "mote/io/json_number.h"

#include <limits>
#include <string>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"

namespace mote::io {

int64_t json_whole(const nlohmann::json& json, int64_t least, int64_t most) {
  constexpr uint64_t kMostSigned = std::numeric_limits<int64_t>::max();
  const bool fits = json.is_number_integer() &&
                    !(json.is_number_unsigned() && json.get<uint64_t>() > kMostSigned);
  const int64_t value = fits ? json.get<int64_t>() : 0;
  if (!fits || value < least || value > most) {
    throw Error(ErrorKind::kBadFile, "the number {}, expected a whole one from {} to {}",
                json.is_number() ? json.dump() : std::string(json.type_name()), least, most);
  }
  return value;
}

int32_t json_int32(const nlohmann::json& json, int32_t least) {
  return static_cast<int32_t>(json_whole(json, least, std::numeric_limits<int32_t>::max()));
}

std::vector<int32_t> json_int32s(const nlohmann::json& json, int32_t least) {
  if (!json.is_array()) {
    throw Error(ErrorKind::kBadFile, "{}, expected an array of numbers", json.type_name());
  }
  std::vector<int32_t> numbers;
  for (const nlohmann::json& number : json) {
    numbers.push_back(json_int32(number, least));
  }
  return numbers;
}

}  // namespace mote::io
