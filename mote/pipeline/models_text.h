#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/models.h"

namespace mote::pipeline {

/// A model and what this installation has of it.
struct ModelState {
  Model model;
  std::optional<int64_t> parameters;  ///< counted from the network; nothing where it is not built
  bool imported = false;              ///< there are weights
};

/// Counts the parameters of the network, which is made for it.
ModelState state_of(const Model& model);

/// A row a model: name, task, parameters, weights, licence.
std::string models_table();
nlohmann::ordered_json models_json();

/// 10223204 as 10,223,204.
std::string with_commas(int64_t number);

std::string text_of(const ModelState& state);
nlohmann::ordered_json json_of(const ModelState& state);

}  // namespace mote::pipeline
