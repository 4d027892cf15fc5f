#include "mote/pipeline/log_header.h"

#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/core/lower.h"

namespace mote::pipeline {
namespace {

// How names of columns write a unit, by how headers write it, letters in lower case.
std::optional<std::string> known_unit(const std::string& written) {
  static const std::map<std::string, std::string> units = {
      {"°c", "c"},
      {"ºc", "c"},
      {"℃", "c"},
      {"c", "c"},
      {"degc", "c"},
      {"deg c", "c"},
      {"° c", "c"},
      {"celsius", "c"},
      {"k", "k"},
      {"kelvin", "k"},
      {"s", "s"},
      {"sec", "s"},
      {"seconds", "s"},
      {"ms", "ms"},
      {"us", "us"},
      {"µs", "us"},
      {"min", "min"},
      {"minutes", "min"},
      {"h", "h"},
      {"hours", "h"},
      {"pa", "pa"},
      {"hpa", "hpa"},
      {"kpa", "kpa"},
      {"mbar", "mbar"},
      {"bar", "bar"},
      {"torr", "torr"},
      {"v", "v"},
      {"mv", "mv"},
      {"kv", "kv"},
      {"a", "a"},
      {"ma", "ma"},
      {"ua", "ua"},
      {"µa", "ua"},
      {"na", "na"},
      {"w", "w"},
      {"mw", "mw"},
      {"uw", "uw"},
      {"ohm", "ohm"},
      {"Ω", "ohm"},
      {"sccm", "sccm"},
      {"%", "percent"},
      {"percent", "percent"},
      {"ml/min", "ml_per_min"},
  };
  const auto found = units.find(written);
  return found == units.end() ? std::nullopt : std::optional(found->second);
}

// With one of the two signs for micro.
std::string tidied(std::string text) {
  for (size_t at = text.find("\u03bc"); at != std::string::npos; at = text.find("\u03bc")) {
    text.replace(at, 2, "\u00b5");
  }
  return text;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\"";
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) {
    return "";
  }
  return std::string(text.substr(begin, text.find_last_not_of(kBlank) - begin + 1));
}

// Runs of ASCII letters and digits in lower case; a micro sign counts as u.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool within = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool micro = text.substr(i, 2) == "µ";
    const auto byte = static_cast<unsigned char>(text[i]);
    if (micro || std::isalnum(byte) != 0) {
      if (!within) {
        words.emplace_back();
      }
      words.back() += micro ? 'u' : static_cast<char>(std::tolower(byte));
      i += micro ? 1 : 0;
      within = true;
    } else {
      within = false;
    }
  }
  return words;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) {
    out += out.empty() ? "" : between;
    out += word;
  }
  return out;
}

struct Parts {
  std::string base;
  std::string unit;  // as written; empty where there is none
};

Parts parts_of(const std::string& text) {
  const char last = text.empty() ? '\0' : text.back();
  if (last == ')' || last == ']') {
    const size_t open = text.rfind(last == ')' ? '(' : '[');
    if (open != std::string::npos && open > 0) {
      return {trimmed(std::string_view(text).substr(0, open)),
              trimmed(std::string_view(text).substr(open + 1, text.size() - open - 2))};
    }
  }
  for (const char between : {'/', '_', ' '}) {
    const size_t at = between == '/' ? text.find(between) : text.rfind(between);
    if (at != std::string::npos && at > 0 && known_unit(lower(text.substr(at + 1)))) {
      return {trimmed(std::string_view(text).substr(0, at)),
              trimmed(std::string_view(text).substr(at + 1))};
    }
  }
  return {text, ""};
}

bool names_a_clock(const std::string& key) {
  static const std::set<std::string> keys = {
      "time",           "timestamp",     "datetime",     "dateandtime",    "elapsed",
      "elapsedtime",    "timeelapsed",   "relativetime", "experimenttime", "logtime",
      "timesincestart", "recordingtime", "unixtime"};
  return keys.contains(key);
}

// The words with `temperature` first, where one of them says so; nothing elsewhere.
std::optional<std::vector<std::string>> temperature_words(const std::vector<std::string>& words) {
  constexpr std::string_view kWord = "temperature";
  for (size_t i = 0; i < words.size(); ++i) {
    const bool whole = words[i] == "temp" || words[i] == kWord;
    if (!whole && !words[i].ends_with(kWord)) {
      continue;
    }
    std::vector<std::string> out = {std::string(kWord)};
    for (size_t j = 0; j < words.size(); ++j) {
      if (j != i) {
        out.push_back(words[j]);
      } else if (!whole) {
        out.push_back(words[j].substr(0, words[j].size() - kWord.size()));
      }
    }
    return out;
  }
  return std::nullopt;
}

}  // namespace

LogHeader log_header(std::string_view text) {
  const Parts parts = parts_of(tidied(trimmed(text)));
  const std::string unit_name =
      known_unit(lower(parts.unit)).value_or(joined(words_of(parts.unit), "_"));
  const bool in_degrees = unit_name == "c" || unit_name == "k";
  const std::optional<double> unit_s =
      unit_name.empty() ? std::optional(1.0) : seconds_per(unit_name);
  std::vector<std::string> words = words_of(parts.base);
  const std::string key = joined(words, "");

  LogHeader header;
  header.unit = unit_name == "c" ? "°C" : unit_name == "k" ? "K" : parts.unit;
  header.is_index = parts.unit.empty() && (key == "frame" || key == "recordedframe");
  header.is_date = parts.unit.empty() && key == "date";
  const bool letter_t = key == "t";
  if (unit_s && (names_a_clock(key) || (letter_t && (parts.base == "t" || !parts.unit.empty())))) {
    header.is_time = true;
    header.unit_s = *unit_s;
  } else if (letter_t && (in_degrees || parts.unit.empty())) {
    words = {"temperature"};
  } else if (auto moved = temperature_words(words)) {
    words = std::move(*moved);
  }
  header.label = joined(words, " ");
  header.name = joined(words, "_");
  if (!unit_name.empty()) {
    header.name += (header.name.empty() ? "" : "_") + unit_name;
  }
  return header;
}

}  // namespace mote::pipeline
