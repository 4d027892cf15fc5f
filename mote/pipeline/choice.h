#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace mote::pipeline {

/// An enumeration seen as names.
struct Choice {
  std::vector<std::string> names;
  std::function<std::string()> get;
  std::function<void(const std::string&)> set;
};

/// The choice of `value`, which must outlive it, among `pairs`.
template <typename Enum>
Choice choice_of(Enum& value, std::initializer_list<std::pair<const char*, Enum>> pairs) {
  const std::vector<std::pair<std::string, Enum>> names(pairs.begin(), pairs.end());
  Choice choice;
  for (const auto& [name, unused] : names) {
    choice.names.push_back(name);
  }
  choice.get = [&value, names] {
    for (const auto& [name, one] : names) {
      if (one == value) {
        return name;
      }
    }
    return std::string();
  };
  choice.set = [&value, names](const std::string& wanted) {
    for (const auto& [name, one] : names) {
      if (name == wanted) {
        value = one;
        return;
      }
    }
  };
  return choice;
}

}  // namespace mote::pipeline
