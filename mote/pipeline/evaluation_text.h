#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/evaluate.h"

namespace mote::pipeline {

/// For a person.
std::string table_of(const Evaluation& evaluation);
/// `group,name,value,unit`, a row a score; the value is empty where there is none.
std::string csv_of(const Evaluation& evaluation);
/// An object a group; null where there is no value.
nlohmann::ordered_json json_of(const Evaluation& evaluation);

}  // namespace mote::pipeline
