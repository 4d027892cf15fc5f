#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/evaluate.h"

namespace mote::pipeline {

/// For a person: the scores that are looked at most, 45 lines at the most, or all but details.
std::string table_of(const Evaluation& evaluation, bool all);
/// `group,name,value,unit`, a row a score; the value is empty where there is none.
std::string csv_of(const Evaluation& evaluation);
/// An object a group; null where there is no value.
nlohmann::ordered_json json_of(const Evaluation& evaluation);

}  // namespace mote::pipeline
