#include "mote/pipeline/edited_types.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mote::pipeline {
namespace {

using Types = std::vector<EventType>;

// Types that may stand for one another.
const std::array<Types, 4>& families() {
  static const std::array<Types, 4> all = {
      Types{EventType::kAppeared, EventType::kNucleated, EventType::kEntered},
      Types{EventType::kLost, EventType::kDissolved, EventType::kLeft},
      Types{EventType::kContact, EventType::kOverlap},
      Types{EventType::kParted, EventType::kAggregation, EventType::kUnresolved}};
  return all;
}

std::optional<EventType> type_in(const Types& types, const std::string& written) {
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](EventType type) { return name(type) == written; });
  return found == types.end() ? std::nullopt : std::optional(*found);
}

// What an event of this type may be called; nothing where its type follows from elsewhere.
Types choices(EventType type) {
  for (const Types& family : families()) {
    if (std::find(family.begin(), family.end(), type) != family.end()) {
      return family;
    }
  }
  return {};
}

std::string expected(EventType type) {
  std::vector<std::string> names;
  for (const EventType choice : choices(type)) {
    names.emplace_back(name(choice));
  }
  if (!names.empty()) {
    return fmt::format("expected {}", fmt::join(names, ", "));
  }
  return type == EventType::kContrastLost ? "which follows from the frames of the track"
                                          : "which follows from the parents in tracks.csv";
}

}  // namespace

std::vector<EditedType> edited_types(const EditedFiles& edited, const std::vector<Event>& of_run,
                                     std::vector<std::string>& warnings) {
  std::vector<EditedType> types;
  for (const auto& [number, row] : edited.event_rows) {
    if (number > of_run.size()) {
      warnings.push_back(fmt::format("{}: line {}: the run has no event {}; it is left out",
                                     edited.events, row.line, number));
      continue;
    }
    const EventType before = of_run[number - 1].type;
    if (row.type == name(before)) {
      continue;
    }
    if (const auto type = type_in(choices(before), row.type)) {
      types.push_back({.event = number - 1, .type = *type, .line = row.line});
    } else {
      warnings.push_back(
          fmt::format("{}: line {}: event {} is called '{}' in place of {}, {}; it "
                      "stays what it was",
                      edited.events, row.line, number, row.type, name(before), expected(before)));
    }
  }
  return types;
}

}  // namespace mote::pipeline
