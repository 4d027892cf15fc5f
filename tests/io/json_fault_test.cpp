#include "mote/io/json_fault.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mote::io {
namespace {

using Json = nlohmann::json;

std::string fault(const std::string& text, const std::function<void(const Json& json)>& use) {
  try {
    use(Json::parse(text));
  } catch (const Json::exception& error) {
    return json_fault(error);
  }
  return "none";
}

TEST(JsonFault, NamesWhatIsNotThere) {
  EXPECT_EQ(fault("{}", [](const Json& json) { json.at("images"); }), "has no 'images'");
  EXPECT_EQ(fault("{}", [](const Json& json) { json.at("it's"); }), "has no 'it's'");
  EXPECT_EQ(fault("[1]", [](const Json& json) { json.at(3); }), "a list is too short");
}

TEST(JsonFault, NamesWhatIsFoundAndExpected) {
  EXPECT_EQ(fault(R"("a")", [](const Json& json) { json.get<double>(); }),
            "found a text, expected a number");
  EXPECT_EQ(fault("null", [](const Json& json) { json.get<std::string>(); }),
            "found nothing, expected a text");
  EXPECT_EQ(fault("7", [](const Json& json) { json.at("a"); }),
            "found a number, expected an object or a list");
  EXPECT_EQ(fault("[]", [](const Json& json) { json.value("a", 1); }),
            "found a list, expected an object");
}

TEST(JsonFault, NamesThePlaceWhereTextIsNoJson) {
  EXPECT_EQ(fault(R"({"a": nothing})", [](const Json&) {}), "no JSON from byte 8 on");
  EXPECT_EQ(fault("", [](const Json&) {}), "no JSON from byte 1 on");
}

}  // namespace
}  // namespace mote::io
