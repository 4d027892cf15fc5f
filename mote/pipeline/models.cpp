#include "mote/pipeline/models.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "mote/core/error.h"
#include "mote/core/learned_plugin.h"
#include "mote/core/require.h"
#include "mote/pipeline/assets.h"

namespace mote::pipeline {
namespace {

std::vector<double> numbers(const toml::table& entry, std::string_view key) {
  std::vector<double> values;
  if (const toml::array* list = entry[key].as_array()) {
    for (const toml::node& value : *list) {
      values.push_back(value.value<double>().value());
    }
  }
  return values;
}

std::string text(const toml::table& entry, std::string_view key) {
  return entry[key].value_or(std::string());
}

Model model_of(const toml::table& entry) {
  Model model{.name = text(entry, "name"),
              .title = text(entry, "title"),
              .task = text(entry, "task"),
              .finds = text(entry, "finds"),
              .paper = text(entry, "paper"),
              .source = text(entry, "source"),
              .licence = text(entry, "licence"),
              .weights = text(entry, "weights"),
              .checkpoint = std::nullopt,
              .input_px = entry["input_px"].value<int64_t>(),
              .input = text(entry, "input"),
              .channels = entry["channels"].value_or(int64_t{0}),
              .mean = numbers(entry, "mean"),
              .std = numbers(entry, "std")};
  if (entry.contains("checkpoint_url")) {
    model.checkpoint = Checkpoint{.url = text(entry, "checkpoint_url"),
                                  .sha256 = text(entry, "checkpoint_sha256"),
                                  .bytes = entry["checkpoint_bytes"].value_or(int64_t{0})};
  }
  return model;
}

std::vector<Model> read_models() {
  std::vector<Model> models;
  const toml::table file = toml::parse(assets::models_toml());
  for (const toml::node& entry : *file["model"].as_array()) {
    models.push_back(model_of(*entry.as_table()));
  }
  return models;
}

/// The names of those that `is_meant`.
template <typename IsMeant>
std::vector<std::string> names_of(const IsMeant& is_meant) {
  std::vector<std::string> names;
  for (const Model& one : models()) {
    if (is_meant(one)) {
      names.push_back(one.name);
    }
  }
  return names;
}

bool is_tracker(const Model& one) {
  return one.task == "track";
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

const std::vector<Model>& models() {
  static const std::vector<Model> all = read_models();
  return all;
}

const Model& model(const std::string& name) {
  require_network(name, names_of([](const Model&) { return true; }));
  return *std::find_if(models().begin(), models().end(),
                       [&](const Model& one) { return one.name == name; });
}

const Model& finding_model(const std::string& name) {
  std::vector<std::string> finding = names_of([](const Model& one) { return one.task != "track"; });
  const std::vector<std::string> tracking = names_of(is_tracker);
  if (std::find(tracking.begin(), tracking.end(), name) != tracking.end()) {
    throw Error(ErrorKind::kUsage,
                "{} follows particles and finds none: it takes --tracker deaot --tracker-model {}, "
                "--model one of threshold, {}",
                name, name, fmt::join(finding, ", "));
  }
  finding.insert(finding.begin(), "threshold");
  require_network(name, finding);
  return model(name);
}

const Model& tracking_model(const std::string& name) {
  const std::vector<std::string> tracking = names_of(is_tracker);
  require_option(std::find(tracking.begin(), tracking.end(), name) != tracking.end(),
                 "tracker-model", name, fmt::format("one of {}", fmt::join(tracking, ", ")));
  return model(name);
}

std::string weights_folder() {
  if (std::string own = environment("MOTE_WEIGHTS_DIR"); !own.empty()) {
    return own;
  }
  if (const std::string data = environment("XDG_DATA_HOME"); !data.empty()) {
    return data + "/mote/weights";
  }
  if (const std::string home = environment("HOME"); !home.empty()) {
    return home + "/.local/share/mote/weights";
  }
  throw Error(ErrorKind::kUsage,
              "no folder for weights: neither MOTE_WEIGHTS_DIR nor XDG_DATA_HOME nor HOME is set");
}

std::string imported_weights(const std::string& name) {
  return weights_folder() + "/" + name + ".safetensors";
}

}  // namespace mote::pipeline
