#include "mote/pipeline/models.h"

#include <cstdlib>

#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "mote/core/error.h"
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
  std::vector<std::string> known;
  for (const Model& one : models()) {
    if (one.name == name) {
      return one;
    }
    known.push_back(one.name);
  }
  throw Error(ErrorKind::kUsage, "no network is called '{}', expected one of {}", name,
              fmt::join(known, ", "));
}

std::string weights_folder() {
  if (const std::string own = environment("MOTE_WEIGHTS_DIR"); !own.empty()) {
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
