#include "mote/pipeline/models_text.h"

#include <algorithm>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/core/learned_plugin.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/networks.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;

/// The plug-in, or null where this build has none.
const LearnedPlugin* networks() {
  try {
    return &learned_plugin();
  } catch (const Error&) {
    return nullptr;  // the models can be listed without: the text says that they are not built
  }
}

std::string parameters_text(const ModelState& state) {
  return state.parameters ? with_commas(*state.parameters) : "not built";
}

std::string where_imported(const ModelState& state) {
  const std::string& name = state.model.name;
  if (state.imported) {
    return imported_weights(name);
  }
  return state.model.checkpoint ? fmt::format("no: mote models pull {}", name)
                                : fmt::format("no: mote models import FILE --model {}", name);
}

std::string normalisation_of(const Model& model) {
  return model.mean.empty() ? "none: images from 0 to 1"
                            : fmt::format("of images from 0 to 1: mean {}, standard deviation {}",
                                          fmt::join(model.mean, ", "), fmt::join(model.std, ", "));
}

void append(std::string& text, std::string_view what, const std::string& value) {
  if (!value.empty()) {
    text += fmt::format("{:<14} {}\n", what, value);
  }
}

void put(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) {
    json[key] = value;
  }
}

}  // namespace

std::string with_commas(int64_t number) {
  if (number < 1000) {
    return fmt::format("{}", number);
  }
  return fmt::format("{},{:03}", with_commas(number / 1000), number % 1000);
}

ModelState state_of(const Model& model) {
  ModelState state{.model = model};
  if (const LearnedPlugin* plugin = networks()) {
    const std::vector<std::string> built = plugin->networks();
    if (std::find(built.begin(), built.end(), model.name) != built.end()) {
      state.parameters = plugin->spec(model.name).parameters;
    }
  }
  state.imported = exists(imported_weights(model.name));
  return state;
}

std::string models_table() {
  std::string text = fmt::format("{:<19} {:<8} {:>11}  {:<9} {}\n", "name", "task", "parameters",
                                 "weights", "licence of the published weights");
  for (const Model& model : models()) {
    const ModelState state = state_of(model);
    text += fmt::format("{:<19} {:<8} {:>11}  {:<9} {}\n", model.name, model.task,
                        parameters_text(state),
                        state.imported     ? "imported"
                        : model.checkpoint ? "to pull"
                                           : "to import",
                        model.licence.empty() ? "none published" : model.licence);
  }
  return text +
         "\nmote models pull NAME fetches weights and imports them, mote models import FILE takes "
         "them from a file;\nmote models show NAME says where they come from\n";
}

Json models_json() {
  Json list = Json::array();
  for (const Model& model : models()) {
    list.push_back(json_of(state_of(model)));
  }
  return list;
}

std::string text_of(const ModelState& state) {
  const Model& model = state.model;
  std::string text;
  append(text, "name", model.name);
  append(text, "network", model.title);
  append(text, "task", model.task);
  append(text, "parameters", parameters_text(state));
  append(text, "paper", model.paper);
  append(text, "source", model.source);
  append(text, "weights", model.weights);
  append(text, "licence", model.licence);
  if (model.checkpoint) {
    append(text, "url", model.checkpoint->url);
    append(text, "sha256", model.checkpoint->sha256);
    append(text, "bytes", with_commas(model.checkpoint->bytes));
  }
  append(
      text, "input",
      model.input_px ? fmt::format("{} x {} px", *model.input_px, *model.input_px) : model.input);
  append(text, "channels", std::to_string(model.channels));
  append(text, "normalisation", normalisation_of(model));
  append(text, "imported", where_imported(state));
  return text;
}

Json json_of(const ModelState& state) {
  const Model& model = state.model;
  Json json = {{"name", model.name}, {"title", model.title}, {"task", model.task}};
  if (state.parameters) {
    json["parameters"] = *state.parameters;
  }
  put(json, "paper", model.paper);
  put(json, "source", model.source);
  put(json, "weights", model.weights);
  put(json, "licence", model.licence);
  if (model.checkpoint) {
    json["checkpoint"] = {{"url", model.checkpoint->url},
                          {"sha256", model.checkpoint->sha256},
                          {"bytes", model.checkpoint->bytes}};
  }
  if (model.input_px) {
    json["input_px"] = *model.input_px;
  }
  put(json, "input", model.input);
  json["channels"] = model.channels;
  if (!model.mean.empty()) {
    json["mean"] = model.mean;
    json["std"] = model.std;
  }
  json["imported"] = state.imported;
  return json;
}

}  // namespace mote::pipeline
